"""What may be asked for on which class of medicine, and until when it is answered."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from patients.domain.findings import Tier
from schedules.domain.directions import BACK_AT_ONCE
from schedules.domain.requests import (
    ASKS_FOR,
    answer_by,
    asks_offered,
    is_urgent,
    unanswered,
)

PARIS = ZoneInfo("Europe/Paris")
CLASSES = sorted(BACK_AT_ONCE | {"opioid"})


def offered(kind, *, held=False, is_first=False):
    return [ask.id for ask in asks_offered(kind, held=held, is_first=is_first)]


@pytest.mark.parametrize("kind", CLASSES)
def test_what_is_offered(kind):
    always = ["slower", "switch", "finish-here", "faster", "talk"]
    assert offered(kind) == ["step-back", *always]
    assert offered(kind, is_first=True) == always
    assert offered(kind, held=True) == ["step-back", "slower", "resume", *always[1:]]


def test_a_plan_that_waits_may_be_declined_with_or_without_one_before():
    assert "decline" in [
        a.id for a in asks_offered("opioid", held=False, is_first=False, waits=True)
    ]
    without = asks_offered("", held=False, is_first=True, waits=True)
    assert [ask.id for ask in without] == ["decline", "talk"]
    assert [ask.id for ask in asks_offered("", held=False, is_first=True)] == ["talk"]


@pytest.mark.parametrize("kind", CLASSES)
def test_only_a_step_back_is_urgent(kind):
    assert [ask for ask in ASKS_FOR if is_urgent(kind, ask)] == ["step-back"]


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("2026-03-02T10:00", "2026-03-04T00:00"),  # Monday: by the end of Tuesday
        ("2026-03-05T23:30", "2026-03-07T00:00"),  # Thursday night: by the end of Friday
        ("2026-03-06T10:00", "2026-03-10T00:00"),  # Friday: by the end of Monday
        ("2026-03-07T10:00", "2026-03-10T00:00"),  # Saturday
        ("2026-03-27T10:00", "2026-03-31T00:00"),  # over the change of the clock
    ],
)
def test_answered_by_the_end_of_the_next_working_day(asked, by):
    moment = datetime.fromisoformat(asked).replace(tzinfo=PARIS)
    assert answer_by(moment, PARIS, urgent=False).isoformat()[:16] == by


def test_four_hours_where_it_is_urgent():
    moment = datetime(2026, 3, 6, 22, tzinfo=PARIS)
    assert (answer_by(moment, PARIS, urgent=True) - moment).total_seconds() == 4 * 3600


@pytest.mark.parametrize("ask", sorted(ASKS_FOR))
def test_a_question_left_open_is_a_flag_of_the_book(ask):
    found = unanswered(ask)
    assert (found.rule, found.tier) == ("RF-42", Tier.REVIEW)
    assert found.inputs["ask"] == ask
    assert ASKS_FOR[ask].told in found.sentence
