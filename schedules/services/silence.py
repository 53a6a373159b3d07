"""Looks for people of whom nothing is heard, tells the clinic, and asks them kindly."""

from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from patients.domain.findings import Finding, Tier
from patients.domain.sharing import QUIET
from patients.models.care import Patient
from patients.models.flags import Flag
from patients.services.flags import raise_flag, was_raised_for
from patients.services.messages import post_message
from patients.services.shares import tell_supporters
from schedules.domain.silence import Silence, silence_findings
from schedules.selectors.occasions import facts_of, standings_of
from schedules.selectors.plans import Standing

LEAST_DAYS: Final = 2
SPEAKS_FROM: Final = time(9)
BATCH: Final = 500


def review_silence(now: datetime) -> int:
    """Everybody with a plan who has not answered for two days; returns the flags raised.

    Nobody is written to, and nobody paged for it, before nine in the patient's morning.
    """
    before = (now - timedelta(days=LEAST_DAYS)).date()
    quiet = Patient.objects.exclude(taper_classes=[]).filter(
        last_answered_on__lte=before, died_at__isnull=True, closed_at__isnull=True
    )
    raised = 0
    after: UUID | None = None
    while batch := list(_page(quiet, after)):
        after = batch[-1].pk
        stands = standings_of(batch, now)
        for patient in batch:
            is_morning = now.astimezone(patient.zone).time() >= SPEAKS_FROM
            if patient.pk in stands and is_morning:
                raised += _review(patient, stands[patient.pk], now)
    return raised


def _page(quiet: QuerySet[Patient], after: UUID | None) -> QuerySet[Patient]:
    rows = quiet.select_related("user", "clinic").order_by("pk")
    return rows.filter(pk__gt=after)[:BATCH] if after else rows[:BATCH]


@transaction.atomic
def _review(patient: Patient, stands: Standing, now: datetime) -> int:
    last = max(patient.last_checkin_on or stands.since, stands.since)
    urgent = Flag.objects.filter(
        patient=patient, tier__in=(Tier.EMERGENCY, Tier.URGENT), state__in=Flag.OPEN
    ).exclude(rule__in=("RF-29", "RF-30"))
    silence = Silence(stands.today, last, facts_of(stands), has_urgent_flag=urgent.exists())
    for found in silence_findings(silence):
        return _raise(patient, found, silence, now)
    return 0


def _raise(patient: Patient, found: Finding, silence: Silence, now: datetime) -> int:
    """One flag for one silence, and one kind question a day."""
    post_message(
        "silence",
        occurrence=f"silence:{silence.today.isoformat()}",
        due_at=now,
        now=now,
        recipient=patient.user,
        patient=patient,
        params={"path": "/check-in/"},
    )
    if was_raised_for(patient, found.rule, silence.last):
        return 0
    raise_flag(patient, found, day=silence.last, now=now)
    quiet = f"quiet:{silence.last.isoformat()}"
    tell_supporters(patient, QUIET, occurrence=quiet, due_at=now, now=now)
    return 1
