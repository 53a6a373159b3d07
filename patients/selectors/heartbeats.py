"""Is the clock well? Read by the health page, the banner and the metrics; writes nothing."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db.models import Count, F, Min, Q

from patients.domain.findings import Tier
from patients.models.flags import Flag
from patients.models.heartbeats import Heartbeat
from patients.models.messages import Message

LATE: Final = timedelta(seconds=120)
SILENT: Final = timedelta(seconds=90)
LEAST_DISK: Final = 200 * 1024 * 1024
CLOCK_JOBS: Final = ("tick", "deliver")
PAST_LADDER: Final = 2


@dataclass(frozen=True, slots=True)
class Health:
    """What the clock looks like from outside; `troubles` is empty when all is well."""

    troubles: tuple[str, ...]
    oldest_due: datetime | None
    late_since: datetime | None

    @property
    def is_well(self) -> bool:
        return not self.troubles


def oldest_due(now: datetime) -> datetime | None:
    """When the oldest message that should be out could have gone; None where nothing waits."""
    waiting = Message.objects.filter(available_at__lte=now).aggregate(at=Min("due_at"))["at"]
    in_hand = Message.objects.filter(lease_until__isnull=False, due_at__lte=now)
    held = in_hand.aggregate(at=Min("due_at"))["at"]
    return min((at for at in (waiting, held) if at is not None), default=None)


def heartbeats() -> list[Heartbeat]:
    return list(Heartbeat.objects.all())


def health(now: datetime, *, disk: Path) -> Health:
    """Messages late, a silent job, a full disk, an emergency nobody has seen."""
    oldest = oldest_due(now)
    late_since = oldest if oldest is not None and now - oldest > LATE else None
    silent = _silent(now)
    found = [
        "a message is late" if late_since else "",
        *(f"the clock is silent: {name}" for name in silent),
        "the disk is nearly full" if shutil.disk_usage(disk).free < LEAST_DISK else "",
        "an emergency flag is past its ladder" if flags_past_ladder() else "",
    ]
    return Health(tuple(words for words in found if words), oldest, late_since)


def is_hour_over(name: str, now: datetime) -> bool:
    """Whether a job that runs once an hour is due."""
    last = last_beat(name)
    return last is None or now - last >= timedelta(hours=1)


def last_beat(name: str) -> datetime | None:
    """When a job last did its work; None where it never has."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def beats_like(prefix: str) -> list[str]:
    """The names of the beats that begin like this."""
    rows = Heartbeat.objects.filter(name__startswith=prefix)
    return list(rows.values_list("name", flat=True))


def _silent(now: datetime) -> list[str]:
    beats = dict(Heartbeat.objects.filter(name__in=CLOCK_JOBS).values_list("name", "at"))
    return [name for name in CLOCK_JOBS if name not in beats or now - beats[name] > SILENT]


def reminders_late_since(now: datetime) -> datetime | None:
    """For the banner: since when reminders are late, by the ledger or by a silent clock."""
    oldest = oldest_due(now)
    if oldest is not None and now - oldest > LATE:
        return oldest
    beats = [row.at for row in Heartbeat.objects.filter(name="deliver")]
    return beats[0] if beats and now - beats[0] > SILENT else None


def flags_past_ladder() -> int:
    """Emergency flags that nobody has seen after the safety contact was told."""
    unseen = Flag.objects.filter(tier=Tier.EMERGENCY, state="raised", level__gt=PAST_LADDER)
    return unseen.filter(patient__died_at__isnull=True).count()


def gauges(now: datetime) -> Iterable[tuple[str, str, dict[str, str], float]]:
    """(name, help, labels, value) of every figure on the metrics page; counts only."""
    states = Message.objects.values("state", "channel").annotate(n=Count("pk"))
    for row in states:
        labels = {"state": row["state"], "channel": row["channel"]}
        yield "taper_messages", "Messages in the ledger", labels, row["n"]
    oldest = oldest_due(now)
    late = (now - oldest).total_seconds() if oldest else 0.0
    yield "taper_oldest_due_seconds", "Age of the oldest message that should be out", {}, late
    for beat in Heartbeat.objects.all():
        age = (now - beat.at).total_seconds()
        yield "taper_heartbeat_age_seconds", "Since a job did its work", {"job": beat.name}, age
    tiers = (
        Flag.objects.filter(state__in=Flag.OPEN)
        .values_list("tier")
        .annotate(n=Count("pk"), unseen=Count("pk", filter=Q(state="raised")))
    )
    for tier, open_, unseen in tiers:
        yield "taper_open_flags", "Open flags", {"tier": tier}, open_
        yield "taper_unseen_flags", "Flags nobody has seen", {"tier": tier}, unseen
    copies = Message.objects.filter(ambiguous_count__gt=0).aggregate(n=Count(F("pk")))["n"]
    yield "taper_ambiguous_messages", "Messages that may have arrived twice", {}, copies
