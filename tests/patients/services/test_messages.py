"""The outbox: never lost, never twice, one terminal state."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from patients.channels.base import Fate, Outcome
from patients.channels.registry import CHANNELS
from patients.models.messages import Message
from patients.services import dispatch
from patients.services.accounts import switch_account
from patients.services.messages import cancel_messages, post_message
from tests.cast import NOW

pytestmark = pytest.mark.django_db
LEASE = dispatch.lease()
SECOND = timedelta(seconds=1)


def post(cast, kind="check-in", occurrence="2026-03-02#x", due_at=NOW, **more):
    params = {"path": "/check-in/", "day": "2026-03-02", "clock": "7 pm", "slot": ""}
    post_message(
        kind, occurrence=occurrence, due_at=due_at, now=NOW, recipient=cast.ana.user,
        patient=cast.ana, params=params, **more,
    )  # fmt: skip


def deliver_due(now, *, rechecks, **more):
    return dispatch.deliver_due(lambda: now, rechecks=rechecks, **more)


def the_message():
    return Message.objects.get()


class FakeChannel:
    title, alarms_only = "Fake", False

    def __init__(self, *fates):
        self.fates, self.letters = list(fates), []

    def is_open(self, now):
        return True

    def close(self):
        self.closed = True

    def send(self, letters, clock):
        self.letters += letters
        return [Outcome(self.fates.pop(0) if self.fates else Fate.SENT, "told") for _ in letters]


@pytest.fixture
def channel(monkeypatch):
    def use(*fates):
        fake = FakeChannel(*fates)
        monkeypatch.setitem(CHANNELS, "email", fake)
        return fake

    return use


def test_an_occurrence_is_posted_once(cast):
    post(cast)
    post(cast)
    assert Message.objects.count() == 1


def test_a_due_message_is_sent_once(cast):
    post(cast)
    assert deliver_due(NOW, rechecks={}) == 1
    assert deliver_due(NOW + LEASE * 2, rechecks={}) == 0
    assert (len(mail.outbox), the_message().state) == (1, "sent")
    assert mail.outbox[0].extra_headers["Message-ID"] == the_message().message_id


def test_a_message_for_later_waits(cast):
    post(cast, due_at=NOW + SECOND)
    assert deliver_due(NOW, rechecks={}) == 0
    assert the_message().state == "pending"


def test_too_old_is_expired_with_a_reason(cast):
    post(cast)
    deliver_due(NOW + timedelta(hours=7), rechecks={})
    assert (the_message().state, the_message().reason) == ("expired", "too old to help")
    assert mail.outbox == []


def test_a_recheck_cancels(cast):
    post(cast)
    deliver_due(
        NOW, rechecks={"check-in": lambda found, now: {m.pk: "done already" for m in found}}
    )
    assert (the_message().state, the_message().reason) == ("cancelled", "done already")


def test_an_account_that_is_off_gets_nothing(cast):
    post(cast)
    switch_account(cast.ana.user, on=False, by=cast.admin, now=NOW)
    deliver_due(NOW, rechecks={})
    assert (the_message().state, mail.outbox) == ("cancelled", [])


def test_cancel_stops_what_waits(cast):
    post(cast)
    cancel_messages(cast.ana, kinds=("check-in",), reason="away")
    assert the_message().state == "cancelled"


def test_a_refusal_for_good_is_dead_at_once(cast, channel):
    channel(Fate.REFUSED)
    post(cast)
    deliver_due(NOW, rechecks={})
    assert the_message().state == "dead"


def test_a_failure_is_tried_again_later_and_then_sent(cast, channel):
    channel(Fate.FAILED)
    post(cast, kind="flag")
    deliver_due(NOW, rechecks={})
    waiting = the_message()
    assert (waiting.state, waiting.failures) == ("pending", 1)
    assert waiting.available_at > NOW
    deliver_due(waiting.available_at, rechecks={})
    assert the_message().state == "sent"


def test_eight_failures_end_it(cast, channel):
    channel(*[Fate.FAILED] * 8)
    post(cast, kind="flag")
    for _ in range(8):
        deliver_due(the_message().available_at, rechecks={})
    assert the_message().state == "dead"


def test_one_refused_address_delays_nobody(cast, channel):
    channel(Fate.REFUSED, Fate.SENT)
    post(cast, occurrence="one")
    post(cast, occurrence="two")
    deliver_due(NOW, rechecks={})
    assert sorted(Message.objects.values_list("state", flat=True)) == ["dead", "sent"]


def test_a_crash_while_sending_is_counted_and_sent_again_with_the_same_id(cast, monkeypatch):
    fake = FakeChannel()
    first = []

    def crash(letters, clock):
        first.extend(letters)
        raise KeyboardInterrupt

    crashing = FakeChannel()
    crashing.send = crash
    monkeypatch.setitem(CHANNELS, "email", crashing)
    post(cast, kind="flag")
    with pytest.raises(KeyboardInterrupt):
        deliver_due(NOW, rechecks={})
    assert the_message().state == "sending"
    monkeypatch.setitem(CHANNELS, "email", fake)
    deliver_due(NOW + LEASE + SECOND, rechecks={})
    sent = the_message()
    assert (sent.state, sent.ambiguous_count) == ("sent", 1)
    assert fake.letters[0].message_id == first[0].message_id


def test_a_stale_worker_changes_nothing(cast, channel):
    channel()
    post(cast, kind="flag")
    stale = dispatch._claim(NOW)
    deliver_due(NOW + LEASE + SECOND, rechecks={})
    assert the_message().state == "sent"
    assert dispatch._start_sending(stale, NOW) == []
    dispatch._finish(stale, Message.SENDING, state=Message.DEAD)
    assert the_message().state == "sent"


def test_flags_leave_before_reminders(cast, channel):
    fake = channel()
    post(cast, occurrence="later")
    post(cast, kind="flag", occurrence="flag")
    deliver_due(NOW, rechecks={})
    assert [letter.subject for letter in fake.letters] == ["Act today: 1 person", "Reminder"]


@pytest.mark.parametrize(
    "wrong",
    [{"state": "leased"}, {"state": "sent"}, {"expires_at": NOW - SECOND}, {"recipient": None}],
)
def test_the_table_refuses_impossible_rows(cast, wrong):
    post(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.update(**wrong)


def test_stopping_gives_back_what_was_not_begun(cast, channel):
    fake = channel()
    for n in range(120):
        post(cast, kind="flag", occurrence=f"x{n}")
    asked = iter([False, False, True, True, True])
    deliver_due(NOW, rechecks={}, stop=lambda: next(asked))
    assert len(fake.letters) == 50
    assert Message.objects.filter(state="sent").count() == 50
    assert Message.objects.filter(state="pending", lease_token__isnull=True).count() == 70
    deliver_due(NOW, rechecks={})
    assert Message.objects.filter(state="sent").count() == 120
    assert set(Message.objects.values_list("ambiguous_count", flat=True)) == {0}


def test_a_lease_that_grows_short_is_given_back_and_taken_anew(cast, channel):
    fake = channel()
    for n in range(120):
        post(cast, kind="flag", occurrence=f"x{n}")
    moments = iter([NOW + SECOND * 10 * k for k in range(200)])
    dispatch.deliver_due(lambda: next(moments), rechecks={})
    assert len(fake.letters) == len({letter.message_id for letter in fake.letters}) == 120
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
