"""When people are told of a visit, and the three questions before it."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from patients.domain.days import DAY

ASK_DAYS: Final = 3
ASK_AT: Final = time(10)
BRIEF_AT: Final = time(8)
FARTHEST: Final = timedelta(days=366)
QUESTIONS: Final = {
    "hardest": "What was hardest since last time?",
    "talk": "What do you want to talk about?",
    "change": "Is there anything you want to change?",
}


def asked_at(starts_at: datetime, zone: ZoneInfo, *, now: datetime) -> datetime:
    """The morning three days before, in the patient's zone; at once where that is over."""
    return max(_morning(starts_at, zone, ASK_DAYS, ASK_AT), now)


def brief_at(starts_at: datetime, zone: ZoneInfo, *, now: datetime) -> datetime:
    """Eight on the day before, in the clinician's zone; at once where that is over."""
    return max(_morning(starts_at, zone, 1, BRIEF_AT), now)


def _morning(starts_at: datetime, zone: ZoneInfo, days: int, at: time) -> datetime:
    day = starts_at.astimezone(zone).date() - days * DAY
    return datetime.combine(day, at, tzinfo=zone)
