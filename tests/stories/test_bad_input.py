"""Bad input on the pages: a clear sentence, nothing lost, never a broken page."""

from uuid import uuid4

import pytest

from patients.models.checkins import CheckIn
from schedules.models.doses import DoseEntry
from tests.cast import NOW, a_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(cast, client, time_machine):
    a_plan(cast)
    time_machine.move_to(NOW.replace(hour=20), tick=False)
    client.force_login(cast.ana.user)
    return client


def text(response):
    return response.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-03", "still to come"),
        ("2031-04-01", "still to come"),
        ("1899-01-01", "last 14 days"),
        ("2026-02-01", "last 14 days"),
    ],
)
def test_a_check_in_for_a_day_that_cannot_be(ana, day, words):
    for page, sent in (("day", {"day": "1"}), ("safety", {"none": "1"}), ("more", {"w1": "1"})):
        response = ana.post(f"/check-in/{day}/{page}/", sent)
        assert words in text(response), page
    assert CheckIn.objects.count() == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_break_nothing(ana, day):
    for path in (f"/check-in/{day}/day/", f"/check-in/{day}/more/", f"/dose/{day}/morning/"):
        assert ana.get(path).status_code in (400, 404)


@pytest.mark.parametrize("day", ["today", "2026-3-2", "2026-02-30", "20260302x"])
def test_a_day_that_is_no_day(ana, day):
    assert ana.get(f"/check-in/{day}/day/").status_code == 404


def test_no_answer_to_question_one(ana):
    assert "Choose one of the five" in text(ana.post("/check-in/2026-03-02/day/", {"day": "7"}))


def test_hours_that_cannot_be_keep_everything_typed(ana):
    sent = {"w3": "2", "hours_slept": "many", "note": "A note & more"}
    page = text(ana.post("/check-in/2026-03-02/more/", sent))
    assert "Type the hours as a number" in page
    assert 'value="many"' in page
    assert "A note &amp; more" in page
    assert 'id="w3-2" name="w3" value="2" checked' in page


@pytest.mark.parametrize("slot", ["midnight", "noon", "' or 1=1"])
def test_an_unknown_slot_is_a_clear_sentence(ana, slot):
    assert "no dose at this time" in text(ana.get(f"/dose/2026-03-02/{slot}/"))
    sent = {"client_uuid": str(uuid4()), "seen": "750000"}
    page = text(ana.post(f"/dose/2026-03-02/{slot}/taken/", sent, follow=True))
    assert "no such time of day" in page
    assert DoseEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1,000", "two ways"),
        ("1e2", "Type a number of mg"),
        ("", "how much you took"),
        ("0", "how much"),
    ],
)
def test_an_amount_that_cannot_be_read(ana, amount, words):
    sent = {"client_uuid": str(uuid4()), "what": "different", "amount": amount}
    page = text(ana.post("/dose/2026-03-02/morning/", sent))
    assert words in page
    assert f'value="{amount}"' in page or not amount
    assert "Problem:" in page
    assert DoseEntry.objects.count() == 0


def test_a_forged_submission_number(ana):
    sent = {"client_uuid": "x", "seen": "750000"}
    assert "could not read" in text(ana.post("/dose/2026-03-02/morning/taken/", sent, follow=True))


def test_another_time_needs_the_time(ana):
    sent = {"client_uuid": str(uuid4()), "what": "time"}
    assert "Tell us when" in text(ana.post("/dose/2026-03-02/morning/", sent))
    sent["at"] = "09:15"
    page = text(ana.post("/dose/2026-03-02/morning/", sent, follow=True))
    assert "You took it at 9:15 am" in page


def test_a_note_is_never_markup(ana, cast, client):
    ana.post("/check-in/2026-03-02/more/", {"note": "<script>alert(1)</script>"})
    client.force_login(cast.bell)
    page = text(client.get(f"/clinic/patients/{cast.ana.pk}/"))
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_the_builder_keeps_what_was_typed(cast, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(cast.bell)
    sent = {"morning": "1,000", "percent": "10", "strategy": "proportional", "check": "1"}
    page = text(client.post(f"/clinic/patients/{cast.ana.pk}/plans/new/", sent))
    assert "can be read in two ways" in page
    assert 'value="1,000"' in page
    assert "Choose the products" in page


def test_a_start_above_the_maximum_asks_for_a_reason_and_then_goes_on(cast, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(cast.bell)
    sent = {
        "morning": "2", "bedtime": "2.5", "indication": "panic", "target": "4",
        "products": ["klonopin-0.5", "klonopin-2"], "strategy": "proportional", "percent": "10",
        "every_days": "14", "first_lower_on": "2026-03-10", "check": "1",
    }  # fmt: skip
    address = f"/clinic/patients/{cast.ana.pk}/plans/new/"
    assert "Type a reason of 10 letters or more for BZD-10" in text(client.post(address, sent))
    saved = client.post(address, {**sent, "reason": "On this dose since 2019."})
    assert saved.status_code == 302
    assert "On this dose since 2019." in text(client.get(saved.url))


def test_a_medicine_that_is_not_there(cast, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(cast.bell)
    address = f"/clinic/patients/{cast.ana.pk}/plans/new/?medicine=../x"
    assert client.get(address).status_code == 404


def test_a_class_without_its_own_questions_is_not_offered(cast, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(cast.bell)
    address = f"/clinic/patients/{cast.ana.pk}/plans/new/"
    assert client.get(address, {"medicine": "oxycodone"}).status_code == 404
    assert client.get(address, {"medicine": "zopiclone"}).status_code == 200


def test_the_preview_names_the_ways_out(cast, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(cast.bell)
    sent = {
        "bedtime": "1", "target": "0.5", "products": ["klonopin-0.5"], "every_days": "14",
        "strategy": "proportional", "percent": "10", "first_lower_on": "2026-03-10",
    }  # fmt: skip
    page = text(client.post(f"/clinic/patients/{cast.ana.pk}/plans/new/", sent))
    assert "Ways out of the first one" in page
    assert "hold that step 21 days longer" in page
    assert "VA/DoD 2021: 10 mg" in page
    assert "Ashton 2002: 20 mg" in page
