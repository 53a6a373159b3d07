"""A crash at every statement of a tick: after recovery nothing is lost and nothing too often."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from patients.channels.base import Fate, Outcome
from patients.channels.registry import CHANNELS
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.services.checkins import submit_checkin
from patients.services.dispatch import deliver_due
from patients.services.flags import escalate_flags
from schedules.models.reminders import ReminderTime
from schedules.services.due_reminders import post_due_reminders
from taper_tracker.clock import RECHECKS
from tests.cast import DAY, NOW, a_cast, a_plan

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = NOW + DAY - timedelta(hours=1)
MOST_STATEMENTS = 200


class Died(BaseException):
    """The process is gone; no handler of the program may catch this."""


class Counting:
    """Dies before or after statement number `at`; at 0 it only counts."""

    def __init__(self, at, *, after):
        self.at, self.after, self.seen = at, after, 0

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        if self.seen == self.at and not self.after:
            raise Died
        result = execute(sql, params, many, context)
        if self.seen == self.at:
            raise Died
        return result


class Relay:
    """Takes every letter and remembers it."""

    title, alarms_only = "Relay", False

    def __init__(self):
        self.accepted = Counter()

    def is_open(self, now):
        return True

    def close(self):
        """Nothing is open."""

    def send(self, letters, clock):
        self.accepted.update(letter.message_id for letter in letters)
        return [Outcome(Fate.SENT) for _ in letters]


def clinic():
    """A plan with reminders, and a red answer nobody has seen."""
    cast = a_cast()
    a_plan(cast)
    day = NOW.date()
    submit_checkin(cast.ana, day=day, today=day, by=cast.ana.user, now=NOW, safety=["r1"])
    return cast


def one_tick(now):
    escalate_flags(now)
    post_due_reminders(now)
    deliver_due(lambda: now, rechecks=RECHECKS)


def die_in(now, at, *, after):
    counting = Counting(at, after=after)
    with suppress(Died), connection.execute_wrapper(counting):
        one_tick(now)
        return True
    forgotten()
    return False


def forgotten():
    """What the database does when a client dies: the open transaction is gone."""
    if connection.vendor == "sqlite":
        connection.connection.rollback()
        connection.in_atomic_block = connection.needs_rollback = False
        connection.savepoint_ids, connection.run_on_commit, connection.atomic_blocks = [], [], []
        connection.autocommit, connection.commit_on_exit = True, True
    else:
        connection.close()


def held(relay):
    """The invariants D1 to D4 and D9 of delivery."""
    for message in Message.objects.all():
        copies = relay.accepted[message.message_id]
        assert message.state in Message.TERMINAL
        assert copies <= 1 + message.ambiguous_count
        assert message.state != Message.SENT or copies >= 1
    keys = Message.objects.values_list("recipient", "patient", "kind", "occurrence", "channel")
    assert len(keys) == len(set(keys))
    for flag in Flag.objects.filter(state="raised"):
        assert flag.next_escalation_at is not None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("moment", ["escalating", "reminding"])
def test_a_crash_at_every_statement(monkeypatch, after, moment):
    now = {"escalating": NOW + timedelta(minutes=16), "reminding": MORNING}[moment]
    reached = 0
    for at in range(1, MOST_STATEMENTS):
        relay = Relay()
        monkeypatch.setitem(CHANNELS, "email", relay)
        clinic()
        finished = die_in(now, at, after=after)
        for later in (5, 10, 15):
            one_tick(now + timedelta(minutes=later))
        held(relay)
        due = ReminderTime.objects.filter(is_enabled=True, next_due_at__lte=now)
        assert not due.exists()
        emptied()
        if finished:
            break
        reached += 1
    assert reached >= 15, "the tick ran far fewer statements than it should"


def emptied():
    call_command("flush", interactive=False, verbosity=0)


def test_a_statement_more_is_a_test_more():
    """The counting itself: it dies once, at the statement it was told."""
    counting = Counting(2, after=False)
    with connection.execute_wrapper(counting):
        Message.objects.count()
        with pytest.raises(Died):
            Message.objects.count()
    assert counting.seen == 2
