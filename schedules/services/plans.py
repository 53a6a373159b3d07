"""Plans: drafted by anyone who may, signed by a doctor, read by the patient, held by either."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max

from patients.domain.days import DAY
from patients.domain.flagbook import finding
from patients.domain.roles import Permission
from patients.domain.sharing import NEWS
from patients.models.accounts import User
from patients.models.care import Patient
from patients.selectors.care import clinicians_of
from patients.services.audit import record
from patients.services.flags import raise_flag
from patients.services.messages import cancel_messages, post_message
from patients.services.shares import tell_supporters
from schedules.domain.builder import Built
from schedules.domain.limits import VERSION, Finding
from schedules.domain.plan import as_json
from schedules.domain.rulebook import HARD, gates_in_the_way
from schedules.domain.timetable import lower_on_any_day, planned_doses
from schedules.models.plans import PlanEvent, Revision, TaperPlan
from schedules.selectors.plans import (
    can_undo,
    newest_signed,
    standing,
    waiting_revision,
)
from schedules.services.reminders import TIMES, sync_reminders

LEAST_REASON: Final = 10
LOOK_AGAIN: Final = timedelta(days=28)
ASKED_AGAIN: Final = (timedelta(0), timedelta(days=2), timedelta(days=5))
TOLD_AFTER: Final = timedelta(days=7)


class PlanRefused(ValueError):
    """Something that cannot be done to this plan now; the text is for a person."""


class PlanChanged(PlanRefused):
    """Somebody else changed the plan since this page was opened."""


@transaction.atomic
def draft_plan(
    patient: Patient,
    built: Built,
    *,
    asked: dict[str, Any],
    first_lower_on: date,
    reason: str,
    by: User,
    now: datetime,
) -> Revision:
    """Keep a built plan as a draft with everything it breaks. The patient sees nothing.

    Raises PlanRefused for a blocked plan, or a hard finding without a reason.
    """
    _check_may_draft(built, reason, by)
    plan, _ = TaperPlan.objects.get_or_create(
        patient=patient, medicine_key=built.plan.medicine, defaults={"started_at": now}
    )
    number = Revision.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0
    revision = Revision.objects.create(
        plan=plan,
        number=number + 1,
        parent=newest_signed(plan),
        steps=as_json(built.plan),
        asked=asked,
        findings=[finding_json(finding) for finding in built.all_findings],
        reason=reason.strip(),
        rules_version=VERSION,
        start_dose=built.plan.steps[0].total,
        end_dose=built.plan.steps[-1].total,
        first_lower_on=first_lower_on,
        drafted_at=now,
        drafted_by=by,
    )
    record("plan-drafted", by=by, now=now, patient=patient, subject=revision.pk)
    return revision


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as it is kept with the revision: its numbers as text, its sentence and source."""
    known = {**finding._asdict(), "percent": finding.percent, "hundredths": None}
    shown = {
        key: value if isinstance(value, int | str) else str(value)
        for key, value in known.items()
        if value not in (None, "")
    }
    return {**shown, "says": finding.says, "source": finding.source}


def _check_may_draft(built: Built, reason: str, by: User) -> None:
    if not by.allows(Permission.DRAFT_PLAN):
        raise PlanRefused("Only a doctor can build a plan.")
    if built.blocked:
        raise PlanRefused("This plan cannot be saved. Change what is marked as not allowed.")
    if built.hard and len(reason.strip()) < LEAST_REASON:
        rules = ", ".join(built.hard)
        raise PlanRefused(f"Type a reason of 10 letters or more for {rules}.")


@transaction.atomic
def sign_revision(revision: Revision, *, seen_version: int, by: User, now: datetime) -> Revision:
    """Sign a draft: from now no step of the plan before it can clear.

    Raises PlanChanged when another doctor signed since the page was opened.
    """
    if not by.allows(Permission.SIGN_PLAN):
        raise PlanRefused("Only a doctor can sign a plan.")
    plan = TaperPlan.objects.select_for_update(of=("self",)).get(pk=revision.plan_id)
    revision = Revision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
    if revision.signed_at is not None:
        raise PlanRefused("This plan is signed already.")
    moved = TaperPlan.objects.filter(pk=plan.pk, version=seen_version).update(
        version=F("version") + 1
    )
    if not moved:
        raise PlanChanged(
            "Another plan was signed while you had this page open. Compare them first."
        )
    _check_gates(plan)
    _check_not_below(plan.patient, revision, now)
    revision.needs_reading = _needs_reading(plan.patient, revision, now)
    revision.signed_at, revision.signed_by = now, by
    revision.save(update_fields=["needs_reading", "signed_at", "signed_by"])
    if not revision.needs_reading:
        activate_reminders(plan.patient, revision, now=now)
    _tell_patient(revision, now)
    record("plan-signed", by=by, now=now, patient=plan.patient, subject=revision.pk)
    _note_override(plan.patient, revision, now)
    return revision


def _note_override(patient: Patient, revision: Revision, now: datetime) -> None:
    """RF-37: a signature against a hard warning is kept as a flag for information."""
    hard = sorted({item["rule"] for item in revision.findings if item["severity"] == HARD})
    if hard:
        noted = finding("RF-37", f"Signed with a reason against {', '.join(hard)}.")
        raise_flag(patient, noted, day=patient.days.day_of(now), now=now)


def _check_gates(plan: TaperPlan) -> None:
    """Every start gate is answered, and what stands in the way has its reason or action."""
    open_ones = gates_in_the_way(plan.gate_answers())
    if open_ones:
        words = ", ".join(f"{gate} {why}" for gate, why in sorted(open_ones.items())[:3])
        more = f" and {len(open_ones) - 3} more" if len(open_ones) > 3 else ""
        raise PlanRefused(f"Answer the questions before a start first: {words}{more}.")


def _check_not_below(patient: Patient, revision: Revision, now: datetime) -> None:
    """A new plan begins at the dose in force or above; lower comes only as a cleared step."""
    stands = standing(patient, now)
    if stands is None:
        return
    if stands.plan.pk != revision.plan_id:
        raise PlanRefused(
            f"There is a plan for {stands.medicine.name}. One taper at a time (GEN-07)."
        )
    if revision.start_dose < stands.step.total:
        raise PlanRefused(
            f"This plan starts below the {stands.step.total} a day in force. "
            "Build it again from that dose."
        )


def _needs_reading(patient: Patient, revision: Revision, now: datetime) -> bool:
    """A plan that is lower than the one in force on any future day must be read first."""
    stands = standing(patient, now)
    if stands is None or stands.plan.pk != revision.plan_id:
        return True
    new = revision.as_plan()
    tomorrow = stands.today + DAY
    first = (tomorrow, new.steps[0].total.ng)
    old_from = max(stands.course.planned or tomorrow, tomorrow)
    held = stands.course.planned is None
    old = [] if held else planned_doses(stands.taper, old_from, after=stands.course.step)
    return lower_on_any_day(
        [first, *planned_doses(new, max(revision.first_lower_on, tomorrow))],
        old,
        today_ng=stands.step.total.ng,
    )


def _tell_patient(revision: Revision, now: datetime) -> None:
    patient = revision.plan.patient
    visible = revision.visible_at()
    assert visible is not None
    kind = "plan-to-read" if revision.needs_reading else "plan-changed"
    waits = ASKED_AGAIN if revision.needs_reading else (timedelta(0),)
    for number, wait in enumerate(waits):
        post_message(
            kind,
            occurrence=f"revision:{revision.pk}" + (f":{number}" if number else ""),
            due_at=visible + wait,
            now=now,
            recipient=patient.user,
            patient=patient,
            params={"path": "/plan/", "revision": str(revision.pk)},
        )
    occurrence = f"revision:{revision.pk}"
    tell_supporters(patient, NEWS, occurrence=occurrence, due_at=visible, now=now)
    if revision.needs_reading and revision.signed_by is not None:
        post_message(
            "plan-unread",
            occurrence=f"unread:{revision.pk}",
            due_at=visible + TOLD_AFTER,
            now=now,
            recipient=revision.signed_by,
            patient=patient,
            params={"path": f"/clinic/patients/{patient.pk}/", "revision": str(revision.pk)},
        )


@transaction.atomic
def withdraw_revision(revision: Revision, *, by: User, now: datetime) -> None:
    """Undo a signature within ten minutes, before the patient can see it."""
    if not by.allows(Permission.SIGN_PLAN):
        raise PlanRefused("Only a doctor can undo a signature.")
    if not can_undo(revision, now):
        raise PlanRefused("Ten minutes have passed. Build a new plan instead.")
    if revision.events.filter(kind=PlanEvent.WITHDRAWN).exists():
        return
    PlanEvent.objects.create(revision=revision, kind=PlanEvent.WITHDRAWN, at=now, by=by)
    record("plan-withdrawn", by=by, now=now, patient=revision.plan.patient, subject=revision.pk)


@transaction.atomic
def read_plan(patient: Patient, *, seen: str, by: User, now: datetime) -> Revision:
    """The patient has read the waiting plan; it begins at a day boundary.

    A first plan begins with today's own dose; any other from the next plan day.
    `seen` is the revision the page showed; another one must be read itself.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    revision = waiting_revision(patient, now)
    if revision is None:
        raise PlanRefused("There is no plan waiting to be read.")
    if seen != str(revision.pk):
        raise PlanRefused("Your plan changed while this page was open. Please read it again.")
    today = patient.days.day_of(now)
    first = standing(patient, now) is None
    PlanEvent.objects.create(
        revision=revision,
        kind=PlanEvent.READ,
        from_day=today if first else today + DAY,
        at=now,
        by=by,
    )
    cancel_messages(patient, kinds=("plan-to-read", "plan-unread"), reason="read")
    record("plan-read", by=by, now=now, patient=patient, subject=revision.pk)
    activate_reminders(patient, revision, now=now)
    if not first:
        _tell_of_start(patient, revision, today, now)
    return revision


def _tell_of_start(patient: Patient, revision: Revision, today: date, now: datetime) -> None:
    """The evening before the first day of a plan that replaces another, if it is still to come."""
    evening = patient.days.at(today, TIMES["evening"])
    if evening > now:
        post_message(
            "plan-starts",
            occurrence=f"starts:{revision.pk}",
            due_at=evening,
            now=now,
            recipient=patient.user,
            patient=patient,
            params={"path": "/plan/", "revision": str(revision.pk)},
        )


def activate_reminders(patient: Patient, revision: Revision, *, now: datetime) -> None:
    """What follows from a plan coming into force: its class on the record, its reminders."""
    kind = revision.plan.medicine.kind
    if kind not in patient.taper_classes:
        patient.taper_classes = [*patient.taper_classes, kind]
        Patient.objects.filter(pk=patient.pk).update(taper_classes=patient.taper_classes)
    if patient.closed_at is not None:
        patient.closed_at = None
        Patient.objects.filter(pk=patient.pk).update(closed_at=None)
    sync_reminders(patient, revision.as_plan().slots, now=now)


@transaction.atomic
def hold_plan(patient: Patient, *, note: str, by: User, now: datetime) -> PlanEvent:
    """Stay on today's dose until a doctor resumes. A hold never ends by itself."""
    if not by.allows(Permission.HOLD_PLAN):
        raise PlanRefused("This account cannot hold a plan.")
    Patient.objects.select_for_update().get(pk=patient.pk)
    stands = standing(patient, now)
    if stands is None:
        raise PlanRefused("There is no plan to hold.")
    if stands.course.held:
        raise PlanRefused("The plan is held already.")
    event = PlanEvent.objects.create(
        revision=stands.revision,
        kind=PlanEvent.HELD,
        look_again_on=stands.today + LOOK_AGAIN,
        note=note.strip(),
        at=now,
        by=by,
    )
    record("plan-held", by=by, now=now, patient=patient, subject=stands.revision.pk)
    tell_supporters(patient, NEWS, occurrence=f"hold:{event.pk}", due_at=now, now=now)
    if by.is_patient:
        _tell_clinicians(patient, event, now)
        asked = finding("RF-39", "Asked to stay on the present dose.")
        raise_flag(patient, asked, day=stands.today, now=now)
    else:
        _tell_held(patient, event, "held", now)
    return event


def _tell_held(patient: Patient, event: PlanEvent, kind: str, now: datetime) -> None:
    """A hold that a clinician begins or ends is told to the patient; the dose stays either way."""
    post_message(
        kind,
        occurrence=f"{kind}:{event.pk}",
        due_at=now,
        now=now,
        recipient=patient.user,
        patient=patient,
        params={"path": "/plan/"},
    )


def _tell_clinicians(patient: Patient, event: PlanEvent, now: datetime) -> None:
    for person in clinicians_of(patient, now=now):
        post_message(
            "hold",
            occurrence=f"hold:{event.pk}",
            due_at=now,
            now=now,
            recipient=person,
            patient=patient,
            params={"path": f"/clinic/patients/{patient.pk}/"},
        )


@transaction.atomic
def resume_plan(patient: Patient, *, note: str, by: User, now: datetime) -> PlanEvent:
    """A doctor ends a hold; the next step still asks at its gate."""
    if not by.allows(Permission.SIGN_PLAN):
        raise PlanRefused("Only a doctor can end a hold.")
    Patient.objects.select_for_update().get(pk=patient.pk)
    stands = standing(patient, now)
    if stands is None or not stands.course.held:
        raise PlanRefused("The plan is not held.")
    event = PlanEvent.objects.create(
        revision=stands.revision, kind=PlanEvent.RESUMED, note=note.strip(), at=now, by=by
    )
    record("plan-resumed", by=by, now=now, patient=patient, subject=stands.revision.pk)
    _tell_held(patient, event, "resumed", now)
    tell_supporters(patient, NEWS, occurrence=f"resumed:{event.pk}", due_at=now, now=now)
    return event
