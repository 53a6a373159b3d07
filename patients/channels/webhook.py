"""A pager by webhook: says that somebody is needed and where to look, nothing about whom."""

import requests
from django.conf import settings

from patients.channels.base import Fate, Letter, Outcome, Target
from patients.channels.posting import GONE, SECONDS, PostingChannel


class WebhookChannel(PostingChannel):
    """One POST of a small JSON without patient data; redirects are not followed."""

    title = "Pager"
    alarms_only = True

    def deliver(self, letter: Letter) -> Outcome:
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
