"""Until when somebody answers."""

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from patients.domain.days import DAY
from patients.domain.findings import Finding
from patients.domain.flagbook import finding

SATURDAY: Final = 5


def end_of_next_working_day(since: datetime, zone: ZoneInfo) -> datetime:
    """Midnight after the next working day of the clinic, Monday to Friday."""
    day = since.astimezone(zone).date() + DAY
    while day.weekday() >= SATURDAY:
        day += DAY
    return datetime.combine(day + DAY, time(0), tzinfo=zone)


def unread() -> Finding:
    """RF-42 for words of a patient that nobody has read in time."""
    return finding("RF-42", "Wrote to the clinic. Nobody has read it in time.")
