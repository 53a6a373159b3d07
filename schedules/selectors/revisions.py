"""A revision in ready words: the same view for the patient and for the doctor who signs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from patients.domain.words import short_day
from patients.models.care import Patient
from schedules.domain.builder import Built
from schedules.domain.dose import render_mg
from schedules.domain.limits import Finding
from schedules.domain.medicine import Medicine
from schedules.domain.pace import asked_words, cut_words, share_words
from schedules.domain.plan import SLOT, Plan
from schedules.domain.wording import Said, describe_dose, pieces_words
from schedules.models.plans import Revision


@dataclass(frozen=True, slots=True)
class PlanView:
    """A signed or drafted revision as the patient reads it."""

    id: UUID
    medicine: str
    signed_by: str
    now_total: str
    now_doses: tuple[tuple[str, Said], ...]
    first_on: str
    first_total: str
    first_doses: tuple[tuple[str, Said], ...]
    end_total: str
    steps: int
    weeks: int
    ends_at_zero: bool


def plan_view(revision: Revision) -> PlanView:
    plan, medicine = revision.as_plan(), revision.plan.medicine
    return PlanView(
        id=revision.pk,
        medicine=medicine.name,
        signed_by=revision.signed_by.name if revision.signed_by else revision.drafted_by.name,
        now_total=render_mg(plan.steps[0].total),
        now_doses=_doses(plan, 0, medicine),
        first_on=short_day(revision.first_lower_on),
        first_total=render_mg(plan.steps[1].total),
        first_doses=_doses(plan, 1, medicine),
        end_total=render_mg(plan.steps[-1].total),
        steps=len(plan.steps) - 1,
        weeks=weeks_of(plan),
        ends_at_zero=not plan.steps[-1].total,
    )


def weeks_of(plan: Plan) -> int:
    """Whole weeks from the first lower day to the last step, rounded up."""
    return -(-plan.days // 7)


def _doses(plan: Plan, number: int, medicine: Medicine) -> tuple[tuple[str, Said], ...]:
    portions = plan.steps[number].portions
    return tuple((SLOT[slot].label, describe_dose(portion, medicine)) for slot, portion in portions)


class StepRow(NamedTuple):
    """One row of a clinician's table of steps; `tone` is now, caution or nothing."""

    when: str
    days: str
    total: str
    cut: str
    of_start: str
    asked: str
    doses: tuple[tuple[str, str, Said], ...]
    findings: tuple[Finding, ...]
    over_asked: bool
    tone: str


def step_rows(built: Built, medicine: Medicine, first_lower_on: Any) -> list[StepRow]:
    """Every step with both percentages, what was asked, and the rules it breaks."""
    plan = built.plan
    start = before = plan.steps[0].total
    rows, day = [], first_lower_on
    for number, step in enumerate(plan.steps):
        total = step.total
        found = built.findings[number - 1] if number else ()
        rows.append(
            StepRow(
                when=f"{day.strftime('%a')} {day.day} {day.strftime('%b %Y')}" if number else "Now",
                days=str(step.least_days) if 0 < number < len(plan.steps) - 1 else "",
                total=render_mg(total),
                cut=cut_words(before, total) if number else "",
                of_start=share_words(total, start),
                asked=asked_words(step.asked_ratio) if step.asked_ratio is not None else "",
                doses=tuple(
                    (label, pieces_words(said), said)
                    for label, said in _doses(plan, number, medicine)
                ),
                findings=found,
                over_asked=step.over_asked,
                tone="now" if not number else "caution" if found or step.over_asked else "",
            )
        )
        before = total
        if number:
            day += timedelta(days=step.least_days)
    return rows


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One revision in the history of a plan."""

    id: UUID
    number: int
    words: str
    by: str
    state: str
    is_draft: bool


def revision_lines(patient: Patient) -> list[RevisionLine]:
    rows = (
        Revision.objects.filter(plan__patient=patient)
        .select_related("plan", "drafted_by", "signed_by")
        .prefetch_related("events")
        .order_by("-drafted_at")
    )
    return [_revision_line(row) for row in rows]


def _revision_line(row: Revision) -> RevisionLine:
    kinds = {event.kind for event in row.events.all()}
    state = "Draft"
    if row.signed_at:
        state = "Signed"
        if "withdrawn" in kinds:
            state = "Withdrawn"
        elif "read" in kinds:
            state = "Read by the patient"
        elif row.needs_reading:
            state = "Signed, not read yet"
    words = f"{row.plan.medicine.name}, {row.start_dose} to {row.end_dose}"
    by = row.signed_by.name if row.signed_by else row.drafted_by.name
    return RevisionLine(row.pk, row.number, words, by, state, row.signed_at is None)


def revision_of(patient: Patient, revision_id: UUID) -> Revision | None:
    return (
        Revision.objects.filter(pk=revision_id, plan__patient=patient)
        .select_related("plan__patient", "signed_by", "drafted_by")
        .first()
    )
