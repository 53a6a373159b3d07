"""Reminders: the right local time, once, and only while they are true."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from patients.models.accounts import User
from patients.models.care import Patient
from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from schedules.domain.dose import Dose
from schedules.models.reminders import ReminderTime
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.due_reminders import NEEDS_ANSWER, post_due_reminders
from schedules.services.gates import clear_step
from schedules.services.plans import hold_plan
from taper_tracker.clock import RECHECKS
from tests.cast import DAY, NOW, a_plan, a_signed_plan, a_uuid, tick

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


def days_on_which(kind, cast):
    rows = Message.objects.filter(kind=kind, state="sent").order_by("due_at")
    return [cast.ana.days.day_of(row.due_at) for row in rows]


def through(cast, days, *, start=NOW, answering=False):
    for hour in range(24 * days):
        now = start + hour * HOUR
        if answering and hour % 24 == 0:
            day = cast.ana.days.day_of(now)
            submit_checkin(
                cast.ana, day=day, today=day, by=cast.ana.user, now=now, overall=0, safety=[]
            )
        tick(now)


def test_a_gate_asks_twice_and_then_says_that_the_dose_stays(cast, plan):
    through(cast, 12)
    step = plan.first_lower_on
    assert days_on_which("gate", cast) == [step - 2 * DAY, step - DAY]
    assert days_on_which("step-stays", cast) == [step]


def test_a_gate_that_was_answered_asks_no_more(cast, plan):
    step = plan.first_lower_on
    said = NOW + 5 * DAY + 2 * HOUR
    through(cast, 5, answering=True)
    assert days_on_which("gate", cast) == [step - 2 * DAY]
    clear_step(cast.ana, step=1, seen=str(plan.pk), answers={}, by=cast.ana.user, now=said)
    through(cast, 4, start=said, answering=True)
    assert days_on_which("gate", cast) == [step - 2 * DAY]
    assert days_on_which("step-stays", cast) == []
    assert days_on_which("new-dose", cast) == [step - DAY]


def test_a_week_before_a_step_there_is_something_to_look_at(cast):
    step = (NOW + 12 * DAY).date()
    plan = a_plan(cast, first=step)
    through(cast, 7)
    assert days_on_which("step-ahead", cast) == [step - 7 * DAY]
    message = Message.objects.get(kind="step-ahead")
    assert message.params["revision"] == str(plan.pk)


def test_a_step_that_a_hold_moved_is_not_announced(cast):
    step = (NOW + 12 * DAY).date()
    a_plan(cast, first=step)
    morning = NOW + 5 * DAY - timedelta(minutes=30)
    post_due_reminders(morning)
    assert Message.objects.get(kind="step-ahead").state == "pending"
    hold_plan(cast.ana, note="", by=cast.bell, now=morning)
    tick(morning)
    message = Message.objects.get(kind="step-ahead")
    assert (message.state, message.reason) == ("cancelled", "the step was moved")


def test_the_end_of_a_plan_is_told_before_and_after_to_both(cast):
    step = (NOW + 4 * DAY).date()
    plan = a_plan(
        cast, first=step, start={"bedtime": "0.125"}, keys=("melt-0.125",), target=Dose(0)
    )
    through(cast, 2, answering=True)
    assert days_on_which("last-dose-ahead", cast) == [step - 3 * DAY]
    said = NOW + 2 * DAY + HOUR
    clear_step(cast.ana, step=1, seen=str(plan.pk), answers={}, by=cast.ana.user, now=said)
    through(cast, 3, start=said, answering=True)
    assert days_on_which("last-dose", cast) == [step]
    assert days_on_which("taper-ends", cast) == [step - 3 * DAY, step]
    told = Message.objects.filter(kind="taper-ends")
    assert {message.recipient for message in told} == {cast.bell}


def test_an_unread_plan_asks_again_and_then_tells_the_doctor(cast):
    revision = a_signed_plan(cast, first=(NOW + 30 * DAY).date())
    through(cast, 9)
    seen = (NOW + timedelta(minutes=10)).date()
    assert days_on_which("plan-to-read", cast) == [seen, seen + 2 * DAY, seen + 5 * DAY]
    assert days_on_which("plan-unread", cast) == [seen + 7 * DAY]
    assert Message.objects.get(kind="plan-unread").recipient == revision.signed_by


def test_two_clocks_at_once_post_nothing_twice(cast, plan):
    for hour in range(48):
        tick(NOW + hour * HOUR)
        tick(NOW + hour * HOUR)
    ids = [m.extra_headers["Message-ID"] for m in mail.outbox]
    assert len(ids) == len(set(ids))


def test_the_plan_message_is_cancelled_once_read(cast, plan):
    tick(NOW + HOUR)
    rows = Message.objects.filter(kind__in=("plan-to-read", "plan-unread"))
    assert set(rows.values_list("state", "reason")) == {("cancelled", "read")}
    assert rows.count() == 4


@pytest.mark.parametrize(
    ("until", "state", "reason", "waits"),
    [(time(23), "pending", "", 4), (time(7), "expired", "quiet hours", None)],
)
def test_a_quiet_kind_waits_for_the_end_of_quiet_hours_or_ends(
    cast, plan, until, state, reason, waits
):
    """The check-in is due at seven in the evening and helps for six hours."""
    User.objects.filter(pk=cast.ana.user.pk).update(quiet_from=time(18), quiet_until=until)
    post_due_reminders(NOW + 13 * HOUR)
    message = Message.objects.get(kind="baseline")
    assert (message.state, message.reason) == (state, reason)
    expected = message.due_at + waits * HOUR if waits is not None else None
    assert message.available_at == expected
    assert Message.objects.filter(kind="dose-due", state="pending").exists()


def test_a_day_that_the_zone_does_not_have_is_reminded_of_nothing(cast, plan):
    """Samoa had no 30 December 2011."""
    Patient.objects.filter(pk=cast.ana.pk).update(time_zone="Pacific/Apia", last_answered_on=None)
    row = ReminderTime.objects.get(kind="dose-due", slot="morning")
    before = datetime(2011, 12, 29, 8, tzinfo=ZoneInfo("Pacific/Apia"))
    ReminderTime.objects.exclude(pk=row.pk).delete()
    ReminderTime.objects.filter(pk=row.pk).update(next_day=before.date(), next_due_at=before)
    post_due_reminders(before + 2 * DAY)
    rows = Message.objects.filter(kind="dose-due").order_by("occurrence")
    told = {row.occurrence: row.reason for row in rows}
    assert told.pop("2011-12-30#morning") == "no such local date"
    assert "no such local date" not in told.values()
    assert "2011-12-29#morning" in told


@pytest.mark.parametrize(
    "kind", ["gate", "step-stays", "step-ahead", "last-dose-ahead", "new-dose"]
)
def test_what_speaks_of_another_plan_is_no_longer_true(cast, plan, kind):
    """All else alike: the plan in force has the same step, planned for the same day."""
    asked = NOW + 5 * DAY + HOUR
    if kind == "new-dose":
        clear_step(cast.ana, step=1, seen=str(plan.pk), answers={}, by=cast.ana.user, now=asked)
    params = {"revision": str(plan.pk), "step": 1, "planned": str(plan.first_lower_on)}
    own = Message(kind=kind, patient=cast.ana, params=params)
    other = Message(kind=kind, patient=cast.ana, params={**params, "revision": str(a_uuid())})
    assert set(RECHECKS[kind]([own, other], asked + HOUR)) == {other.pk}


def checkins(cast):
    rows = Message.objects.filter(kind="longer-check-in").order_by("due_at")
    return [(row.state, row.reason) for row in rows]


@pytest.mark.parametrize("answers", [True, False])
def test_a_check_in_is_asked_for_once_more_while_it_is_open(cast, plan, answers):
    """The second evening after a step: the fuller list, at seven and half past eight."""
    clear_step(
        cast.ana, step=1, seen=str(plan.pk), answers={"spoken": True}, by=cast.bell,
        now=NOW + 6 * DAY,
    )  # fmt: skip
    User.objects.filter(pk=cast.ana.user.pk).update(channel="email")
    evening = NOW + 9 * DAY + 9 * HOUR
    Patient.objects.filter(pk=cast.ana.pk).update(last_answered_on=(NOW + 9 * DAY).date())
    tick(evening)
    if answers:
        day = (NOW + 9 * DAY).date()
        submit_checkin(
            cast.ana, day=day, today=day, by=cast.ana.user, now=evening + HOUR, overall=1, safety=[]
        )
    tick(evening + 2 * HOUR)
    second = ("cancelled", "checked in already") if answers else ("sent", "")
    assert checkins(cast) == [("sent", ""), second]


def test_the_baseline_week_asks_once_a_day(cast, plan):
    for hour in range(9, 14):
        tick(NOW + hour * HOUR)
    assert Message.objects.filter(kind="baseline").count() == 1
