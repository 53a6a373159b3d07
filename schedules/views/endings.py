"""Doors of the end of a case: closed after the last dose, or by a death."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.domain.roles import Permission
from patients.views.access import record_for, signed_in
from schedules.selectors.aftercare import has_ended
from schedules.services.endings import EndingRefused, close_case, note_death, undo_death


@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Close the case, or note a death; each says first what it does."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    if request.method == "POST":
        by = signed_in(request)
        try:
            if "close" in request.POST:
                close_case(patient, by=by, now=now)
                messages.success(request, "Closed. The patient is told.")
            elif "died" in request.POST and request.POST.get("sure"):
                note_death(patient, by=by, now=now)
                messages.success(request, "Noted. No message goes out any more.")
            elif "undo" in request.POST:
                undo_death(patient, by=by, now=now)
                messages.success(request, "Taken back. The account and the reminders are on again.")
            else:
                messages.error(request, "Tick the box to say that you are sure.")
        except EndingRefused as refused:
            messages.error(request, str(refused))
        return redirect("ending", patient_id=patient.pk)
    context = {"patient": patient, "ended": has_ended(patient, now), "nav": "patients"}
    return render(request, "schedules/clinic/ending.html", context)
