"""A second full dose soon after another is asked about first, and told when it is so."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from patients.models.flags import Flag
from schedules.domain.dose import Dose
from schedules.models.doses import DoseEntry
from schedules.selectors.doses import entries_between
from schedules.selectors.gaps import taken_just_before
from schedules.services.diary import record_dose
from schedules.services.doses import Answer
from tests.cast import DAY, NOW, a_plan, a_uuid

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TODAY = NOW.date()
AT_TEN = NOW + 12 * HOUR
"""Ten in the evening, when the bedtime dose is due; the morning one was due at eight."""


@pytest.fixture
def plan(cast):
    return a_plan(cast, now=NOW - 2 * HOUR)


def took(cast, slot, at, kind="taken", **more):
    return record_dose(
        cast.ana, day=TODAY, slot=slot, answer=Answer(kind, **more), client_uuid=a_uuid(),
        by=cast.ana.user, now=at,
    )  # fmt: skip


@pytest.mark.parametrize(("hours", "asks"), [(0, True), (6.9, True), (7, False), (12, False)])
def test_half_the_planned_distance_is_the_least_gap(cast, plan, hours, asks):
    took(cast, "morning", AT_TEN - hours * HOUR)
    assert bool(taken_just_before(cast.ana, TODAY, "bedtime", AT_TEN)) is asks


@pytest.mark.parametrize(
    ("kind", "more"),
    [("none", {}), ("unsure", {}), ("different", {"amount": Dose.mg("0.25")})],
)
def test_only_a_full_dose_that_was_taken_counts(cast, plan, kind, more):
    took(cast, "morning", AT_TEN - HOUR, kind, **more)
    assert taken_just_before(cast.ana, TODAY, "bedtime", AT_TEN) is None


def test_a_dose_written_down_later_counts_from_when_it_was_taken(cast, plan):
    took(cast, "morning", AT_TEN, taken_at=AT_TEN - 14 * HOUR)
    assert taken_just_before(cast.ana, TODAY, "bedtime", AT_TEN) is None


def test_the_next_morning_counts_too(cast, plan):
    took(cast, "bedtime", AT_TEN + 6 * HOUR)
    assert (
        taken_just_before(cast.ana, TODAY + DAY, "morning", AT_TEN + 10 * HOUR).label == "Bedtime"
    )


def test_a_dose_that_has_its_answer_is_not_asked_about(cast, plan):
    took(cast, "morning", AT_TEN)
    took(cast, "bedtime", AT_TEN)
    assert taken_just_before(cast.ana, TODAY, "bedtime", AT_TEN) is None


@pytest.fixture
def ana(cast, plan, time_machine):
    took(cast, "morning", AT_TEN - HOUR / 2)
    time_machine.move_to(AT_TEN, tick=False)
    client = Client()
    client.force_login(cast.ana.user)
    return client


TAKEN, SOON = (f"/dose/{TODAY}/bedtime/{end}/" for end in ("taken", "soon"))


def tap(client):
    ng = Dose.mg("0.75").ng
    return client.post(TAKEN, {"client_uuid": str(uuid4()), "seen": str(ng)})


def press(client, **button):
    page = client.get(SOON).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {"client_uuid": str(uuid4()), "seen": seen, **button}
    return client.post(SOON, sent, follow=True).content.decode()


def answers(cast):
    return entries_between(cast.ana, TODAY, TODAY)


def test_one_tap_asks_first_and_keeps_nothing(cast, ana):
    assert tap(ana).url == SOON
    assert "9:30\u00a0pm, 30 minutes ago" in ana.get(SOON).content.decode()
    assert len(answers(cast)) == 1


def test_both_is_kept_and_the_clinic_is_told(cast, ana):
    assert "Your clinic is told" in press(ana, both="1")
    assert len(answers(cast)) == 2
    flag = Flag.objects.get()
    assert (flag.rule, flag.tier) == ("RF-24b", "review")


def test_the_one_before_at_its_own_time_is_a_correction_and_no_flag(cast, ana):
    press(ana, earlier="1")
    found = answers(cast)
    assert found[(TODAY, "morning")].taken_at == NOW - 2 * HOUR
    assert found[(TODAY, "bedtime")].taken_at == AT_TEN
    assert DoseEntry.objects.filter(slot="morning").count() == 2
    assert not Flag.objects.exists()


def test_five_presses_are_one_dose(cast, ana):
    page = ana.get(SOON).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {"client_uuid": str(uuid4()), "seen": seen, "both": "1"}
    for _ in range(5):
        ana.post(SOON, sent)
    assert DoseEntry.objects.filter(slot="bedtime").count() == 1
    assert Flag.objects.count() == 1


@pytest.mark.parametrize("sent", [{"both": "1"}, {"both": "1", "client_uuid": "x"}])
def test_what_cannot_be_read_keeps_nothing(cast, ana, sent):
    ana.post(SOON, sent)
    assert len(answers(cast)) == 1


def test_another_dose_than_the_page_showed_is_not_kept(cast, ana):
    sent = {"client_uuid": str(uuid4()), "seen": "1", "both": "1"}
    assert "Your plan changed" in ana.post(SOON, sent, follow=True).content.decode()
    assert len(answers(cast)) == 1


def test_without_anything_close_the_question_leads_back(cast, plan, client, time_machine):
    time_machine.move_to(AT_TEN, tick=False)
    client.force_login(cast.ana.user)
    assert client.get(SOON).url == "/today/"
    assert client.get("/dose/x/bedtime/soon/").status_code == 404
