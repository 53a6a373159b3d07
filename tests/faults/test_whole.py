"""A write is whole or nothing: whatever statement of it fails, every table is as before."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection

from patients.models.visits import Visit
from patients.services.absences import note_absence
from patients.services.checkins import submit_checkin
from patients.services.deletions import ask_deletion
from patients.services.glass import break_glass
from patients.services.questionnaires import fill_in, note_screen
from patients.services.remarks import chase_remarks, write_remark
from patients.services.shares import end_share, share_record
from patients.services.visits import answer_visit, call_off, plan_visit
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from schedules.services.endings import note_death, undo_death
from schedules.services.erasure import erase_record
from schedules.services.feeds import make_feed
from schedules.services.plans import hold_plan
from schedules.services.requests import ask_change
from schedules.services.supply import count_boxes
from tests.cast import DAY, NOW, PASSWORD, a_plan

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KEY = UUID(int=7)
MOST = 150
DEATH = [None] * 8 + [1]


class FailsAt:
    """Raises in place of statement number `at`; savepoints do not count."""

    def __init__(self, at):
        self.at, self.seen = at, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, params, many, context)
        self.seen += 1
        if self.seen == self.at:
            raise RuntimeError("broken on purpose")
        return execute(sql, params, many, context)


def everything():
    return {
        model._meta.label: sorted(map(str, model._default_manager.values_list()))
        for model in apps.get_models()
    }


@pytest.fixture
def lived(cast):
    """A patient with a plan, a visit, a share, a message of hers."""
    me = {"by": cast.ana.user, "now": NOW}
    a_plan(cast, now=NOW - HOUR)
    plan_visit(cast.ana, starts_at=NOW + 5 * DAY, by=cast.bell, now=NOW)
    cast.share = share_record(
        cast.ana, name="K", email="k@home.example", parts=["news"], until=None, **me
    )
    write_remark(cast.ana, text="Hello", client_uuid=UUID(int=1), **me)
    cast.me = me
    cast.visit = Visit.objects.get()
    return cast


WRITES = {
    "remark": lambda c: write_remark(c.ana, text="I want to die", client_uuid=KEY, **c.me),
    "answer": lambda c: write_remark(c.ana, text="Yes.", client_uuid=KEY, by=c.bell, now=NOW),
    "chase": lambda c: chase_remarks(NOW + 9 * DAY),
    "mood": lambda c: fill_in(c.ana, kind="phq-9", answers=DEATH, client_uuid=KEY, **c.me),
    "screen": lambda c: note_screen(c.ana, risk="high", by=c.bell, now=NOW),
    "visit": lambda c: plan_visit(c.ana, starts_at=NOW + DAY, by=c.bell, now=NOW),
    "visit-off": lambda c: call_off(c.visit, by=c.bell, now=NOW),
    "visit-said": lambda c: answer_visit(c.visit, answers={"talk": "overdose"}, **c.me),
    "share": lambda c: share_record(
        c.ana, name="S", email="s@home.example", parts=["days"], until=None, **c.me
    ),
    "share-end": lambda c: end_share(c.share, **c.me),
    "boxes": lambda c: count_boxes(c.ana, {"klonopin-0.5": 3}, **c.me),
    "both": lambda c: record_dose(
        c.ana,
        day=NOW.date(),
        slot="morning",
        answer=Answer("taken"),
        client_uuid=KEY,
        both=True,
        **c.me,
    ),
    "red": lambda c: submit_checkin(
        c.ana, day=NOW.date(), today=NOW.date(), safety=["r1"], events={"opioid": 1}, **c.me
    ),
    "ask": lambda c: ask_change(c.ana, ask="talk", note="", **c.me),
    "hold": lambda c: hold_plan(c.ana, note="", **c.me),
    "away": lambda c: note_absence(
        c.bell, since=NOW, until=NOW + DAY, cover=c.nurse, by=c.bell, now=NOW
    ),
    "feed": lambda c: make_feed(c.ana, **c.me),
    "death": lambda c: note_death(c.ana, by=c.bell, now=NOW),
    "death-undone": lambda c: undo_death(c.ana, by=c.bell, now=NOW),
    "deletion": lambda c: ask_deletion(c.ana, password=PASSWORD, **c.me),
    "erasure": lambda c: erase_record(c.ana, now=NOW),
}


@pytest.mark.parametrize("name", WRITES)
def test_whatever_statement_fails_nothing_is_left_of_it(lived, name):
    before, failed = everything(), 0
    for at in range(1, MOST):
        try:
            with connection.execute_wrapper(FailsAt(at)):
                WRITES[name](lived)
            break
        except RuntimeError:
            failed += 1
        assert everything() == before, f"statement {at}"
    assert failed >= 3


def test_a_try_at_the_glass_stays_on_the_trail_whatever_comes_of_it(lived):
    before = everything()
    given = {"name": "Ana Silva", "born_on": lived.ana.born_on, "reason": "Called at night."}
    for at in range(1, MOST):
        try:
            with connection.execute_wrapper(FailsAt(at)):
                break_glass(**given, by=lived.nurse, now=NOW + at * HOUR)
            break
        except RuntimeError:
            after = everything()
            same = {label for label, rows in after.items() if rows == before[label]}
            assert set(after) - same <= {"patients.AuditEntry"}, at
    assert at > 5


def test_a_write_in_two_pieces_is_seen(lived):
    def two_pieces():
        ask_change(lived.ana, ask="talk", note="", **lived.me)
        hold_plan(lived.ana, note="", **lived.me)

    before = everything()
    for at in range(1, MOST):
        with pytest.raises(RuntimeError), connection.execute_wrapper(FailsAt(at)):
            two_pieces()
        if everything() != before:
            break
    assert at > 5
