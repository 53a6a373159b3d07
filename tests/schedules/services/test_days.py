"""What stays open for two days is asked once, in one line; any answer is fine."""

from datetime import timedelta

import pytest
from django.test import Client

from patients.models.messages import Message
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.due_reminders import post_due_reminders
from schedules.services.gates import clear_step
from schedules.services.plans import read_plan, withdraw_revision
from tests.cast import DAY, NOW, a_plan, a_signed_plan, a_uuid, tick

pytestmark = pytest.mark.django_db
SOONER = (NOW + 3 * DAY).date()


@pytest.fixture
def plan(cast):
    return a_plan(cast, now=NOW - DAY - DAY / 24, first=(NOW + 7 * DAY).date())


def answered(cast, day, slot, kind="taken"):
    record_dose(
        cast.ana, day=day, slot=slot, answer=Answer(kind), client_uuid=a_uuid(),
        by=cast.ana.user, now=NOW + 2 * DAY - timedelta(hours=4),
    )  # fmt: skip


def open_days():
    return Message.objects.filter(kind="open-days")


def test_two_open_doses_are_one_line(cast, plan):
    tick(NOW + DAY)
    assert not open_days().exists()
    tick(NOW + 2 * DAY)
    assert open_days().count() == 1
    assert open_days().get().params["path"] == "/diary/"


def test_the_first_day_of_a_plan_may_have_begun_late_and_is_not_asked_about(cast, plan):
    tick(NOW + DAY)
    assert plan.events.get(kind="read").from_day == NOW.date() - DAY
    assert not open_days().exists()


@pytest.mark.parametrize("kind", ["taken", "none", "unsure"])
def test_any_answer_closes_a_day(cast, plan, kind):
    for slot in ("morning", "bedtime"):
        answered(cast, NOW.date(), slot, kind)
    post_due_reminders(NOW + 2 * DAY)
    assert not open_days().exists()


def test_one_of_two_leaves_it_open(cast, plan):
    answered(cast, NOW.date(), "morning")
    post_due_reminders(NOW + 2 * DAY)
    assert open_days().count() == 1


def test_what_is_written_down_before_it_goes_out_is_not_asked(cast, plan):
    post_due_reminders(NOW + 2 * DAY)
    for slot in ("morning", "bedtime"):
        answered(cast, NOW.date(), slot)
    tick(NOW + 2 * DAY)
    assert (open_days().get().state, open_days().get().reason) == (
        "cancelled", "written down already",
    )  # fmt: skip


def test_the_page_of_days_names_what_is_open_and_leads_to_it(cast, plan, time_machine):
    answered(cast, NOW.date(), "morning")
    time_machine.move_to(NOW + 2 * DAY, tick=False)
    client = Client()
    client.force_login(cast.ana.user)
    page = client.get("/diary/").content.decode()
    assert page.count("Not logged yet") >= 3
    assert f"/dose/{NOW.date()}/bedtime/" in page
    assert "You took it" in page


def test_without_a_plan_the_page_of_days_is_empty(cast, client):
    client.force_login(cast.ana.user)
    assert "no plan yet" in client.get("/diary/").content.decode()


def starts():
    return Message.objects.filter(kind="plan-starts")


def test_a_plan_that_replaces_another_is_told_the_evening_before(cast, plan):
    later = a_signed_plan(cast, now=NOW + DAY, first=SOONER)
    read_plan(cast.ana, seen=str(later.pk), by=cast.ana.user, now=NOW + DAY + timedelta(hours=1))
    assert starts().get().due_at.hour == 23
    assert starts().get().due_at.date() == (NOW + DAY).date()


def test_a_first_plan_begins_today_and_needs_no_word(cast, plan):
    assert not starts().exists()


def test_read_in_the_night_nothing_is_told(cast, plan):
    later = a_signed_plan(cast, now=NOW + DAY, first=SOONER)
    read_plan(cast.ana, seen=str(later.pk), by=cast.ana.user, now=NOW + DAY + timedelta(hours=9))
    assert not starts().exists()


def test_a_plan_replaced_before_the_evening_is_not_announced(cast, plan):
    later = a_signed_plan(cast, now=NOW + DAY, first=SOONER)
    read_plan(cast.ana, seen=str(later.pk), by=cast.ana.user, now=NOW + DAY + timedelta(hours=1))
    a_signed_plan(cast, now=NOW + DAY + timedelta(hours=2))
    tick(starts().get().due_at)
    assert (starts().get().state, starts().get().reason) == ("cancelled", "replaced")


def test_a_signature_taken_back_replaces_nothing(cast, plan):
    later = a_signed_plan(cast, now=NOW + DAY, first=SOONER)
    read_plan(cast.ana, seen=str(later.pk), by=cast.ana.user, now=NOW + DAY + timedelta(hours=1))
    third = a_signed_plan(cast, now=NOW + DAY + timedelta(hours=2), first=SOONER)
    withdraw_revision(third, by=cast.bell, now=NOW + DAY + timedelta(hours=2, minutes=5))
    tick(starts().get().due_at)
    assert starts().get().state == "sent"


def test_with_the_first_step_patient_and_clinic_hear_that_the_week_before_is_kept(cast, plan):
    at = NOW + 6 * DAY
    clear_step(
        cast.ana, step=1, seen=str(plan.pk), answers={"spoken": True}, by=cast.bell, now=at
    )  # fmt: skip
    for day in range(5, 10):
        post_due_reminders(NOW + day * DAY)
    told = Message.objects.filter(kind__in=("baseline-done", "baseline-ready"))
    days = {(m.kind, m.recipient, m.occurrence[:10]) for m in told}
    first = (NOW + 7 * DAY).date().isoformat()
    assert days == {("baseline-done", cast.ana.user, first), ("baseline-ready", cast.bell, first)}
    assert told.count() == 2
