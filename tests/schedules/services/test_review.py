"""The clock reviews what is new, looks for silence, and says good morning."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models.care import Patient
from patients.models.flags import Flag
from patients.models.heartbeats import Heartbeat
from patients.models.messages import Message
from patients.selectors.care import everybody_tapering
from patients.services.checkins import submit_checkin
from schedules.domain.dose import Dose
from schedules.domain.rulebook import GateAnswer
from schedules.selectors.plans import standing
from schedules.selectors.tapers import taper_of
from schedules.services import review
from schedules.services.diary import record_dose
from schedules.services.digest import plan_digests, post_digests
from schedules.services.doses import Answer
from schedules.services.gates import clear_step
from schedules.services.plans import hold_plan
from schedules.services.review import rehearse, review_new_days
from schedules.services.silence import review_silence
from schedules.services.start_gates import answer_start_gates
from tests.cast import DAY, NOW, a_plan, a_uuid

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def plan(cast):
    return a_plan(cast)


def took(cast, day, slot, kind, at):
    record_dose(
        cast.ana, day=day, slot=slot, answer=Answer(kind), client_uuid=a_uuid(),
        by=cast.ana.user, now=at,
    )  # fmt: skip


def checked_in(cast, at, **answers):
    day = cast.ana.days.day_of(at)
    cast.ana.refresh_from_db()
    submit_checkin(
        cast.ana, day=day, today=day, by=cast.ana.user, now=at, **{"overall": 1, **answers}
    )


@pytest.mark.parametrize(
    ("gate", "field"), [("CG-01", "had_seizure"), ("CG-02", "had_seizure"), ("CG-10", "is_bipolar")]
)
def test_what_a_doctor_answered_before_the_start_is_known_to_the_rules(cast, plan, gate, field):
    now = NOW + HOUR
    assert not getattr(taper_of(cast.ana, now), field)
    answers = {**plan.plan.gate_answers(), gate: GateAnswer(applies=True, words="Told at intake.")}
    answer_start_gates(plan.plan, answers, by=cast.bell, now=now)
    assert getattr(taper_of(cast.ana, now), field)


def test_twice_the_dose_is_an_overdose_once_a_drink_is_told_of_on_the_same_day(cast, plan):
    for slot in ("morning", "bedtime"):
        record_dose(
            cast.ana, day=NOW.date(), slot=slot, client_uuid=a_uuid(), by=cast.ana.user,
            answer=Answer("different", amount=Dose.mg("1.5")), now=NOW + HOUR,
        )  # fmt: skip
    assert rules() == {"RF-24"}
    checked_in(cast, NOW + 2 * HOUR, events={"drinks": 1})
    review_new_days(NOW + 3 * HOUR)
    assert "RF-06" in rules()


def rules():
    return set(Flag.objects.values_list("rule", flat=True))


def not_taken_for(cast, days):
    """Morning and bedtime answered with `did not take it`, after one dose taken."""
    took(cast, NOW.date(), "morning", "taken", NOW + HOUR)
    moment = NOW + HOUR
    for back in range(days):
        day = NOW.date() + back * DAY
        for slot, hour in (("bedtime", 22), ("morning", 8)):
            of = day if slot == "bedtime" else day + DAY
            moment = cast.ana.days.starts_at(of) + (hour - 4) * HOUR + HOUR
            took(cast, of, slot, "none", moment)
    return moment


def test_stopping_at_once_is_found_by_the_review(cast, plan):
    now = not_taken_for(cast, 4)
    assert review_new_days(now) == 1
    assert "RF-07" in rules()
    assert Flag.objects.get(rule="RF-07").effect == "hold"
    assert review_new_days(now) == 0


def test_a_dose_nobody_logged_breaks_the_gap(cast, plan):
    took(cast, NOW.date(), "morning", "taken", NOW + HOUR)
    later = cast.ana.days.starts_at(NOW.date() + 3 * DAY) + 5 * HOUR
    took(cast, NOW.date() + 3 * DAY, "morning", "none", later)
    review_new_days(later)
    assert not rules() & {"RF-07", "RF-21", "RF-22"}


def test_the_same_slow_rule_is_one_flag_and_not_one_a_day(cast, plan):
    clear_step(cast.ana, step=1, seen=str(plan.pk), answers={}, by=cast.ana.user, now=NOW + 6 * DAY)
    for day in range(28, 50):
        checked_in(cast, NOW + day * DAY)
        review_new_days(NOW + day * DAY)
    flag = Flag.objects.get(rule="RF-26")
    assert (flag.count, flag.effect) == (1, "none")


def test_a_rehearsal_writes_nothing_and_equals_the_live_run(cast, plan, capsys):
    now = not_taken_for(cast, 4)
    before = Flag.objects.count()
    found = rehearse(everybody_tapering(), now)
    assert Flag.objects.count() == before
    call_command("rehearse_rules")
    assert Flag.objects.count() == before
    assert "none raised" in capsys.readouterr().out
    review_new_days(now)
    assert {item["rule"] for item in found} == rules()


def test_one_record_that_cannot_be_reviewed_stops_nobody(cast, plan, monkeypatch):
    checked_in(cast, NOW + HOUR)
    Patient.objects.update(needs_review=True)
    real = review.review_patient

    def poisoned(patient, *, now):
        if patient.pk == cast.ben.pk:
            raise RuntimeError("bad row")
        real(patient, now=now)

    monkeypatch.setattr(review, "review_patient", poisoned)
    assert review_new_days(NOW + 2 * HOUR) == 2
    assert not Patient.objects.get(pk=cast.ana.pk).needs_review
    assert "RuntimeError" in Heartbeat.objects.get(name="review").trouble


def test_the_baseline_is_frozen_with_the_first_step_and_never_again(cast, plan):
    full = {f"w{n}": 1 for n in range(1, 11)}
    for day in range(7):
        checked_in(cast, NOW + day * DAY, ratings=full)
        review_new_days(NOW + day * DAY)
    assert Patient.objects.get(pk=cast.ana.pk).baseline == {}
    clear_step(cast.ana, step=1, seen=str(plan.pk), answers={}, by=cast.ana.user, now=NOW + 6 * DAY)
    assert standing(cast.ana, NOW + 8 * DAY).course.step == 1
    for day in (8, 9):
        checked_in(cast, NOW + day * DAY, ratings={**full, "w1": 4})
        review_new_days(NOW + day * DAY)
    kept = Patient.objects.get(pk=cast.ana.pk).baseline
    assert kept["w"] == [10] * 7
    assert kept["items"]["w1"] == 1
    assert kept["until"] == "2026-03-09"


def test_silence_is_a_flag_and_a_kind_question_once_a_day(cast, plan):
    checked_in(cast, NOW + HOUR)
    for hour in range(0, 24 * 6, 6):
        review_silence(NOW + HOUR + hour * HOUR)
    assert rules() == {"RF-28", "RF-29", "RF-30"}
    assert Flag.objects.get(rule="RF-30").tier == "urgent"
    asked = Message.objects.filter(kind="silence")
    assert asked.count() == len(set(asked.values_list("occurrence", flat=True))) >= 3


@pytest.mark.parametrize(("hour", "found"), [(4, 0), (8, 0), (9, 1), (21, 1)])
def test_nobody_is_written_to_for_silence_before_nine_in_her_morning(cast, plan, hour, found):
    day = (NOW + 6 * DAY).astimezone(ZONE).replace(hour=hour)
    assert review_silence(day) == found
    assert Message.objects.filter(kind="silence").count() == found


def test_somebody_without_a_plan_is_not_silent(cast):
    submit_checkin(cast.ben, day=NOW.date(), today=NOW.date(), by=cast.ben.user, now=NOW, overall=1)
    assert review_silence(NOW + 9 * DAY) == 0


def test_silence_of_many_asks_the_same_few_questions(cast, plan):
    checked_in(cast, NOW + HOUR)
    with CaptureQueriesContext(connection) as queries:
        review_silence(NOW + HOUR)
    assert len(queries) <= 1


def test_a_hold_by_the_patient_is_a_flag_that_does_not_hold_twice(cast, plan):
    hold_plan(cast.ana, note="My mother is ill.", by=cast.ana.user, now=NOW + HOUR)
    flag = Flag.objects.get(rule="RF-39")
    assert (flag.tier, flag.effect) == ("review", "none")


def test_the_morning_digest(cast, plan):
    plan_digests(NOW)
    cast.bell.refresh_from_db()
    morning = cast.bell.next_digest_at
    assert morning.astimezone(ZONE).hour == 8
    hold_plan(cast.ana, note="", by=cast.ana.user, now=NOW + HOUR)
    assert post_digests(morning - HOUR) == 0
    assert post_digests(morning) == 1
    message = Message.objects.get(kind="digest")
    assert (message.recipient, message.params["count"]) == (cast.bell, "1")
    cast.bell.refresh_from_db()
    assert cast.bell.next_digest_at == morning + DAY
    assert post_digests(morning) == 0


def test_no_digest_without_anything_to_say(cast):
    plan_digests(NOW)
    assert post_digests(NOW + DAY) == 0
    assert not Message.objects.filter(kind="digest").exists()


def test_an_override_is_kept_for_information_and_stays_off_the_list(cast, client):
    a_plan(cast, keys=("klonopin-0.5",), start={"bedtime": "1.5"}, target=Dose(0))
    flag = Flag.objects.get(rule="RF-37")
    assert flag.tier == "info"
    client.force_login(cast.bell)
    assert "Signed with a reason" not in client.get("/clinic/").content.decode()
    assert "Signed with a reason" in client.get(f"/clinic/patients/{cast.ana.pk}/").content.decode()
