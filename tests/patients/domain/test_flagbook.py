"""The book of flags is whole, and every rule that has data has its function, and no other."""

import re
from pathlib import Path

import pytest

from patients.domain import deadlines, events, questionnaires, redflags
from patients.domain.findings import Effect, Tier
from patients.domain.flagbook import FEEL, FLAGS, SILENCE, TAKEN, finding
from schedules.domain import requests, review, silence
from schedules.services import plans

OF_THE_TABLE = 44
DECIDED_NEW = {
    "RF-10b", "RF-11b", "RF-24b", "RF-41", "RF-42", "RF-43", "RF-44", "RF-45", "RF-46",
}  # fmt: skip


def test_every_rule_of_the_table_and_every_decided_one():
    assert len(FLAGS) == OF_THE_TABLE + len(DECIDED_NEW)
    assert set(FLAGS) >= DECIDED_NEW


@pytest.mark.parametrize("rule", FLAGS.values(), ids=lambda rule: rule.id)
def test_a_rule_has_source_and_says_what_it_waits_for(rule):
    assert rule.trigger
    assert rule.threshold
    assert rule.source
    assert rule.evidence
    assert bool(rule.fed) != bool(rule.needs)
    assert rule.ack_minutes > 0 or rule.tier is Tier.INFO


def emitted(*modules):
    text = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in modules)
    return set(re.findall(r'"(RF-\d+b?)"', text))


@pytest.mark.parametrize(
    ("fed", "modules"),
    [
        (FEEL, [redflags, events, questionnaires]),
        (TAKEN, [review, plans]),
        (SILENCE, [silence]),
        ("requests", [requests]),
    ],
)
def test_every_fed_rule_is_found_by_a_function_of_its_room(fed, modules):
    assert {rule.id for rule in FLAGS.values() if rule.fed == fed} <= emitted(*modules)


def test_no_function_finds_what_is_not_in_the_book():
    assert emitted(
        redflags, events, questionnaires, deadlines, review, plans, silence, requests
    ) <= set(FLAGS)


WORDS_NEVER_SAID = ("missed", "non-compliant", "failed", "911", "999", "112", " cut ")


@pytest.mark.parametrize("rule", FLAGS.values(), ids=lambda rule: rule.id)
def test_what_a_patient_is_told(rule):
    for word in WORDS_NEVER_SAID:
        assert word not in rule.told.lower()
    assert "will call you" not in rule.told
    assert "usual dose" not in rule.told


@pytest.mark.parametrize(
    ("rule", "tier", "minutes", "effect"),
    [
        ("RF-01", "emergency", 15, "hold"),
        ("RF-05b", "urgent", 120, "hold"),
        ("RF-10b", "urgent", 240, "hold"),
        ("RF-11b", "review", 2880, "hold-if-due-72h"),
        ("RF-36", "urgent", 240, "hold"),
        ("RF-40", "urgent", 60, "hold"),
        ("RF-41", "urgent", 120, "hold"),
        ("RF-43", "review", 2880, "none"),
    ],
)
def test_decided_numbers(rule, tier, minutes, effect):
    found = finding(rule, "x")
    assert (found.tier, found.ack_minutes, found.effect) == (tier, minutes, effect)


def test_a_context_raises_a_tier_and_brings_its_minutes():
    raised = finding("RF-17", "x", tier=Tier.URGENT)
    assert (raised.tier, raised.ack_minutes) == (Tier.URGENT, 240)
    lowered = finding("RF-30", "x", tier=Tier.REVIEW, effect=Effect.HOLD_IF_DUE)
    assert (lowered.ack_minutes, lowered.effect) == (2880, Effect.HOLD_IF_DUE)
