"""One tick of the clock: post what is due, escalate, deliver. Needs no broker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from patients.services.flags import escalate_flags
from patients.services.messages import Recheck, deliver_due
from schedules.selectors import reminders
from schedules.services.reminders import post_due_reminders

RECHECKS: Final[Mapping[str, Recheck]] = {
    "dose-due": reminders.dose_no_longer_due,
    "check-in": reminders.checkin_no_longer_due,
    "gate": reminders.gate_no_longer_open,
    "plan-to-read": reminders.plan_no_longer_waits,
    "plan-changed": reminders.change_withdrawn,
}


def tick(now: datetime) -> None:
    """Everything the clock does; safe to run twice at once and as often as wished."""
    escalate_flags(now)
    post_due_reminders(now)
    deliver_due(now, rechecks=RECHECKS)
