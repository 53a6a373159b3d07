"""Web push: one encrypted line to each device of a person; VAPID keys made at first start."""

import base64
import json
from functools import cache
from typing import Any, Final

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid, VapidException
from pywebpush import WebPushException, webpush

from patients.channels.base import Fate, Letter, Outcome, Target
from patients.channels.posting import GONE, SECONDS, PostingChannel

KEEP_FOR: Final = 3 * 60 * 60
BEST: Final = (Fate.SENT, Fate.AMBIGUOUS, Fate.FAILED, Fate.UNREACHED, Fate.REFUSED)


@cache
def vapid() -> Vapid:
    """The key pair of this installation."""
    return Vapid.from_file(settings.VAPID_KEY_FILE)


def public_key() -> str:
    """What a browser asks for when it subscribes: the public point, base64 for addresses."""
    point = vapid().public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")


class WebPushChannel(PostingChannel):
    """Sent when any device took it; a device that is gone is named in `dead`."""

    title = "Notifications on a device"
    alarms_only = False

    def deliver(self, letter: Letter) -> Outcome:
        outcomes = [_push(letter, target) for target in letter.targets]
        if not outcomes:
            return Outcome(Fate.REFUSED, "no device")
        best = min(outcomes, key=lambda outcome: BEST.index(outcome.fate))
        dead = tuple(address for outcome in outcomes for address in outcome.dead)
        return Outcome(best.fate, best.reason, dead)


def _push(letter: Letter, target: Target) -> Outcome:
    """One device. The tag is the Message-ID, so that a second copy replaces the first."""
    shown = {"title": letter.subject, "link": letter.link, "tag": letter.message_id}
    try:
        answer = webpush(
            subscription_info={"endpoint": target.address, "keys": dict(target.secrets)},
            data=json.dumps(shown),
            vapid_private_key=vapid(),
            vapid_claims={"sub": settings.VAPID_SUBJECT},
            ttl=KEEP_FOR,
            timeout=SECONDS,
            headers={"Urgency": "high" if letter.priority < 2 else "normal"},
        )
    except WebPushException as error:
        return _refused(error.response, target, str(error))
    except requests.ReadTimeout:
        return Outcome(Fate.AMBIGUOUS, "no answer")
    except (requests.RequestException, OSError) as error:
        return Outcome(Fate.UNREACHED, type(error).__name__)
    except VapidException as error:
        return Outcome(Fate.UNREACHED, f"our own key: {error}"[:120])
    except ValueError as error:
        return Outcome(Fate.REFUSED, f"bad keys: {type(error).__name__}", (target.address,))
    return _refused(answer, target, "") if answer.status_code >= 400 else Outcome(Fate.SENT)


def _refused(answer: Any, target: Target, words: str) -> Outcome:
    code = getattr(answer, "status_code", 0)
    if code in GONE:
        return Outcome(Fate.REFUSED, f"gone: {code}", (target.address,))
    return Outcome(Fate.FAILED, f"refused: {code}" if code else words[:80])
