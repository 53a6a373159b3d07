"""The calendar address of a patient: made, and ended."""

import secrets
from datetime import datetime

from django.db import transaction

from patients.models.accounts import User
from patients.models.care import Patient
from patients.services.audit import record
from patients.services.messages import post_message
from schedules.models.feeds import Feed
from schedules.selectors.feeds import hash_of


@transaction.atomic
def make_feed(patient: Patient, *, by: User, now: datetime) -> str:
    """A fresh address; returns its key, which is stored nowhere. An earlier one ends."""
    Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    end_feed(patient, by=by, now=now)
    key = secrets.token_urlsafe(32)
    feed = Feed.objects.create(patient=patient, key_hash=hash_of(key), made_at=now)
    record("feed-made", by=by, now=now, patient=patient, subject=feed.pk)
    _tell(feed, "begun", now)
    return key


@transaction.atomic
def end_feed(patient: Patient, *, by: User, now: datetime) -> None:
    """From now on the address shows nothing."""
    for feed in Feed.objects.filter(patient=patient, ended_at__isnull=True):
        Feed.objects.filter(pk=feed.pk).update(ended_at=now)
        record("feed-ended", by=by, now=now, patient=patient, subject=feed.pk)
        _tell(feed, "ended", now)


def _tell(feed: Feed, what: str, now: datetime) -> None:
    post_message(
        "sharing",
        occurrence=f"feed:{feed.pk}:{what}",
        due_at=now,
        now=now,
        recipient=feed.patient.user,
        params={"path": "/plan/calendar/"},
    )
