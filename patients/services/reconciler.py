"""Proves that no stored red answer is without its flag; a missing one is raised and alarmed."""

import logging
from datetime import date, datetime, timedelta
from typing import Final

from patients.domain.findings import Finding
from patients.domain.questionnaires import PHQ9, findings_on, thinks_of_death
from patients.domain.redflags import RED, findings_for
from patients.models.care import Patient
from patients.models.checkins import CheckIn
from patients.models.questionnaires import FilledIn
from patients.selectors.checkins import answers_on
from patients.services.flags import raise_flag, was_raised_for
from patients.services.heartbeats import note_trouble

log = logging.getLogger(__name__)
LOOK_BACK: Final = timedelta(days=7)


def raise_lost_flags(now: datetime, *, since: datetime | None = None) -> int:
    """Raise the flag of every red answer recorded since then that has none; returns how many."""
    first = since or now - LOOK_BACK
    lost = _lost_answers(first, now) + _lost_moods(first, now)
    if lost:
        log.error("red answers without a flag were found: %d", lost)
        note_trouble("reconcile", f"{lost} red answers had no flag; raised now", now=now)
    return lost


def _lost_answers(first: datetime, now: datetime) -> int:
    rows = CheckIn.objects.filter(
        recorded_at__gte=first, safety__isnull=False, superseded_by__isnull=True
    ).exclude(safety=[])
    lost = 0
    for row in rows.select_related("patient__user", "patient__clinic"):
        for found in findings_for(answers_on(row.patient, row.plan_day), RED):
            lost += _raised(row.patient, found, row.plan_day, now)
    return lost


def _lost_moods(first: datetime, now: datetime) -> int:
    """Thoughts of death in a questionnaire: RF-08."""
    rows = FilledIn.objects.filter(recorded_at__gte=first, kind=PHQ9)
    lost = 0
    for row in rows.select_related("patient__user", "patient__clinic"):
        if thinks_of_death(row.kind, row.answers):
            found = findings_on(row.kind, row.answers)[0]
            lost += _raised(row.patient, found, row.plan_day, now)
    return lost


def _raised(patient: Patient, found: Finding, day: date, now: datetime) -> bool:
    if was_raised_for(patient, found.rule, day):
        return False
    raise_flag(patient, found, day=day, now=now)
    return True
