"""What every page of the frame needs: theme, nonce, the clinician's urgent count."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from patients.selectors.flags import open_flags


def frame(request: HttpRequest) -> dict[str, Any]:
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    clinician = signed_in and user.is_clinician
    urgent = open_flags(user, now=timezone.now()) if clinician else []
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": user.theme if signed_in else "auto",
        "urgent_count": sum(flag.rank >= 2 for flag in urgent),
    }
