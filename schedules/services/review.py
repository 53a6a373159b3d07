"""Runs the rules on how a taper goes and raises what they find."""

import logging
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from patients.domain.days import DAY
from patients.domain.findings import Finding
from patients.models.care import Patient
from patients.selectors.checkins import checkins_between, was_mixed
from patients.services.flags import is_known, raise_flag, was_raised_for
from patients.services.heartbeats import note_trouble
from schedules.domain.dose import total
from schedules.domain.occasions import BASELINE_DAYS
from schedules.domain.review import TakenDay, findings_for, taper_findings
from schedules.domain.wording import describe_dose
from schedules.selectors.doses import entries_between
from schedules.selectors.occasions import facts_of
from schedules.selectors.plans import standing, standings, start_dose, step_in_force
from schedules.selectors.tapers import extra_diazepam_mg, taper_of

log = logging.getLogger(__name__)
BATCH: Final = 200
LATE_DAYS: Final = 2
JOINED: Final = timedelta(days=7)


def review_day(patient: Patient, day: date, *, now: datetime) -> None:
    """Judge one plan day from the answers there are; unlogged is never counted as zero."""
    for found in day_findings(patient, day, now):
        if not was_raised_for(patient, found.rule, day):
            raise_flag(patient, found, day=day, now=now)


def day_findings(patient: Patient, day: date, now: datetime) -> list[Finding]:
    """What the rules on one day's doses find; writes nothing."""
    known = standings(patient, now)
    in_force = step_in_force(known, day)
    if in_force is None:
        return []
    stands, step = in_force
    taken = [entry.amount for entry in entries_between(patient, day, day).values() if entry.amount]
    medicine = stands.medicine
    seen = TakenDay(
        taken=total(taken),
        planned=step.total,
        before_taper=start_dose(known),
        maximum=medicine.maximum_for(stands.revision.asked.get("indication", "")),
        words_sum=all(describe_dose(portion, medicine).sums for _, portion in step.portions),
        is_mixed=was_mixed(patient, day),
        extra_diazepam_mg=extra_diazepam_mg(medicine, total(taken), step.total),
    )
    return findings_for(seen)


def review_new_days(now: datetime) -> int:
    """Review every patient who has answered something since the last time; returns how many.

    One record that cannot be reviewed is reported and does not stop the others.
    """
    reviewed = 0
    for patient in Patient.objects.filter(needs_review=True).select_related("user")[:BATCH]:
        try:
            review_patient(patient, now=now)
        except Exception as error:
            log.exception("a record could not be reviewed")
            note_trouble("review", f"a record failed: {type(error).__name__}", now=now)
        reviewed += 1
    return reviewed


@transaction.atomic
def review_patient(patient: Patient, *, now: datetime) -> None:
    """The rules on the taper as it stands; what they find is raised once while it lasts."""
    Patient.objects.filter(pk=patient.pk).update(needs_review=False)
    freeze_baseline(patient, now=now)
    taper = taper_of(patient, now)
    if taper is None:
        return
    for back in range(LATE_DAYS):
        review_day(patient, taper.today - back * DAY, now=now)
    for found in taper_findings(taper):
        if not is_known(patient, found, since=now - JOINED):
            raise_flag(patient, found, day=taper.today, now=now)


def freeze_baseline(patient: Patient, *, now: datetime) -> None:
    """When the first step has begun: keep the scores of the seven plan days before it, for good."""
    if patient.baseline:
        return
    facts = facts_of(standing(patient, now))
    if not facts.steps:
        return
    first = facts.steps[0]
    rows = checkins_between(patient, first - BASELINE_DAYS * DAY, first - DAY).values()
    items: dict[str, list[int]] = {}
    for row in rows:
        for code, level in (row.ratings or {}).items():
            items.setdefault(code, []).append(level)
    patient.baseline = {
        "until": first.isoformat(),
        "w": [row.w for row in rows if row.w is not None],
        "items": {code: _middle(levels) for code, levels in sorted(items.items())},
        "overall": [row.overall for row in rows if row.overall is not None],
    }
    Patient.objects.filter(pk=patient.pk).update(baseline=patient.baseline)


def _middle(levels: list[int]) -> int:
    return sorted(levels)[len(levels) // 2]


def rehearse(patients: list[Patient], now: datetime) -> list[dict[str, Any]]:
    """What the rules would raise now, without writing anything; equal to the live run."""
    found = []
    for patient in patients:
        taper = taper_of(patient, now)
        days = [taper.today - back * DAY for back in range(LATE_DAYS)] if taper else []
        of_days = [item for day in days for item in day_findings(patient, day, now)]
        for item in [*of_days, *(taper_findings(taper) if taper else [])]:
            found.append({"patient": patient.pk, "rule": item.rule, "tier": item.tier})
    return found
