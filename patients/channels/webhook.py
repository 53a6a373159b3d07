"""A pager by webhook: says that somebody is needed and where to look, nothing about whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

import requests
from django.conf import settings

from patients.channels.base import Clock, Fate, Letter, Outcome, Target

GONE: Final = (404, 410)
SECONDS: Final = (3.05, 10)


class WebhookChannel:
    """One POST of a small JSON without patient data; redirects are not followed."""

    title = "Pager"
    alarms_only = True

    def is_open(self, now: datetime) -> bool:
        return True

    def send(self, letters: list[Letter], clock: Clock) -> list[Outcome]:
        with ThreadPoolExecutor(max_workers=settings.MAIL_CONNECTIONS) as pool:
            return list(pool.map(_send, letters))

    def close(self) -> None:
        """Nothing is kept open."""


def _send(letter: Letter) -> Outcome:
    for target in letter.targets:
        return _post(letter, target)
    return Outcome(Fate.REFUSED, "no pager")


def _post(letter: Letter, target: Target) -> Outcome:
    body = {"text": letter.subject, "link": f"{settings.BASE_URL}/", "id": letter.message_id}
    try:
        answer = requests.post(target.address, json=body, timeout=SECONDS, allow_redirects=False)
    except requests.ReadTimeout:
        return Outcome(Fate.AMBIGUOUS, "no answer")
    except (requests.RequestException, OSError, ValueError) as error:
        return Outcome(Fate.UNREACHED, type(error).__name__)
    code = answer.status_code
    if code in GONE:
        return Outcome(Fate.REFUSED, f"gone: {code}", (target.address,))
    if not 200 <= code < 300:
        return Outcome(Fate.FAILED, f"refused: {code}")
    return Outcome(Fate.SENT)
