"""Reminders: the right local time, once, and only while they are true."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from schedules.models.reminders import ReminderTime
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.due_reminders import NEEDS_ANSWER, post_due_reminders
from taper_tracker.clock import RECHECKS
from tests.cast import DAY, NOW, a_plan, a_uuid, tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def plan(cast):
    return a_plan(cast)


def sent(kind):
    return Message.objects.filter(kind=kind, state="sent").count()


def test_whatever_waits_for_an_answer_is_checked_once_more_before_it_goes():
    assert set(NEEDS_ANSWER) <= set(RECHECKS)


def test_reading_a_plan_sets_its_reminders(cast, plan):
    rows = ReminderTime.objects.values_list("kind", "slot")
    assert set(rows) == {
        ("dose-due", "morning"),
        ("dose-due", "bedtime"),
        ("check-in", ""),
        ("gate", ""),
        ("evening", ""),
    }


def test_each_slot_is_reminded_once_a_day(cast, plan):
    for half_hour in range(48 * 3):
        tick(NOW + half_hour * HOUR / 2)
    keys = list(Message.objects.filter(kind="dose-due").values_list("occurrence", flat=True))
    assert len(keys) == len(set(keys)) == 6
    assert sent("dose-due") == 6


def test_at_most_two_for_one_dose_and_none_after_logging(cast, plan):
    first = NOW + DAY - 2 * HOUR
    for quarter in range(16):
        tick(first + quarter * HOUR / 4)
    assert sent("dose-due") == 1
    assert sent("not-logged") == 1
    for quarter in range(32, 60):
        if quarter == 58:
            record_dose(
                cast.ana, day=NOW.date() + DAY, slot="bedtime", answer=Answer("taken"),
                client_uuid=a_uuid(), by=cast.ana.user, now=first + quarter * HOUR / 4,
            )  # fmt: skip
        tick(first + quarter * HOUR / 4)
    assert sent("dose-due") == 2
    assert sent("not-logged") == 1


def test_reminders_stop_after_three_days_without_an_answer(cast, plan):
    for day in range(8):
        for hour in (13, 14, 17, 27):
            tick(NOW - 15 * HOUR + (day + 1) * DAY + hour * HOUR)
    reasons = Message.objects.filter(reason="no answer for three days")
    assert set(reasons.values_list("kind", flat=True)) >= {"dose-due", "baseline"}
    last = Message.objects.filter(kind="dose-due", state="sent").latest("due_at")
    assert last.params["day"] == (NOW + 3 * DAY).date().isoformat()
    submit_checkin(
        cast.ana, day=(NOW + 8 * DAY).date(), today=(NOW + 8 * DAY).date(), by=cast.ana.user,
        now=NOW + 8 * DAY, overall=1,
    )  # fmt: skip
    tick(NOW + 9 * DAY - HOUR)
    assert (
        Message.objects.filter(kind="dose-due", state="sent").latest("due_at").due_at > last.due_at
    )


def test_the_local_time_stays_over_the_clock_change(cast, plan):
    post_due_reminders(NOW + 14 * DAY)
    for message in Message.objects.filter(kind="dose-due"):
        local = message.due_at.astimezone(NEW_YORK)
        assert local.hour == {"morning": 8, "bedtime": 22}[message.params["slot"]]
        assert local.date().isoformat() == message.params["day"]


def test_a_logged_dose_is_not_reminded(cast, plan):
    later = NOW + DAY - HOUR
    record_dose(
        cast.ana, day=later.date(), slot="morning", answer=Answer("taken"), client_uuid=a_uuid(),
        by=cast.ana.user, now=later,
    )  # fmt: skip
    tick(later)
    morning = Message.objects.get(kind="dose-due", occurrence=f"{later.date()}#morning")
    assert (morning.state, morning.reason) == ("cancelled", "logged already")


def test_a_finished_check_in_is_not_reminded(cast, plan):
    submit_checkin(
        cast.ana, day=NOW.date(), today=NOW.date(), by=cast.ana.user, now=NOW, overall=1, safety=[]
    )
    tick(NOW + 9 * HOUR)
    assert Message.objects.get(kind="baseline").state == "cancelled"


def test_after_three_silent_days_only_the_newest_goes_out(cast, plan):
    tick(NOW + 3 * DAY + HOUR)
    states = list(Message.objects.filter(kind="dose-due").values_list("state", flat=True))
    assert states.count("expired") >= 5
    assert states.count("sent") <= 1


def test_the_gate_is_announced_once(cast, plan):
    for hour in range(24 * 10):
        tick(NOW + hour * HOUR)
    assert sent("gate") == 1


def test_two_clocks_at_once_post_nothing_twice(cast, plan):
    for hour in range(48):
        tick(NOW + hour * HOUR)
        tick(NOW + hour * HOUR)
    ids = [m.extra_headers["Message-ID"] for m in mail.outbox]
    assert len(ids) == len(set(ids))


def test_the_plan_message_is_cancelled_once_read(cast, plan):
    tick(NOW + HOUR)
    assert Message.objects.get(kind="plan-to-read").state == "cancelled"
