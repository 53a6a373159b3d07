"""The care team of a patient: who else may open this record."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from patients.services.care import LastLink, end_care, link_care
from patients.views.access import chosen_clinician, record_for, signed_in


@require_POST
def team(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Add a colleague of the clinic, or end a link; the last one stays."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now)
    by = signed_in(request)
    person = chosen_clinician(request, patient.clinic)
    try:
        if "end" in request.POST:
            end_care(patient, person, by=by, now=now)
            messages.success(request, f"{person.name} can no longer open this record.")
        else:
            link_care(patient, person, by=by, now=now)
            messages.success(request, f"{person.name} can open this record now.")
    except LastLink as last:
        messages.error(request, str(last))
    return redirect("triage" if person.pk == by.pk else f"/clinic/patients/{patient_id}/")
