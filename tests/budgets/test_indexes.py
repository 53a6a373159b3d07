"""A tick with nothing to do looks only into its small indexes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models.messages import Message
from patients.selectors.heartbeats import oldest_due
from patients.services.dispatch import deliver_due
from patients.services.flags import escalate_flags
from patients.services.messages import Notice
from patients.services.remarks import chase_remarks
from schedules.services.digest import post_digests
from schedules.services.due_reminders import post_due_reminders
from schedules.services.requests import chase_requests
from schedules.services.review import review_new_days
from tests.cast import NOW

pytestmark = pytest.mark.django_db
JOBS = {
    "escalate": (escalate_flags, {"flag_due_escalation"}),
    "remind": (post_due_reminders, {"reminder_due"}),
    "review": (review_new_days, {"patient_to_review"}),
    "digest": (post_digests, {"user_digest_due"}),
    "requests": (chase_requests, {"request_open"}),
    "remarks": (chase_remarks, {"remark_to_chase"}),
    "watch": (oldest_due, {"message_pending", "message_in_hand"}),
    "deliver": (
        lambda now: deliver_due(lambda: now, rechecks={}),
        {"message_pending", "message_in_hand"},
    ),
}


def plan_of(sql):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}")
            return " ".join(row[0] for row in cursor.fetchall())
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(str(row[3]) for row in cursor.fetchall())


@pytest.fixture
def ledger(cast):
    """Two thousand messages that were sent long ago."""
    notices = (Notice("message", f"x{n}", NOW, cast.bell) for n in range(2000))
    Message.objects.bulk_create([notice.by("email", now=NOW) for notice in notices])
    Message.objects.update(state="sent", sent_at=NOW, available_at=None)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.usefixtures("ledger")
def test_each_job_uses_its_own_index(name):
    job, indexes = JOBS[name]
    with CaptureQueriesContext(connection) as queries:
        job(NOW)
    statements = [q["sql"] for q in queries.captured_queries]
    plans = " ".join(plan_of(s) for s in statements if s.startswith(("SELECT", "UPDATE")))
    for index in indexes:
        assert index in plans


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL only")
def test_the_outbox_has_room_on_its_pages_and_is_vacuumed_early():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'patients_message'")
        (options,) = cursor.fetchone()
    assert {"fillfactor=60", "autovacuum_vacuum_scale_factor=0.02"} <= set(options)
