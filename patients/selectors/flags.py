"""The inbox of flags, worst first, then longest waiting."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from patients.domain.findings import Tier
from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.flags import Flag
from patients.selectors.care import visible_patients


def open_flags(user: User, *, now: datetime) -> list[Flag]:
    """Open flags on records this person may open; those for information stay on the record."""
    flags = Flag.objects.filter(patient__in=visible_patients(user, now=now), state__in=Flag.OPEN)
    flags = flags.exclude(tier=Tier.INFO).select_related("patient__user", "seen_by")
    return sorted(flags, key=lambda flag: (-flag.rank, flag.raised_at))


def visible_flag(user: User, flag_id: UUID, *, now: datetime) -> Flag | None:
    return (
        Flag.objects.filter(pk=flag_id, patient__in=visible_patients(user, now=now))
        .select_related("patient__user", "patient__clinic", "seen_by")
        .first()
    )


def flags_of(patient: Patient) -> QuerySet[Flag]:
    return Flag.objects.filter(patient=patient).select_related("seen_by", "closed_by")


def open_flags_of(patient: Patient) -> QuerySet[Flag]:
    return flags_of(patient).filter(state__in=Flag.OPEN)


def newest_open_flag(patient: Patient) -> Flag | None:
    """The flag a patient is told about: the worst open one of emergency or urgent tier."""
    flags = [flag for flag in open_flags_of(patient) if flag.rank >= 2]
    return max(flags, key=lambda flag: (flag.rank, flag.raised_at), default=None)
