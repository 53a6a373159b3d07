"""Two workers in any interleaving, crashes and frozen ones included; two planted faults are found."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from patients.channels.base import Fate, Outcome
from patients.domain.roles import Role
from patients.models.messages import Message
from patients.services import dispatch
from patients.services.messages import post_message
from tests.cast import NOW, a_clinic, a_person

WORKERS = st.integers(0, 1)
STEP = st.tuples(st.just("step"), WORKERS)
OPERATIONS = st.one_of(
    STEP,
    STEP,
    STEP,
    STEP,
    st.tuples(st.just("post"), st.sampled_from(["flag", "message", "check-in"])),
    st.tuples(st.just("crash"), WORKERS),
    st.tuples(st.just("wait"), st.sampled_from([1, 130, 130, 4000])),
)
FATES = st.sampled_from([Fate.SENT, Fate.SENT, Fate.AMBIGUOUS, Fate.UNREACHED])


class Clinic:
    """A recipient, a relay that remembers, and two workers that may stop anywhere."""

    def __init__(self, fates):
        self.person = a_person(a_clinic(), "Ana Silva", Role.PATIENT)
        self.now, self.posted = NOW, 0
        self.accepted: Counter[str] = Counter()
        self.hands: dict[int, tuple[str, list[Message]]] = {}
        self.fates, self.steps = iter(fates), Counter()

    def post(self, kind):
        self.posted += 1
        post_message(kind, occurrence=f"x{self.posted}", due_at=self.now, now=self.now,
                     recipient=self.person)  # fmt: skip

    def claim(self, worker):
        if worker not in self.hands:
            dispatch._take_back(self.now)
            if group := dispatch._claim(self.now):
                self.hands[worker] = ("claimed", group)
                self.steps["claimed"] += 1

    def start(self, worker):
        stage, group = self.hands.get(worker, ("", []))
        if stage == "claimed":
            started = dispatch._start_sending(group, self.now)
            self.hands[worker] = ("started", started)

    def send(self, worker):
        stage, group = self.hands.get(worker, ("", []))
        if stage == "started" and group:
            late = self.is_late(group)
            fates = [Fate.UNREACHED if late else next(self.fates, Fate.SENT) for _ in group]
            for message, fate in zip(group, fates, strict=True):
                self.accepted[message.message_id] += fate in (Fate.SENT, Fate.AMBIGUOUS)
            self.outcomes = {**getattr(self, "outcomes", {}), worker: fates}
            self.hands[worker] = ("sent", group)
            self.steps["sent"] += len(group)

    def is_late(self, group):
        """The channel begins nothing after the lease."""
        return self.now >= group[0].lease_until

    def settle(self, worker):
        stage, group = self.hands.get(worker, ("", []))
        if stage == "sent":
            outcomes = [Outcome(fate) for fate in self.outcomes[worker]]
            dispatch._settle(group, outcomes, self.now)
            del self.hands[worker]
            self.steps["settled"] += 1

    def step(self, worker):
        """The worker goes on with whatever it was about to do."""
        stage = self.hands.get(worker, ("", []))[0]
        acts = {"": self.claim, "claimed": self.start, "started": self.send, "sent": self.settle}
        acts[stage](worker)
        if self.hands.get(worker) == ("started", []):
            del self.hands[worker]

    def crash(self, worker):
        if self.hands.pop(worker, None):
            self.steps["crashed"] += 1

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    def finish(self):
        """Both workers die; a healthy one does the rest."""
        self.hands, self.fates = {}, iter(())
        for _ in range(60):
            self.now += timedelta(minutes=3)
            for _ in range(4):
                self.step(0)
            waiting = Message.objects.filter(~Q(state__in=Message.TERMINAL))
            if not waiting.exists():
                return


def check(clinic):
    for message in Message.objects.all():
        copies = clinic.accepted[message.message_id]
        assert message.state in Message.TERMINAL, "lost"
        assert copies <= 1 + message.ambiguous_count, "a copy that nobody counted"
        assert message.state != Message.SENT or copies >= 1, "sent but never accepted"


STEPS: Counter[str] = Counter()


class Machine(TestCase):
    @seed(20260105)
    @settings(
        max_examples=200, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        st.lists(OPERATIONS, min_size=15, max_size=30), st.lists(FATES, min_size=10, max_size=30)
    )
    def any_interleaving(self, operations, fates):
        clinic = Clinic(fates)
        clinic.post("flag")
        for name, argument in operations:
            getattr(clinic, name)(argument)
        clinic.finish()
        STEPS.update(clinic.steps)
        check(clinic)

    def test_nothing_is_lost_and_every_copy_is_counted(self):
        STEPS.clear()
        self.any_interleaving()
        for step in ("claimed", "sent", "settled", "crashed"):
            assert STEPS[step] > 50, STEPS

    def test_a_worker_that_does_not_count_what_is_unclear_is_found(self):
        def forgetful(now):
            Message.objects.filter(
                state__in=(Message.LEASED, Message.SENDING), lease_until__lte=now
            ).update(state=Message.PENDING, available_at=now, lease_token=None, lease_until=None)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch, "_take_back", forgetful)
            with pytest.raises(AssertionError, match="nobody counted"):
                self.any_interleaving()

    def test_a_worker_that_does_not_count_a_missing_answer_is_found(self):
        honest = dispatch._after_failure

        def careless(message, outcome, now):
            return {**honest(message, outcome, now), "ambiguous_count": message.ambiguous_count}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch, "_after_failure", careless)
            with pytest.raises(AssertionError, match="nobody counted"):
                self.any_interleaving()

    def test_a_worker_without_fence_and_lease_is_found(self):
        def unfenced(group, state):
            return Message.objects.filter(pk__in=[message.pk for message in group])

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dispatch, "_held", unfenced)
            patch.setattr(Clinic, "is_late", lambda self, group: False)
            with pytest.raises(AssertionError):
                self.any_interleaving()
