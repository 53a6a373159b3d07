"""Who may open which record. Everything else asks here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from patients.domain.roles import CLINICIANS, Permission
from patients.models.accounts import Clinic, User
from patients.models.care import CareLink, Patient, is_in_time
from patients.selectors.absences import in_force

SECOND: Final = timedelta(seconds=1)
SHOWN: Final = 5
MOST_OPENINGS: Final = 100


def visible_patients(user: User, *, now: datetime) -> QuerySet[Patient]:
    """The records this person may open now: her own, or those with an active care link."""
    patients = Patient.objects.select_related("user", "clinic")
    if user.is_patient:
        return patients.filter(user=user)
    if user.is_clinician:
        links = CareLink.objects.active(now).filter(clinician=user)
        return patients.filter(pk__in=links.values("patient"))
    return patients.none()


def visible_patient(user: User, patient_id: UUID, *, now: datetime) -> Patient | None:
    return visible_patients(user, now=now).filter(pk=patient_id).first()


def may_open(user: User, patient_id: UUID, *, now: datetime) -> bool:
    """Whether an active care link opens this record to a clinician; reads nothing of it."""
    held = CareLink.objects.filter(clinician=user, patient=patient_id)
    times = held.values_list("since", "until")
    return user.is_active and any(is_in_time(since, until, now) for since, until in times)


def own_patient(user: User) -> Patient | None:
    """The record of a patient who is signed in; None for everybody else."""
    if not user.allows(Permission.KEEP_DIARY):
        return None
    return Patient.objects.select_related("user", "clinic").filter(user=user).first()


def care_team(patient: Patient, *, now: datetime) -> list[CareLink]:
    links = CareLink.objects.active(now).filter(patient=patient)
    return list(links.select_related("clinician").order_by("since"))


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One person who can open a record, why, and the last day in the patient's own zone."""

    name: str
    kind: str
    last_day: date | None
    reason: str


def team_lines(patient: Patient, *, now: datetime) -> list[TeamLine]:
    return [
        TeamLine(
            link.clinician.name,
            link.kind,
            (link.until - SECOND).astimezone(patient.zone).date() if link.until else None,
            link.reason,
        )
        for link in care_team(patient, now=now)
    ]


@dataclass(frozen=True, slots=True)
class Emergency:
    """One opening without a care link; the reason is for the patient alone."""

    name: str
    at: datetime
    until: datetime | None
    reason: str = ""


def emergencies(patient: Patient) -> list[Emergency]:
    """Who opened this record in an emergency and why, newest first."""
    links = CareLink.objects.filter(patient=patient, kind="break-glass")
    newest = links.select_related("clinician").order_by("-since")[:SHOWN]
    return [Emergency(x.clinician.name, x.since, x.until, x.reason) for x in newest]


def emergency_openings(clinic: Clinic) -> list[Emergency]:
    """Every such opening in a clinic, newest first: who and when, not whose and not why."""
    links = CareLink.objects.filter(patient__clinic=clinic, kind="break-glass")
    newest = links.select_related("clinician").order_by("-since")[:MOST_OPENINGS]
    return [Emergency(x.clinician.name, x.since, x.until) for x in newest]


def colleagues(patient: Patient, *, now: datetime) -> list[User]:
    """Clinicians of the clinic who do not care for this patient yet."""
    linked = [link.clinician_id for link in care_team(patient, now=now)]
    people = User.objects.filter(clinic=patient.clinic, role__in=CLINICIANS, is_active=True)
    return list(people.exclude(pk__in=linked).order_by("name"))


def clinicians_of(patient: Patient, *, now: datetime) -> list[User]:
    """Everybody with an active link who is not away; who broke the glass is not asked.

    Where nobody is left: the backup and the safety contact of the clinic; where
    they are away or not named, everybody with a link. Never nobody.
    """
    links = CareLink.objects.active(now).filter(patient=patient).exclude(kind="break-glass")
    linked = User.objects.filter(pk__in=links.values("clinician")).order_by("name")
    away = in_force(now).values("clinician")
    if present := list(linked.exclude(pk__in=away)):
        return present
    clinic = patient.clinic
    named = [key for key in (clinic.backup_id, clinic.safety_contact_id) if key]
    called = User.objects.filter(pk__in=named, is_active=True).order_by("name")
    return list(called.exclude(pk__in=away)) or list(linked) or list(called)


def person_named(clinic: Clinic, name: str, born_on: date) -> Patient | None:
    """The record of the clinic with just this name and day of birth; None for none or two."""
    people = Patient.objects.select_related("user", "clinic").filter(
        clinic=clinic, born_on=born_on, user__name__iexact=" ".join(name.split())
    )
    found = list(people[:2])
    return found[0] if len(found) == 1 else None


def everybody_tapering() -> list[Patient]:
    """All records with a plan ever in force; for the clock and rehearsals, never for a page."""
    return list(Patient.objects.exclude(taper_classes=[]).select_related("user", "clinic"))
