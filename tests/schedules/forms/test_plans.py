"""Bad input gets a clear sentence at the field, and nothing typed is lost."""

from datetime import date, timedelta

import pytest

from schedules.domain.dose import Dose
from schedules.domain.formulary.loader import medicine
from schedules.forms.plans import BuilderForm

TODAY = date(2026, 3, 2)
GOOD = {
    "morning": "0.75",
    "bedtime": "0,75",
    "products": ["klonopin-0.5", "melt-0.125"],
    "strategy": "proportional",
    "percent": "10",
    "every_days": "14",
    "first_lower_on": "2026-03-25",
    "target": "0.5",
}


def form(**changes):
    data = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    return BuilderForm(data, medicine=medicine("clonazepam"), today=TODAY)


def test_a_good_form_builds_a_plan():
    found = form()
    assert found.is_valid(), found.errors
    assert found.built.plan.steps[0].total == Dose.mg("1.5")
    assert found.asked()["bedtime"] == "0.75"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"morning": "1,000"}, "morning", "two ways"),
        ({"morning": "1e2"}, "morning", "Type a number of mg"),
        ({"morning": "NaN"}, "morning", "Type a number of mg"),
        ({"morning": "-1"}, "morning", "Type a number of mg"),
        ({"morning": "0", "bedtime": "0"}, "morning", "Type the dose she takes now"),
        ({"morning": "", "bedtime": ""}, "morning", "Type the dose she takes now"),
        ({"morning": "0.3"}, "products", "cannot make 0.3"),
        ({"products": []}, "products", "Choose the products"),
        ({"products": ["melt-9"]}, "products", "not one of the available"),
        ({"percent": "0"}, "percent", "More than 0"),
        ({"percent": "100"}, "percent", "between 0 and 100"),
        ({"percent": "１０"}, "percent", "between 0 and 100"),
        ({"percent": ""}, "percent", "how many per cent"),
        ({"strategy": "linear"}, "decrement", "how many mg"),
        ({"strategy": "cuts"}, "cuts", "how many cuts"),
        ({"strategy": "cuts", "cuts": "0"}, "cuts", "1 to 365"),
        ({"strategy": "by-hand"}, "totals", "falling order"),
        ({"strategy": "by-hand", "totals": "1 1,000"}, "totals", "two ways"),
        ({"strategy": "by-hand", "totals": "1 1.25"}, "totals", "lower than the one before"),
        ({"cut_by_hand": ["klonopin-0.5"]}, "cut_by_hand", "typed by hand"),
        ({"cut_by_hand": ["melt-0.125"]}, "cut_by_hand", "not one of the available"),
        ({"strategy": "faster"}, "strategy", "not one of the available"),
        ({"every_days": "0"}, "every_days", "1 to 365"),
        ({"every_days": "１４"}, "every_days", "1 to 365"),
        ({"every_days": ""}, "every_days", "days between steps"),
        ({"first_lower_on": "1899-12-31"}, "first_lower_on", "after 1900"),
        ({"first_lower_on": "2099-01-01"}, "first_lower_on", "five years"),
        ({"first_lower_on": "2026-03-02"}, "first_lower_on", "tomorrow"),
        ({"first_lower_on": "2026-02-30"}, "first_lower_on", "Type a date"),
        ({"first_lower_on": ""}, "first_lower_on", "Choose the day"),
        ({"target": "2"}, "target", "Plan down to less"),
        ({"target": ""}, "target", "Type the dose at the end"),
        ({"target": "0.3"}, "target", "ends exactly"),
    ],
)
def test_each_wrong_field_says_how_to_mend_it(changes, field, words):
    found = form(**changes)
    assert not found.is_valid()
    assert words in " ".join(found.errors[field]).replace("\u00a0", " ")


def test_what_was_typed_stays_in_the_form():
    found = form(morning="1,000", percent="abc")
    assert not found.is_valid()
    assert 'value="1,000"' in str(found["morning"])
    assert 'value="abc"' in str(found["percent"])


def test_29_february_and_exactly_five_years_ahead():
    assert "first_lower_on" not in form(first_lower_on="2028-02-29").errors
    ahead = TODAY + timedelta(days=5 * 365)
    assert "first_lower_on" not in form(first_lower_on=ahead.isoformat()).errors


def test_a_start_above_the_maximum_is_not_refused_but_asks_why():
    high = {"morning": "2", "bedtime": "2.5", "indication": "panic", "target": "4"}
    found = form(**high, products=["klonopin-0.5", "klonopin-2"])
    assert found.is_valid(), found.errors
    assert found.needs_reason()
    with_reason = form(
        **high, products=["klonopin-0.5", "klonopin-2"], reason="Since 2019, stable."
    )
    assert with_reason.is_valid()
    assert not with_reason.needs_reason()


def test_equal_cuts_and_a_list_by_hand():
    cuts = form(strategy="cuts", cuts="4")
    assert cuts.is_valid(), cuts.errors
    assert len(cuts.built.plan.steps) == 5
    hand = form(strategy="by-hand", totals="1.25 1; 0.5")
    assert hand.is_valid(), hand.errors
    assert [str(step.total) for step in hand.built.plan.steps[1:]] == [
        "1.25\u00a0mg", "1\u00a0mg", "0.5\u00a0mg",
    ]  # fmt: skip


def test_a_tablet_cut_beyond_its_score_asks_why():
    changes = {
        "strategy": "by-hand", "totals": "1.25 1 0.625", "target": "0.625",
        "products": ["klonopin-0.5"], "cut_by_hand": ["klonopin-0.5"],
    }  # fmt: skip
    found = form(**changes)
    assert found.is_valid(), found.errors
    assert "GEN-02b" in found.built.hard
    assert found.needs_reason()
    assert found.asked()["cut_by_hand"] == ["klonopin-0.5"]
