"""After the last dose, the end of a case, and a death."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.domain.flagbook import FLAGS
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from patients.services.flags import escalate_flags
from patients.services.remarks import chase_remarks, write_remark
from patients.services.shares import share_record
from schedules.domain.dose import ZERO, Dose
from schedules.models.aftercare import AftercareAnswer
from schedules.models.reminders import ReminderTime
from schedules.selectors.plans import standing
from schedules.services.aftercare import AftercareRefused, answer_aftercare
from schedules.services.endings import EndingRefused, close_case, note_death, undo_death
from schedules.services.gates import clear_step
from schedules.services.requests import ask_change, chase_requests
from schedules.services.silence import review_silence
from tests.cast import DAY, NOW, a_plan, a_signed_plan, a_uuid, tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + 30 * DAY


@pytest.fixture
def ended(cast):
    """A plan of one step, to nothing, begun a month ago."""
    revision = a_plan(
        cast, keys=("klonopin-0.5",), start={"bedtime": "0.25"}, target=ZERO,
        first=(NOW + 7 * DAY).date(),
    )  # fmt: skip
    at = NOW + 6 * DAY
    clear_step(
        cast.ana, step=1, seen=str(revision.pk), answers={"spoken": True}, by=cast.bell, now=at
    )
    assert not standing(cast.ana, LATER).step.total
    Message.objects.all().delete()
    return revision


def alarms():
    return Flag.objects.exclude(tier="info")


def answer(cast, at=LATER, **changes):
    given = {"took_again": False, "what": "", "memory": 1, **changes}
    return answer_aftercare(cast.ana, **given, by=cast.ana.user, now=at)


def test_after_the_last_dose_two_answers_are_kept(cast, ended):
    answer(cast, memory=3)
    assert AftercareAnswer.objects.get().memory == 3
    assert not alarms().exists()
    cast.ana.refresh_from_db()
    assert cast.ana.last_answered_on == LATER.date()


def test_taking_it_again_is_a_flag_at_once(cast, ended):
    answer(cast, took_again=True, what="half of one")
    flag = alarms().get()
    assert (flag.rule, flag.tier, flag.ack_minutes) == ("RF-44", "urgent", 240)
    assert Message.objects.filter(kind="flag", recipient=cast.bell).exists()


def test_words_of_crisis_count_here_too(cast, ended):
    answer(cast, what="I want to die")
    assert alarms().get().rule == "RF-40"


def test_before_the_last_dose_there_is_nothing_to_answer(cast):
    a_plan(cast)
    with pytest.raises(AftercareRefused):
        answer(cast, at=NOW + DAY)


def test_the_table_keeps_the_range(cast, ended):
    row = answer(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        AftercareAnswer.objects.filter(pk=row.pk).update(memory=5)


def test_the_message_of_aftercare_leads_to_its_page(cast, ended):
    for day in range(7, 12):
        tick(NOW + day * DAY)
    first, again = Message.objects.filter(kind="aftercare").order_by("due_at")
    assert first.params["path"] == "/aftercare/"
    assert (again.due_at - first.due_at, again.state) == (2 * DAY, "sent")


def test_who_has_answered_is_not_asked_again(cast, ended):
    for day in range(7, 10):
        tick(NOW + day * DAY)
    answer(cast, at=NOW + 10 * DAY)
    for day in range(10, 15):
        tick(NOW + day * DAY)
    states = Message.objects.filter(kind="aftercare").order_by("due_at")
    assert [(row.state, row.reason) for row in states] == [
        ("sent", ""), ("cancelled", "answered already"), ("sent", ""),
    ]  # fmt: skip


@pytest.fixture
def ana(cast, time_machine):
    time_machine.move_to(LATER, tick=False)
    client = Client()
    client.force_login(cast.ana.user)
    return client


def test_the_page_thanks_and_names_the_path_back(cast, ended, ana):
    assert "After your last dose" in ana.get("/today/").content.decode()
    page = ana.post("/aftercare/", {"memory": "2", "took_again": "yes", "what": "<i>"})
    words = page.content.decode()
    assert FLAGS["RF-44"].told in words
    assert "555-0199" in words
    done = ana.post("/aftercare/", {"memory": "2", "took_again": "no"}, follow=True)
    assert "Thank you. Saved." in done.content.decode()


@pytest.mark.parametrize(
    "sent", [{"what": ""}, {"memory": "9", "took_again": "no"}, {"memory": "1"}]
)
def test_the_page_asks_for_what_is_left_out(cast, ended, ana, sent):
    assert "Problem:" in ana.post("/aftercare/", sent).content.decode()
    assert not AftercareAnswer.objects.exists()


def test_the_page_before_the_end_says_to_go_on(cast, ana):
    assert "Go on with the dose" in ana.get("/aftercare/").content.decode()


def test_a_case_closes_after_the_last_dose_and_both_are_told_once(cast, ended):
    for _ in range(2):
        cast.ana.refresh_from_db()
        close_case(cast.ana, by=cast.bell, now=LATER)
    told = Message.objects.filter(kind="case-closed").values_list("recipient", flat=True)
    assert sorted(told, key=str) == sorted([cast.ana.user.pk, cast.bell.pk], key=str)
    assert not ReminderTime.objects.filter(patient=cast.ana, is_enabled=True).exists()


def test_a_plan_above_zero_is_never_closed(cast):
    a_plan(cast)
    with pytest.raises(EndingRefused, match="above zero"):
        close_case(cast.ana, by=cast.bell, now=NOW + DAY)


def test_an_open_flag_is_closed_first(cast, ended):
    answer(cast, took_again=True)
    with pytest.raises(EndingRefused, match="flag is open"):
        close_case(cast.ana, by=cast.bell, now=LATER)


def test_a_closed_case_is_not_called_silent_and_a_new_plan_opens_it(cast, ended):
    close_case(cast.ana, by=cast.bell, now=LATER)
    assert review_silence(LATER + 30 * DAY) == 0
    a_signed_plan(cast, now=LATER + DAY, start={"bedtime": "0.5"}, target=Dose.mg("0.25"))
    cast.ana.refresh_from_db()
    assert cast.ana.closed_at is None
    assert ReminderTime.objects.filter(patient=cast.ana, is_enabled=True).exists()


def test_the_check_in_stays_open_after_the_end(cast, ended, ana):
    close_case(cast.ana, by=cast.bell, now=LATER)
    assert ana.get("/check-in/", follow=True).status_code == 200


def test_a_death_stops_every_message_also_those_that_wait(cast):
    a_plan(cast)
    share_record(
        cast.ana, name="K", email="k@home.example", parts=["days"], until=None,
        by=cast.ana.user, now=NOW,
    )  # fmt: skip
    tick(NOW + HOUR)
    write_remark(
        cast.ana, text="x", client_uuid=a_uuid(), by=cast.ana.user, now=NOW + 2 * HOUR
    )  # fmt: skip
    note_death(cast.ana, by=cast.nurse, now=NOW + 2 * HOUR)
    assert not Message.objects.filter(patient=cast.ana, state="pending").exists()
    Message.objects.filter(state="sent").delete()
    for hour in range(2, 24 * 12, 3):
        tick(NOW + hour * HOUR)
    sent = Message.objects.filter(state="sent").exclude(kind__in=("invitation", "digest"))
    assert not sent.filter(recipient=cast.ana.user).exists()
    assert not sent.filter(patient=cast.ana).exists()
    assert not Message.objects.filter(patient=cast.ana, state="pending").exists()


def test_a_message_in_hand_is_stopped_too(cast):
    tick(NOW)
    write_remark(cast.ana, text="Hello", client_uuid=a_uuid(), by=cast.bell, now=NOW)
    type(cast.ana).objects.filter(pk=cast.ana.pk).update(died_at=NOW)
    tick(NOW + HOUR)
    message = Message.objects.filter(kind="message").order_by("due_at").first()
    assert (message.state, message.reason) == ("cancelled", "the patient has died")


def red(cast):
    submit_checkin(
        cast.ana, day=NOW.date(), today=NOW.date(), by=cast.ana.user, now=NOW, safety=["r1"]
    )


def test_nobody_is_asked_about_the_dead(cast):
    red(cast)
    ask_change(cast.ana, ask="talk", note="", by=cast.ana.user, now=NOW)
    write_remark(cast.ana, text="Hello", client_uuid=a_uuid(), by=cast.ana.user, now=NOW)
    note_death(cast.ana, by=cast.bell, now=NOW + HOUR)
    late = NOW + 9 * DAY
    assert (escalate_flags(late), chase_requests(late), chase_remarks(late)) == (0, 0, 0)
    assert Flag.objects.get().is_open
    undo_death(cast.ana, by=cast.bell, now=late)
    assert (chase_requests(late), chase_remarks(late)) == (1, 1)


def test_a_mistake_is_taken_back(cast):
    a_plan(cast)
    red(cast)
    note_death(cast.ana, by=cast.bell, now=NOW + HOUR)
    undo_death(cast.ana, by=cast.bell, now=NOW + 2 * HOUR)
    cast.ana.user.refresh_from_db()
    assert cast.ana.user.is_active
    assert escalate_flags(NOW + 2 * HOUR) == 1
    tick(NOW + DAY)
    assert Message.objects.filter(kind="dose-due", state="sent").exists()


def test_the_page_asks_to_be_sure(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    bell = Client()
    bell.force_login(cast.bell)
    where = f"/clinic/patients/{cast.ana.pk}/ending/"
    assert "you are sure" in bell.post(where, {"died": "1"}, follow=True).content.decode()
    cast.ana.refresh_from_db()
    assert cast.ana.died_at is None
    done = bell.post(where, {"died": "1", "sure": "1"}, follow=True).content.decode()
    assert "No message goes out any more" in done
    assert "Has died." in bell.get("/clinic/").content.decode()
    back = bell.post(where, {"undo": "1"}, follow=True).content.decode()
    assert "on again" in back
    assert "never closed" in bell.post(where, {"close": "1"}, follow=True).content.decode()
