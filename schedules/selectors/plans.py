"""Where a patient's plan stands now. Every page, message and paper asks this."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef

from patients.domain.days import Days
from patients.models.care import Patient
from patients.models.flags import Flag
from schedules.domain.dose import Dose
from schedules.domain.medicine import Medicine
from schedules.domain.plan import Plan, Step
from schedules.domain.timetable import Clearing, Course, Events, Hold, course
from schedules.models.plans import PlanEvent, Revision, TaperPlan
from schedules.selectors.histories import HOLDING_EFFECTS, History, history_of


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


def plan_of(patient: Patient) -> TaperPlan | None:
    """The patient's plan: the one that was signed, before any that is only drafted."""
    signed = Exists(Revision.objects.filter(plan=OuterRef("pk"), signed_at__isnull=False))
    plans = TaperPlan.objects.filter(patient=patient).annotate(signed=signed)
    return plans.order_by("-signed", "-started_at").first()


def standings(patient: Patient, now: datetime, *, history: History | None = None) -> list[Standing]:
    """Every revision that has been in force, oldest first; the last one is in force now."""
    known = history or history_of(patient)
    days = patient.days
    today = days.day_of(now)
    found: list[Standing] = []
    for revision in known.revisions:
        since = _in_force_since(revision, known.events[revision.pk], days, now)
        if since is None or since > today:
            continue
        taper = _with_first_day(revision, since)
        stands = course(taper, since, _happened_to(revision, known), now, days)
        found.append(Standing(revision.plan, revision, taper, stands, days, since, today))
    return found


def standing(patient: Patient, now: datetime, *, history: History | None = None) -> Standing | None:
    """The revision in force now and its step, or None without a plan."""
    found = standings(patient, now, history=history)
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


def waiting_revision(
    patient: Patient, now: datetime, *, history: History | None = None
) -> Revision | None:
    """A signed revision that the patient must read before it can begin."""
    known = history or history_of(patient)
    for revision in reversed(known.revisions):
        kinds = known.kinds(revision)
        if PlanEvent.WITHDRAWN in kinds:
            continue
        unread = revision.needs_reading and PlanEvent.READ not in kinds
        return revision if unread and is_visible(revision, now) else None
    return None


def newest_signed(plan: TaperPlan) -> Revision | None:
    """The newest signed revision that was not withdrawn."""
    withdrawn = PlanEvent.objects.filter(revision=OuterRef("pk"), kind=PlanEvent.WITHDRAWN)
    signed = Revision.objects.filter(~Exists(withdrawn), plan=plan, signed_at__isnull=False)
    return signed.order_by("-signed_at", "-number").first()


def can_undo(revision: Revision, now: datetime) -> bool:
    return revision.signed_at is not None and not is_visible(revision, now)


def open_hold_flags(patient: Patient) -> bool:
    return Flag.objects.filter(
        patient=patient, state__in=Flag.OPEN, effect__in=HOLDING_EFFECTS
    ).exists()


def is_visible(revision: Revision, now: datetime) -> bool:
    """Whether a signed revision can no longer be undone, and so may be seen."""
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
    first = taper.steps[0]._replace(least_days=waits)
    return replace(taper, steps=(first, *taper.steps[1:]))


def _happened_to(revision: Revision, history: History) -> Events:
    mine = history.events[revision.pk]
    clearings = tuple(
        Clearing(event.step, event.at)
        for event in mine
        if event.kind == PlanEvent.CLEARED and event.step is not None
    )
    blocks = (*history.flags, *_later_signatures(revision, history))
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


def _later_signatures(revision: Revision, history: History) -> list[Hold]:
    """From the moment a later revision is signed no step of this one can clear."""
    blocks = []
    for later in history.revisions[history.revisions.index(revision) + 1 :]:
        assert later.signed_at is not None
        undone = [e.at for e in history.events[later.pk] if e.kind == PlanEvent.WITHDRAWN]
        blocks.append(Hold(later.signed_at, undone[0] if undone else None))
    return blocks
