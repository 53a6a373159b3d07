"""Who is away, and whether somebody is named to answer meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from patients.domain.roles import CLINICIANS
from patients.models.absences import Absence
from patients.models.accounts import User

SOON: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence in ready words; days are those of the clinician's own zone."""

    id: UUID
    name: str
    first: date
    last: date
    cover: str
    is_now: bool
    candidates: tuple[User, ...]


def _real() -> QuerySet[Absence]:
    """Without those that were removed before they began."""
    return Absence.objects.filter(until__gt=F("since"))


def to_come(by: User, now: datetime) -> QuerySet[Absence]:
    """Absences not over yet: a clinician's own, or those of an admin's clinic."""
    rows = _real().filter(until__gt=now).select_related("clinician", "cover")
    if by.is_clinician:
        return rows.filter(clinician=by).order_by("since")
    return rows.filter(clinician__clinic=by.clinic).order_by("since")


def absence_lines(by: User, *, now: datetime) -> list[AbsenceLine]:
    people = list(clinicians_in(by))
    return [_line(row, people, now) for row in to_come(by, now)]


def _line(row: Absence, people: Sequence[User], now: datetime) -> AbsenceLine:
    zone = ZoneInfo(row.clinician.time_zone)
    return AbsenceLine(
        id=row.pk,
        name=row.clinician.name,
        first=row.since.astimezone(zone).date(),
        last=(row.until - timedelta(seconds=1)).astimezone(zone).date(),
        cover=row.cover.name if row.cover and row.cover.is_active else "",
        is_now=row.since <= now,
        candidates=tuple(person for person in people if person.pk != row.clinician_id),
    )


def clinicians_in(by: User) -> QuerySet[User]:
    """The clinicians of the same clinic whose accounts are on."""
    people = User.objects.filter(clinic=by.clinic, role__in=CLINICIANS, is_active=True)
    return people.order_by("name")


def absence_for(by: User, absence_id: UUID, *, now: datetime) -> Absence | None:
    return to_come(by, now).filter(pk=absence_id).first()


def in_force(now: datetime) -> QuerySet[Absence]:
    return Absence.objects.filter(since__lte=now, until__gt=now)


def uncovered(now: datetime) -> list[Absence]:
    """Absences of this day or the next without an active person to answer."""
    nobody = Q(cover__isnull=True) | Q(cover__is_active=False)
    rows = _real().filter(nobody, since__lte=now + SOON, until__gt=now)
    return list(rows.select_related("clinician"))


def overlaps(clinician: User, since: datetime, until: datetime) -> bool:
    """Whether this person is away for any part of the time."""
    return _real().filter(clinician=clinician, since__lt=until, until__gt=since).exists()
