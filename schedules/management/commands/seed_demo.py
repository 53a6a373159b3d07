"""A demo clinic, made through services only, if and only if the database is empty."""

import secrets
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from patients.domain.roles import Role
from patients.models.accounts import Clinic, User
from patients.models.care import Patient
from patients.services.accounts import (
    answer_test_alarm,
    name_safety_contact,
    open_account,
    open_clinic,
    open_record,
    send_test_alarm,
)
from patients.services.care import link_care
from patients.services.checkins import submit_checkin
from patients.services.remarks import read_remarks, write_remark
from patients.services.visits import plan_visit
from schedules.domain.builder import Built, Request, build
from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.domain.medicine import Liquid, Product
from schedules.domain.rulebook import GATES, GateAnswer
from schedules.domain.strategies.registry import Proportional
from schedules.domain.supply import daily_use
from schedules.selectors.plans import standing
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.gates import clear_step
from schedules.services.plans import draft_plan, read_plan, sign_revision
from schedules.services.reminders import stop_reminders, sync_reminders
from schedules.services.start_gates import answer_start_gates
from schedules.services.supply import count_boxes

DAY = timedelta(days=1)
ZONE = "America/New_York"


class Command(BaseCommand):
    help = "Make a demo clinic in an empty database and print its accounts once."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            self.stdout.write("The database is not empty; no demo clinic was made.")
            return
        accounts = seed(timezone.now())
        self.stdout.write("Demo accounts (the passwords are shown only now):")
        for name, email, password in accounts:
            self.stdout.write(f"  {name:<22} {email:<28} {password}")


@transaction.atomic
def seed(now: datetime) -> list[tuple[str, str, str]]:
    """Make the clinic and its people; returns name, e-mail and fresh password of each."""
    accounts: list[tuple[str, str, str]] = []
    began = now - 60 * DAY
    clinic = _clinic(began)
    admin = _person(accounts, clinic, "Jo Hart", "admin@demo.example", Role.ADMIN, began)
    doctor = _person(
        accounts, clinic, "Dr Anneke Visser", "doctor@demo.example", Role.DOCTOR, began
    )
    _person(accounts, clinic, "Nandi Mbeki", "nurse@demo.example", Role.NURSE, began)
    name_safety_contact(clinic, doctor, by=admin, now=began)
    send_test_alarm(clinic, by=admin, now=began)
    answer_test_alarm(clinic, by=doctor, now=began)
    maya = _patient(
        accounts, clinic, doctor, "Maya Okafor", "maya@demo.example", date(1981, 6, 3), began
    )
    _taper(maya, doctor, now, weeks_ago=6)
    _symptoms(
        maya,
        now,
        [1, 1, 1, 1, 2, 2, 1, None, 2, 3, 2, 3, 3, 2],
        note="Days are fine now. It is only the nights.",
    )
    _contact(maya, doctor, now)
    daniel = _patient(
        accounts, clinic, doctor, "Daniel Reyes", "daniel@demo.example", date(1974, 2, 9), began
    )
    _taper(daniel, doctor, now, weeks_ago=4)
    _symptoms(
        daniel, now, [1, 1, 2, 1, 1, 2, 1, 2, 2, 1, 2, 2, 3, 3], note="Third night with no sleep."
    )
    _red_answer(daniel, now)
    lin = _patient(
        accounts, clinic, doctor, "Lin Chen", "lin@demo.example", date(1988, 11, 20), began
    )
    _symptoms(lin, now, [0, 1, 0, 0, 1, None, 0, 1, 1, 0, 0, 1, 0, 0], note="")
    return accounts


def _clinic(now: datetime) -> Clinic:
    return open_clinic(
        "Riverside Practice",
        phone="555-0100",
        out_of_hours_phone="555-0199",
        hours="Open Monday to Friday, 8 am to 6 pm.",
        reads_at=time(8),
        time_zone=ZONE,
        region="us",
        now=now,
    )


def _person(
    accounts: list[tuple[str, str, str]],
    clinic: Clinic,
    name: str,
    email: str,
    role: Role,
    now: datetime,
) -> User:
    password = secrets.token_urlsafe(9)
    accounts.append((name, email, password))
    return open_account(
        email,
        name=name,
        role=role,
        clinic=clinic,
        password=password,
        time_zone=clinic.time_zone,
        by=None,
        now=now,
    )


def _patient(
    accounts: list[tuple[str, str, str]],
    clinic: Clinic,
    doctor: User,
    name: str,
    email: str,
    born_on: date,
    now: datetime,
) -> Patient:
    user = _person(accounts, clinic, name, email, Role.PATIENT, now)
    patient = open_record(user, born_on=born_on, phone="555-0118", region="us", by=doctor, now=now)
    link_care(patient, doctor, by=doctor, now=now)
    return patient


def _built() -> tuple[Built, dict[str, Any]]:
    clonazepam = medicine("clonazepam")
    keys = ["klonopin-0.5", "melt-0.125"]
    items = [clonazepam.product(key) for key in keys]
    start = (("morning", Dose.mg("0.75")), ("bedtime", Dose.mg("0.75")))
    request = Request(
        medicine=clonazepam,
        start=start,
        strategy=Proportional(Decimal(10)),
        every_days=14,
        products=tuple(item for item in items if isinstance(item, Product)),
        liquids=tuple(item for item in items if isinstance(item, Liquid)),
        target=Dose.mg("0.5"),
        hold_longer=True,
        indication="panic",
    )
    asked = {
        "morning": "0.75",
        "bedtime": "0.75",
        "products": keys,
        "strategy": "proportional",
        "percent": "10",
        "every_days": "14",
        "target": "0.5",
        "hold_longer": True,
        "indication": "panic",
    }
    return build(request), asked


def _taper(patient: Patient, doctor: User, now: datetime, *, weeks_ago: int) -> None:
    """A signed plan some weeks old, each gate answered in its time, doses logged."""
    days = patient.days
    today = days.day_of(now)
    first_day = today - weeks_ago * 7 * DAY
    began = days.at(first_day, time(9))
    built, asked = _built()
    first = first_day + 7 * DAY
    revision = draft_plan(
        patient,
        built,
        asked={**asked, "first_lower_on": first.isoformat()},
        first_lower_on=first,
        reason="",
        by=doctor,
        now=began,
    )
    answers = {gate: GateAnswer(applies=False) for gate in GATES}
    answer_start_gates(revision.plan, answers, by=doctor, now=began)
    sign_revision(revision, seen_version=0, by=doctor, now=began)
    read_plan(patient, seen=str(revision.pk), by=patient.user, now=began + timedelta(minutes=15))
    for back in range(weeks_ago * 7, 0, -1):
        _one_day(patient, days.at(today - back * DAY, time(20)))
    stop_reminders(patient)
    sync_reminders(patient, built.plan.slots, now=now)


def _one_day(patient: Patient, moment: datetime) -> None:
    """One evening of the past: the gate answered, the doses logged."""
    stands = standing(patient, moment)
    if stands is None:
        return
    if stands.gate_open:
        answers = {"sleep": "yes", "symptoms": "yes", "boxes": "yes", "again": False}
        step = stands.course.step + 1
        seen = str(stands.revision.pk)
        clear_step(patient, step=step, seen=seen, answers=answers, by=patient.user, now=moment)
    for slot, _ in stands.step.portions:
        record_dose(
            patient,
            day=stands.today,
            slot=slot,
            answer=Answer("taken"),
            client_uuid=uuid.uuid4(),
            by=patient.user,
            now=moment,
        )


def _symptoms(patient: Patient, now: datetime, days: list[int | None], *, note: str) -> None:
    """Overall answers of the last days, yesterday last; None is a day without one."""
    plan_days = patient.days
    today = plan_days.day_of(now)
    for back, overall in zip(range(len(days), 0, -1), days, strict=True):
        if overall is None:
            continue
        extra = {"note": note} if back == 1 and note else {}
        ratings = {
            code: min(overall + bump, 3)
            for code, bump in (("w1", 0), ("w2", 1), ("w3", 0), ("w4", 0), ("w6", 0))
        }
        submit_checkin(
            patient,
            day=today - back * DAY,
            today=today,
            by=patient.user,
            now=plan_days.at(today - back * DAY, time(19)),
            overall=overall,
            safety=[],
            ratings=ratings,
            **extra,
        )


def _contact(patient: Patient, doctor: User, now: datetime) -> None:
    """Boxes counted, a visit planned, a question asked and answered."""
    days = patient.days
    today = days.day_of(now)
    found = standing(patient, now)
    assert found is not None
    used = daily_use([portion for _, portion in found.step.portions])
    amounts = {product: 24 * use for product, use in used.items()}
    count_boxes(patient, amounts, by=patient.user, now=now - DAY)
    plan_visit(patient, starts_at=days.at(today + 9 * DAY, time(10)), by=doctor, now=now - DAY)
    asked, said = "May I take the evening dose an hour earlier?", "Yes. Keep it the same each day."
    for author, text, hours in ((patient.user, asked, 50), (doctor, said, 26)):
        at = now - timedelta(hours=hours)
        write_remark(patient, text=text, client_uuid=uuid.uuid4(), by=author, now=at)
    read_remarks(patient, by=patient.user, now=now - timedelta(hours=25))


def _red_answer(patient: Patient, now: datetime) -> None:
    at = now - timedelta(minutes=52)
    day = patient.days.day_of(at)
    submit_checkin(patient, day=day, today=day, by=patient.user, now=at, overall=3, safety=["r4"])
