"""The people of the tests, made through services as in life."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from patients.domain.roles import Role
from patients.models.messages import Message
from patients.services.accounts import (
    answer_test_alarm,
    name_safety_contact,
    open_account,
    open_clinic,
    open_record,
    send_test_alarm,
)
from patients.services.care import link_care
from schedules.domain.builder import Built, Request, build
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.medicine import Liquid, Product
from schedules.domain.rulebook import GATES, GateAnswer
from schedules.domain.strategies.registry import Proportional
from schedules.services.plans import draft_plan, read_plan, sign_revision
from schedules.services.start_gates import answer_start_gates
from taper_tracker import clock

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
DAY = timedelta(days=1)


def a_clinic(name: str = "Riverside", now: datetime = NOW) -> Any:
    return open_clinic(
        name,
        phone="555-0100",
        out_of_hours_phone="555-0199",
        hours="Monday to Friday",
        reads_at=time(8),
        time_zone="America/New_York",
        region="us",
        now=now,
    )


def a_person(clinic: Any, name: str, role: Role, now: datetime = NOW) -> Any:
    return open_account(
        f"{name.lower().replace(' ', '.')}@{clinic.name.lower()}.example",
        name=name,
        role=role,
        clinic=clinic,
        password=PASSWORD,
        time_zone=clinic.time_zone,
        by=None,
        now=now,
    )


def a_patient(clinic: Any, doctor: Any, name: str = "Ana Silva", now: datetime = NOW) -> Any:
    user = a_person(clinic, name, Role.PATIENT, now)
    patient = open_record(
        user, born_on=date(1984, 5, 6), phone="555-0111", region="us", by=doctor, now=now
    )
    link_care(patient, doctor, by=doctor, now=now)
    return patient


def a_cast(now: datetime = NOW) -> SimpleNamespace:
    """One clinic with a doctor, a nurse, an admin and a patient; a second clinic beside it."""
    clinic = a_clinic(now=now)
    bell = a_person(clinic, "Dr Bell", Role.DOCTOR, now)
    admin = a_person(clinic, "Jo Hart", Role.ADMIN, now)
    name_safety_contact(clinic, bell, by=admin, now=now)
    send_test_alarm(clinic, by=admin, now=now)
    answer_test_alarm(clinic, by=bell, now=now)
    Message.objects.all().delete()
    other = a_clinic("Hilltop", now=now)
    cole = a_person(other, "Dr Cole", Role.DOCTOR, now)
    return SimpleNamespace(
        clinic=clinic,
        bell=bell,
        nurse=a_person(clinic, "Nandi Mbeki", Role.NURSE, now),
        admin=admin,
        ana=a_patient(clinic, bell, now=now),
        other=other,
        cole=cole,
        ben=a_patient(other, cole, "Ben Okri", now=now),
    )


def a_request(**changes: Any) -> Request:
    clonazepam = medicine("clonazepam")
    keys = changes.pop("keys", ("klonopin-0.5", "melt-0.125"))
    items = [clonazepam.product(key) for key in keys]
    start = changes.pop("start", {"morning": "0.75", "bedtime": "0.75"})
    given = {
        "medicine": clonazepam,
        "start": tuple((slot, Dose.mg(mg)) for slot, mg in start.items()),
        "strategy": Proportional(Decimal(10)),
        "every_days": 14,
        "products": tuple(item for item in items if isinstance(item, Product)),
        "liquids": tuple(item for item in items if isinstance(item, Liquid)),
        "target": Dose.mg("0.5"),
    }
    return Request(**{**given, **changes})


def built(**changes: Any) -> Built:
    return build(a_request(**changes))


def a_signed_plan(cast: Any, *, now: datetime = NOW, first: date | None = None, **changes: Any):
    """Draft and sign; the patient has not read it yet."""
    revision = draft_plan(
        cast.ana,
        built(**changes),
        asked={"indication": "panic"},
        first_lower_on=first or (now + 7 * DAY).date(),
        reason="A reason long enough.",
        by=cast.bell,
        now=now,
    )
    gates_answered(cast, revision, now)
    seen = revision.plan.version
    return sign_revision(revision, seen_version=seen, by=cast.bell, now=now)


def gates_answered(cast: Any, revision: Any, now: datetime = NOW) -> None:
    """Every question before a start answered with no."""
    answers = {gate: GateAnswer(applies=False) for gate in GATES}
    answer_start_gates(revision.plan, answers, by=cast.bell, now=now)


def a_plan(cast: Any, *, now: datetime = NOW, first: date | None = None, **changes: Any):
    """A plan in force: signed, visible and read."""
    revision = a_signed_plan(cast, now=now, first=first, **changes)
    read(cast, revision, now + timedelta(minutes=11))
    return revision


def read(cast: Any, revision: Any, now: datetime) -> None:
    read_plan(cast.ana, seen=str(revision.pk), by=cast.ana.user, now=now)


def a_uuid() -> Any:
    return uuid4()


def tick(now: datetime) -> None:
    """Both jobs of the clock at one frozen moment; frozen clocks are allowed to jump here."""
    clock.STEADINESS.wall = None
    with patch.object(clock, "_is_skewed", return_value=False):
        clock.tick(lambda: now)
    clock.deliver(lambda: now)
