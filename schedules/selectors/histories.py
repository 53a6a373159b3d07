"""What was signed and what happened to it: three queries for any number of patients."""

from collections.abc import Sequence
from dataclasses import dataclass

from patients.models.care import Patient
from patients.models.flags import Flag
from schedules.domain.timetable import Hold
from schedules.models.plans import PlanEvent, Revision, TaperPlan

HOLDING_EFFECTS = ("hold", "hold-if-due-72h")


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
    signed = _signed(patients)
    events = _events([revision for found in signed.values() for revision in found])
    flags = _holding_flags(patients)
    return {
        patient.pk: History(tuple(signed[patient.pk]), events, tuple(flags[patient.pk]))
        for patient in patients
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


def _signed(patients: Sequence[Patient]) -> dict[object, list[Revision]]:
    rows = Revision.objects.filter(plan__patient__in=patients, signed_at__isnull=False)
    rows = rows.select_related("plan__patient", "signed_by")
    found: dict[object, list[Revision]] = {patient.pk: [] for patient in patients}
    for revision in rows.order_by("plan__started_at", "signed_at", "number"):
        earlier = found[revision.plan.patient_id]
        same = [item for item in earlier if item.plan_id == revision.plan_id]
        found[revision.plan.patient_id] = [*same, revision]
    return found


def _events(revisions: Sequence[Revision]) -> dict[object, list[PlanEvent]]:
    found: dict[object, list[PlanEvent]] = {revision.pk: [] for revision in revisions}
    for event in PlanEvent.objects.filter(revision__in=revisions).order_by("at", "pk"):
        found[event.revision_id].append(event)
    return found


def _holding_flags(patients: Sequence[Patient]) -> dict[object, list[Hold]]:
    rows = Flag.objects.filter(patient__in=patients, effect__in=HOLDING_EFFECTS)
    found: dict[object, list[Hold]] = {patient.pk: [] for patient in patients}
    for patient_id, raised, closed in rows.values_list("patient_id", "raised_at", "closed_at"):
        found[patient_id].append(Hold(raised, closed))
    return found
