"""The questions before a start, on the way to a signature."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from patients.domain.roles import Permission
from patients.views.access import record_for, signed_in
from schedules.forms.start_gates import StartGatesForm
from schedules.selectors.revisions import revision_of
from schedules.services.start_gates import answer_start_gates


@require_http_methods(["GET", "HEAD", "POST"])
def start_gates(request: HttpRequest, patient_id: UUID, revision_id: UUID) -> HttpResponse:
    """Sixteen questions; answers are kept even while one still stands in the way."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.DRAFT_PLAN)
    revision = revision_of(patient, revision_id)
    if revision is None:
        raise Http404
    form = StartGatesForm(request.POST or None, known=revision.plan.gate_answers())
    if request.method == "POST":
        is_whole = form.is_valid()
        answer_start_gates(revision.plan, form.answers(), by=signed_in(request), now=now)
        if is_whole:
            messages.success(request, "Every question is answered. You can sign now.")
            return redirect("plan-sign", patient_id=patient.pk, revision_id=revision.pk)
    context = {"form": form, "patient": patient, "revision": revision, "nav": "patients"}
    return render(request, "schedules/plans/start_gates.html", context)
