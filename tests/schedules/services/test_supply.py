"""Boxes at home: counted, used up day by day at the dose in force, told in time."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from patients.models.flags import Flag
from patients.models.messages import Message
from schedules.models.supply import MOST, PARTS, SupplyCount
from schedules.selectors.plans import standings
from schedules.selectors.supply import amount_words, boxes_of, boxes_page, counts_of
from schedules.services.due_reminders import post_due_reminders
from schedules.services.gates import clear_step
from schedules.services.plans import hold_plan
from schedules.services.review import review_new_days
from schedules.services.supply import CountRefused, count_boxes
from tests.cast import DAY, NOW, a_plan, tick

pytestmark = pytest.mark.django_db
HALF = "klonopin-0.5"
MELT = "melt-0.125"
FIRST = date(2026, 3, 30)


@pytest.fixture
def plan(cast):
    """Three whole tablets of 0.5 mg a day, in halves; the first step four weeks on."""
    return a_plan(cast, now=NOW - DAY / 24, first=FIRST)


def count(cast, amount, at=NOW, **more):
    count_boxes(cast.ana, {HALF: Fraction(amount), **more}, by=cast.ana.user, now=at)


def runs_out(cast, at):
    found = standings(cast.ana, at)
    return boxes_of(found, counts_of([cast.ana])[cast.ana.pk]).runs_out_on


def test_nothing_is_known_before_a_count(cast, plan):
    assert runs_out(cast, NOW) is None
    assert boxes_page(cast.ana, NOW).lasts == ""


@pytest.mark.parametrize(("amount", "days"), [(0, 0), ("2.5", 0), (3, 1), ("29.5", 9), (30, 10)])
def test_the_first_day_that_falls_short(cast, plan, amount, days):
    count(cast, amount)
    assert runs_out(cast, NOW) == NOW.date() + days * DAY


def test_the_day_stays_as_the_days_go_by(cast, plan):
    count(cast, 30)
    for day in range(10):
        assert runs_out(cast, NOW + day * DAY) == NOW.date() + 10 * DAY
    assert runs_out(cast, NOW + 14 * DAY) == NOW.date() + 14 * DAY


def test_a_new_count_replaces_the_old_one_which_stays(cast, plan):
    count(cast, 30)
    count(cast, 60, at=NOW + 5 * DAY)
    assert runs_out(cast, NOW + 5 * DAY) == NOW.date() + 25 * DAY
    assert SupplyCount.objects.filter(product=HALF).count() == 2
    assert SupplyCount.objects.get(replaced_at__isnull=True).amount == 60


def stepped(cast):
    at = NOW + 26 * DAY
    revision = standings(cast.ana, at)[-1].revision
    answers = {"sleep": "yes", "symptoms": "yes", "boxes": "yes", "again": False}
    clear_step(
        cast.ana, step=1, seen=str(revision.pk), answers=answers, by=cast.ana.user, now=at
    )  # fmt: skip


def test_a_lower_dose_uses_less_and_a_product_not_counted_is_not_known(cast, plan):
    count(cast, 90, at=NOW + 20 * DAY)
    stepped(cast)
    later = NOW + 29 * DAY
    found = standings(cast.ana, later)[-1]
    assert found.course.step == 1
    used = {box.product for box in boxes_of([found], {}).boxes}
    assert used == {HALF, MELT}
    assert runs_out(cast, later) is None
    count(cast, "62.5", at=later, **{MELT: Fraction(100)})
    assert runs_out(cast, later) == later.date() + 25 * DAY


def test_each_day_since_the_count_is_taken_off_at_the_dose_of_that_day(cast, plan):
    count(cast, 90, at=NOW + 20 * DAY)
    stepped(cast)
    now = NOW + 30 * DAY
    count_boxes(cast.ana, {MELT: Fraction(100)}, by=cast.ana.user, now=now)
    eight_days, two_days = 8 * 3, 2 * Fraction("2.5")
    left = (90 - eight_days - two_days) // Fraction("2.5")
    assert runs_out(cast, now) == now.date() + int(left) * DAY


def test_a_hold_keeps_the_dose_and_so_the_day(cast, plan):
    count(cast, 30)
    before = runs_out(cast, NOW)
    hold_plan(cast.ana, note="", by=cast.ana.user, now=NOW + DAY)
    assert runs_out(cast, NOW + 2 * DAY) == before


@pytest.mark.parametrize(
    "amounts", [{}, {"melt-0.125": Fraction(1)}, {"x": Fraction(1)}, {HALF: Fraction(1, 7)},
                {HALF: Fraction(-1)}, {HALF: Fraction(MOST + 1)}],
)  # fmt: skip
def test_counts_that_cannot_be(cast, plan, amounts):
    with pytest.raises(CountRefused):
        count_boxes(cast.ana, amounts, by=cast.ana.user, now=NOW)
    assert not SupplyCount.objects.exists()


def test_without_a_plan_there_is_nothing_to_count(cast):
    with pytest.raises(CountRefused):
        count(cast, 3)


def test_the_table_keeps_its_bounds(cast, plan):
    for parts in (-1, MOST * PARTS + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            SupplyCount.objects.create(
                patient=cast.ana, product=HALF, parts=parts, plan_day=NOW.date(),
                counted_at=NOW, counted_by=cast.ana.user,
            )  # fmt: skip


def kinds(day):
    rows = Message.objects.filter(occurrence__startswith=day.date().isoformat())
    return set(rows.values_list("kind", flat=True)) & {"supply", "supply-low", "count-boxes"}


def test_told_ten_five_and_two_days_before_the_patient_and_the_clinic(cast, plan):
    count(cast, 36)
    told = {}
    for day in range(1, 13):
        post_due_reminders(NOW + day * DAY)
        told[12 - day] = kinds(NOW + day * DAY)
    short = {"supply", "supply-low"}
    assert {left for left, names in told.items() if names == short} == {10, 5, 2}
    assert set().union(*told.values()) == short


def test_a_count_takes_back_what_waits(cast, plan):
    count(cast, 15)
    cast.ana.user.quiet_from, cast.ana.user.quiet_until = NOW.time(), (NOW - DAY / 24).time()
    cast.ana.user.time_zone = "UTC"
    cast.ana.user.save()
    count(cast, 9, at=NOW)
    post_due_reminders(NOW + DAY)
    waiting = Message.objects.filter(kind="supply", state="pending")
    assert waiting.count() == 1
    count(cast, 90, at=NOW + DAY)
    assert not waiting.exists()


def flags():
    return [
        (flag.tier, flag.state) for flag in Flag.objects.filter(rule="RF-27").order_by("raised_at")
    ]


def test_short_boxes_raise_a_flag_that_rises_by_itself(cast, plan):
    count(cast, 30)
    for day in range(12):
        at = NOW + day * DAY
        tick(at)
        expected = [] if day < 4 else [("review", "raised")] if day < 8 else [("urgent", "raised")]
        assert flags() == expected, day
    flag = Flag.objects.get(rule="RF-27")
    assert flag.sentence == "The boxes at home run out on 12 March."
    assert Message.objects.filter(kind="flag", recipient=cast.bell, patient=cast.ana).exists()


def test_an_empty_count_is_urgent_at_once(cast, plan):
    count(cast, 0)
    review_new_days(NOW)
    assert flags() == [("urgent", "raised")]
    assert "555-0199" in page(cast)


def page(cast):
    client = Client()
    client.force_login(cast.ana.user)
    return client.get("/supply/").content.decode()


def test_the_page_counts_and_says_how_long(cast, plan, time_machine):
    time_machine.move_to(NOW, tick=False)
    client = Client()
    client.force_login(cast.ana.user)
    wrong = client.post("/supply/", {HALF: "a few"}).content.decode()
    assert "Type how many there are" in wrong
    assert 'value="a few"' in wrong
    done = client.post("/supply/", {HALF: "30½"}, follow=True).content.decode()
    assert "Enough until Wed 11 March" in done
    assert "Last time 30.5." in done


@pytest.mark.parametrize("typed", ["", "-1", "1e2", "1,000", "30 mg", "5001", "NaN", "٣", "1/7"])
def test_numbers_that_are_not_taken(cast, plan, time_machine, typed):
    time_machine.move_to(NOW, tick=False)
    client = Client()
    client.force_login(cast.ana.user)
    answer = client.post("/supply/", {HALF: typed})
    assert answer.status_code == 200
    assert "Type how many there are" in answer.content.decode()
    assert not SupplyCount.objects.exists()


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "0"), ("12", "12"), ("12.5", "12.5"), ("0.25", "0.25"), ("1/3", "1/3"), ("4/3", "1 1/3")],
)  # fmt: skip
def test_amounts_in_words(amount, words):
    assert amount_words(Fraction(amount)) == words
