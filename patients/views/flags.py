"""Answers to flags: seen, what was done, closed. Every one is a POST by a named person."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from patients.forms.notes import note_of
from patients.services.flags import FlagIncomplete, close_flag, log_contact, see_flag
from patients.views.access import flag_for, signed_in


def _back(flag_id: object) -> HttpResponse:
    return redirect(f"/clinic/?sel={flag_id}")


@require_POST
def seen(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    now = timezone.now()
    flag = flag_for(request, flag_id, now=now)
    see_flag(flag, by=signed_in(request), now=now)
    return _back(flag_id)


@require_POST
def outcome(request: HttpRequest, flag_id: UUID) -> HttpResponse:
    """Log what was done, or close with a note."""
    now = timezone.now()
    flag = flag_for(request, flag_id, now=now)
    note, by = note_of(request.POST), signed_in(request)
    try:
        if "close" in request.POST:
            close_flag(flag, note=note, by=by, now=now)
            messages.success(request, "Closed.")
            return redirect("triage")
        log_contact(flag, outcome=request.POST.get("done", ""), note=note, by=by, now=now)
    except FlagIncomplete as incomplete:
        messages.error(request, str(incomplete))
    return _back(flag_id)
