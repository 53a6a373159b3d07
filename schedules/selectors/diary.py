"""Today as the patient sees it: ready words for each time of day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from patients.domain.words import clock_words, short_day
from patients.models.care import Patient
from schedules.domain.dose import render_mg
from schedules.domain.plan import SLOT
from schedules.domain.rounding import Portion
from schedules.domain.wording import Said, describe_dose
from schedules.models.doses import DoseEntry
from schedules.selectors.doses import entries_between, must_call_first
from schedules.selectors.histories import History
from schedules.selectors.plans import Standing, standing, standings, step_in_force

UNDO_FOR = timedelta(minutes=10)
DONE_WORDS = {
    DoseEntry.TAKEN: "You took it",
    DoseEntry.DIFFERENT: "You took a different amount",
    DoseEntry.NONE: "You did not take it",
    DoseEntry.UNSURE: "You are not sure",
}


@dataclass(frozen=True, slots=True)
class SlotCard:
    """One time of day: what to take, or what was answered."""

    id: str
    label: str
    clock: str
    due_at: datetime
    portion: Portion
    said: Said
    state: str
    done: str
    entry: DoseEntry | None
    can_undo: bool
    day: date

    @property
    def is_open(self) -> bool:
        return self.entry is None


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Everything the Today page says about doses."""

    day: date
    stands: Standing
    cards: tuple[SlotCard, ...]
    call_first: bool

    @property
    def now_card(self) -> SlotCard | None:
        """The dose to show large: the latest one due, else the next one to come."""
        waiting = [card for card in self.cards if card.is_open]
        due = [card for card in waiting if card.state == "due"]
        return due[-1] if due else (waiting[0] if waiting else None)

    @property
    def others(self) -> list[SlotCard]:
        shown = self.now_card
        return [card for card in self.cards if card is not shown]

    @property
    def total(self) -> str:
        return render_mg(self.stands.step.total)


def today_page(
    patient: Patient, now: datetime, *, history: History | None = None
) -> TodayPage | None:
    """Today's doses, or None where no plan is in force."""
    stands = standing(patient, now, history=history)
    if stands is None:
        return None
    day = stands.today
    entries = entries_between(patient, day, day)
    cards = tuple(
        card_of(stands, day, slot, portion, entries.get((day, slot)), now)
        for slot, portion in stands.step.portions
        if portion.dose or (day, slot) in entries
    )
    return TodayPage(day, stands, cards, must_call_first(patient))


def slot_card(patient: Patient, day: date, slot: str, now: datetime) -> SlotCard | None:
    """One time of day of any plan day up to today, or None where there was none."""
    found = step_in_force(standings(patient, now), day)
    if found is None or slot not in dict(found[1].portions):
        return None
    stands, step = found
    entry = entries_between(patient, day, day).get((day, slot))
    return card_of(stands, day, slot, step.portion(slot), entry, now)


def card_of(
    stands: Standing,
    day: date,
    slot: str,
    portion: Portion,
    entry: DoseEntry | None,
    now: datetime,
) -> SlotCard:
    """One time of day of a plan day in ready words."""
    due_at = stands.days.at(day, SLOT[slot].at)
    local = due_at.astimezone(stands.days.zone_on(day))
    state = entry.kind if entry else ("due" if due_at <= now else "later")
    return SlotCard(
        id=slot,
        label=SLOT[slot].label,
        clock=clock_words(local),
        portion=portion,
        due_at=local,
        said=describe_dose(portion, stands.medicine),
        state=state,
        done=_done_words(entry, stands) if entry else "",
        entry=entry,
        can_undo=entry is not None and now - entry.recorded_at <= UNDO_FOR,
        day=day,
    )


def _done_words(entry: DoseEntry, stands: Standing) -> str:
    words = DONE_WORDS[entry.kind]
    if entry.kind == DoseEntry.DIFFERENT and entry.amount is not None:
        words = f"You took {render_mg(entry.amount)}"
    if entry.taken_at is None:
        return words
    local = entry.taken_at.astimezone(stands.days.zone_on(entry.plan_day))
    return f"{words} at {clock_words(local)}"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the plan in ready words."""

    number: int
    when: str
    total: str
    doses: tuple[tuple[str, Said], ...]
    state: str
    least_days: int


def said_by_slot(stands: Standing, number: int) -> tuple[tuple[str, Said], ...]:
    step = stands.taper.steps[number]
    return tuple(
        (SLOT[slot].label, describe_dose(portion, stands.medicine))
        for slot, portion in step.portions
        if portion.dose or number
    )


def plan_lines(stands: Standing) -> list[StepLine]:
    """Steps so far and the next one; nothing beyond the next uncleared step."""
    lines = []
    for entry in stands.course.entered:
        state = "now" if entry.step == stands.course.step else "done"
        lines.append(_line(stands, entry.step, f"From {short_day(entry.on)}", state))
    if stands.next_step is not None:
        lines.append(_line(stands, stands.course.step + 1, next_words(stands), "next"))
    return lines


def next_words(stands: Standing) -> str:
    """When the next step may come; never a promise."""
    planned = stands.course.planned
    if stands.course.held:
        return "On hold. No date."
    if planned is None:
        return "No date yet"
    if stands.course.cleared:
        return f"From {short_day(max(planned, stands.today + timedelta(days=1)))}"
    return f"Not before {short_day(max(planned, stands.today + timedelta(days=1)))}"


def _line(stands: Standing, number: int, when: str, state: str) -> StepLine:
    step = stands.taper.steps[number]
    return StepLine(
        number, when, render_mg(step.total), said_by_slot(stands, number), state, step.least_days
    )
