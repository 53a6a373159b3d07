"""Plan days: the patient's own days, right over clock changes and travel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The patient's plan days: local time less the day boundary.

    `moves` are changes of zone, each from a plan day on; what lies before a
    move keeps its day and its time.
    """

    zone: ZoneInfo
    boundary: time = time(4)
    moves: tuple[tuple[date, ZoneInfo], ...] = ()

    @classmethod
    def stored(cls, zone: str, boundary: time, moves: Sequence[Sequence[str]]) -> "Days":
        """From names of zones and the stored list of moves, each a day and a zone."""
        kept = tuple((date.fromisoformat(day), ZoneInfo(to)) for day, to in moves)
        return cls(ZoneInfo(zone), boundary, kept)

    def zone_on(self, day: date) -> ZoneInfo:
        """The zone of a plan day."""
        if not self.moves:
            return self.zone
        return next((zone for since, zone in reversed(self.moves) if since <= day), self.zone)

    def day_of(self, moment: datetime) -> date:
        """The plan day of a moment; the hours before the boundary are yesterday.

        The day of a move begins when it has begun in both zones, so that no
        hour belongs to two days and none to a day that is over.
        """
        last = date.max
        for since, zone in reversed(self.moves):
            day = self._day_in(moment, zone)
            if min(day, self._day_in(moment, self.zone_on(since - DAY))) >= since:
                return min(day, last)
            last = since - DAY
        return min(self._day_in(moment, self.zone), last)

    def _day_in(self, moment: datetime, zone: ZoneInfo) -> date:
        local = moment.astimezone(zone)
        return local.date() if local.time() >= self.boundary else local.date() - DAY

    def starts_at(self, day: date) -> datetime:
        """When a plan day begins; a time that a clock change skips moves forward."""
        begins = self.at(day, self.boundary)
        if not any(since == day for since, _ in self.moves):
            return begins
        before = datetime.combine(day, self.boundary, tzinfo=self.zone_on(day - DAY))
        return max(begins, before.astimezone(UTC))

    def at(self, day: date, clock: time) -> datetime:
        """A clock time of a plan day; times before the boundary are after midnight."""
        calendar = day if clock >= self.boundary else day + DAY
        return datetime.combine(calendar, clock, tzinfo=self.zone_on(day)).astimezone(UTC)

    def has(self, day: date, clock: time) -> bool:
        """Whether this calendar day exists in the zone; islands have skipped one."""
        calendar = day if clock >= self.boundary else day + DAY
        return self.at(day, clock).astimezone(self.zone_on(day)).date() == calendar
