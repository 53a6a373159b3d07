"""What every page of the frame needs: theme, nonce, the clinician's urgent count."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from patients.selectors.flags import open_flags
from patients.selectors.heartbeats import reminders_late_since


@dataclass(slots=True)
class Known:
    """What this process last heard of the clock."""

    since: datetime | None = None
    until: float = 0.0


KNOWN = Known()


def frame(request: HttpRequest) -> dict[str, Any]:
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": user.theme if signed_in else "auto",
        "late_since": SimpleLazyObject(_late_since) if signed_in else None,
        "urgent_count": SimpleLazyObject(partial(_urgent, user)) if signed_in else 0,
    }


def _late_since() -> Any:
    """Since when reminders are late; asked of the database every 15 seconds at most."""
    if time.monotonic() > KNOWN.until:
        KNOWN.since, KNOWN.until = reminders_late_since(timezone.now()), time.monotonic() + 15
    return KNOWN.since


def _urgent(user: Any) -> int:
    """Counted only where a page shows it."""
    flags = open_flags(user, now=timezone.now()) if user.is_clinician else []
    return sum(flag.rank >= 2 for flag in flags)
