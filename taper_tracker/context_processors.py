"""What every page of the frame needs: theme, nonce, the clinician's urgent count."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from patients.selectors.flags import open_flags


def frame(request: HttpRequest) -> dict[str, Any]:
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": user.theme if signed_in else "auto",
        "urgent_count": SimpleLazyObject(partial(_urgent, user)) if signed_in else 0,
    }


def _urgent(user: Any) -> int:
    """Counted only where a page shows it."""
    flags = open_flags(user, now=timezone.now()) if user.is_clinician else []
    return sum(flag.rank >= 2 for flag in flags)
