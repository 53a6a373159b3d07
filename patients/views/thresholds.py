"""A doctor sets the numbers of the rules for one patient."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.domain.roles import Permission
from patients.forms.thresholds import ThresholdForm
from patients.services.thresholds import set_thresholds
from patients.views.access import record_for, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.SIGN_PLAN)
    form = ThresholdForm(request.POST or None, own=patient.thresholds)
    if request.method == "POST" and form.is_valid():
        set_thresholds(patient, form.cleaned_data, by=signed_in(request), now=now)
        messages.success(request, "Saved. The next check-in is judged by these numbers.")
        return redirect("thresholds", patient_id=patient.pk)
    context = {"form": form, "patient": patient, "nav": "patients"}
    return render(request, "patients/flags/thresholds.html", context)
