"""A patient asks, a person answers; nothing about the dose changes by either."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.domain.flagbook import finding
from patients.models.audit import AuditEntry
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.selectors.care import may_open
from patients.services.accounts import name_backup
from patients.services.flags import raise_flag
from schedules.domain.plan import as_json
from schedules.models.plans import PlanEvent, Revision
from schedules.models.requests import ChangeRequest
from schedules.selectors.plans import standing
from schedules.services import requests
from schedules.services.plans import hold_plan
from schedules.services.requests import (
    RequestRefused,
    answer_request,
    ask_change,
    chase_requests,
)
from tests.cast import DAY, NOW, Role, a_person, a_plan, tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def plan(cast):
    return a_plan(cast)


def asked(cast, ask="slower", note="It is too much.", now=LATER):
    return ask_change(cast.ana, ask=ask, note=note, by=cast.ana.user, now=now)


def answered(cast, made, answer="agreed", note="We will.", by=None, now=LATER + HOUR):
    return answer_request(made, answer=answer, note=note, by=by or cast.bell, now=now)


def plan_now(cast, now):
    stands = standing(cast.ana, now)
    return stands.revision.pk, stands.course, as_json(stands.taper)


def test_asking_and_answering_change_no_plan(cast, plan):
    before = plan_now(cast, LATER), Revision.objects.count(), PlanEvent.objects.count()
    for answer, ask in (("agreed", "faster"), ("not-now", "finish-here")):
        answered(cast, asked(cast, ask=ask), answer=answer)
    after = plan_now(cast, LATER), Revision.objects.count(), PlanEvent.objects.count()
    assert after == before


def test_the_clinicians_are_told_and_the_patient_hears_the_answer(cast, plan):
    made = asked(cast)
    told = Message.objects.get(kind="request")
    assert (told.recipient, told.patient) == (cast.bell, cast.ana)
    answered(cast, made)
    heard = Message.objects.get(kind="request-answered")
    assert (heard.recipient, heard.params["path"]) == (cast.ana.user, "/change/")
    lines = AuditEntry.objects.filter(patient_id=cast.ana.pk).values_list("action", flat=True)
    assert {"change-asked", "change-answered"} <= set(lines)


def test_the_same_question_is_asked_once_until_it_is_answered(cast, plan):
    made = asked(cast)
    with pytest.raises(RequestRefused, match="asked for this already"):
        asked(cast)
    answered(cast, made)
    asked(cast, now=LATER + 2 * HOUR)
    assert ChangeRequest.objects.count() == 2


@pytest.mark.parametrize("ask", ["resume", "step-back", "stop", "", "hold"])
def test_what_cannot_be_asked_for_on_the_first_step(cast, plan, ask):
    with pytest.raises(RequestRefused):
        asked(cast, ask=ask)


def test_on_hold_one_asks_to_go_on(cast, plan):
    hold_plan(cast.ana, note="", by=cast.bell, now=LATER)
    assert asked(cast, ask="resume").ask == "resume"


def test_without_a_plan_one_can_only_talk(cast):
    assert asked(cast, ask="talk").ask == "talk"
    with pytest.raises(RequestRefused):
        asked(cast, ask="slower")


def test_a_nurse_answers_a_wish_to_talk_and_nothing_else(cast, plan):
    talk, slower = asked(cast, ask="talk"), asked(cast)
    answered(cast, talk, by=cast.nurse)
    with pytest.raises(RequestRefused):
        answered(cast, slower, by=cast.nurse)
    slower.refresh_from_db()
    assert slower.is_open


@pytest.mark.parametrize(
    "wrong", [{"answer": ""}, {"answer": "later"}, {"note": ""}, {"note": "  "}]
)
def test_an_answer_has_a_word_and_a_sentence(cast, plan, wrong):
    made = asked(cast)
    with pytest.raises(RequestRefused):
        answered(cast, made, **wrong)
    assert ChangeRequest.objects.get().is_open


def test_an_answer_is_given_once(cast, plan):
    made = asked(cast)
    answered(cast, made)
    with pytest.raises(RequestRefused):
        answered(cast, made, answer="not-now")
    assert ChangeRequest.objects.get().answer == "agreed"


def test_a_question_left_open_becomes_a_flag_and_goes_to_the_backup_too(cast, plan):
    backup = a_person(cast.clinic, "Dr Back", Role.DOCTOR, NOW)
    name_backup(cast.clinic, backup, by=cast.admin, now=NOW)
    made = asked(cast)
    just = made.answer_by - timedelta(seconds=1)
    assert chase_requests(just) == 0
    assert chase_requests(made.answer_by) == 1
    assert chase_requests(made.answer_by + DAY) == 0
    flag = Flag.objects.get(rule="RF-42")
    assert flag.sentence == "Asked to go slower. Nobody has answered in time."
    late = Message.objects.filter(kind="request", occurrence__endswith=":late")
    assert {message.recipient for message in late} == {cast.bell, backup}
    assert may_open(backup, cast.ana.pk, now=made.answer_by)


def test_an_answered_question_is_not_chased(cast, plan):
    made = asked(cast)
    answered(cast, made)
    assert chase_requests(made.answer_by + DAY) == 0
    assert not Flag.objects.filter(rule="RF-42").exists()


def test_an_answer_that_comes_while_it_is_chased_wins(cast, plan):
    made = asked(cast)
    answered(cast, made)
    assert not requests._chase(made.pk, made.answer_by + DAY)
    assert not Flag.objects.filter(rule="RF-42").exists()


def test_the_clock_chases(cast, plan):
    made = asked(cast)
    tick(made.answer_by + timedelta(seconds=1))
    assert Flag.objects.filter(rule="RF-42").exists()


@pytest.mark.parametrize(
    "wrong", [{"answer": "agreed"}, {"answered_at": NOW}, {"answer": "agreed", "answered_at": NOW}]
)
def test_the_table_refuses_half_an_answer(cast, plan, wrong):
    made = asked(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=made.pk).update(**wrong)


@pytest.fixture
def clients(cast, time_machine):
    time_machine.move_to(LATER, tick=False)
    ana, bell = Client(), Client()
    ana.force_login(cast.ana.user)
    bell.force_login(cast.bell)
    return ana, bell


def test_through_the_pages(cast, plan, clients):
    ana, bell = clients
    page = ana.get("/change/ask/").content.decode()
    assert "Go slower" in page
    assert "Go on again" not in page
    page = ana.post("/change/ask/", {"ask": "slower", "note": "<b>Hard</b>"}, follow=True)
    assert "Your dose stays as it is until you have an answer." in page.content.decode()
    assert "Not answered yet. Your clinic answers by Wed 4 March" in page.content.decode()
    triage = bell.get("/clinic/").content.decode()
    assert "Asked to go slower." in triage
    review = f"/clinic/patients/{cast.ana.pk}/"
    page = bell.get(review).content.decode()
    assert "&lt;b&gt;Hard&lt;/b&gt;" in page
    made = ChangeRequest.objects.get()
    sent = {"answer": "agreed", "note": "From Monday every three weeks."}
    page = bell.post(f"{review}requests/{made.pk}/", sent, follow=True).content.decode()
    assert "build it" in page
    page = ana.get("/change/").content.decode()
    assert "From Monday every three weeks." in page
    assert "Dr Bell" in page
    assert "Asked to go slower." not in bell.get("/clinic/").content.decode()


def test_a_bad_choice_gets_a_sentence_and_keeps_the_words(cast, plan, clients):
    ana, _ = clients
    page = ana.post("/change/ask/", {"ask": "resume", "note": "kept"}).content.decode()
    assert "Choose one of these." in page
    assert "kept" in page
    assert "Choose one." in ana.post("/change/ask/", {"note": "kept"}).content.decode()
    assert not ChangeRequest.objects.exists()


def test_a_wish_to_go_back_stands_among_what_is_for_today(cast, clients):
    _, bell = clients
    a_plan(cast, first=(NOW + DAY).date())
    ChangeRequest.objects.create(
        patient=cast.ana,
        ask="step-back",
        is_urgent=True,
        asked_at=LATER,
        answer_by=LATER + 4 * HOUR,
    )
    page = bell.get("/clinic/").content.decode()
    assert page.index("Act today") < page.index("Asked to go back one step.")
    raise_flag(cast.ana, finding("RF-29", "Quiet for some days."), day=NOW.date(), now=NOW)
    page = bell.get("/clinic/").content.decode()
    assert "Look at this week" not in page
    asked_at = page.index("Asked to go back one step.")
    assert page.index("Act today") < asked_at < page.index("Quiet for some days.")
