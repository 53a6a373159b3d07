"""Where many plans stand, in the few facts that reminders and silence rules ask for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from patients.models.care import Patient
from schedules.domain.occasions import Facts
from schedules.selectors.histories import histories
from schedules.selectors.plans import Standing, standing


def standings_of(patients: Sequence[Patient], now: datetime) -> dict[object, Standing]:
    """The standing of each patient with a plan in force; three queries for any number."""
    known = histories(patients)
    found = {p.pk: standing(p, now, history=known[p.pk]) for p in patients}
    return {pk: stands for pk, stands in found.items() if stands is not None}


def facts_of(stands: Standing | None) -> Facts:
    """The facts of one plan; empty where none is in force."""
    if stands is None:
        return Facts()
    course, plan = stands.course, stands.taper
    steps = tuple(entry.on for entry in course.entered[1:])
    ended = next((e.on for e in course.entered if not plan.steps[e.step].total), None)
    starts = None
    if course.cleared and course.planned is not None:
        starts = max(course.planned, stands.today + timedelta(days=1))
    following = stands.next_step
    is_last = following is not None and not following.total
    return Facts(steps, course.planned, starts, is_last, ended, stands.medicine.half_life_h)
