"""A calendar reads the times and nothing else, until its patient ends it."""

from datetime import timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from patients.models.audit import AuditEntry
from patients.models.messages import Message
from patients.services.endings import mark_death
from schedules.models.feeds import Feed
from schedules.selectors.feeds import calendar_of, patient_of_feed
from schedules.services.feeds import end_feed, make_feed
from tests.cast import DAY, NOW, a_plan

pytestmark = pytest.mark.django_db
FORBIDDEN = ("clonazepam", "klonopin", "mg", "dose", "tablet", "taper", "ana", "riverside")


@pytest.fixture
def key(cast):
    a_plan(cast, now=NOW - DAY)
    return make_feed(cast.ana, by=cast.ana.user, now=NOW)


def events(cast, at=NOW):
    return Calendar.from_ical(calendar_of(cast.ana, at)).walk("VEVENT")


def test_four_weeks_of_times_and_the_day_of_the_next_step(cast, key):
    found = events(cast)
    assert len(found) == 28 * 2 + 1
    assert found[0].decoded("dtstart").hour == 13
    looks = [event for event in found if event["summary"] != "Reminder"]
    assert [event.decoded("dtstart").date() for event in looks] == [(NOW + 6 * DAY).date()]


def test_nothing_of_it_says_what_it_is_for(cast, key):
    words = " ".join(str(event["summary"]) for event in events(cast)).lower()
    assert not any(word in words.split() for word in FORBIDDEN)
    text = calendar_of(cast.ana, NOW).decode().lower().replace("taper-tracker", "")
    text = text.replace("taper tracker", "")
    assert not any(word in text for word in FORBIDDEN if word != "ana")


def test_the_key_is_stored_nowhere(cast, key):
    assert key not in str(list(Feed.objects.values()))
    assert patient_of_feed(key) == cast.ana
    assert patient_of_feed(key[:-1]) is None


def test_a_new_address_ends_the_old_one(cast, key):
    newer = make_feed(cast.ana, by=cast.ana.user, now=NOW)
    assert patient_of_feed(key) is None
    assert patient_of_feed(newer) == cast.ana


def test_making_and_ending_is_told_and_leaves_a_line(cast, key):
    end_feed(cast.ana, by=cast.ana.user, now=NOW + timedelta(hours=1))
    assert patient_of_feed(key) is None
    assert Message.objects.filter(kind="sharing", recipient=cast.ana.user).count() == 2
    lines = AuditEntry.objects.filter(action__startswith="feed").values_list("action", flat=True)
    assert set(lines) == {"feed-made", "feed-ended"}


def test_with_the_account_the_address_ends(cast, key):
    mark_death(cast.ana, by=cast.bell, now=NOW)
    assert patient_of_feed(key) is None


def test_from_page_to_calendar(cast, time_machine):
    a_plan(cast, now=NOW - DAY)
    time_machine.move_to(NOW, tick=False)
    ana = Client()
    ana.force_login(cast.ana.user)
    page = ana.post("/plan/calendar/", {"make": "1"}).content.decode()
    where = "/calendar/" + page.split('value="http')[1].split("/calendar/")[1].split('"')[0]
    answer = Client().get(where)
    assert answer["Content-Type"] == "text/calendar"
    assert answer.content.count(b"BEGIN:VEVENT") == 57
    assert where not in ana.get("/plan/calendar/").content.decode()
    ana.post("/plan/calendar/", {"end": "1"})
    assert Client().get(where).status_code == 404


def test_an_address_that_never_was(client):
    assert client.get("/calendar/x.ics").status_code == 404
