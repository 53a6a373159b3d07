"""Where a patient's plan stands now. Every page, message and paper asks this."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from patients.models.care import Patient
from patients.models.flags import Flag
from schedules.domain.dose import Dose
from schedules.domain.medicine import Medicine
from schedules.domain.plan import Plan, Step
from schedules.domain.timetable import Clearing, Course, Days, Events, Hold, course
from schedules.models.plans import PlanEvent, Revision, TaperPlan

HOLDING_EFFECTS = ("hold", "hold-if-due-72h")


@dataclass(frozen=True, slots=True)
class Standing:
    """One revision in force since a plan day, and how far it has come."""

    plan: TaperPlan
    revision: Revision
    taper: Plan
    course: Course
    days: Days
    since: date
    today: date

    @property
    def medicine(self) -> Medicine:
        return self.plan.medicine

    @property
    def step(self) -> Step:
        return self.taper.steps[self.course.step]

    @property
    def next_step(self) -> Step | None:
        following = self.course.step + 1
        return self.taper.steps[following] if following < len(self.taper.steps) else None

    @property
    def entered_on(self) -> date:
        return self.course.entered[-1].on

    @property
    def gate_open(self) -> bool:
        return self.next_step is not None and self.course.gate_open(self.today)

    def step_on(self, day: date) -> Step | None:
        number = self.course.step_on(day)
        return None if number is None else self.taper.steps[number]


def days_of(patient: Patient) -> Days:
    return Days(patient.zone, patient.day_boundary)


def plan_of(patient: Patient) -> TaperPlan | None:
    """The patient's plan: the one that was signed, before any that is only drafted."""
    signed = Exists(Revision.objects.filter(plan=OuterRef("pk"), signed_at__isnull=False))
    plans = TaperPlan.objects.filter(patient=patient).annotate(signed=signed)
    return plans.order_by("-signed", "-started_at").first()


def standings(patient: Patient, now: datetime) -> list[Standing]:
    """Every revision that has been in force, oldest first; the last one is in force now."""
    plan = plan_of(patient)
    if plan is None:
        return []
    days = days_of(patient)
    revisions = _signed(plan)
    events = _events(revisions)
    flags = _holding_flags(patient)
    found: list[Standing] = []
    for revision in revisions:
        since = _in_force_since(revision, events[revision.pk], days, now)
        if since is None or since > days.day_of(now):
            continue
        known = _known(revision, revisions, events, flags)
        taper = _with_first_day(revision, since)
        stands = course(taper, since, known, now, days)
        found.append(Standing(plan, revision, taper, stands, days, since, days.day_of(now)))
    return found


def standing(patient: Patient, now: datetime) -> Standing | None:
    """The revision in force now and its step, or None without a plan."""
    found = standings(patient, now)
    return found[-1] if found else None


def step_in_force(found: list[Standing], day: date) -> tuple[Standing, Step] | None:
    """The revision and step of a plan day, as it was on that day."""
    for item in reversed(found):
        if item.since <= day and (step := item.step_on(day)) is not None:
            return item, step
    return None


def start_dose(found: list[Standing]) -> Dose:
    """The daily dose before the first step."""
    return found[0].taper.steps[0].total


def waiting_revision(patient: Patient, now: datetime) -> Revision | None:
    """A signed revision that the patient must read before it can begin."""
    plan = plan_of(patient)
    if plan is None:
        return None
    revisions = _signed(plan)
    events = _events(revisions)
    for revision in reversed(revisions):
        kinds = {event.kind for event in events[revision.pk]}
        if PlanEvent.WITHDRAWN in kinds:
            continue
        unread = revision.needs_reading and PlanEvent.READ not in kinds
        return revision if unread and _is_visible(revision, now) else None
    return None


def newest_signed(plan: TaperPlan) -> Revision | None:
    """The newest signed revision that was not withdrawn."""
    revisions = _signed(plan)
    events = _events(revisions)
    for revision in reversed(revisions):
        if PlanEvent.WITHDRAWN not in {event.kind for event in events[revision.pk]}:
            return revision
    return None


def can_undo(revision: Revision, now: datetime) -> bool:
    return revision.signed_at is not None and not _is_visible(revision, now)


def open_hold_flags(patient: Patient) -> bool:
    return Flag.objects.filter(
        patient=patient, state__in=Flag.OPEN, effect__in=HOLDING_EFFECTS
    ).exists()


def _signed(plan: TaperPlan) -> list[Revision]:
    return list(
        Revision.objects.filter(plan=plan, signed_at__isnull=False)
        .select_related("plan__patient", "signed_by")
        .order_by("signed_at", "number")
    )


def _events(revisions: list[Revision]) -> dict[object, list[PlanEvent]]:
    found: dict[object, list[PlanEvent]] = {revision.pk: [] for revision in revisions}
    for event in PlanEvent.objects.filter(revision__in=revisions).order_by("at", "pk"):
        found[event.revision_id].append(event)
    return found


def _is_visible(revision: Revision, now: datetime) -> bool:
    visible = revision.visible_at()
    return visible is not None and visible <= now


def _in_force_since(
    revision: Revision, events: list[PlanEvent], days: Days, now: datetime
) -> date | None:
    if any(event.kind == PlanEvent.WITHDRAWN for event in events):
        return None
    visible = revision.visible_at()
    if visible is None or visible > now:
        return None
    if not revision.needs_reading:
        return days.day_of(visible) + timedelta(days=1)
    read = [event.from_day for event in events if event.kind == PlanEvent.READ]
    return read[0] if read else None


def _with_first_day(revision: Revision, since: date) -> Plan:
    """The plan with its first step lasting until the day the doctor chose."""
    taper = revision.as_plan()
    waits = max((revision.first_lower_on - since).days, 0)
    first = replace(taper.steps[0], least_days=waits)
    return replace(taper, steps=(first, *taper.steps[1:]))


def _known(
    revision: Revision,
    revisions: list[Revision],
    events: dict[object, list[PlanEvent]],
    flags: tuple[Hold, ...],
) -> Events:
    mine = events[revision.pk]
    clearings = tuple(
        Clearing(event.step, event.at)
        for event in mine
        if event.kind == PlanEvent.CLEARED and event.step is not None
    )
    blocks = (*flags, *_later_signatures(revision, revisions, events))
    return Events(clearings, holds_from(mine), blocks)


def holds_from(events: list[PlanEvent]) -> tuple[Hold, ...]:
    """Holds with the moment a person ended each; an open one has no end."""
    holds: list[Hold] = []
    for event in events:
        last_open = bool(holds) and holds[-1].until is None
        if event.kind == PlanEvent.HELD and not last_open:
            holds.append(Hold(event.at))
        elif event.kind == PlanEvent.RESUMED and last_open:
            holds[-1] = Hold(holds[-1].since, event.at)
    return tuple(holds)


def holds_of(revision: Revision) -> tuple[Hold, ...]:
    return holds_from(list(PlanEvent.objects.filter(revision=revision).order_by("at", "pk")))


def _later_signatures(
    revision: Revision, revisions: list[Revision], events: dict[object, list[PlanEvent]]
) -> list[Hold]:
    """From the moment a later revision is signed no step of this one can clear."""
    blocks = []
    for later in revisions[revisions.index(revision) + 1 :]:
        assert later.signed_at is not None
        undone = [e.at for e in events[later.pk] if e.kind == PlanEvent.WITHDRAWN]
        blocks.append(Hold(later.signed_at, undone[0] if undone else None))
    return blocks


def _holding_flags(patient: Patient) -> tuple[Hold, ...]:
    rows = Flag.objects.filter(patient=patient, effect__in=HOLDING_EFFECTS)
    return tuple(
        Hold(raised, closed) for raised, closed in rows.values_list("raised_at", "closed_at")
    )
