"""Doors of the emergency: break the glass, and the admin's list of when it was done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from patients.domain.roles import Permission
from patients.forms.glass import GlassForm
from patients.selectors.care import emergency_openings
from patients.services.glass import GlassHolds, break_glass
from patients.views.access import may


@require_http_methods(["GET", "HEAD", "POST"])
def glass(request: HttpRequest) -> HttpResponse:
    """A record without a care link, for an hour; the patient and the admins are told."""
    now = timezone.now()
    by = may(request, Permission.ANSWER_FLAG)
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient = break_glass(**form.cleaned_data, by=by, now=now)
            messages.success(request, "Open for 60 minutes. The patient and the admins are told.")
            return redirect(f"/clinic/patients/{patient.pk}/")
        except GlassHolds as holds:
            form.add_error(None, str(holds))
    return render(request, "patients/care/glass.html", {"form": form, "nav": "patients"})


@require_safe
def opened(request: HttpRequest) -> HttpResponse:
    """Who opened a record in an emergency and when; not whose, and not why."""
    by = may(request, Permission.MANAGE_PEOPLE)
    context = {"lines": emergency_openings(by.clinic), "nav": "ledger"}
    return render(request, "patients/care/opened.html", context)
