"""A new plan from the one in force: pure functions, plan in, plan out.

Each returns the steps from the day it takes effect; its first step is the
dose of that day. What was before is another plan and is not touched.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from patients.domain.days import Days
from schedules.domain.cupboard import Cupboard
from schedules.domain.dose import ZERO, Dose, render_mg
from schedules.domain.plan import Plan, Step
from schedules.domain.rounding import NOTHING, Portion
from schedules.domain.timetable import Events, course

LEAST_REASON: Final = 10
NO_EVENTS: Final = Events()


class RevisionInvalid(ValueError):
    """A change that makes no plan; the text is for a doctor."""


def hold(plan: Plan, step: int) -> Plan:
    """The same steps from the present one on; the hold itself is an event."""
    return Plan(plan.medicine, plan.steps[step:])


def resume(plan: Plan, step: int, *, every_days: int) -> Plan:
    """Go on from the present step, at least as slowly as before."""
    return slower(plan, step, every_days=every_days)


def slower(plan: Plan, step: int, *, every_days: int) -> Plan:
    """No step shorter than `every_days`; never shorter than it was."""
    if not 1 <= every_days <= 365:
        raise RevisionInvalid("Between 1 and 365 days, like 28")
    rest = plan.steps[step:]
    return Plan(
        plan.medicine,
        tuple(item._replace(least_days=max(item.least_days, every_days)) for item in rest),
    )


def step_back(plan: Plan, step: int) -> Plan:
    """One level up, then the present one again; the ceiling is the plan's own start."""
    if step < 1:
        raise RevisionInvalid(
            "There is no step to go back to: this is the dose the plan began with."
        )
    return Plan(plan.medicine, plan.steps[step - 1 :])


def finish_here(plan: Plan, step: int) -> Plan:
    """Stay on the present dose as the end of the taper."""
    return Plan(plan.medicine, (plan.steps[step],))


def switch_products(plan: Plan, step: int, cupboard: Cupboard) -> Plan:
    """The same doses from other products; raises where one of them cannot be made."""
    return Plan(plan.medicine, tuple(_made_again(item, cupboard) for item in plan.steps[step:]))


def _made_again(step: Step, cupboard: Cupboard) -> Step:
    portions = []
    for slot, old in step.portions:
        new = cupboard.exactly(old.dose, like=old)
        if new is None:
            raise RevisionInvalid(f"The new products cannot make {render_mg(old.dose)}.")
        portions.append((slot, new))
    return step._replace(portions=tuple(portions))


def safety_reduction(
    plan: Plan, step: int, portions: tuple[tuple[str, Portion], ...], *, reason: str
) -> Plan:
    """A doctor lowers at once for safety; the next dose is named, the rest waits for a new plan."""
    _check_reason(reason)
    now = plan.steps[step]
    new = now._replace(portions=portions, asked_ratio=None, over_asked=False)
    if tuple(slot for slot, _ in portions) != tuple(slot for slot, _ in now.portions):
        raise RevisionInvalid("Name the dose of every time of day.")
    if not new.total < now.total:
        raise RevisionInvalid("A safety reduction is lower than the dose now.")
    return Plan(plan.medicine, (new,))


def stop(plan: Plan, step: int, *, reason: str) -> Plan:
    """A doctor stops the medicine; only for a reason that is typed."""
    _check_reason(reason)
    now = plan.steps[step]
    return Plan(
        plan.medicine,
        (now._replace(portions=tuple((slot, NOTHING) for slot, _ in now.portions)),),
    )


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise RevisionInvalid("Type a reason of 10 letters or more.")


@dataclass(frozen=True, slots=True)
class InForce:
    """A plan since a plan day, with what happened to it."""

    plan: Plan
    since: date
    events: Events = NO_EVENTS


def dose_on(history: tuple[InForce, ...], day: date, now: datetime, days: Days) -> Dose:
    """The daily dose in force on a plan day up to now; zero before the first plan."""
    for item in reversed(history):
        if item.since <= day:
            number = course(item.plan, item.since, item.events, now, days).step_on(day)
            return item.plan.steps[number].total if number is not None else ZERO
    return ZERO
