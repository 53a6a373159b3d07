"""Doors of the questionnaires. Thoughts of death get the advice in this very response."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients.domain.questionnaires import CHOICES, QUESTIONNAIRES, STEM, thinks_of_death
from patients.domain.roles import Permission
from patients.selectors.questionnaires import scores
from patients.services.questionnaires import QuestionnaireRefused, fill_in, note_screen
from patients.views.access import own_record, record_for, signed_in
from patients.views.help import advice_saved

if TYPE_CHECKING:
    from patients.models.care import Patient

SIGNS = frozenset({"r4"})


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    patient = own_record(request)
    context = {
        "kinds": QUESTIONNAIRES.values(),
        "scores": scores(patient),
        "tab": "checkin",
    }
    return render(request, "patients/checkins/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: HttpRequest, kind: str) -> HttpResponse:
    """Every line is answered, or nothing is kept; item 9 is kept whatever is blank."""
    if kind not in QUESTIONNAIRES:
        raise Http404
    answers, error = _answers(request, kind), ""
    patient = own_record(request)
    if request.method == "POST":
        error = _kept(request, patient, kind, answers)
        if not error and thinks_of_death(kind, answers):
            return advice_saved(request, patient, SIGNS)
        if not error:
            messages.success(request, "Thank you. Saved.")
            return redirect("questions")
    asked = QUESTIONNAIRES[kind]
    context = {
        "asked": asked,
        "stem": STEM,
        "rows": _rows(kind, answers, is_sent=request.method == "POST"),
        "error": error,
        "region": patient.region,
        "submission": uuid.uuid4(),
        "tab": "checkin",
    }
    page = "patients/checkins/questionnaire.html"
    return render(request, page, context, status=400 if error else 200)


def _answers(request: HttpRequest, kind: str) -> list[int | None]:
    sent = [request.POST.get(code) for code in QUESTIONNAIRES[kind].codes]
    return [int(text) if text in ("0", "1", "2", "3") else None for text in sent]


def _rows(kind: str, answers: list[int | None], *, is_sent: bool) -> list[dict[str, object]]:
    asked = QUESTIONNAIRES[kind]
    return [
        {
            "code": code,
            "label": label,
            "is_blank": is_sent and answer is None,
            "cells": [(n, words, answer == n) for n, words in enumerate(CHOICES)],
        }
        for code, label, answer in zip(asked.codes, asked.items, answers, strict=True)
    ]


def _kept(request: HttpRequest, patient: Patient, kind: str, answers: list[int | None]) -> str:
    try:
        submission = uuid.UUID(request.POST.get("client_uuid", ""))
    except ValueError:
        submission = uuid.uuid4()
    try:
        fill_in(
            patient,
            kind=kind,
            answers=answers,
            client_uuid=submission,
            by=signed_in(request),
            now=timezone.now(),
        )
    except QuestionnaireRefused as refused:
        return str(refused)
    return ""


@require_POST
def screen(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """What a C-SSRS screen said that a clinician has done; the form itself is not stored here."""
    now = timezone.now()
    patient = record_for(request, patient_id, now=now, needs=Permission.ANSWER_FLAG)
    try:
        note_screen(patient, risk=request.POST.get("risk", ""), by=signed_in(request), now=now)
        messages.success(request, "Noted.")
    except QuestionnaireRefused as refused:
        messages.error(request, str(refused))
    return redirect(f"/clinic/patients/{patient.pk}/")
