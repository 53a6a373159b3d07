"""A flag has an owner and a deadline; only a person closes it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from patients.domain.findings import Effect, Finding, Tier
from patients.models.flags import Flag
from patients.models.messages import Message
from patients.services.flags import (
    FlagIncomplete,
    close_flag,
    escalate_flags,
    highest_level,
    log_contact,
    raise_flag,
    see_flag,
)
from tests.cast import DAY, NOW

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
    assert highest_level() == 4
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
