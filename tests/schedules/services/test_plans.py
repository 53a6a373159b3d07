"""Draft, sign, read, clear, hold: what a plan does and never does."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from patients.domain.findings import Effect, Finding, Tier
from patients.models.audit import AuditEntry
from patients.models.messages import Message
from patients.services.flags import close_flag, log_contact, raise_flag
from schedules.domain.dose import Dose
from schedules.domain.rulebook import GATES, GateAnswer
from schedules.models.plans import PlanEvent, Revision, TaperPlan
from schedules.selectors.diary import today_page
from schedules.selectors.plans import standing, standings, step_in_force, waiting_revision
from schedules.services.gates import GateClosed, clear_step
from schedules.services.plans import (
    PlanChanged,
    PlanRefused,
    draft_plan,
    hold_plan,
    resume_plan,
    sign_revision,
    withdraw_revision,
)
from schedules.services.start_gates import GatesRefused, answer_start_gates
from tests.cast import DAY, NOW, a_plan, a_signed_plan, built, gates_answered, read

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=11)
GO = {"sleep": "yes", "symptoms": "yes", "boxes": "yes"}


def draft(cast, by=None, reason="", **changes):
    return draft_plan(
        cast.ana, built(**changes), asked={}, first_lower_on=(NOW + 7 * DAY).date(),
        reason=reason, by=by or cast.bell, now=NOW,
    )  # fmt: skip


def dose_on(cast, day, hours=0):
    stands = standing(cast.ana, NOW + day * DAY + timedelta(hours=hours))
    return stands.step.total if stands else None


def go(cast, day, step=1):
    now = NOW + day * DAY
    stands = standing(cast.ana, now)
    seen = str(stands.revision.pk) if stands else ""
    clear_step(cast.ana, step=step, seen=seen, answers=GO, by=cast.ana.user, now=now)


def test_a_draft_is_seen_by_nobody(cast):
    draft(cast)
    assert waiting_revision(cast.ana, LATER) is None
    assert today_page(cast.ana, LATER) is None


def test_a_nurse_neither_drafts_nor_signs(cast):
    with pytest.raises(PlanRefused):
        draft(cast, by=cast.nurse)
    with pytest.raises(PlanRefused):
        sign_revision(draft(cast), seen_version=0, by=cast.nurse, now=NOW)


def test_a_hard_finding_needs_a_typed_reason(cast):
    high = {"start": {"bedtime": "0.5"}, "keys": ("klonopin-0.5",), "target": Dose(0)}
    with pytest.raises(PlanRefused, match="BZD-07"):
        draft(cast, reason="short", **high)
    assert draft(cast, reason="She asks for it, sees me weekly.", **high).findings


def test_a_signed_plan_is_visible_after_ten_minutes_and_begins_when_read(cast):
    revision = a_signed_plan(cast)
    assert waiting_revision(cast.ana, NOW + timedelta(minutes=9)) is None
    assert waiting_revision(cast.ana, LATER) is not None
    assert standing(cast.ana, LATER) is None
    read(cast, revision, LATER)
    assert dose_on(cast, 0, hours=1) == Dose.mg("1.5")
    cast.ana.refresh_from_db()
    assert cast.ana.taper_classes == ["benzodiazepine"]


def test_a_signature_is_undone_within_ten_minutes(cast):
    revision = a_signed_plan(cast)
    withdraw_revision(revision, by=cast.bell, now=NOW + timedelta(minutes=9))
    assert waiting_revision(cast.ana, LATER) is None
    with pytest.raises(PlanRefused):
        read(cast, revision, LATER)


def test_after_ten_minutes_a_signature_stands(cast):
    with pytest.raises(PlanRefused, match="Ten minutes"):
        withdraw_revision(a_signed_plan(cast), by=cast.bell, now=LATER)


def test_the_second_of_two_doctors_is_told(cast):
    first, second = draft(cast), draft(cast)
    gates_answered(cast, first)
    sign_revision(first, seen_version=0, by=cast.bell, now=NOW)
    with pytest.raises(PlanChanged):
        sign_revision(second, seen_version=0, by=cast.bell, now=NOW)
    assert TaperPlan.objects.get().version == 1


def test_a_plan_is_signed_once(cast):
    revision = a_signed_plan(cast)
    with pytest.raises(PlanRefused, match="already"):
        sign_revision(revision, seen_version=1, by=cast.bell, now=NOW)


def test_not_cleared_means_the_dose_stays(cast):
    a_plan(cast)
    assert {dose_on(cast, day) for day in range(1, 60)} == {Dose.mg("1.5")}


def test_a_go_lowers_the_dose_on_its_day_and_not_before(cast):
    a_plan(cast)
    go(cast, 6)
    assert [dose_on(cast, day) for day in (6, 7)] == [Dose.mg("1.5"), Dose.mg("1.375")]


def test_the_gate_is_closed_until_two_days_before(cast):
    a_plan(cast)
    with pytest.raises(GateClosed):
        go(cast, 4)
    go(cast, 5)


@pytest.mark.parametrize("step", [0, 2, -1])
def test_only_the_next_step_is_cleared(cast, step):
    a_plan(cast)
    with pytest.raises(GateClosed):
        go(cast, 6, step=step)


def test_a_second_go_is_refused_while_the_first_counts(cast):
    a_plan(cast)
    go(cast, 6)
    with pytest.raises(GateClosed):
        go(cast, 6)


def a_flag(cast, day):
    finding = Finding("RF-01", "1", Tier.EMERGENCY, Effect.HOLD, "A fit.", 15)
    when = NOW + day * DAY + timedelta(hours=1)
    return raise_flag(cast.ana, finding, day=when.date(), now=when)


def test_a_flag_after_the_go_keeps_the_dose_and_closing_it_clears_nothing(cast):
    a_plan(cast)
    go(cast, 6)
    flag = a_flag(cast, 6)
    assert dose_on(cast, 8) == Dose.mg("1.5")
    log_contact(flag, outcome="spoke", note="", by=cast.bell, now=NOW + 8 * DAY)
    close_flag(flag, note="All well.", by=cast.bell, now=NOW + 8 * DAY)
    assert dose_on(cast, 30) == Dose.mg("1.5")
    go(cast, 31)
    assert dose_on(cast, 32) == Dose.mg("1.375")


def test_no_go_while_a_flag_holds(cast):
    a_plan(cast)
    a_flag(cast, 5)
    with pytest.raises(GateClosed, match="clinic needs to look"):
        go(cast, 6)


def test_a_patient_holds_at_once_and_the_doctor_is_told(cast):
    a_plan(cast)
    go(cast, 6)
    hold_plan(cast.ana, note="My mother is ill.", by=cast.ana.user, now=NOW + 6.2 * DAY)
    assert dose_on(cast, 30) == Dose.mg("1.5")
    assert standing(cast.ana, NOW + 30 * DAY).course.held
    assert Message.objects.get(kind="hold").recipient == cast.bell


def test_only_a_doctor_ends_a_hold_and_the_gate_asks_again(cast):
    a_plan(cast)
    hold_plan(cast.ana, note="", by=cast.ana.user, now=NOW + DAY)
    with pytest.raises(PlanRefused):
        resume_plan(cast.ana, note="", by=cast.nurse, now=NOW + 2 * DAY)
    resume_plan(cast.ana, note="", by=cast.bell, now=NOW + 20 * DAY)
    assert dose_on(cast, 60) == Dose.mg("1.5")


def test_a_hold_that_a_clinician_begins_or_ends_is_told_to_the_patient(cast):
    a_plan(cast)
    hold_plan(cast.ana, note="", by=cast.nurse, now=NOW + DAY)
    resume_plan(cast.ana, note="", by=cast.bell, now=NOW + 2 * DAY)
    told = Message.objects.filter(kind__in=("held", "resumed")).order_by("due_at")
    assert [(row.kind, row.recipient) for row in told] == [
        ("held", cast.ana.user), ("resumed", cast.ana.user),
    ]  # fmt: skip
    assert not Message.objects.filter(kind="hold").exists()


@pytest.mark.parametrize("act", ["hold", "resume"])
def test_holding_twice_or_resuming_nothing(cast, act):
    a_plan(cast)
    if act == "hold":
        hold_plan(cast.ana, note="", by=cast.bell, now=LATER)
    with pytest.raises(PlanRefused):
        {"hold": hold_plan, "resume": resume_plan}[act](cast.ana, note="", by=cast.bell, now=LATER)


def a_second(cast, day, **changes):
    now = NOW + day * DAY
    return a_signed_plan(cast, now=now, **changes)


def test_signing_a_new_plan_voids_the_go_of_the_one_before(cast):
    a_plan(cast)
    go(cast, 6)
    a_second(cast, 6.2)
    assert dose_on(cast, 20) == Dose.mg("1.5")


def test_a_slower_plan_needs_no_reading_and_begins_the_next_plan_day(cast):
    a_plan(cast)
    slower = a_second(cast, 1, first=(NOW + 40 * DAY).date(), every_days=28)
    assert not slower.needs_reading
    assert standing(cast.ana, NOW + 1.5 * DAY).revision.number == 1
    assert standing(cast.ana, NOW + 2 * DAY).revision.number == 2


def test_a_faster_plan_waits_for_the_patient(cast):
    a_plan(cast)
    faster = a_second(cast, 1, first=(NOW + 3 * DAY).date())
    assert faster.needs_reading
    assert standing(cast.ana, NOW + 20 * DAY).revision.number == 1
    read(cast, faster, NOW + 20 * DAY)
    assert standing(cast.ana, NOW + 20 * DAY).revision.number == 1
    assert standing(cast.ana, NOW + 21 * DAY).revision.number == 2


def test_a_plan_that_starts_below_the_dose_in_force_is_not_signed(cast):
    a_plan(cast)
    low = draft(cast, start={"morning": "0.5", "bedtime": "0.75"})
    with pytest.raises(PlanRefused, match="starts below"):
        sign_revision(low, seen_version=1, by=cast.bell, now=NOW + DAY)


def test_past_days_do_not_change_with_a_new_plan(cast):
    a_plan(cast)
    go(cast, 6)
    before = [dose_on(cast, day) for day in range(1, 15)]
    a_second(cast, 15, start={"morning": "0.625", "bedtime": "0.75"})
    found = standings(cast.ana, NOW + 30 * DAY)
    after = [
        step_in_force(found, found[0].days.day_of(NOW + day * DAY))[1].total for day in range(1, 15)
    ]
    assert before == after


def test_every_act_leaves_a_line(cast):
    a_plan(cast)
    go(cast, 6)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"plan-drafted", "plan-signed", "plan-read", "step-cleared"} <= actions


@pytest.mark.parametrize(
    "wrong", [{"kind": "cleared", "step": None}, {"kind": "read", "from_day": None}]
)
def test_the_table_refuses_impossible_events(cast, wrong):
    a_plan(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanEvent.objects.update(**wrong)


def test_a_dose_out_of_range_is_refused_by_the_table(cast):
    revision = a_signed_plan(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(start_dose=BELOW_ZERO)


class _Raw(Dose):
    def __post_init__(self):
        """Skip the bounds of the type: the table must hold them too."""


BELOW_ZERO = _Raw(-1)


def test_a_plan_that_was_not_on_the_page_is_not_read(cast):
    first = a_signed_plan(cast)
    a_signed_plan(cast, now=LATER)
    with pytest.raises(PlanRefused, match="changed while"):
        read(cast, first, LATER + timedelta(minutes=11))


def test_a_go_for_a_plan_that_was_replaced_does_not_count(cast):
    first = a_plan(cast)
    a_signed_plan(cast, now=NOW + DAY, first=(NOW + 9 * DAY).date(), every_days=28)
    with pytest.raises(GateClosed, match="another step"):
        clear_step(
            cast.ana, step=1, seen=str(first.pk), answers=GO, by=cast.ana.user, now=NOW + 8 * DAY
        )


def test_nobody_signs_over_an_open_question(cast):
    revision = draft(cast)
    with pytest.raises(PlanRefused, match="CG-01 not answered"):
        sign_revision(revision, seen_version=0, by=cast.bell, now=NOW)
    answers = {gate: GateAnswer(applies=False) for gate in GATES}
    for gate, words, why in (
        ("CG-01", "", "CG-01 needs a typed reason"),
        ("CG-07", "", "CG-07 needs the action taken"),
        ("CG-13", "A very good reason.", "CG-13 cannot be overridden"),
    ):
        yes = {**answers, gate: GateAnswer(applies=True, words=words)}
        answer_start_gates(revision.plan, yes, by=cast.bell, now=NOW)
        with pytest.raises(PlanRefused, match=why):
            sign_revision(revision, seen_version=0, by=cast.bell, now=NOW)
    reasoned = {**answers, "CG-01": GateAnswer(applies=True, words="Dr Neuro agrees to it.")}
    answer_start_gates(revision.plan, reasoned, by=cast.bell, now=NOW)
    assert sign_revision(revision, seen_version=0, by=cast.bell, now=NOW).signed_at == NOW
    line = AuditEntry.objects.filter(action="start-gates-answered").latest("at")
    assert "Neuro" not in str(line.detail)


def test_the_questions_are_for_doctors_and_no_other_questions(cast):
    plan = draft(cast).plan
    with pytest.raises(GatesRefused, match="Only a doctor"):
        answer_start_gates(plan, {}, by=cast.nurse, now=NOW)
    with pytest.raises(GatesRefused, match="no such question"):
        answer_start_gates(plan, {"CG-99": GateAnswer(applies=False)}, by=cast.bell, now=NOW)


def test_the_page_of_questions_keeps_what_was_answered(cast, client):
    revision = draft(cast)
    client.force_login(cast.bell)
    page = f"/clinic/patients/{cast.ana.pk}/plans/{revision.pk}/start-gates/"
    some = {"CG-01": "yes", "CG-01-words": "short", "CG-02": "no"}
    again = client.post(page, some)
    assert again.status_code == 200
    assert "CG-01 needs a typed reason" not in again.content.decode()
    revision.plan.refresh_from_db()
    assert set(revision.plan.gate_answers()) == {"CG-01", "CG-02"}
    no = dict.fromkeys(GATES, "no")
    late = client.post(page, {**no, "CG-08": "yes", "CG-08-words": "x"})
    assert "CG-08 needs a typed reason" in late.content.decode()
    never = client.post(page, {**no, "CG-05": "yes", "CG-05-words": "He is nearly 18."})
    assert "CG-05 cannot be overridden" in never.content.decode()
    assert client.post(page, no).url.endswith("/sign/")
    sign = client.get(page.replace("start-gates", "sign"))
    assert "questions before a start are answered" in sign.content.decode()
