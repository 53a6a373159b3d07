"""Doors of a support person: who shares, and what is shared."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from patients.domain.roles import Permission
from patients.selectors.shares import shared_with
from patients.views.access import may, share_for
from schedules.selectors.shared import shared_page


@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    user = may(request, Permission.SEE_SHARED)
    context = {"shares": shared_with(user, timezone.now())}
    return render(request, "schedules/shared/list.html", context)


@require_safe
def record(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """The shared parts of one record; the opening is written down for the patient."""
    now = timezone.now()
    share = share_for(request, share_id, now=now)
    return render(request, "schedules/shared/record.html", {"page": shared_page(share, now)})
