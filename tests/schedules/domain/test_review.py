"""Rules on what was taken."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from patients.domain.findings import Tier
from schedules.domain.dose import ZERO, Dose
from schedules.domain.levels import daily_levels
from schedules.domain.review import LoggedDay, TakenDay, Taper, findings_for, taper_findings


def rules(taken, planned="0.5", before="2", maximum="4", **more):
    day = TakenDay(
        Dose.mg(taken), Dose.mg(planned), Dose.mg(before), Dose.mg(maximum) if maximum else None,
        **more,
    )  # fmt: skip
    return [finding.rule for finding in findings_for(day)]


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("0.5", []),
        ("0.625", []),
        ("0.75", ["RF-24"]),
        ("1.5", ["RF-24"]),
        ("2", ["RF-24"]),
        ("2.125", ["RF-06"]),
        ("6", ["RF-06"]),
        ("6.5", ["RF-06"]),
    ],
)
def test_more_than_planned(taken, expected):
    assert rules(taken) == expected


def test_above_one_and_a_half_times_the_maximum_whatever_the_plan():
    assert rules("6.5", planned="6", before="6") == ["RF-06"]
    assert rules("6.5", planned="6", before="6", maximum=None) == []


@pytest.mark.parametrize(
    ("taken", "mixed", "extra", "expected"),
    [("2", True, 10, ["RF-06"]), ("2", False, 10, ["RF-24"]), ("1.75", True, 10, ["RF-24"]),
     ("2", True, 4, ["RF-24"]), ("2", True, None, ["RF-06"]), ("2", True, 5, ["RF-06"])],
)  # fmt: skip
def test_twice_the_plan_with_an_opioid_or_alcohol(taken, mixed, extra, expected):
    extra_mg = None if extra is None else Fraction(extra)
    assert rules(taken, planned="1", is_mixed=mixed, extra_diazepam_mg=extra_mg) == expected


def test_words_that_do_not_sum():
    assert rules("0.5", words_sum=False) == ["RF-41"]


def test_nothing_planned_is_no_ratio():
    assert rules("0", planned="0") == []


def test_the_level_follows_the_dose_slowly_and_an_unknown_day_goes_on():
    levels = daily_levels([2.0, 2.0, 1.0, None, 1.0], 35)
    assert levels[0] == levels[1] == 2.0
    assert 1.0 < levels[4] < levels[3] < levels[2] < 2.0
    assert daily_levels([None, None], 35) == [0.0, 0.0]


TODAY = date(2026, 3, 20)
ONE = Dose.mg(1)


def a_day(percent=100, *, slots=2, answered=2, nones=0, w=None, worst=None):
    return LoggedDay(ONE, Dose(ONE.ng * percent // 100), answered, slots, nones, w, worst)


FULL = a_day()


def a_taper(*days, **changes):
    kept = {
        "today": TODAY, "medicine": "clonazepam", "kind": "benzodiazepine",
        "half_life_h": Decimal(35), "diazepam_mg": Fraction(20), "slots": 2,
        "days": (*days, *[FULL] * (30 - len(days))),
    }  # fmt: skip
    return Taper(**{**kept, **changes})


def found(*days, **changes):
    return {item.rule: item for item in taper_findings(a_taper(*days, **changes))}


def test_a_plan_followed_to_the_letter_raises_nothing():
    assert found() == {}


NONE = a_day(0, nones=2)


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"gap_h": Decimal(24), "slots": 1}, {"RF-21"}),
        ({"gap_h": Decimal(69)}, {"RF-22"}),
        ({"gap_h": Decimal(70)}, {"RF-07"}),
        ({"gap_h": Decimal(70), "diazepam_mg": Fraction(5, 2)}, {"RF-22"}),
        ({"gap_h": Decimal(48), "half_life_h": Decimal(12)}, {"RF-07"}),
        ({"gap_h": Decimal(47), "half_life_h": Decimal(12)}, {"RF-22"}),
        ({"gap_h": Decimal(71), "kind": "SSRI", "diazepam_mg": None}, {"RF-22"}),
        ({"gap_h": Decimal(72), "kind": "SSRI", "diazepam_mg": None}, {"RF-07"}),
        ({"gap_h": Decimal(24), "kind": "opioid", "diazepam_mg": None}, {"RF-07"}),
        ({"gap_h": Decimal(23), "kind": "gabapentinoid", "diazepam_mg": None,
          "half_life_h": Decimal(6)}, {"RF-21"}),
        ({"gap_h": Decimal(24), "medicine": "alprazolam", "half_life_h": Decimal(40)}, {"RF-22"}),
        ({"gap_h": Decimal(23), "medicine": "lorazepam", "half_life_h": Decimal(60)}, {"RF-21"}),
    ],
)  # fmt: skip
def test_doses_not_taken(changes, rules):
    assert set(found(NONE, **changes)) == rules


def test_one_dose_not_taken_is_for_information_and_two_in_a_week_are_not():
    once, twice = a_day(50, nones=1), a_day(50, nones=1)
    assert set(found(once, gap_h=Decimal(13))) == {"RF-20"}
    assert "RF-21" in found(once, FULL, twice)
    assert "RF-21" not in found(once)
    assert "RF-21" not in found(once, *[FULL] * 6, twice)


def test_unlogged_is_never_not_taken():
    empty = a_day(0, answered=0)
    assert found(*[empty] * 7) == {}


@pytest.mark.parametrize(
    ("kind", "tier"),
    [("benzodiazepine", Tier.EMERGENCY), ("gabapentinoid", Tier.EMERGENCY), ("SSRI", Tier.URGENT)],
)
def test_stopping_with_severe_symptoms(kind, tier):
    severe = replace(NONE, worst=3)
    assert found(severe, gap_h=Decimal(80), kind=kind)["RF-07b"].tier is tier


@pytest.mark.parametrize(
    ("percents", "rules"),
    [
        ((110, 100, 149), {"RF-23"}),
        ((110, 150), set()),
        ((109, 109), set()),
        ((79, 100, 79), {"RF-25"}),
        ((79, 80), set()),
    ],
)
def test_more_or_less_than_planned_on_two_of_seven_days(percents, rules):
    assert set(found(*[a_day(percent) for percent in percents])) == rules


def test_a_day_that_was_not_wholly_answered_says_nothing_about_the_total():
    half = a_day(50, answered=1)
    assert found(half, half, half) == {}
    assert LoggedDay(ZERO, ZERO, 0, 0).percent() is None


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"planned": TODAY - 2 * DAY}, set()),
        ({"planned": TODAY - 3 * DAY}, {"RF-26"}),
        ({"planned": TODAY - 3 * DAY, "cleared": True}, set()),
        ({"planned": TODAY - 60 * DAY}, {"RF-26", "RF-43"}),
        ({"held_since": TODAY - 59 * DAY}, set()),
        ({"held_since": TODAY - 60 * DAY}, {"RF-43"}),
    ],
)
def test_a_step_that_does_not_start(changes, rules):
    assert set(found(**changes)) == rules


def test_no_recovery_at_the_same_dose():
    high = [a_day(w=16)] * 14
    usual = Fraction(10)
    assert "RF-12" in found(*high, usual_w=usual)
    assert "RF-12" not in found(*high, usual_w=Fraction(11))
    assert "RF-12" not in found(*high)
    assert "RF-12" not in found(*high[:13], a_day(), usual_w=usual)
    assert "RF-12" not in found(*high, usual_w=usual, steps=(TODAY - 13 * DAY,))
    assert "RF-12" in found(*high, usual_w=usual, steps=(TODAY - 14 * DAY,))


def test_a_rise_since_the_last_step_from_its_third_day_on():
    days = [a_day(w=16), a_day(w=14), a_day(w=12), a_day(w=10)]
    assert "RF-11" in found(*days, steps=(TODAY - 2 * DAY,))
    assert "RF-11" not in found(*days, steps=(TODAY - DAY,))
    assert "RF-11" not in found(a_day(w=15), *days[1:], steps=(TODAY - 2 * DAY,))
    assert "RF-11" not in found(*days[:3], a_day(), steps=(TODAY - 2 * DAY,))


@pytest.mark.parametrize(
    ("left", "tier"),
    [(7, None), (6, Tier.REVIEW), (5, Tier.REVIEW), (4, Tier.URGENT), (0, Tier.URGENT),
     (-3, Tier.URGENT)],
)  # fmt: skip
def test_boxes_that_run_out_from_a_friday(left, tier):
    got = found(runs_out_on=TODAY + timedelta(days=left)).get("RF-27")
    assert (got.tier if got else None) == tier
    assert got is None or got.sentence.startswith("The boxes at home run out on ")


def test_boxes_nobody_counted_say_nothing():
    assert "RF-27" not in found()


@pytest.mark.parametrize(
    ("kind", "days", "scores", "fires"),
    [("SSRI", (21, 35), (4, 9), True), ("SSRI", (21, 35), (4, 8), False),
     ("SSRI", (20, 34), (4, 12), False), ("benzodiazepine", (21, 35), (4, 12), False),
     ("SNRI", (30,), (12,), False)],
)  # fmt: skip
def test_a_relapse_begins_weeks_after_the_last_step(kind, days, scores, fires):
    last = TODAY - timedelta(days=40)
    moods = tuple(
        (last + timedelta(days=day), score) for day, score in zip(days, scores, strict=True)
    )
    assert ("RF-14" in found(kind=kind, steps=(last,), moods=moods)) is fires


@pytest.mark.parametrize(
    ("nights", "fires"),
    [(("3", "3.5", "8"), True), (("3", "8", "3.9"), True), (("4", "3", "8"), False),
     (("3", "8", "8", "3"), False), (("3", None, "3"), True), (("3",), False)],
)  # fmt: skip
@pytest.mark.parametrize("is_bipolar", [True, False])
def test_short_nights_with_a_bipolar_disorder(nights, fires, is_bipolar):
    days = [replace(FULL, hours_slept=Decimal(night) if night else None) for night in nights]
    assert ("RF-16" in found(*days, is_bipolar=is_bipolar)) is (fires and is_bipolar)


@pytest.mark.parametrize(
    ("levels", "fires"),
    [((3, 3, 3), True), ((3, 2, 3, 2, 4), True), ((3, 3, 2, 2, 2, 3), False), ((3, 3), False)],
)
def test_hard_nights_with_a_bipolar_disorder(levels, fires):
    days = [replace(FULL, trouble_sleeping=level) for level in levels]
    assert ("RF-16" in found(*days, is_bipolar=True)) is fires


@pytest.mark.parametrize("kind", ["benzodiazepine", "SSRI"])
def test_an_earlier_seizure_makes_an_abrupt_stop_an_emergency(kind):
    stopped = {"kind": kind, "gap_h": Decimal(90)}
    assert found(**stopped)["RF-07"].tier is Tier.URGENT
    got = found(**stopped, had_seizure=True)["RF-07b"]
    assert (got.tier, "seizure" in got.sentence) == (Tier.EMERGENCY, True)
