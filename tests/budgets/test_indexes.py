"""A tick with nothing to do looks only into its small indexes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.selectors.heartbeats import oldest_due
from patients.services.dispatch import deliver_due
from patients.services.flags import escalate_flags
from schedules.services.digest import post_digests
from schedules.services.reminders import post_due_reminders
from schedules.services.review import review_new_days
from tests.cast import NOW

pytestmark = pytest.mark.django_db
JOBS = {
    "escalate": (escalate_flags, {"flag_due_escalation"}),
    "remind": (post_due_reminders, {"reminder_due"}),
    "review": (review_new_days, {"patient_to_review"}),
    "digest": (post_digests, {"user_digest_due"}),
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


@pytest.mark.parametrize("name", JOBS)
def test_each_job_uses_its_own_index(name):
    job, indexes = JOBS[name]
    with CaptureQueriesContext(connection) as queries:
        job(NOW)
    statements = [q["sql"] for q in queries.captured_queries]
    plans = " ".join(plan_of(s) for s in statements if s.startswith(("SELECT", "UPDATE")))
    for index in indexes:
        assert index in plans
