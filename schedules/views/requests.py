"""Doors of change requests: the patient asks, a clinician answers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.domain.roles import Permission
from patients.forms.notes import note_of
from patients.views.access import own_record, record_for, signed_in
from schedules.forms.requests import AskForm
from schedules.selectors.plans import standing, waiting_revision
from schedules.selectors.requests import offered, request_of
from schedules.services.requests import RequestRefused, answer_request, ask_change


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a change; the dose stays until a person has answered and signed."""
    now = timezone.now()
    patient = own_record(request)
    stands = standing(patient, now)
    waits = waiting_revision(patient, now) is not None
    form = AskForm(request.POST or None, asks=offered(stands, waits=waits))
    if request.method == "POST" and form.is_valid():
        try:
            ask_change(patient, **form.cleaned_data, by=signed_in(request), now=now)
            messages.success(request, "Sent. Your dose stays as it is until you have an answer.")
            return redirect("change")
        except RequestRefused as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "stands": stands, "tab": "plan"}
    return render(request, "schedules/plans/ask.html", context)


@require_POST
def answer(request: HttpRequest, patient_id: UUID, request_id: UUID) -> HttpResponse:
    """Yes or not now, with a sentence for the patient. No plan changes by it."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    made = request_of(patient, request_id)
    if made is None:
        raise Http404
    try:
        answer_request(
            made,
            answer=request.POST.get("answer", ""),
            note=note_of(request.POST)[:2000],
            by=signed_in(request),
            now=now,
        )
        messages.success(request, "Answered. A change of the plan is a plan of its own: build it.")
    except RequestRefused as refused:
        messages.error(request, str(refused))
    return redirect("review", patient_id=patient.pk)
