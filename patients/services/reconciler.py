"""Proves that no stored red answer is without its flag; a missing one is raised and alarmed."""

import logging
from datetime import datetime, timedelta
from typing import Final

from patients.domain.redflags import RED, findings_for
from patients.models.checkins import CheckIn
from patients.selectors.checkins import answers_on
from patients.services.flags import raise_flag, was_raised_for
from patients.services.heartbeats import note_trouble

log = logging.getLogger(__name__)
LOOK_BACK: Final = timedelta(days=7)


def raise_lost_flags(now: datetime, *, since: datetime | None = None) -> int:
    """Raise the flag of every red answer recorded since then that has none; returns how many."""
    rows = CheckIn.objects.filter(
        recorded_at__gte=since or now - LOOK_BACK, safety__isnull=False, superseded_by__isnull=True
    ).exclude(safety=[])
    lost = 0
    for row in rows.select_related("patient__user", "patient__clinic"):
        for found in findings_for(answers_on(row.patient, row.plan_day), RED):
            if not was_raised_for(row.patient, found.rule, row.plan_day):
                raise_flag(row.patient, found, day=row.plan_day, now=now)
                lost += 1
    if lost:
        log.error("red answers without a flag were found: %d", lost)
        note_trouble("reconcile", f"{lost} red answers had no flag; raised now", now=now)
    return lost
