"""A flag has an owner and a deadline; only a person closes it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from patients.domain.answers import THRESHOLDS
from patients.domain.findings import Effect, Finding, Tier
from patients.domain.roles import Role
from patients.models.accounts import Invitation
from patients.models.audit import AuditEntry
from patients.models.checkins import CheckIn
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.selectors.care import may_open
from patients.services.accounts import (
    AlarmRefused,
    answer_test_alarm,
    name_backup,
    name_safety_contact,
    send_test_alarm,
)
from patients.services.checkins import submit_checkin
from patients.services.flags import (
    FlagIncomplete,
    close_flag,
    escalate_flags,
    log_contact,
    raise_flag,
    see_flag,
)
from patients.services.invitations import InvitationRefused, invite
from patients.services.reconciler import raise_lost_flags
from patients.services.thresholds import ThresholdRefused, set_thresholds
from tests.cast import DAY, NOW, a_person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def finding(rule="RF-01", tier=Tier.EMERGENCY, minutes=15):
    return Finding(rule, "2026.1", tier, Effect.HOLD, "Ticked a fit.", minutes)


@pytest.fixture
def flag(cast):
    return raise_flag(cast.ana, finding(), day=NOW.date(), now=NOW)


def raised(cast, **changes):
    day = changes.pop("day", NOW.date())
    return raise_flag(cast.ana, finding(**changes), day=day, now=NOW)


def test_an_unseen_flag_absorbs_the_same_rule(cast, flag):
    assert raised(cast).pk == flag.pk
    assert Flag.objects.get().count == 2


def test_a_seen_flag_does_not(cast, flag):
    see_flag(flag, by=cast.bell, now=NOW)
    again = raised(cast)
    assert again.pk != flag.pk
    assert again.next_escalation_at is not None


def test_severity_only_rises(cast):
    raised(cast, rule="RF-10", tier=Tier.REVIEW)
    raised(cast, rule="RF-10", tier=Tier.URGENT, day=NOW.date() + DAY)
    raised(cast, rule="RF-10", tier=Tier.REVIEW, day=NOW.date() + 2 * DAY)
    assert Flag.objects.get().tier == Tier.URGENT


def test_the_ladder_goes_on_until_somebody_has_seen_it(cast, flag):
    levels = []
    for minutes in (14, 15, 30, 89, 90, 150):
        escalate_flags(NOW + minutes * MINUTE)
        flag.refresh_from_db()
        levels.append(flag.level)
    assert levels == [0, 1, 2, 2, 3, 4]
    assert Message.objects.filter(kind="escalation").count() == 4


def test_seen_waits_an_hour_and_resumes_without_a_contact(cast, flag):
    see_flag(flag, by=cast.bell, now=NOW)
    assert escalate_flags(NOW + 59 * MINUTE) == 0
    assert escalate_flags(NOW + 60 * MINUTE) == 1


def test_a_contact_ends_the_ladder_but_a_message_left_does_not(cast, flag):
    log_contact(flag, outcome="message", note="", by=cast.bell, now=NOW)
    assert escalate_flags(NOW + 61 * MINUTE) == 1
    log_contact(flag, outcome="spoke", note="Safe at home.", by=cast.bell, now=NOW)
    assert escalate_flags(NOW + DAY) == 0
    flag.refresh_from_db()
    assert (flag.state, flag.seen_by) == ("acted", cast.bell)


@pytest.mark.parametrize(("outcome", "note"), [("", ""), ("shrug", ""), ("no-action", " ")])
def test_an_outcome_is_needed(cast, flag, outcome, note):
    with pytest.raises(FlagIncomplete):
        log_contact(flag, outcome=outcome, note=note, by=cast.bell, now=NOW)


def test_closing_needs_an_outcome_and_a_note(cast, flag):
    with pytest.raises(FlagIncomplete, match="First log"):
        close_flag(flag, note="x", by=cast.bell, now=NOW)
    log_contact(flag, outcome="spoke", note="", by=cast.bell, now=NOW)
    with pytest.raises(FlagIncomplete, match="note"):
        close_flag(flag, note=" ", by=cast.bell, now=NOW)
    close_flag(flag, note="Seen at the hospital.", by=cast.bell, now=NOW)
    with pytest.raises(FlagIncomplete, match="closed already"):
        close_flag(flag, note="x", by=cast.bell, now=NOW)
    cast.ana.refresh_from_db()
    assert cast.ana.open_flag_level == 0


def test_without_a_link_the_safety_contact_is_told(cast):
    cast.ana.links.update(until=NOW)
    raised(cast)
    assert Message.objects.get(kind="flag").recipient == cast.bell


def test_a_review_flag_waits_on_the_list(cast):
    flag = raised(cast, rule="RF-11b", tier=Tier.REVIEW, minutes=2880)
    assert flag.next_escalation_at is None
    assert Message.objects.filter(kind="flag").count() == 0


def test_the_table_refuses_a_flag_closed_by_nobody(flag):
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.update(state="closed")


def test_a_flag_that_rises_starts_the_ladder_of_its_new_tier(cast):
    low = raised(cast, rule="RF-17", tier=Tier.REVIEW, minutes=2880)
    assert low.next_escalation_at is None
    raised(cast, rule="RF-17", tier=Tier.URGENT, minutes=240)
    low.refresh_from_db()
    assert (low.tier, low.ack_minutes) == (Tier.URGENT, 240)
    assert low.next_escalation_at == NOW + 240 * MINUTE
    assert Message.objects.filter(kind="flag").count() == 1
    cast.ana.refresh_from_db()
    assert cast.ana.open_flag_level == 3


@pytest.fixture
def ladder(cast):
    """A doctor, a backup and a safety contact, each somebody else."""
    chief = a_person(cast.clinic, "Dr Chief", Role.DOCTOR)
    name_backup(cast.clinic, cast.nurse, by=cast.admin, now=NOW)
    name_safety_contact(cast.clinic, chief, by=cast.admin, now=NOW)
    cast.ana.clinic.refresh_from_db()
    return SimpleNamespace(doctor=cast.bell, backup=cast.nurse, contact=chief)


def told(kind, level):
    rows = Message.objects.filter(kind=kind, occurrence__contains=f":L{level}:")
    return {row.recipient.name for row in rows}


def test_each_rung_asks_one_more(cast, ladder, flag):
    for minutes in (15, 30, 90):
        escalate_flags(NOW + minutes * MINUTE)
    assert told("flag", 0) == {"Dr Bell"}
    assert told("escalation", 1) == {"Dr Bell", "Nandi Mbeki"}
    assert told("escalation", 2) == {"Dr Bell", "Nandi Mbeki", "Dr Chief"}
    assert told("escalation", 3) == {"Dr Bell", "Nandi Mbeki", "Dr Chief"}


def test_who_is_called_in_may_open_the_record_until_the_flag_is_closed(cast, ladder, flag):
    later = NOW + 15 * MINUTE
    assert not may_open(ladder.backup, cast.ana.pk, now=NOW)
    escalate_flags(later)
    assert may_open(ladder.backup, cast.ana.pk, now=later)
    assert not may_open(ladder.contact, cast.ana.pk, now=later)
    log_contact(flag, outcome="spoke", note="Fine.", by=ladder.backup, now=later)
    close_flag(flag, note="Fine.", by=ladder.backup, now=later)
    assert not may_open(ladder.backup, cast.ana.pk, now=later + MINUTE)
    actions = AuditEntry.objects.filter(subject=str(ladder.backup.pk)).values_list(
        "action", flat=True
    )
    assert set(actions) >= {"escalation-linked", "escalation-ended"}


def test_an_escalation_link_ends_by_itself_after_three_days(cast, ladder, flag):
    escalate_flags(NOW + 15 * MINUTE)
    assert not may_open(ladder.backup, cast.ana.pk, now=NOW + 4 * DAY)


def test_the_patient_is_told_that_somebody_has_seen_it(cast, flag):
    see_flag(flag, by=cast.bell, now=NOW)
    see_flag(flag, by=cast.bell, now=NOW)
    (message,) = Message.objects.filter(kind="flag-seen")
    assert message.recipient == cast.ana.user


def test_a_lost_red_answer_is_found_raised_and_alarmed(cast):
    CheckIn.objects.create(
        patient=cast.ana, plan_day=NOW.date(), safety=["r1", "r3"], catalogue="1", recorded_at=NOW
    )
    assert raise_lost_flags(NOW) == 2
    assert set(Flag.objects.values_list("rule", flat=True)) == {"RF-01", "RF-04"}
    assert Message.objects.filter(kind="clock-trouble", recipient=cast.admin).count() == 1
    assert raise_lost_flags(NOW) == 0


def test_after_every_kind_of_submission_no_red_answer_is_without_its_flag(cast):
    for number, safety in enumerate((["r1"], ["r2", "r4"], [], ["r5"])):
        day = NOW.date() - number * DAY
        submit_checkin(
            cast.ana, day=day, today=NOW.date(), by=cast.ana.user, now=NOW, safety=safety
        )
    assert raise_lost_flags(NOW) == 0


def test_the_book_is_searched_by_a_command(cast, capsys):
    CheckIn.objects.create(
        patient=cast.ana, plan_day=NOW.date(), safety=["r1"], catalogue="1",
        recorded_at=NOW - 90 * DAY,
    )  # fmt: skip
    call_command("reconcile_flags")
    assert "1 red answers" in capsys.readouterr().out
    call_command("reconcile_flags")
    assert "Every one" in capsys.readouterr().out


def test_thresholds_are_bounded_and_audited(cast):
    usual = {name: limit.usual for name, limit in THRESHOLDS.items()}
    set_thresholds(cast.ana, {**usual, "red-rise": 8}, by=cast.bell, now=NOW)
    cast.ana.refresh_from_db()
    assert cast.ana.thresholds == {"red-rise": 8}
    entry = AuditEntry.objects.get(action="thresholds-set")
    assert (entry.actor_name, entry.detail["after"]) == ("Dr Bell", {"red-rise": 8})
    with pytest.raises(ThresholdRefused, match="between 6 and 20"):
        set_thresholds(cast.ana, {**usual, "red-rise": 21}, by=cast.bell, now=NOW)
    with pytest.raises(ThresholdRefused, match="Only a doctor"):
        set_thresholds(cast.ana, usual, by=cast.nurse, now=NOW)
    set_thresholds(cast.ana, usual, by=cast.bell, now=NOW)
    assert cast.ana.thresholds == {}


def test_no_patient_is_invited_before_the_alarm_was_answered(cast):
    def invited():
        invite(
            f"p{Invitation.objects.count()}@x.example", name="P", role=Role.PATIENT,
            clinic=cast.clinic, by=cast.bell, now=NOW, born_on=NOW.date(),
        )  # fmt: skip

    cast.clinic.refresh_from_db()
    invited()
    name_safety_contact(cast.clinic, cast.bell, by=cast.admin, now=NOW)
    with pytest.raises(InvitationRefused, match="has not answered a test alarm"):
        invited()
    with pytest.raises(AlarmRefused):
        answer_test_alarm(cast.clinic, by=cast.bell, now=NOW)
    send_test_alarm(cast.clinic, by=cast.admin, now=NOW)
    assert Message.objects.get(kind="test-alarm").recipient == cast.bell
    with pytest.raises(AlarmRefused):
        answer_test_alarm(cast.clinic, by=cast.nurse, now=NOW)
    answer_test_alarm(cast.clinic, by=cast.bell, now=NOW)
    invited()
    cast.clinic.out_of_hours_phone = ""
    with pytest.raises(InvitationRefused, match="out-of-hours"):
        invited()


def test_staff_come_before_the_alarm(cast):
    name_safety_contact(cast.clinic, cast.bell, by=cast.admin, now=NOW)
    invite("n@x.example", name="N", role=Role.NURSE, clinic=cast.clinic, by=cast.admin, now=NOW)
    assert Invitation.objects.count() == 1
