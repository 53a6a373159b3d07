"""At eight in the morning: how many things of low tier wait in a clinician's list."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from patients.domain.findings import RANK, Tier
from patients.domain.roles import CLINICIANS
from patients.models.accounts import User
from patients.selectors.flags import open_flags
from patients.services.messages import post_message

AT: Final = time(8)


def post_digests(now: datetime) -> int:
    """Post what is due and set the next morning, in each clinician's own zone."""
    posted = 0
    for user in User.objects.filter(next_digest_at__lte=now):
        posted += _post(user, now)
        User.objects.filter(pk=user.pk).update(next_digest_at=next_morning(user, now))
    return posted


def plan_digests(now: datetime) -> None:
    """Give every clinician without one a first morning."""
    people = User.objects.filter(
        role__in=[role.value for role in CLINICIANS], next_digest_at__isnull=True, is_active=True
    )
    for user in people:
        User.objects.filter(pk=user.pk).update(next_digest_at=next_morning(user, now))


def next_morning(user: User, now: datetime) -> datetime:
    zone = ZoneInfo(user.time_zone)
    day = now.astimezone(zone).date()
    at = datetime.combine(day, AT, tzinfo=zone)
    return at if at > now else datetime.combine(day + timedelta(days=1), AT, tzinfo=zone)


def _post(user: User, now: datetime) -> bool:
    low = [flag for flag in open_flags(user, now=now) if flag.rank <= RANK[Tier.REVIEW]]
    if not low or not user.is_active:
        return False
    day = now.astimezone(ZoneInfo(user.time_zone)).date()
    post_message(
        "digest",
        occurrence=f"digest:{day.isoformat()}",
        due_at=now,
        now=now,
        recipient=user,
        params={"path": "/clinic/", "count": str(len(low))},
    )
    return True
