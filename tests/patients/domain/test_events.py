"""What happened beside the symptoms: one table for each rule."""

import pytest

from patients.domain.answers import Answers, Day
from patients.domain.events import EVENTS, NAMED
from patients.domain.findings import Tier
from patients.domain.flagbook import FLAGS
from patients.domain.redflags import findings_for

BENZO, SSRI, OPIOID = (frozenset({kind}) for kind in ("benzodiazepine", "SSRI", "opioid"))


def a_day(**events):
    return Day(events=tuple(sorted(events.items())))


def fired(*days, classes=BENZO, medicine="", **more):
    answers = Answers(classes=classes, days=tuple(days), medicine=medicine, **more)
    return {found.rule: found for found in findings_for(answers)}


@pytest.mark.parametrize(
    ("events", "rules"),
    [({}, set()), ({"fall": 1}, {"RF-18"}), ({"head": 1}, {"RF-18b"}),
     ({"fall": 1, "head": 1}, {"RF-18b"}), ({"fall": 0}, set()), ({"pregnant": 1}, {"RF-36"}),
     ({"opioid": 1}, {"RF-31"}), ({"sedative": 1}, {"RF-33"}), ({"restless": 1}, set()),
     ({"drinks": 0}, set()), ({"drinks": 1}, {"RF-32"}), ({"drinks": 3}, {"RF-32"}),
     ({"drinks": 4}, {"RF-32b"}), ({"drinks": 1, "opioid": 1}, {"RF-31", "RF-32b"})],
)  # fmt: skip
def test_one_day_alone(events, rules):
    assert set(fired(a_day(**events))) == rules


@pytest.mark.parametrize("code", ["opioid", "sedative", "pregnant"])
def test_told_before_is_not_new(code):
    assert fired(a_day(**{code: 1}), a_day(), None, a_day(**{code: 1})) == {}
    assert len(fired(a_day(**{code: 1}), a_day(**{code: 0}), None)) == 1


def test_an_opioid_beside_an_antidepressant_is_no_mix_and_an_unknown_class_counts():
    assert fired(a_day(opioid=1), classes=SSRI) == {}
    assert set(fired(a_day(opioid=1), classes=frozenset())) == {"RF-31"}


def test_alcohol_on_other_classes():
    assert fired(a_day(drinks=9), classes=SSRI) == {}
    assert set(fired(a_day(drinks=1), classes=OPIOID)) == {"RF-32b"}


@pytest.mark.parametrize(("days", "rule"), [(4, "RF-32"), (5, "RF-32b"), (7, "RF-32b")])
def test_drinking_on_five_of_seven_days(days, rule):
    week = [a_day(drinks=1)] * days + [a_day(drinks=0)] * (7 - days)
    assert set(fired(*week)) == {rule}
    assert set(fired(a_day(drinks=1), *[None] * 6, *[a_day(drinks=1)] * 7)) == {"RF-32"}


def test_not_sitting_still_on_two_days():
    still, moving = a_day(restless=0), a_day(restless=1)
    assert "RF-46" in fired(moving, still, None, moving)
    assert "RF-46" not in fired(still, moving, moving)
    assert "RF-46" not in fired(moving, *[None] * 6, moving)


@pytest.mark.parametrize(
    ("medicine", "classes", "rules"),
    [("Bupropion 150", BENZO, {"RF-45"}), ("TRAMADOL", BENZO, {"RF-45", "RF-31"}),
     ("tramadol", SSRI, {"RF-45", "RF-35"}), ("sumatriptan", SSRI, {"RF-35"}),
     ("sumatriptan", BENZO, set()), ("clarithromycin (7 days)", BENZO, {"RF-34"}),
     ("grapefruit juice", SSRI, {"RF-34"}), ("codeine", BENZO, {"RF-31"}),
     ("vitamin D", BENZO, {"RF-33"}), ("", BENZO, set())],
)  # fmt: skip
def test_a_new_medicine_by_its_name(medicine, classes, rules):
    assert set(fired(a_day(), classes=classes, medicine=medicine)) == rules


def test_an_opioid_makes_drowsy_days_urgent():
    drowsy = Day(ratings=(("s1", 3),))
    with_opioid = Day(ratings=(("s1", 3),), events=(("opioid", 1),))
    assert fired(drowsy, drowsy)["RF-17"].tier is Tier.REVIEW
    assert fired(with_opioid, drowsy)["RF-17"].tier is Tier.URGENT
    assert fired(drowsy, drowsy, classes=OPIOID)["RF-17"].tier is Tier.URGENT


def test_names_are_plain_words_and_rules_are_known():
    assert set(NAMED) <= set(FLAGS)
    for words in NAMED.values():
        assert words == words.lower()
        assert words.replace(" ", "").isalpha()


def test_codes_are_unique():
    assert len({event.code for event in EVENTS}) == len(EVENTS)
