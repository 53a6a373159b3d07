"""With many lines several groups are on their way; a crash still leaves no more than the bound."""

import pytest

from patients.channels.base import Fate, Outcome
from patients.channels.registry import CHANNELS
from patients.models.messages import Message
from patients.services import dispatch
from patients.services.messages import Notice
from tests.cast import NOW

pytestmark = pytest.mark.django_db
SENT = Outcome(Fate.SENT)


class SlowChannel:
    """Begins at once, tells what became of a group only when it is asked."""

    title, alarms_only = "Slow", False

    def __init__(self, breaks_at=None):
        self.begun, self.told, self.most = 0, 0, 0
        self.in_sending, self.breaks_at = [], breaks_at

    def is_open(self, now):
        return True

    def close(self):
        self.left = self.begun - self.told

    def send(self, letters, clock):
        self.begun += len(letters)
        self.most = max(self.most, self.begun - self.told)
        self.in_sending.append(Message.objects.filter(state="sending").count())
        return self._outcomes(letters)

    def _outcomes(self, letters):
        for _ in letters:
            self.told += 1
            if self.told == self.breaks_at:
                raise RuntimeError("the thread died")
            yield SENT


@pytest.fixture
def slow(monkeypatch):
    def use(**more):
        channel = SlowChannel(**more)
        monkeypatch.setitem(CHANNELS, "email", channel)
        return channel

    return use


def post(cast, count):
    notices = (Notice("message", f"x{n}", NOW, cast.bell, params={}) for n in range(count))
    Message.objects.store([notice.row("email", now=NOW) for notice in notices])


def deliver(**more):
    return dispatch.deliver_due(lambda: NOW, rechecks={}, **more)


@pytest.mark.parametrize(
    ("lines", "group", "most"), [(1, 50, 50), (8, 50, 50), (26, 13, 52), (64, 32, 128)]
)
def test_groups_on_their_way_stay_within_the_bound(cast, settings, slow, lines, group, most):
    settings.MAIL_CONNECTIONS = lines
    channel = slow()
    post(cast, 520)
    assert deliver() == 520
    assert dispatch.group_size() == group
    assert channel.most == max(channel.in_sending)
    assert channel.most <= most == dispatch.most_in_sending()
    assert channel.most > most - dispatch.group_size()
    assert channel.left == 0
    assert set(Message.objects.values_list("state", "attempts", "ambiguous_count")) == {
        ("sent", 1, 0)
    }


def test_stopping_waits_for_what_is_on_its_way(cast, settings, slow):
    settings.MAIL_CONNECTIONS = 64
    channel = slow()
    post(cast, 300)
    asked = iter([False, False, False, True, True, True])
    deliver(stop=lambda: next(asked))
    assert (channel.begun, channel.left) == (64, 0)
    assert Message.objects.filter(state="sent").count() == 64
    assert Message.objects.filter(state="pending", lease_token__isnull=True).count() == 236


def test_a_group_whose_thread_dies_is_ambiguous_and_the_others_are_settled(cast, settings, slow):
    settings.MAIL_CONNECTIONS = 64
    slow(breaks_at=80)
    post(cast, 192)
    deliver()
    assert Message.objects.filter(state="sent", ambiguous_count=0).count() == 160
    broken = Message.objects.filter(state="pending", ambiguous_count=1)
    assert set(broken.values_list("reason", flat=True)) == {"channel broke: RuntimeError"}
    assert broken.count() == 32


def test_what_is_on_its_way_is_settled_when_the_next_group_cannot_begin(
    cast, settings, slow, monkeypatch
):
    settings.MAIL_CONNECTIONS = 64
    slow()
    post(cast, 256)
    real, seen = dispatch._begin, []

    def begin(group, *rest):
        seen.append(group)
        if len(seen) == 3:
            raise RuntimeError("no more")
        return real(group, *rest)

    monkeypatch.setattr(dispatch, "_begin", begin)
    with pytest.raises(RuntimeError):
        deliver()
    assert Message.objects.filter(state="sent").count() == 64
    assert not Message.objects.filter(state="sending").exists()
