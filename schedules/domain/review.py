"""Rules on how the taper goes: they need to know what was taken, or where the plan stands.

Does a rule need to know what was taken? Then it belongs here, else in
patients. Tiers, minutes, effects and sources stand in the book of flags.
Explicit answers only: a dose that nobody logged is unknown, never "not taken".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from patients.domain.days import DAY
from patients.domain.findings import Finding, Tier
from patients.domain.flagbook import finding
from schedules.domain.dose import Dose, render_mg
from schedules.domain.levels import approximate, gap
from schedules.domain.supply import supply_tier

MORE_THAN_PLANNED: Final = Fraction(3, 2)
SHORT_ACTING: Final = frozenset({"alprazolam", "lorazepam"})
WEEK, FORTNIGHT, STUCK_DAYS, LATE_STEP_DAYS = 7, 14, 60, 3
ABRUPT_HOURS: Final = {
    "SSRI": Decimal(72),
    "SNRI": Decimal(72),
    "NaSSA": Decimal(72),
    "gabapentinoid": Decimal(24),
    "opioid": Decimal(24),
}
BENZODIAZEPINE_HOURS: Final = Decimal(48)
FITS: Final = frozenset({"benzodiazepine", "z-drug", "gabapentinoid"})
LEAST_DIAZEPAM_MG: Final = Fraction(5, 2)
MIXED_DIAZEPAM_MG: Final = 5
ANTIDEPRESSANTS: Final = frozenset({"SSRI", "SNRI", "NaSSA"})
SHORT_NIGHT: Final = 4
RELAPSE_DAYS, RELAPSE_RISE = 21, 5


@dataclass(frozen=True, slots=True)
class TakenDay:
    """What was taken on one plan day beside what was planned, in daily totals.

    `is_mixed` is whether an opioid or alcohol was told of on that day;
    `extra_diazepam_mg` what was taken above the plan, for sedatives only.
    """

    taken: Dose
    planned: Dose
    before_taper: Dose
    maximum: Dose | None = None
    words_sum: bool = True
    is_mixed: bool = False
    extra_diazepam_mg: Fraction | None = None


DayRule = Callable[[TakenDay], "Finding | None"]


def overdose(day: TakenDay) -> Finding | None:
    """RF-06: over 3 times the plan and above the dose before the taper, or over
    1.5 times the maximum for the indication, or twice the plan with an opioid or
    alcohol (sedatives: and 5 mg diazepam or more above the plan).
    """
    over_plan = day.taken.exact > 3 * day.planned.exact and day.taken > day.before_taper
    over_maximum = day.maximum is not None and day.taken.exact > Fraction(3, 2) * day.maximum.exact
    return finding("RF-06", _logged(day)) if over_plan or over_maximum or _mixed(day) else None


def _mixed(day: TakenDay) -> bool:
    twice = bool(day.planned) and day.taken.exact >= 2 * day.planned.exact
    extra = day.extra_diazepam_mg
    return day.is_mixed and twice and (extra is None or extra >= MIXED_DIAZEPAM_MG)


def much_more(day: TakenDay) -> Finding | None:
    """RF-24: 1.5 times the plan or more, or above the maximum."""
    if overdose(day) is not None:
        return None
    over_plan = bool(day.planned) and day.taken.exact >= MORE_THAN_PLANNED * day.planned.exact
    over_maximum = day.maximum is not None and day.taken > max(day.maximum, day.before_taper)
    return finding("RF-24", _logged(day)) if over_plan or over_maximum else None


def _logged(day: TakenDay) -> str:
    return f"Logged {render_mg(day.taken)} in a day; {render_mg(day.planned)} planned."


def words_do_not_sum(day: TakenDay) -> Finding | None:
    """RF-41: the text of a dose does not add up; the page says to call instead."""
    if day.words_sum:
        return None
    return finding("RF-41", "The pieces of a dose do not add up to its total.")


DAY_RULES: Final[tuple[DayRule, ...]] = (overdose, much_more, words_do_not_sum)


def findings_for(day: TakenDay) -> list[Finding]:
    return [found for rule in DAY_RULES if (found := rule(day)) is not None]


@dataclass(frozen=True, slots=True)
class LoggedDay:
    """One plan day of the log: planned, what was said to be taken, and how much was answered.

    `nones` counts the times of day answered with "did not take it".
    """

    planned: Dose
    taken: Dose
    answered: int
    slots: int
    nones: int = 0
    w: int | None = None
    worst: int | None = None
    hours_slept: Decimal | None = None
    trouble_sleeping: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.slots > 0 and self.answered == self.slots

    def percent(self) -> Fraction | None:
        """Per cent of the plan that was taken; None unless every time of day was answered."""
        if not self.is_whole or not self.planned:
            return None
        return Fraction(100 * self.taken.ng, self.planned.ng)


@dataclass(frozen=True, slots=True)
class Taper:
    """How a taper stands on `today`; `days[k]` is k days back, None before the plan.

    `gap_h` are the hours since the last dose that was taken, where every time
    of day since was answered with "did not take it"; else None. `had_seizure`
    and `is_bipolar` are what a doctor answered before the start (CG-01, CG-02; CG-10).
    """

    today: date
    medicine: str
    kind: str
    half_life_h: Decimal
    diazepam_mg: Fraction | None
    slots: int
    days: tuple[LoggedDay | None, ...]
    steps: tuple[date, ...] = ()
    planned: date | None = None
    cleared: bool = False
    held_since: date | None = None
    gap_h: Decimal | None = None
    usual_w: Fraction | None = None
    runs_out_on: date | None = None
    moods: tuple[tuple[date, int], ...] = ()
    had_seizure: bool = False
    is_bipolar: bool = False

    @property
    def known(self) -> list[LoggedDay]:
        return [day for day in self.days if day is not None]

    def last(self, count: int) -> list[LoggedDay]:
        return [day for day in self.days[:count] if day is not None]


Rule = Callable[[Taper], "Finding | None"]


def abrupt_stop(taper: Taper) -> Finding | None:
    """RF-07, and RF-07b with severe symptoms or any earlier seizure, by explicit answers.

    No dose for 48 h or two half-lives, whichever is longer; three days for SSRI
    and SNRI, one day for gabapentinoid and opioid.
    """
    if taper.gap_h is None or not _matters(taper) or taper.gap_h < _abrupt_hours(taper):
        return None
    sentence = f"Did not take any dose for {_hours(taper.gap_h)}."
    is_severe = any((day.worst or 0) >= 3 for day in taper.last(2))
    if not is_severe and not taper.had_seizure:
        return finding("RF-07", sentence)
    more = " Severe symptoms." if is_severe else ""
    more += " A seizure before." if taper.had_seizure else ""
    tier = Tier.EMERGENCY if taper.kind in FITS or taper.had_seizure else Tier.URGENT
    return finding("RF-07b", sentence + more, tier=tier)


def _matters(taper: Taper) -> bool:
    return taper.diazepam_mg is None or taper.diazepam_mg > LEAST_DIAZEPAM_MG


def _abrupt_hours(taper: Taper) -> Decimal:
    known = ABRUPT_HOURS.get(taper.kind)
    return known if known is not None else max(BENZODIAZEPINE_HOURS, 2 * taper.half_life_h)


def _hours(hours: Decimal) -> str:
    return f"{int(hours)} hours"


def not_taken(taper: Taper) -> Finding | None:
    """RF-20, 21, 22: a dose not taken, by how far the level has fallen.

    RF-22 also from 12 hours late on for alprazolam and lorazepam; RF-21 also
    for two in seven days.
    """
    if abrupt_stop(taper) is not None:
        return None
    nones = sum(day.nones for day in taper.last(WEEK))
    if taper.gap_h is None:
        return _two_in_a_week(nones)
    found = gap(
        approximate(taper.half_life_h),
        24 / max(taper.slots, 1),
        approximate(taper.gap_h),
    )
    late = taper.gap_h - Decimal(24) / max(taper.slots, 1)
    if found.rule == "RF-22" or (taper.medicine in SHORT_ACTING and late >= 12):
        return finding("RF-22", f"Did not take any dose for {_hours(taper.gap_h)}.")
    if found.rule == "RF-21":
        return finding("RF-21", f"Did not take any dose for {_hours(taper.gap_h)}.")
    return _two_in_a_week(nones) or (
        finding("RF-20", "One dose was not taken.") if nones == 1 else None
    )


def _two_in_a_week(nones: int) -> Finding | None:
    if nones < 2:
        return None
    return finding("RF-21", f"{nones} doses in 7 days were not taken.", nones=nones)


def took_more(taper: Taper) -> Finding | None:
    """RF-23: 110 to 149 per cent of the plan on 2 of 7 days."""
    days = [p for day in taper.last(WEEK) if (p := day.percent()) is not None and 110 <= p < 150]
    return finding("RF-23", "More than planned on 2 of 7 days.") if len(days) >= 2 else None


def goes_faster(taper: Taper) -> Finding | None:
    """RF-25: under 80 per cent of the plan on 2 of 7 days, by explicit answers."""
    days = [
        p
        for day in taper.last(WEEK)
        if (p := day.percent()) is not None and p < 80 and day.nones < day.slots
    ]
    return finding("RF-25", "Less than planned on 2 of 7 days.") if len(days) >= 2 else None


def step_not_started(taper: Taper) -> Finding | None:
    """RF-26: still on the old dose three days after the planned day, without a hold."""
    if taper.planned is None or taper.cleared or taper.held_since is not None:
        return None
    if (taper.today - taper.planned).days < LATE_STEP_DAYS:
        return None
    return finding("RF-26", "The next step has not started: no answer at its gate.")


def stands_still(taper: Taper) -> Finding | None:
    """RF-43: on hold, or with an unanswered gate, for 60 days."""
    since = taper.held_since or taper.planned
    if since is None or taper.cleared or (taper.today - since).days < STUCK_DAYS:
        return None
    return finding("RF-43", "No next step for 60 days.")


def no_recovery(taper: Taper) -> Finding | None:
    """RF-12: six points or more above her usual for 14 days in a row at the same dose."""
    days = taper.days[:FORTNIGHT]
    if taper.usual_w is None or len(days) < FORTNIGHT or _stepped_within(taper, FORTNIGHT):
        return None
    if any(day is None or day.w is None or day.w < taper.usual_w + 6 for day in days):
        return None
    return finding("RF-12", "Symptoms well above her usual for 14 days at the same dose.")


def _stepped_within(taper: Taper, days: int) -> bool:
    return bool(taper.steps) and (taper.today - taper.steps[-1]).days < days


def rise_since_step(taper: Taper) -> Finding | None:
    """RF-11: six points or more above the day before the last step, from its day 3 on."""
    if not taper.steps:
        return None
    since = (taper.today - taper.steps[-1]).days
    if since < 2 or since + 1 >= len(taper.days):
        return None
    before, today = taper.days[since + 1], taper.days[0]
    if before is None or today is None or before.w is None or today.w is None:
        return None
    if today.w - before.w < 6:
        return None
    return finding("RF-11", f"Symptom score up {today.w - before.w} points since the last step.")


def runs_short(taper: Taper) -> Finding | None:
    """RF-27: boxes for under 7 days; urgent under 3 working days, and where none is left."""
    tier = supply_tier(taper.runs_out_on, taper.today)
    if not tier or taper.runs_out_on is None:
        return None
    end = taper.runs_out_on
    words = f"The boxes at home run out on {end.day} {end:%B}."
    return finding("RF-27", words, tier=Tier.REVIEW if tier == "review" else Tier.URGENT)


def sleepless(taper: Taper) -> Finding | None:
    """RF-16: with a bipolar or psychotic disorder, under 4 hours on 2 of the last 3 nights,
    or severe trouble sleeping on 3 of the last 5 (the windows are decided here).
    """
    if not taper.is_bipolar:
        return None
    short = [d for d in taper.last(3) if d.hours_slept is not None and d.hours_slept < SHORT_NIGHT]
    hard = [d for d in taper.last(5) if (d.trouble_sleeping or 0) >= 3]
    if len(short) < 2 and len(hard) < 3:
        return None
    return finding("RF-16", "Hardly any sleep, with a disorder that it can wake.")


def relapse(taper: Taper) -> Finding | None:
    """RF-14: for antidepressants, PHQ-9 up five points or more, beginning three weeks or
    more after the last step. Withdrawal starts in days, a relapse in weeks.
    """
    if taper.kind not in ANTIDEPRESSANTS or not taper.steps or len(taper.moods) < 2:
        return None
    late = taper.steps[-1] + RELAPSE_DAYS * DAY
    (since, before), (_, now) = taper.moods[-2:]
    if since < late or now - before < RELAPSE_RISE:
        return None
    return finding("RF-14", f"PHQ-9 up {now - before} points, weeks after the last step.")


def second_dose() -> Finding:
    """RF-24b: a second full dose inside the least gap, confirmed by the patient."""
    return finding("RF-24b", "Took two full doses close together, and said so.")


def restarted() -> Finding:
    """RF-44: said after the last dose, and whatever it was: the old dose may be too much now."""
    return finding("RF-44", "Has taken the medicine again after the last dose.")


RULES: Final[tuple[Rule, ...]] = (
    runs_short,
    abrupt_stop,
    not_taken,
    took_more,
    goes_faster,
    step_not_started,
    stands_still,
    no_recovery,
    rise_since_step,
    relapse,
    sleepless,
)


def taper_findings(taper: Taper) -> list[Finding]:
    """Every rule that fires on how this taper stands, in the order of the table."""
    return [found for rule in RULES if (found := rule(taper)) is not None]
