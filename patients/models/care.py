"""Patients, and the care links that are the only key to a record."""

import uuid
from datetime import date, datetime, time
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from patients.domain.days import Days
from patients.models.absences import Absence
from patients.models.accounts import Clinic, User


class Patient(models.Model):
    """One person's record. The last columns repeat what lists need, written with the facts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="patient")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    born_on = models.DateField()
    phone = models.CharField(max_length=40, blank=True)
    region = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    zone_moves = models.JSONField(default=list, blank=True)
    day_boundary = models.TimeField(default=time(4))
    taper_classes = models.JSONField(default=list, blank=True)
    shortlist = models.JSONField(default=list, blank=True)
    thresholds = models.JSONField(default=dict, blank=True)
    needs_review = models.BooleanField(default=False)
    baseline = models.JSONField(default=dict, blank=True)
    last_answered_on = models.DateField(null=True, blank=True)
    last_checkin_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    died_at = models.DateTimeField(null=True, blank=True)
    wrote_at = models.DateTimeField(null=True, blank=True)
    written_to_at = models.DateTimeField(null=True, blank=True)
    open_flag_level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(open_flag_level__lte=4), name="patient_open_flag_level"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["needs_review"], condition=Q(needs_review=True), name="patient_to_review"
            ),
            models.Index(fields=["last_answered_on"], name="patient_last_answer"),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def name(self) -> str:
        return self.user.name

    def age_on(self, day: date) -> int:
        born = self.born_on
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def days(self) -> Days:
        """Her plan days, with every move of zone so far."""
        return Days.stored(self.time_zone, self.day_boundary, self.zone_moves)

    @property
    def zone(self) -> ZoneInfo:
        """The zone she has chosen last; `time_zone` is the one she began in."""
        return ZoneInfo(self.zone_moves[-1][1] if self.zone_moves else self.time_zone)


def is_in_time(since: datetime, until: datetime | None, now: datetime) -> bool:
    """Whether a link that lasts from one moment until another has begun and not ended."""
    return since <= now and (until is None or until > now)


class CareLinkQuerySet(models.QuerySet["CareLink"]):
    def in_time(self, now: datetime) -> Self:
        """Links that have begun and not ended, whoever holds them: `is_in_time` in SQL."""
        ends_later = Q(until__isnull=True) | Q(until__gt=now)
        return self.filter(ends_later, since__lte=now)

    def active(self, now: datetime) -> Self:
        """Links that open a record at this moment."""
        return self.in_time(now).filter(clinician__is_active=True)


class CareLink(models.Model):
    """Who cares for whom, since when and until when."""

    KINDS = (
        ("care", "Care"),
        ("cover", "Cover"),
        ("escalation", "Escalation"),
        ("break-glass", "Break glass"),
    )

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="links")
    clinician = models.ForeignKey(User, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=16, choices=KINDS, default="care")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    absence = models.ForeignKey(
        Absence, null=True, blank=True, on_delete=models.PROTECT, related_name="links"
    )

    objects: ClassVar[models.Manager["CareLink"]] = CareLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="carelink_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind="break-glass") | (~Q(reason="") & Q(until__isnull=False)),
                name="carelink_glass_has_reason_and_end",
            ),
            models.UniqueConstraint(
                fields=["patient", "clinician", "kind"],
                condition=Q(until__isnull=True),
                name="carelink_open_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["clinician", "until"])]
