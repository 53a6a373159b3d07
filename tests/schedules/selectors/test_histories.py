"""One statement tells the same as the tables: every column of every row, on both databases."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.domain.flagbook import finding
from patients.models.flags import Flag
from patients.services.flags import close_flag, log_contact, raise_flag
from schedules.models.plans import PlanEvent, Revision, TaperPlan
from schedules.selectors.histories import histories, histories_and_doses
from schedules.services.diary import record_dose
from schedules.services.doses import Answer, undo_dose
from schedules.services.plans import hold_plan, resume_plan
from tests.cast import DAY, NOW, a_patient, a_plan, a_signed_plan, a_uuid

pytestmark = pytest.mark.django_db
ODD = timedelta(microseconds=123_456)


@pytest.fixture
def busy(cast):
    """A plan held and resumed, one flag open and one closed, a second plan signed; two others."""
    a_plan(cast, now=NOW + ODD)
    held = NOW + DAY
    hold_plan(cast.ana, note="“Wait” – she said\n", by=cast.bell, now=held)
    resume_plan(cast.ana, note="", by=cast.bell, now=held + ODD)
    first = raise_flag(
        cast.ana, finding("RF-11", "Higher.", sums=[1, 2]), day=held.date(), now=held + ODD
    )
    log_contact(first, outcome="spoke", note="Spoke.", by=cast.bell, now=held + 2 * ODD)
    close_flag(first, note="Well.", by=cast.bell, now=held + 3 * ODD)
    raise_flag(cast.ana, finding("RF-14", "Sleep."), day=held.date(), now=held + DAY)
    a_signed_plan(cast, now=NOW + 2 * DAY)
    other = a_patient(cast.clinic, cast.bell, "Other", NOW)
    cast.ana, mine = other, cast.ana
    a_plan(cast)
    cast.ana = mine
    return [cast.ana, other, cast.ben]


def same(one, two):
    for field in type(two)._meta.concrete_fields:
        mine, theirs = getattr(one, field.attname), getattr(two, field.attname)
        assert (type(mine), mine) == (type(theirs), theirs), field.name
    return True


def test_every_row_is_as_the_tables_have_it(busy):
    found = histories(busy)
    seen = 0
    for patient in busy:
        history = found[patient.pk]
        rows = Revision.objects.filter(plan__patient=patient, signed_at__isnull=False)
        assert [r.pk for r in history.revisions] == [r.pk for r in rows.order_by("signed_at")]
        for revision in history.revisions:
            assert same(revision, Revision.objects.get(pk=revision.pk))
            assert same(revision.plan, TaperPlan.objects.get(pk=revision.plan_id))
            assert revision.plan.patient is patient
            events = history.events[revision.pk]
            stored = list(PlanEvent.objects.filter(revision=revision).order_by("at", "pk"))
            assert len(events) == len(stored)
            assert all(same(one, two) for one, two in zip(events, stored, strict=True))
            seen += len(events)
    assert seen >= 4


def test_the_times_of_holding_flags(cast, busy):
    flags = histories(busy)[cast.ana.pk].flags
    stored = Flag.objects.filter(patient=cast.ana, effect__in=("hold", "hold-if-due-72h"))
    assert sorted((flag.since, flag.until) for flag in flags if flag.until) == sorted(
        stored.filter(closed_at__isnull=False).values_list("raised_at", "closed_at")
    )
    assert len(flags) == stored.count()


def test_a_row_that_was_read_is_written_back_and_not_again(cast, busy):
    revision = histories(busy)[cast.ana.pk].revisions[-1]
    revision.reason = "Another reason, long enough."
    revision.save(update_fields=["reason"])
    assert Revision.objects.get(pk=revision.pk).reason == revision.reason


def test_answered_doses_of_the_days_asked_for(cast, busy):
    now = NOW + 2 * DAY
    for day, slot, kind in ((now, "morning", "taken"), (now - DAY, "bedtime", "taken")):
        record_dose(
            cast.ana, day=day.date(), slot=slot, answer=Answer(kind), client_uuid=a_uuid(),
            by=cast.ana.user, now=now,
        )  # fmt: skip
    _, answered = histories_and_doses(busy, days=[now.date()])
    assert answered == {(cast.ana.pk, now.date(), "morning")}
    assert histories_and_doses(busy)[1] == set()


def test_a_dose_that_was_undone_is_not_answered(cast, busy):
    now = NOW + 2 * DAY
    entry = record_dose(
        cast.ana, day=now.date(), slot="morning", answer=Answer("taken"), client_uuid=a_uuid(),
        by=cast.ana.user, now=now,
    )  # fmt: skip
    undo_dose(entry, client_uuid=a_uuid(), by=cast.ana.user, now=now)
    assert histories_and_doses(busy, days=[now.date()])[1] == set()


def test_it_asks_once(busy):
    for patients in (busy, busy[:1]):
        with CaptureQueriesContext(connection) as asked:
            histories_and_doses(patients, days=[NOW.date()])
        assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert histories([]) == {}
    assert len(asked) == 0
