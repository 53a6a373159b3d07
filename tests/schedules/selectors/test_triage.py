"""One list for a whole clinic costs the same queries as for one patient."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schedules.selectors.histories import histories, history_of, newest_drafts
from schedules.selectors.plans import standing, waiting_revision
from schedules.selectors.triage import triage
from schedules.services.gates import clear_step
from schedules.services.plans import draft_plan
from tests.cast import NOW, a_patient, a_plan, a_signed_plan, built

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)


def queries_of(call):
    with CaptureQueriesContext(connection) as found:
        call()
    return len(found)


def with_plan(cast, name):
    patient = a_patient(cast.clinic, cast.bell, name)
    a_plan(SimpleNamespace(ana=patient, bell=cast.bell))
    return patient


def a_draft(cast, patient, **changes):
    return draft_plan(
        patient, built(**changes), asked={}, first_lower_on=(NOW + timedelta(days=7)).date(),
        reason="A reason long enough.", by=cast.bell, now=LATER,
    )  # fmt: skip


def test_the_list_asks_as_much_for_one_as_for_many(cast):
    a_plan(cast)
    one = queries_of(lambda: triage(cast.bell, LATER))
    for name in ("Bo Lind", "Cy Young", "Di Prince"):
        with_plan(cast, name)
    assert queries_of(lambda: triage(cast.bell, LATER)) == one
    assert triage(cast.bell, LATER).people == 4


def test_a_history_read_in_bulk_is_the_history_read_alone(cast):
    a_plan(cast)
    bo = with_plan(cast, "Bo Lind")
    known = histories([cast.ana, bo])
    for patient in (cast.ana, bo):
        assert known[patient.pk].revisions == history_of(patient).revisions
        assert standing(patient, LATER, history=known[patient.pk]) == standing(patient, LATER)


def test_a_patient_without_a_plan_has_an_empty_history(cast):
    history = history_of(cast.ana)
    assert (history.revisions, history.flags, history.plan) == ((), (), None)
    assert standing(cast.ana, NOW) is None
    assert waiting_revision(cast.ana, NOW) is None


def test_the_newest_draft_belongs_to_the_plan_in_force(cast):
    assert newest_drafts([cast.ana], histories([cast.ana])) == {}
    first = a_draft(cast, cast.ana)
    assert newest_drafts([cast.ana], histories([cast.ana])) == {cast.ana.pk: first}
    a_plan(cast, now=LATER)
    again = a_draft(cast, cast.ana, every_days=21)
    assert newest_drafts([cast.ana], histories([cast.ana])) == {cast.ana.pk: again}


def test_a_signed_plan_waits_to_be_read(cast):
    revision = a_signed_plan(cast)
    line = triage(cast.bell, LATER).work[0]
    assert line.why == "Has not read the new plan yet."
    assert waiting_revision(cast.ana, LATER) == revision


def test_no_step_clears_from_the_moment_a_later_plan_is_signed(cast):
    first = a_plan(cast)
    day = timedelta(days=1)
    clear_step(
        cast.ana, step=1, seen=str(first.pk), answers={}, by=cast.ana.user, now=NOW + 6 * day
    )
    before = standing(cast.ana, NOW + 6.2 * day)
    assert before.course.cleared
    a_signed_plan(cast, now=NOW + 6.3 * day, first=(NOW + 8 * day).date(), every_days=7)
    after = standing(cast.ana, NOW + 9 * day)
    assert (after.revision, after.course.step) == (first, 0)
    assert after.step.total == before.step.total
