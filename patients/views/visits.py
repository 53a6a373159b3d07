"""Doors of appointments: planned by the clinic, prepared by the patient."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from patients.domain.redflags import signs_in
from patients.domain.roles import Permission
from patients.domain.visits import QUESTIONS
from patients.domain.words import clock_words
from patients.forms.visits import QuestionsForm, VisitForm
from patients.selectors.visits import next_visit, visit_line, visit_of
from patients.services.visits import VisitRefused, answer_visit, call_off, plan_visit
from patients.views.access import own_record, record_for, signed_in
from patients.views.help import crisis_response

if TYPE_CHECKING:
    from uuid import UUID

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The next visit and three questions. Words of crisis get the advice in this very response."""
    signs = signs_in(" ".join(request.POST.get(key, "") for key in QUESTIONS))
    try:
        return _mine(request, signs)
    except Http404:
        raise
    except Exception:
        if not signs:
            raise
        log.exception("words of crisis could not be saved")
        return crisis_response(signs, region=request.POST.get("region", ""), saved=False)


def _mine(request: HttpRequest, signs: frozenset[str]) -> HttpResponse:
    now = timezone.now()
    patient = own_record(request)
    visit = next_visit(patient, now)
    form = QuestionsForm(request.POST or None, initial=visit.answers if visit else {})
    if request.method == "POST" and visit is not None and form.is_valid():
        answer_visit(visit, answers=form.cleaned_data, by=signed_in(request), now=now)
        if signs:
            context: dict[str, object] = {
                "clinic": patient.clinic,
                "told": True,
                "reads_at": clock_words(patient.clinic.reads_at),
            }
            return crisis_response(
                signs, region=patient.region, saved=True, context=context, request=request
            )
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
