"""Every zone of the tz database over two years, journeys, and a clock that was stopped."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from patients.domain.days import DAY, Days
from patients.domain.delivery import QuietHours
from patients.models.messages import Message
from schedules.models.reminders import ReminderTime
from schedules.selectors.plans import standing
from schedules.services.due_reminders import post_due_reminders
from schedules.services.zones import ZoneRefused, move_zone
from tests.cast import NOW, a_cast, a_plan

FIRST = date(2026, 1, 1)
YEARS = [FIRST + k * DAY for k in range(731)]
CLOCKS = (time(2, 30), time(22))
ZONES = sorted(available_timezones())


def wall(moment, zone):
    return moment.astimezone(zone).replace(tzinfo=None)


@pytest.mark.parametrize("name", ZONES)
def test_one_moment_for_each_local_date_at_a_constant_local_time(name):
    zone = ZoneInfo(name)
    days = Days(zone)
    for clock in CLOCKS:
        found = [days.at(day, clock) for day in YEARS]
        assert all(later - one > timedelta(hours=20) for one, later in pairwise(found))
        for day, moment in zip(YEARS, found, strict=True):
            wanted = datetime.combine(day if clock >= days.boundary else day + DAY, clock)
            shown = wall(moment, zone)
            assert shown.date() == wanted.date()
            assert shown == wanted or wanted < shown <= wanted + timedelta(hours=2)
            assert clock < days.boundary or days.day_of(moment) == day


def test_a_time_that_a_change_skips_moves_forward_and_one_that_comes_twice_is_the_first():
    days = Days(ZoneInfo("America/New_York"))
    skipped = days.at(date(2026, 3, 7), time(2, 30))
    assert skipped == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert wall(skipped, days.zone).time() == time(3, 30)
    twice = days.at(date(2026, 10, 31), time(1, 30))
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_local_midnight_that_does_not_exist():
    days = Days(ZoneInfo("Africa/Cairo"), boundary=time(0))
    day = next(d for d in YEARS if wall(days.at(d, time(0)), days.zone).hour == 1)
    assert days.day_of(days.at(day, time(0))) == day


def test_an_island_that_skipped_a_day():
    days = Days(ZoneInfo("Pacific/Apia"))
    assert not days.has(date(2011, 12, 30), time(8))
    assert days.has(date(2011, 12, 29), time(8))
    assert days.has(date(2011, 12, 31), time(8))


LATER = NOW + timedelta(hours=1)
LISBON, TOKYO = ZoneInfo("Europe/Lisbon"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("there", [LISBON, TOKYO, ZoneInfo("Pacific/Auckland")])
def test_a_move_leaves_the_past_where_it_was(there):
    home = Days(ZoneInfo("America/New_York"))
    moved = Days(home.zone, moves=((date(2026, 3, 10), there),))
    for back in range(1, 40):
        day = date(2026, 3, 10) - back * DAY
        assert moved.at(day, time(22)) == home.at(day, time(22))
        assert moved.day_of(home.at(day, time(12))) == day
    assert wall(moved.at(date(2026, 3, 10), time(22)), there).hour == 22
    for hour in range(24 * 6):
        moment = datetime(2026, 3, 8, tzinfo=UTC) + timedelta(hours=hour)
        later = moment + timedelta(hours=1)
        assert moved.day_of(moment) <= moved.day_of(later)
    for day in YEARS[60:80]:
        assert moved.day_of(moved.starts_at(day)) == day
        assert moved.day_of(moved.starts_at(day) - timedelta(minutes=1)) == day - DAY


@pytest.mark.parametrize(
    ("at", "over"),
    [((21, 59), (21, 59)), ((22, 0), (7, 0)), ((3, 0), (7, 0)), ((7, 0), (7, 0)), ((12, 0), (12, 0))],
)  # fmt: skip
def test_quiet_hours_over_midnight(at, over):
    quiet = QuietHours(time(22), time(7), TOKYO)
    moment = datetime(2026, 3, 2, *at, tzinfo=TOKYO)
    assert wall(quiet.over_at(moment), TOKYO).time() == time(*over)


@pytest.mark.django_db
def test_moving_keeps_the_times_from_tomorrow_and_half_a_day_between_doses():
    cast = a_cast()
    a_plan(cast)
    before = standing(cast.ana, LATER)
    post_due_reminders(NOW + timedelta(hours=12, minutes=30))
    move_zone(cast.ana, "Europe/Lisbon", by=cast.ana.user, now=NOW + timedelta(hours=13))
    cast.ana.refresh_from_db()
    for row in ReminderTime.objects.all():
        assert wall(row.next_due_at, LISBON).time() == row.local_time
        assert row.next_due_at > NOW + timedelta(hours=13)
    bedtime = ReminderTime.objects.get(slot="bedtime")
    assert bedtime.next_due_at - (NOW + timedelta(hours=12)) >= timedelta(hours=12)
    after = standing(cast.ana, LATER)
    assert (after.since, after.course.entered) == (before.since, before.course.entered)
    assert cast.ana.days.day_of(LATER) == before.today


@pytest.mark.django_db
def test_a_zone_that_does_not_exist():
    cast = a_cast()
    with pytest.raises(ZoneRefused):
        move_zone(cast.ana, "Mars/Olympus", by=cast.ana.user, now=NOW)


class StoppedClock(TestCase):
    """Whatever the clock does, each local day has its row for each time of day."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(1, 70), min_size=5, max_size=25))
    def test_no_occurrence_is_skipped_and_none_is_posted_twice(self, gaps):
        cast = a_cast()
        a_plan(cast)
        now = NOW + timedelta(minutes=12)
        for hours in gaps:
            now += timedelta(hours=hours)
            post_due_reminders(now)
        days = cast.ana.days
        for slot, clock in (("morning", time(8)), ("bedtime", time(22))):
            keys = Message.objects.filter(kind="dose-due", params__slot=slot)
            expected = []
            day = NOW.date()
            while days.at(day, clock) <= now:
                if days.at(day, clock) > NOW + timedelta(minutes=12):
                    expected.append(f"{day.isoformat()}#{slot}")
                day += DAY
            assert sorted(keys.values_list("occurrence", flat=True)) == expected
