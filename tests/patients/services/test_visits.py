"""A visit: told, asked before, seen by the clinic; called off, nothing more is sent."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.models.flags import Flag
from patients.models.messages import Message
from patients.models.visits import Visit
from patients.selectors.visits import next_visit
from patients.services.visits import VisitRefused, call_off, plan_visit
from tests.cast import DAY, NOW, tick

pytestmark = pytest.mark.django_db
STARTS = datetime(2026, 3, 20, 18, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def planned(cast, starts_at=STARTS, at=NOW):
    return plan_visit(cast.ana, starts_at=starts_at, by=cast.bell, now=at)


def due(kind):
    return list(Message.objects.filter(kind=kind).values_list("due_at", flat=True))


def test_told_now_asked_three_days_before_and_the_brief_on_the_day_before(cast):
    planned(cast)
    assert due("visit-changed") == [NOW]
    assert due("visit") == [datetime(2026, 3, 17, 14, 0, tzinfo=UTC)]
    assert due("visit-brief") == [datetime(2026, 3, 19, 12, 0, tzinfo=UTC)]
    assert Message.objects.get(kind="visit-brief").recipient == cast.bell


def test_a_visit_tomorrow_asks_at_once(cast):
    planned(cast, NOW + DAY)
    assert due("visit") == due("visit-brief") == [NOW]


def test_called_off_it_is_told_and_nothing_more_is_sent(cast):
    visit = planned(cast)
    call_off(visit, by=cast.nurse, now=NOW + HOUR)
    tick(NOW + HOUR)
    tick(STARTS - DAY)
    states = dict(
        Message.objects.filter(kind__in=("visit", "visit-brief")).values_list("kind", "state")
    )
    assert states == {"visit": "cancelled", "visit-brief": "cancelled"}
    assert next_visit(cast.ana, NOW) is None


def test_the_word_that_it_is_called_off_goes_out(cast):
    visit = planned(cast)
    tick(NOW)
    call_off(visit, by=cast.nurse, now=NOW + HOUR)
    tick(NOW + HOUR)
    assert Message.objects.filter(kind="visit-changed", state="sent").count() == 2


@pytest.mark.parametrize("starts_at", [NOW, NOW - DAY, NOW + 400 * DAY])
def test_visits_that_cannot_be(cast, starts_at):
    with pytest.raises(VisitRefused, match="within a year"):
        planned(cast, starts_at)


def test_one_visit_at_a_time_and_none_called_off_twice(cast):
    visit = planned(cast)
    with pytest.raises(VisitRefused, match="already"):
        planned(cast)
    call_off(visit, by=cast.bell, now=NOW)
    with pytest.raises(VisitRefused, match="over or was called off"):
        call_off(visit, by=cast.bell, now=NOW)
    planned(cast)


def test_the_next_visit_is_the_soonest_that_is_not_over(cast):
    first, second = planned(cast), planned(cast, STARTS + 7 * DAY)
    assert next_visit(cast.ana, STARTS) == first
    assert next_visit(cast.ana, STARTS + 2 * HOUR) == second


def test_the_table_refuses_a_visit_in_the_past(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.create(
            patient=cast.ana, starts_at=NOW, planned_at=NOW, planned_by=cast.bell
        )  # fmt: skip


@pytest.fixture
def browsers(cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    found = {}
    for name, user in (("ana", cast.ana.user), ("bell", cast.bell)):
        found[name] = Client(raise_request_exception=False)
        found[name].force_login(user)
    return found


def test_from_page_to_page(cast, browsers):
    ana, bell = browsers["ana"], browsers["bell"]
    assert "No visit is planned" in ana.get("/visit/").content.decode()
    record = f"/clinic/patients/{cast.ana.pk}/"
    done = bell.post(f"{record}visits/", {"day": "2026-03-20", "at": "14:30"}, follow=True)
    assert "Planned." in done.content.decode()
    assert "Friday 20 March, 2:30\u00a0pm" in ana.get("/visit/").content.decode()
    ana.post("/visit/", {"hardest": "The nights", "talk": "", "change": "<b>"})
    page = bell.get(record).content.decode()
    assert "The nights" in page
    assert "&lt;b&gt;" in page
    assert "What do you want to talk about?" not in page
    visit = Visit.objects.get()
    bell.post(f"{record}visits/{visit.pk}/off/")
    assert "No visit is planned" in ana.get("/visit/").content.decode()
    assert bell.post(f"{record}visits/{uuid4()}/off/").status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [({"day": "", "at": ""}, "Choose a day. Type a time."), ({"day": "x", "at": "9"}, "Type a date"),
     ({"day": "2026-03-01", "at": "10:00"}, "still to come")],
)  # fmt: skip
def test_what_is_wrong_is_said(cast, browsers, sent, words):
    where = f"/clinic/patients/{cast.ana.pk}/visits/"
    assert words in browsers["bell"].post(where, sent, follow=True).content.decode()


def test_words_of_crisis_before_a_visit_get_the_advice(cast, browsers):
    planned(cast)
    page = browsers["ana"].post("/visit/", {"talk": "I want to die", "region": "us"})
    assert page.status_code == 200
    assert "Call 911 now" in page.content.decode()
    assert "Your answer is saved" in page.content.decode()
    assert Flag.objects.get().rule == "RF-40"
    assert Visit.objects.get().answers["talk"] == "I want to die"


@pytest.mark.parametrize(
    "target", ["patients.views.visits.answer_visit", "patients.services.visits.raise_flag",
               "django.contrib.auth.middleware.get_user"],
)  # fmt: skip
def test_the_advice_is_there_whatever_fails(cast, browsers, monkeypatch, target):
    def broken(*args, **kwargs):
        raise RuntimeError("broken on purpose")

    planned(cast)
    monkeypatch.setattr(target, broken)
    page = browsers["ana"].post("/visit/", {"talk": "I want to die", "region": "us"})
    assert "Call 911 now" in page.content.decode()
    assert Visit.objects.get().answers == {}


def test_without_a_visit_words_of_crisis_still_get_the_advice(cast, browsers):
    page = browsers["ana"].post("/visit/", {"talk": "I want to die", "region": "us"})
    assert "Call 911 now" in page.content.decode()
