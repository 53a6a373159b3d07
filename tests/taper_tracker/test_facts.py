"""Facts that nobody has checked for long are told weekly; a new version of the rules once."""

from datetime import date, timedelta

import pytest
from django.test import Client

from patients.domain.flagbook import FLAGS
from patients.models.messages import Message
from taper_tracker import facts as facts_room
from taper_tracker.facts import VERSION, facts, keep_facts
from tests.cast import DAY, NOW

pytestmark = pytest.mark.django_db
CHECKED = date(2026, 11, 25)


def overdue(today):
    return [fact.what for fact in facts(today) if fact.is_old]


def test_what_was_checked_this_month_is_not_overdue():
    assert overdue(CHECKED) == []


def test_help_numbers_after_six_months_and_medicines_after_a_year():
    assert overdue(date(2027, 5, 31)) == []
    assert all("Help numbers" in what for what in overdue(date(2027, 6, 1)))
    assert overdue(date(2027, 6, 1))
    assert "Clonazepam" not in overdue(date(2027, 11, 30))
    assert "Clonazepam" in overdue(date(2027, 12, 1))


def told(kind):
    return Message.objects.filter(kind=kind)


def test_admins_are_told_once_a_week_while_something_is_old(cast, time_machine):
    late = NOW.replace(year=2028)
    for hour in range(0, 24 * 14, 12):
        keep_facts(late + timedelta(hours=hour))
    assert told("review-due").count() in (2, 3)
    assert set(told("review-due").values_list("recipient", flat=True)) == {cast.admin.pk}


def test_nothing_overdue_is_no_message(cast):
    keep_facts(NOW)
    assert not told("review-due").exists()


def test_the_first_version_is_no_news_and_the_next_one_is_told_once(cast, monkeypatch):
    keep_facts(NOW)
    keep_facts(NOW + DAY)
    assert not told("rules-changed").exists()
    monkeypatch.setattr(facts_room, "VERSION", "2099.1")
    for day in (2, 3):
        keep_facts(NOW + day * DAY)
    people = set(told("rules-changed").values_list("recipient", flat=True))
    assert people == {cast.bell.pk, cast.nurse.pk, cast.admin.pk, cast.cole.pk}
    assert told("rules-changed").count() == 4


@pytest.mark.parametrize("who", ["bell", "nurse", "admin"])
def test_the_page_lists_every_rule_with_its_source(cast, who):
    client = Client()
    client.force_login(getattr(cast, who))
    page = client.get("/facts/").content.decode()
    assert VERSION in page
    assert all(rule in page for rule in FLAGS)
    assert "Clonazepam" in page


def test_the_page_is_not_for_patients(cast, client):
    client.force_login(cast.ana.user)
    assert client.get("/facts/").status_code == 404
