"""When a message may go out, when it is too old, when to try again: one line for each kind."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ALARM, DOSE, REST = 0, 1, 2
ONCE: Final = 1
ALWAYS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Kind:
    """How messages of one kind are treated.

    `lasts` is how long after its due time it still helps, None for ever.
    `is_quiet` waits out quiet hours, `is_optional` can be switched off,
    `newest_only` sends one after an outage, not a pile. `again` is how many
    copies may follow an end that nobody can tell.
    """

    priority: int
    lasts: timedelta | None
    is_quiet: bool = False
    is_optional: bool = False
    newest_only: bool = False
    again: int = ALWAYS


def _hours(hours: int) -> timedelta:
    return timedelta(hours=hours)


def _days(days: int) -> timedelta:
    return timedelta(days=days)


KINDS: Final = {
    # to patients
    "dose-due": Kind(DOSE, _hours(3), newest_only=True, again=ONCE),
    "not-logged": Kind(DOSE, _hours(2), newest_only=True, again=ONCE),
    "check-in": Kind(
        REST, _hours(6), is_quiet=True, is_optional=True, newest_only=True, again=ONCE
    ),
    "baseline": Kind(
        REST, _hours(6), is_quiet=True, is_optional=True, newest_only=True, again=ONCE
    ),
    "longer-check-in": Kind(
        REST, _hours(6), is_quiet=True, is_optional=True, newest_only=True, again=ONCE
    ),
    "gate": Kind(REST, _days(2), is_quiet=True),
    "step-ahead": Kind(REST, _days(2), is_quiet=True, is_optional=True),
    "step-stays": Kind(REST, _days(2), is_quiet=True),
    "last-dose-ahead": Kind(REST, _days(2), is_quiet=True),
    "last-dose": Kind(REST, _days(3), is_quiet=True),
    "new-dose": Kind(REST, _hours(10), is_quiet=True),
    "plan-to-read": Kind(REST, _days(7)),
    "plan-changed": Kind(REST, _days(2)),
    "held": Kind(REST, _days(2)),
    "resumed": Kind(REST, _days(2)),
    "request-answered": Kind(REST, _days(2)),
    "flag-seen": Kind(DOSE, _hours(12)),
    "silence": Kind(REST, _days(1), is_quiet=True, newest_only=True, again=ONCE),
    "supply": Kind(REST, _days(2), is_quiet=True, newest_only=True),
    "count-boxes": Kind(REST, _days(2), is_quiet=True, is_optional=True, newest_only=True),
    "questions": Kind(
        REST, _days(3), is_quiet=True, is_optional=True, newest_only=True, again=ONCE
    ),
    "open-days": Kind(
        REST, _days(1), is_quiet=True, is_optional=True, newest_only=True, again=ONCE
    ),
    "baseline-done": Kind(REST, _days(2), is_quiet=True, is_optional=True),
    "plan-starts": Kind(REST, _hours(10), is_quiet=True),
    "aftercare": Kind(REST, _days(3), is_quiet=True, is_optional=True, newest_only=True),
    "export-made": Kind(DOSE, _days(7)),
    "deletion": Kind(DOSE, _days(30)),
    "deleted": Kind(DOSE, None),
    "case-closed": Kind(REST, _days(7)),
    "visit": Kind(REST, _days(3), is_quiet=True),
    "visit-changed": Kind(REST, _days(7), is_quiet=True),
    "message": Kind(REST, _days(7), is_quiet=True),
    "visit-brief": Kind(REST, _days(1)),
    "patient-wrote": Kind(REST, _days(7)),
    "sharing": Kind(REST, _days(7), is_quiet=True),
    "shared-news": Kind(REST, _days(2), is_quiet=True),
    "shared-quiet": Kind(REST, _days(2), is_quiet=True),
    "invitation": Kind(DOSE, _days(14)),
    "account": Kind(DOSE, _hours(1)),
    "account-changed": Kind(DOSE, _days(2)),
    "new-device": Kind(DOSE, _days(2)),
    "record-opened": Kind(REST, _days(7), is_quiet=True),
    "test": Kind(DOSE, _hours(1)),
    "channel-dead": Kind(DOSE, _days(2)),
    # to clinicians
    "flag": Kind(ALARM, None),
    "escalation": Kind(ALARM, None),
    "test-alarm": Kind(ALARM, _days(7)),
    "hold": Kind(REST, _days(7)),
    "request": Kind(REST, _days(7)),
    "taper-ends": Kind(REST, _days(7)),
    "deletion-asked": Kind(REST, _days(30)),
    "baseline-ready": Kind(REST, _days(7)),
    "supply-low": Kind(REST, _days(3), newest_only=True),
    "plan-unread": Kind(REST, _days(7)),
    "invitation-over": Kind(REST, _days(7)),
    "cover-named": Kind(REST, _days(7)),
    "absence": Kind(REST, _days(1), newest_only=True),
    "digest": Kind(REST, _hours(12), newest_only=True),
    # to admins
    "clock-trouble": Kind(ALARM, _days(1), newest_only=True),
    "ledger-late": Kind(ALARM, _hours(6), newest_only=True),
    "channel-list": Kind(REST, _days(2), newest_only=True),
    "break-glass": Kind(ALARM, _days(7)),
    "review-due": Kind(REST, _days(7), newest_only=True),
    "rules-changed": Kind(REST, _days(14)),
    "backup-old": Kind(REST, _days(2), newest_only=True),
}
OTHERWISE: Final = Kind(REST, _days(7))
ALARMS: Final = frozenset(name for name, kind in KINDS.items() if kind.priority == ALARM)
OPTIONAL: Final = frozenset(name for name, kind in KINDS.items() if kind.is_optional)

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=30)
LATE: Final = timedelta(minutes=10)
MOST_FAILURES: Final = 8


def kind_of(name: str) -> Kind:
    return KINDS.get(name, OTHERWISE)


def expires_at(name: str, due_at: datetime) -> datetime | None:
    """When a message of this kind is too old to send; flags never are."""
    lasts = kind_of(name).lasts
    return due_at + lasts if lasts else None


def next_try(now: datetime, failures: int, jitter: float) -> datetime:
    """Doubling waits from 30 s to 30 min, spread by a factor of 0.5 to 1.5."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures, 20)))
    return now + wait * (0.5 + jitter)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A nightly span of local time in which only doses, answers and alarms are sent."""

    begins: time
    ends: time
    zone: ZoneInfo

    @classmethod
    def stored(cls, begins: time | None, ends: time | None, zone: str) -> "QuietHours | None":
        """None where a person has not asked for any."""
        return cls(begins, ends, ZoneInfo(zone)) if begins and ends else None

    def over_at(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours it falls into."""
        local = moment.astimezone(self.zone)
        clock = local.time().replace(tzinfo=None)
        if not self._covers(clock):
            return moment
        day = local.date()
        if self.begins > self.ends and clock >= self.begins:
            day += timedelta(days=1)
        return datetime.combine(day, self.ends, tzinfo=self.zone).astimezone(UTC)

    def _covers(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


@dataclass(slots=True)
class Breaker:
    """Stops asking a server that does not answer: after five failures, one try every 30 s."""

    most: int = 5
    pause: timedelta = timedelta(seconds=30)
    failures: int = 0
    until: datetime | None = None

    def lets(self, now: datetime) -> bool:
        """Whether a try is allowed; after the pause one is, and the pause begins anew."""
        if self.until is None:
            return True
        if now < self.until:
            return False
        self.until = now + self.pause
        return True

    def is_open(self, now: datetime) -> bool:
        """Whether every try would be refused now."""
        return self.until is not None and now < self.until

    def failed(self, now: datetime) -> None:
        self.failures += 1
        if self.failures >= self.most:
            self.until = now + self.pause

    def worked(self) -> None:
        self.failures, self.until = 0, None
