"""What was signed and what happened to it: one query for any number of patients.

Plans, revisions, events, flags and, where asked, doses come as the parts of one
statement, each row as the JSON of its columns: this is asked on every page and
once more for every group of messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import CharField, DateTimeField, F, Field, JSONField, Model, QuerySet, Value
from django.db.models.expressions import RawSQL

from patients.models.care import Patient
from patients.models.flags import Flag
from schedules.domain.timetable import Hold
from schedules.models.doses import DoseEntry
from schedules.models.plans import PlanEvent, Revision, TaperPlan

HOLDING_EFFECTS: Final = ("hold", "hold-if-due-72h")
Row = TypeVar("Row", bound=Model)
Answered = set[tuple[object, date, str]]


@dataclass(frozen=True, slots=True)
class History:
    """The signed revisions of a patient's newest signed plan, oldest signature first.

    `events` are those of each revision in order, `flags` the times a flag held every step.
    """

    revisions: tuple[Revision, ...]
    events: dict[object, list[PlanEvent]]
    flags: tuple[Hold, ...]

    @property
    def plan(self) -> TaperPlan | None:
        return self.revisions[-1].plan if self.revisions else None

    def kinds(self, revision: Revision) -> set[str]:
        return {event.kind for event in self.events[revision.pk]}


def history_of(patient: Patient) -> History:
    return histories([patient])[patient.pk]


def histories(patients: Sequence[Patient]) -> dict[object, History]:
    """The history of each patient, by primary key."""
    return histories_and_doses(patients)[0]


def histories_and_doses(
    patients: Sequence[Patient], *, days: Sequence[date] = ()
) -> tuple[dict[object, History], Answered]:
    """The histories, and which doses of these days are answered: patient, day, slot."""
    if not patients:
        return {}, set()
    parts = _looked(patients, days)
    known: dict[object, Patient] = {patient.pk: patient for patient in patients}
    plans = {plan.pk: plan for plan in _stored(TaperPlan, parts["plan"])}
    for plan in plans.values():
        plan.patient = known[plan.patient_id]
    signed = _signed(known, plans, list(_stored(Revision, parts["revision"])))
    events = _events(signed, list(_stored(PlanEvent, parts["event"])))
    flags = _holding_flags(known, parts["flag"])
    found = {pk: History(tuple(signed[pk]), events, tuple(flags[pk])) for pk in known}
    return found, {
        (pk, date.fromisoformat(row["plan_day"]), row["slot"]) for pk, row in parts["dose"]
    }


def newest_drafts(
    patients: Sequence[Patient], known: dict[object, History]
) -> dict[object, Revision]:
    """The newest draft of each patient's plan: the signed one, else the newest begun."""
    found: dict[object, Revision] = {}
    drafts = Revision.objects.filter(plan__patient__in=patients, signed_at__isnull=True)
    for draft in drafts.select_related("plan").order_by("plan__started_at", "number"):
        plan = known[draft.plan.patient_id].plan
        if plan is None or plan.pk == draft.plan_id:
            found[draft.plan.patient_id] = draft
    return found


Parts = dict[str, list[tuple[object, dict[str, Any]]]]


def _looked(patients: Sequence[Patient], days: Sequence[date]) -> Parts:
    """The rows of every kind, each with its patient, in one statement."""
    mine = Revision.objects.filter(plan__patient__in=patients, signed_at__isnull=False)
    plans = TaperPlan.objects.filter(patient__in=patients)
    events = PlanEvent.objects.filter(revision__plan__patient__in=patients)
    flags = Flag.objects.filter(patient__in=patients, effect__in=HOLDING_EFFECTS)
    others = [
        _part("plan", plans, "patient_id"),
        _part("event", events, "revision__plan__patient_id"),
        _part("flag", flags, "patient_id", "raised_at", "closed_at"),
    ]
    if days:
        doses = DoseEntry.objects.filter(
            patient__in=patients, plan_day__in=days, superseded_by__isnull=True
        )
        doses = doses.exclude(kind=DoseEntry.UNDONE)
        others.append(_part("dose", doses, "patient_id", "plan_day", "slot"))
    found: Parts = {kind: [] for kind in ("plan", "revision", "event", "flag", "dose")}
    first = _part("revision", mine, "plan__patient_id")
    for kind, patient_id, row in first.union(*others, all=True):
        found[kind].append((patient_id, row))
    return found


def _part(kind: str, rows: QuerySet[Any], patient: str, *names: str) -> QuerySet[Any, Any]:
    columns = names or tuple(field.attname for field in rows.model._meta.concrete_fields)
    said = (Value(kind, CharField()), F(patient), _as_json(rows.model._meta.db_table, columns))
    return rows.order_by().values_list(*said)


@cache
def _as_json(table: str, names: tuple[str, ...]) -> RawSQL:
    """A row as JSON by column; written once, because Django's own costs more than the query."""
    quoted = connection.ops.quote_name
    pairs = ", ".join(f"'{name}', {quoted(table)}.{quoted(name)}" for name in names)
    make = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    return RawSQL(f"{make}({pairs})", (), JSONField())  # noqa: S611


def _stored(model: type[Row], rows: list[tuple[object, dict[str, Any]]]) -> Iterator[Row]:
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    for _, row in rows:
        values = [_value(field, row[field.attname]) for field in fields]
        yield model.from_db(DEFAULT_DB_ALIAS, names, values)


def _value(field: Field[Any, Any], value: Any) -> Any:
    """A column as its field holds it; both databases write times and JSON their own way."""
    if value is None:
        return None
    if isinstance(field, JSONField):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(field, DateTimeField):
        return _moment(value)
    return field.to_python(value)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _signed(
    patients: dict[object, Patient], plans: dict[Any, TaperPlan], revisions: list[Revision]
) -> dict[object, list[Revision]]:
    """The revisions of each patient's newest signed plan, oldest signature first."""
    found: dict[object, list[Revision]] = {pk: [] for pk in patients}
    for revision in revisions:
        revision.plan = plans[revision.plan_id]
    for revision in sorted(revisions, key=_by_signature):
        earlier = found[revision.plan.patient_id]
        same = [item for item in earlier if item.plan_id == revision.plan_id]
        found[revision.plan.patient_id] = [*same, revision]
    return found


def _by_signature(revision: Revision) -> tuple[datetime, datetime, int]:
    assert revision.signed_at is not None
    return revision.plan.started_at, revision.signed_at, revision.number


def _events(
    signed: dict[object, list[Revision]], events: list[PlanEvent]
) -> dict[object, list[PlanEvent]]:
    found: dict[object, list[PlanEvent]] = {
        revision.pk: [] for revisions in signed.values() for revision in revisions
    }
    for event in sorted(events, key=lambda event: (event.at, event.pk)):
        if event.revision_id in found:
            found[event.revision_id].append(event)
    return found


def _holding_flags(
    patients: dict[object, Patient], rows: list[tuple[object, dict[str, Any]]]
) -> dict[object, list[Hold]]:
    found: dict[object, list[Hold]] = {pk: [] for pk in patients}
    for pk, row in rows:
        closed = _moment(row["closed_at"]) if row["closed_at"] else None
        found[pk].append(Hold(_moment(row["raised_at"]), closed))
    return found
