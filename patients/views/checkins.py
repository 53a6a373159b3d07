"""The check-in: every step has its own address and saves by itself."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from patients.domain.advice import lines_for
from patients.domain.events import EVENTS
from patients.domain.flagbook import FLAGS
from patients.domain.redflags import ticked as safety_answers
from patients.domain.symptoms import LEVEL_HINTS, LEVELS, R4_GRADES, RATED, SAFETY
from patients.domain.words import clock_words, day_words
from patients.forms.checkins import read_level, read_more
from patients.selectors.checkins import checkin_on
from patients.services.checkins import CheckInRefused, check_day, submit_checkin
from patients.views.access import own_record, signed_in
from patients.views.help import crisis_response

if TYPE_CHECKING:
    from patients.models.care import Patient
    from patients.models.checkins import CheckIn
    from patients.services.checkins import Saved

TYPED = ("hours_slept", "new_medicine", "note")
log = logging.getLogger(__name__)


def plan_day(patient: Patient, now: datetime) -> date:
    """The patient's own day: local time less the day boundary."""
    return patient.days.day_of(now)


def read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _frame(patient: Patient, day: date, now: datetime) -> dict[str, Any]:
    return {
        "day": day,
        "day_words": day_words(day),
        "region": patient.region,
        "tab": "checkin",
    }


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Goes to the first question of today that has no answer."""
    now = timezone.now()
    patient = own_record(request)
    day = plan_day(patient, now)
    row = checkin_on(patient, day)
    page = "day"
    if row is not None and row.overall is not None:
        page = "more" if row.safety is not None else "safety"
    return redirect(f"checkin-{page}", day=day.isoformat())


@require_http_methods(["GET", "HEAD", "POST"])
def day(request: HttpRequest, day: str) -> HttpResponse:
    """Question 1: one tap saves."""
    now = timezone.now()
    patient, on = own_record(request), read_day(day)
    error = ""
    if request.method == "POST":
        overall = read_level(request.POST.get("day"))
        if overall is None:
            error = "Choose one of the five answers."
        else:
            try:
                saved = _submit(request, patient, on, now, overall=overall)
                _tell(request, patient, saved)
                return redirect("checkin-safety", day=day)
            except CheckInRefused as refused:
                error = str(refused)
    else:
        error = _refused(patient, on, now)
    row = checkin_on(patient, on)
    answers = [
        {
            "value": n,
            "label": label,
            "hint": hint,
            "filled": range(n),
            "empty": range(4 - n),
            "chosen": row is not None and row.overall == n,
        }
        for n, (label, hint) in enumerate(zip(LEVELS, LEVEL_HINTS, strict=True))
    ]
    context = {**_frame(patient, on, now), "answers": answers, "error": error}
    return render(request, "patients/checkins/day.html", context, status=400 if error else 200)


def _refused(patient: Patient, on: date, now: datetime) -> str:
    try:
        check_day(on, today=plan_day(patient, now))
    except CheckInRefused as refused:
        return str(refused)
    return ""


def _submit(request: HttpRequest, patient: Patient, on: date, now: datetime, **answers: Any) -> Any:
    return submit_checkin(
        patient, day=on, today=plan_day(patient, now), by=signed_in(request), now=now, **answers
    )


@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: HttpRequest, day: str) -> HttpResponse:
    """Question 2. A red answer gets its advice in this very response, saved or not."""
    ticked = safety_answers(request.POST.getlist("flag"))
    if not ticked:
        return _safety_none(request, day)
    region = request.POST.get("region", "")
    try:
        return _safety_ticked(request, day, ticked)
    except Http404:
        raise
    except Exception:
        log.exception("a red answer could not be saved")
        return crisis_response(ticked, region=region, saved=False)


def _safety_ticked(request: HttpRequest, day: str, ticked: frozenset[str]) -> HttpResponse:
    now = timezone.now()
    patient, on = own_record(request), read_day(day)
    saved = _submit(request, patient, on, now, safety=sorted(ticked))
    context = {
        **_frame(patient, on, now),
        "clinic": patient.clinic,
        "both": "none" in request.POST,
        "grades": list(enumerate(R4_GRADES)) if "r4" in ticked else [],
        "told": bool(saved.flags),
        "reads_at": clock_words(patient.clinic.reads_at),
    }
    return crisis_response(
        ticked, region=patient.region, saved=True, context=context, request=request
    )


def _safety_none(request: HttpRequest, day: str) -> HttpResponse:
    now = timezone.now()
    patient, on = own_record(request), read_day(day)
    error = "" if request.method == "POST" else _refused(patient, on, now)
    if request.method == "POST":
        if "none" not in request.POST:
            error = "Tick what happened, or choose None of these."
        else:
            try:
                _submit(request, patient, on, now, safety=[])
                return redirect("checkin-more", day=day)
            except CheckInRefused as refused:
                error = str(refused)
    context = {**_frame(patient, on, now), "items": SAFETY, "error": error}
    return render(request, "patients/checkins/safety.html", context, status=400 if error else 200)


@require_POST
def grade(request: HttpRequest, day: str) -> HttpResponse:
    """The grade of r4, from the crisis page. It is stored; only a human lowers the flag."""
    now = timezone.now()
    patient, on = own_record(request), read_day(day)
    level = request.POST.get("grade")
    if level not in {"0", "1", "2", "3"}:
        return redirect("checkin-safety", day=day)
    _submit(request, patient, on, now, r4_grade=int(level))
    context = {
        **_frame(patient, on, now),
        "clinic": patient.clinic,
        "graded": True,
        "told": True,
        "reads_at": clock_words(patient.clinic.reads_at),
    }
    return crisis_response(
        frozenset({"r4"}), region=patient.region, saved=True, context=context, request=request
    )


@require_http_methods(["GET", "HEAD", "POST"])
def more(request: HttpRequest, day: str) -> HttpResponse:
    """Optional symptoms, sleep and a note; today is complete without them."""
    now = timezone.now()
    patient, on = own_record(request), read_day(day)
    row = checkin_on(patient, on)
    kept = (row.ratings if row else None) or {}
    events = (row.events if row else None) or {}
    refused = _refused(patient, on, now)
    errors: dict[str, str] = {"form": refused} if refused else {}
    if request.method == "POST" and not refused:
        sent = read_more(request.POST, kept=kept, events=events)
        errors = sent.errors
        if not errors:
            saved = _submit(request, patient, on, now, **sent.answers)
            if any(flag.rule == "RF-40" for flag in saved.flags):
                return _to_help(patient)
            _tell(request, patient, saved)
            return redirect("today")
    context = {
        **_frame(patient, on, now),
        "rows": [] if refused else _grid(patient, on, {**kept, **_sent_levels(request)}),
        "row": row,
        "events": [(e.code, e.label, _is_ticked(request, e.code, events)) for e in EVENTS],
        "drinks": request.POST.get("drinks", events.get("drinks", "")),
        "typed": {name: _typed(request, row, name) for name in TYPED},
        "errors": errors,
    }
    return render(request, "patients/checkins/more.html", context, status=400 if errors else 200)


def _is_ticked(request: HttpRequest, code: str, stored: dict[str, int]) -> bool:
    return code in request.POST if request.method == "POST" else bool(stored.get(code))


def _tell(request: HttpRequest, patient: Patient, saved: Saved) -> None:
    """What the rules that fired have to say to the patient, each once."""
    at = clock_words(patient.clinic.reads_at)
    for words in dict.fromkeys(FLAGS[flag.rule].told for flag in saved.flags):
        if words:
            messages.warning(request, words.replace("{time}", at))


def _to_help(patient: Patient) -> HttpResponse:
    """Words of crisis in a note: the help page with the numbers of the patient's country."""
    region = patient.region.lower()
    if lines_for(region) is None:
        return redirect("help-now")
    return redirect("help-now-region", region=region)


def _typed(request: HttpRequest, row: CheckIn | None, name: str) -> str:
    """What was just typed, else what is stored, else nothing."""
    stored = getattr(row, name, None)
    return request.POST.get(name, "" if stored is None else str(stored))


def _sent_levels(request: HttpRequest) -> dict[str, int]:
    levels = {symptom.code: read_level(request.POST.get(symptom.code)) for symptom in RATED}
    return {code: level for code, level in levels.items() if level is not None}


def _grid(patient: Patient, on: date, chosen: dict[str, int]) -> list[dict[str, Any]]:
    """Rows of five; the patient's own shortlist first, yesterday marked, nothing pre-filled."""
    yesterday = checkin_on(patient, on - timedelta(days=1))
    was = (yesterday.ratings if yesterday else None) or {}
    first = [s for s in RATED if s.code in patient.shortlist]
    order = [*first, *(s for s in RATED if s.code not in patient.shortlist)]
    return [
        {
            "code": symptom.code,
            "label": symptom.label,
            "cells": [
                {
                    "n": n,
                    "label": label,
                    "checked": chosen.get(symptom.code) == n,
                    "was": was.get(symptom.code) == n,
                }
                for n, label in enumerate(LEVELS)
            ],
        }
        for symptom in order
    ]
