"""Birth dates, invitations, and optional check-in answers."""

from datetime import date

import pytest
from django.http import QueryDict

from patients.forms.accounts import InvitePatientForm
from patients.forms.checkins import read_level, read_more

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "words"),
    [
        ("1899-12-31", "after 1900"),
        ("2030-01-01", "still to come"),
        ("2008-03-03", "18 or older"),
        ("yesterday", "Type a date"),
    ],
)
def test_birth_dates_that_cannot_be(born, words):
    form = InvitePatientForm({"name": "A", "email": "a@b.example", "born_on": born}, today=TODAY)
    assert not form.is_valid()
    assert words in form.errors["born_on"][0]


def test_eighteen_today_is_old_enough():
    given = {"name": "A", "email": "a@b.example", "born_on": "2008-03-02"}
    assert InvitePatientForm(given, today=TODAY).is_valid()


@pytest.mark.parametrize("sent", ["5", "-1", "", "x", "１", None])
def test_levels_that_do_not_exist(sent):
    assert read_level(sent) is None


def more(text):
    return read_more(QueryDict(text), kept={"w1": 2}, events={})


def test_an_empty_line_stays_unknown_and_earlier_answers_stay():
    assert more("w2=3").answers == {"ratings": {"w1": 2, "w2": 3}}
    assert more("").answers == {}


@pytest.mark.parametrize("hours", ["x", "-1", "25", "1e1", "６"])
def test_hours_that_cannot_be(hours):
    assert "hours_slept" in more(f"hours_slept={hours}").errors


def test_a_comma_and_a_half():
    assert str(more("hours_slept=6,5").answers["hours_slept"]) == "6.5"


def test_a_note_that_is_too_long():
    assert "note" in more("note=" + "x" * 2001).errors
