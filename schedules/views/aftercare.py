"""Doors after the last dose: two short questions, and the path back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.domain.flagbook import FLAGS
from patients.views.access import own_record, signed_in
from schedules.forms.aftercare import AftercareForm
from schedules.selectors.plans import standing
from schedules.services.aftercare import AftercareRefused, answer_aftercare

RESTARTED = FLAGS["RF-44"].told


@require_http_methods(["GET", "HEAD", "POST"])
def aftercare(request: HttpRequest) -> HttpResponse:
    """Two questions; who took something again is thanked and told whom to call first."""
    now = timezone.now()
    patient = own_record(request)
    stands = standing(patient, now)
    form = AftercareForm(request.POST or None)
    told = False
    if request.method == "POST" and form.is_valid():
        try:
            answer = answer_aftercare(patient, **form.answers(), by=signed_in(request), now=now)
            told = answer.took_again
            if not told:
                messages.success(request, "Thank you. Saved.")
                return redirect("today")
        except AftercareRefused as refused:
            form.add_error(None, str(refused))
    context = {
        "form": form,
        "patient": patient,
        "ended": stands is not None and not stands.step.total,
        "is_opioid": stands is not None and stands.medicine.kind == "opioid",
        "told": told,
        "words": RESTARTED,
        "tab": "today",
    }
    return render(request, "schedules/diary/aftercare.html", context)
