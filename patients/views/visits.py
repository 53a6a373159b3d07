"""Doors of appointments: planned by the clinic, prepared by the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.domain.redflags import signs_in
from patients.domain.roles import Permission
from patients.forms.visits import QuestionsForm, VisitForm
from patients.selectors.visits import next_visit, visit_line, visit_of
from patients.services.visits import VisitRefused, answer_visit, call_off, plan_visit
from patients.views.access import own_record, record_for, signed_in
from patients.views.help import advice_saved

if TYPE_CHECKING:
    from uuid import UUID


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The next visit and three questions. Words of crisis get the advice in this very response."""
    now = timezone.now()
    patient = own_record(request)
    visit = next_visit(patient, now)
    form = QuestionsForm(request.POST or None, initial=visit.answers if visit else {})
    if request.method == "POST" and visit is not None and form.is_valid():
        answer_visit(visit, answers=form.cleaned_data, by=signed_in(request), now=now)
        if signs := signs_in(" ".join(form.cleaned_data.values())):
            return advice_saved(request, patient, signs)
        messages.success(request, "Saved. Your clinic sees it before the visit.")
        return redirect("visit")
    context = {"form": form, "visit": visit_line(patient, now), "patient": patient, "tab": "more"}
    return render(request, "patients/visits/mine.html", context)


@require_POST
def plan(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    by, form = signed_in(request), VisitForm(request.POST)
    if form.is_valid():
        try:
            plan_visit(patient, starts_at=form.starts_at(ZoneInfo(by.time_zone)), by=by, now=now)
            messages.success(request, "Planned. The patient is told and asked three questions.")
        except VisitRefused as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, " ".join(str(error) for [error] in form.errors.values()))
    return redirect(f"/clinic/patients/{patient.pk}/")


@require_POST
def off(request: HttpRequest, patient_id: UUID, visit_id: UUID) -> HttpResponse:
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    visit = visit_of(patient, visit_id)
    if visit is None:
        raise Http404
    try:
        call_off(visit, by=signed_in(request), now=now)
        messages.success(request, "Called off. The patient is told.")
    except VisitRefused as refused:
        messages.error(request, str(refused))
    return redirect(f"/clinic/patients/{patient.pk}/")
