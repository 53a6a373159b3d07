"""How often the clock asks the database: the same for one and for many. Counts, never times."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models.messages import Message
from patients.services.dispatch import deliver_due
from patients.services.messages import Notice
from schedules.models.reminders import ReminderTime
from schedules.services.due_reminders import post_due_reminders
from taper_tracker.clock import RECHECKS
from tests.cast import DAY, NOW, a_patient, a_plan

pytestmark = pytest.mark.django_db
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def asked(work):
    with CaptureQueriesContext(connection) as queries:
        work()
    return [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(FRAME)]


def outbox(cast, count):
    Message.objects.all().delete()
    notices = (
        Notice("message", f"x{n}", NOW, cast.ana.user, patient_id=cast.ana.pk) for n in range(count)
    )
    Message.objects.bulk_create([notice.by("email", now=NOW) for notice in notices])


def test_three_a_batch_and_three_a_group(cast):
    outbox(cast, 500)
    statements = asked(lambda: deliver_due(lambda: NOW, rechecks=RECHECKS))
    batches, groups, last_look = 1, 10, 2
    assert len(statements) <= 3 * batches + 3 * groups + last_look
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_an_idle_delivery_asks_twice_and_each_job_of_the_tick_once(cast):
    assert len(asked(lambda: deliver_due(lambda: NOW, rechecks=RECHECKS))) == 2
    assert len(asked(lambda: post_due_reminders(NOW))) == 1


@pytest.fixture
def clinic(cast):
    """Four patients with a plan each, due at the same time."""
    for number in range(3):
        patient = a_patient(cast.clinic, cast.bell, f"P {number}")
        cast.ana, first = patient, cast.ana
        a_plan(cast)
        cast.ana = first
    a_plan(cast)
    return cast


def by_kind(statements):
    return [sql for sql in statements if not sql.startswith("INSERT")]


def test_a_batch_of_dose_reminders_asks_at_most_six_times(clinic):
    ReminderTime.objects.exclude(kind="dose-due").delete()
    morning = NOW + DAY - timedelta(hours=2)
    statements = by_kind(asked(lambda: post_due_reminders(morning)))
    assert len(statements) - 1 <= 6
    assert Message.objects.filter(kind="dose-due").count() == 8
    assert by_kind(asked(lambda: post_due_reminders(morning))) == statements[-1:]


def test_the_recheck_of_many_doses_asks_once(clinic):
    morning = NOW + DAY - timedelta(hours=2)
    post_due_reminders(morning)
    due = Message.objects.filter(kind="dose-due", params__slot="morning")
    many = list(due.select_related("recipient", "patient"))
    assert len(many) == 4
    recheck = RECHECKS["dose-due"]
    assert len(asked(lambda: recheck(many[:1], morning))) == 1
    assert len(asked(lambda: recheck(many, morning))) == 1


def test_dose_reminders_ask_three_times_a_group_rechecks_included(clinic):
    morning = NOW + DAY - timedelta(hours=2)
    post_due_reminders(morning)
    count = Message.objects.filter(available_at__lte=morning).count()
    assert 0 < count <= 50
    Message.objects.filter(available_at__lte=morning).exclude(kind="dose-due").delete()
    statements = asked(lambda: deliver_due(lambda: morning, rechecks=RECHECKS))
    first_look, claim, last_look = 1, 2, 1
    assert len(statements) <= first_look + claim + 3 + last_look
