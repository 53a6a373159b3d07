"""Rules on what a patient feels: one table, one test a line."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.domain.answers import THRESHOLDS, Answers, Day
from patients.domain.findings import RANK, Tier, worst
from patients.domain.redflags import findings_for, ticked
from patients.domain.symptoms import CATALOGUE, RATED, SAFETY

BENZO = frozenset({"benzodiazepine"})


def fired(**answers):
    return {finding.rule: finding for finding in findings_for(Answers(**answers))}


@pytest.mark.parametrize(
    ("code", "rule", "tier", "minutes"),
    [
        ("r1", "RF-01", "emergency", 15),
        ("r2", "RF-05", "emergency", 15),
        ("r3", "RF-04", "emergency", 15),
        ("r4", "RF-02", "emergency", 15),
        ("r5", "RF-03", "emergency", 15),
    ],
)
def test_each_red_answer(code, rule, tier, minutes):
    finding = fired(safety=frozenset({code}), classes=BENZO)[rule]
    assert (finding.tier, finding.ack_minutes, finding.effect) == (tier, minutes, "hold")


def test_hallucination_without_a_known_class_counts_as_emergency():
    assert "RF-05" in fired(safety=frozenset({"r2"}))


def test_hallucination_on_another_class_is_urgent():
    found = fired(safety=frozenset({"r2"}), classes=frozenset({"SSRI"}))
    assert found["RF-05b"].tier == Tier.URGENT


@pytest.mark.parametrize("grade", [None, 0, 1, 2, 3])
def test_a_grade_never_lowers_the_ticked_answer(grade):
    assert fired(safety=frozenset({"r4"}), r4_grade=grade)["RF-02"].tier == Tier.EMERGENCY


def days(*overall):
    return tuple(None if value is None else Day(overall=value) for value in overall)


@pytest.mark.parametrize(
    ("answers", "rules"),
    [
        (days(4, 4), {"RF-10b"}),
        (days(4, None, 4), {"RF-10b"}),
        (days(4, 0, 0, 4), set()),
        (days(3, 3, 3), {"RF-11b"}),
        (days(3, 0, 3, 0, 3), {"RF-11b"}),
        (days(3, 0, 3, 0, 0, 3), set()),
        (days(2, 2, 2, 2, 2), set()),
        (days(None, None), set()),
        ((), set()),
    ],
)
def test_the_overall_answer(answers, rules):
    assert set(fired(days=answers)) == rules


def test_a_very_high_score_needs_no_baseline():
    assert fired(days=(Day(w=31),))["RF-10"].tier == Tier.URGENT
    assert fired(days=(Day(w=30),)) == {}


def test_one_item_very_severe_twice_in_three_entries():
    entry = Day(ratings=(("w2", 4),))
    assert "RF-10" in fired(days=(entry, None, entry))
    assert "RF-10" in fired(days=(entry, Day(ratings=(("w2", 1),)), entry))
    assert fired(days=(entry,)) == {}


def test_an_item_that_was_always_high_does_not_fire():
    entry = Day(ratings=(("w2", 4),))
    assert fired(days=(entry, entry), baseline=(("w2", 3),)) == {}
    assert "RF-10" in fired(days=(entry, entry), baseline=(("w2", 2),))


@given(
    st.sets(st.sampled_from([s.code for s in SAFETY])), st.sampled_from([s.code for s in SAFETY])
)
def test_a_worse_answer_never_removes_a_flag(safety, more):
    before = set(fired(safety=frozenset(safety)))
    assert before <= set(fired(safety=frozenset({*safety, more})))


def test_unknown_codes_are_dropped_and_red_ones_kept():
    assert ticked(["r1", "w1", "r9", "", "r1 "]) == frozenset({"r1"})


def test_the_worst_of_several():
    found = findings_for(Answers(safety=frozenset({"r2"}), classes=frozenset({"SSRI"})))
    assert worst(found) == Tier.URGENT
    assert worst([]) is None
    assert RANK[Tier.EMERGENCY] > RANK[Tier.URGENT]


def test_the_catalogue_has_unique_codes_and_labels():
    assert len(CATALOGUE) == 18
    assert len(RATED) == 13
    assert len({symptom.label for symptom in CATALOGUE.values()}) == 18


def scored(*values):
    return tuple(None if value is None else Day(w=value) for value in values)


USUAL = (10, 10, 10, 10, 10)


@pytest.mark.parametrize(
    ("days", "rules"),
    [
        (scored(20, 20, 20), {"RF-10"}),
        (scored(19, 20, 20), {"RF-11"}),
        (scored(16, 16, 16), {"RF-11"}),
        (scored(15, 16, 16), set()),
        (scored(16, 16, None, None, None, 16), set()),
        (scored(16, None, 16, None, 16), {"RF-11"}),
    ],
)
def test_the_trend_against_the_own_baseline(days, rules):
    assert set(fired(days=days, usual_w=USUAL)) == rules


def test_without_a_baseline_there_is_no_trend():
    assert fired(days=scored(20, 20, 20)) == {}
    assert fired(days=scored(20, 20, 20), usual_w=(10, 10, 10)) == {}


def test_a_threshold_of_the_patient_wins_over_the_usual_one():
    days = scored(16, 16, 16)
    assert "RF-10" in fired(days=days, usual_w=USUAL, thresholds={"red-rise": 6})
    assert fired(days=days, usual_w=USUAL, thresholds={"amber-rise": 7}) == {}
    assert "RF-10" in fired(days=scored(26), thresholds={"very-high": 26})
    for limit in THRESHOLDS.values():
        assert limit.least <= limit.usual <= limit.most


def slept(*hours):
    return tuple(None if h is None else Day(hours_slept=Decimal(h)) for h in hours)


@pytest.mark.parametrize(
    ("hours", "rules"),
    [
        (("4.5", "4", "3"), {"RF-15"}),
        (("4.5", "5", "3"), set()),
        (("4.5", None, "3"), set()),
        (("4", "4"), set()),
    ],
)
def test_three_short_nights(hours, rules):
    assert set(fired(days=slept(*hours))) == rules


def rated(code, *levels):
    return tuple(Day(ratings=((code, level),)) for level in levels)


@pytest.mark.parametrize(
    ("days", "age", "tier"),
    [
        (rated("s1", 3, 0, 3), 44, Tier.REVIEW),
        (rated("s3", 3, 3), 64, Tier.REVIEW),
        (rated("s3", 3, 3), 65, Tier.URGENT),
        (rated("s1", 3, 0, 0, 3), 80, None),
        (rated("s2", 4, 4, 4), 80, None),
    ],
)
def test_over_sedation(days, age, tier):
    found = fired(days=days, age=age).get("RF-17")
    assert (found.tier if found else None) == tier


def test_foggy_for_most_of_a_week():
    assert "RF-19" in fired(days=rated("w10", 3, 3, 0, 3, 3, 0, 3))
    assert "RF-19" not in fired(days=rated("w10", 3, 3, 0, 3, 3, 0, 0))
    assert "RF-19" not in fired(days=rated("w10", 3, 3, 0, 3, 3, 0, 0, 3))


def test_the_same_answers_for_a_week():
    same = Day(ratings=tuple((f"w{n}", 1) for n in range(1, 11)), w=10)
    assert "RF-38" in fired(days=(same,) * 7)
    assert "RF-38" not in fired(days=(same,) * 6)
    assert "RF-38" not in fired(days=(*(same,) * 3, None, *(same,) * 3))
    assert "RF-38" not in fired(days=(Day(ratings=(("w1", 1),)),) * 7)


@pytest.mark.parametrize(
    "note",
    [
        "I think of suicide", "I want to kill myself.", "better off dead", "I can’t breathe",
        "had a seizure last night", "I could overdose", "thoughts of self harm",
    ],
)  # fmt: skip
def test_words_of_crisis(note):
    assert fired(note=note)["RF-40"].ack_minutes == 60


@pytest.mark.parametrize("note", ["", "My killer headache", "I can breathe well", "season"])
def test_other_words(note):
    assert fired(note=note) == {}
