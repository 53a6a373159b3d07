"""The facts and rules the product stands on: when each was checked, and who is told of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from patients.domain import flagbook
from patients.domain.advice import REGIONS
from patients.domain.roles import Role
from patients.models.accounts import User
from patients.selectors.heartbeats import beats_like
from patients.services.heartbeats import alarm_admins, beat
from patients.services.messages import post_message
from schedules.domain import limits
from schedules.domain.formulary.loader import medicine, medicine_keys

HELP_MONTHS: Final = 6
MEDICINE_MONTHS: Final = 12
VERSION: Final = f"{flagbook.VERSION}+{limits.VERSION}"
PREFIX: Final = "rules:"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a person has checked: what, when last, and whether that is too long ago."""

    what: str
    checked: str
    is_old: bool


def facts(today: date) -> list[Fact]:
    """Help numbers (six months) and medicines (a year), by the oldest check of each."""
    numbers = [
        _fact(f"Help numbers of {lines.country}", lines.checked, HELP_MONTHS, today)
        for lines in REGIONS.values()
    ]
    medicines = [
        _fact(medicine(key).name.capitalize(), medicine(key).checked, MEDICINE_MONTHS, today)
        for key in medicine_keys()
    ]
    return [*numbers, *medicines]


def _fact(what: str, checked: str, months: int, today: date) -> Fact:
    year, month = int(checked[:4]), int(checked[5:7])
    since = (today.year - year) * 12 + today.month - month
    return Fact(what, checked, since > months)


def keep_facts(now: datetime) -> None:
    """Once a week while a check is overdue; once for each new version of the rules."""
    if any(fact.is_old for fact in facts(now.date())):
        alarm_admins("review-due", occurrence=f"{now:%G-W%V}", now=now, path="/facts/")
    known = beats_like(PREFIX)
    if f"{PREFIX}{VERSION}" in known:
        return
    if known:
        _tell_of_rules(now)
    beat(f"{PREFIX}{VERSION}", now=now)


def _tell_of_rules(now: datetime) -> None:
    """The first version a clinic ever runs is no news."""
    told = (Role.DOCTOR.value, Role.NURSE.value, Role.ADMIN.value)
    for person in User.objects.filter(role__in=told, is_active=True):
        post_message(
            "rules-changed",
            occurrence=f"{PREFIX}{VERSION}",
            due_at=now,
            now=now,
            recipient=person,
            params={"path": "/facts/"},
        )
