"""Red-flag advice is on the page even when everything behind it fails."""

import pytest
from django.db import DatabaseError, connection
from django.template import TemplateDoesNotExist
from django.test import Client

from patients.models.checkins import CheckIn

DAY = "2026-03-02"
ADDRESS = f"/check-in/{DAY}/safety/"


@pytest.fixture
def ana(cast, time_machine):
    time_machine.move_to("2026-03-02T15:00:00Z", tick=False)
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana.user)
    return client


def tick(client, *codes, **more):
    return client.post(ADDRESS, {"flag": list(codes), "region": "us", **more})


def has_advice(response):
    page = response.content.decode()
    return "Call 911 now" in page and "Do not drive" in page


def broken(*args, **kwargs):
    raise RuntimeError("broken on purpose")


def test_saved_and_advised_in_one_response(ana):
    response = tick(ana, "r1")
    assert has_advice(response)
    assert response.status_code == 200
    assert "Your answer is saved" in response.content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "patients.views.checkins.submit_checkin",
        "patients.views.checkins.own_record",
        "patients.services.checkins.raise_flag",
        "patients.services.checkins.record",
        "patients.services.checkins.findings_for",
        "patients.services.flags.post_message",
        "patients.services.flags.record",
        "taper_tracker.context_processors.open_flags",
        "django.contrib.auth.middleware.get_user",
        "django.contrib.sessions.backends.db.SessionStore.load",
    ],
)
def test_whatever_raises_the_advice_is_there(ana, monkeypatch, target):
    monkeypatch.setattr(target, broken)
    response = tick(ana, "r1")
    assert has_advice(response)


def test_a_failed_save_is_never_called_saved(ana, monkeypatch):
    monkeypatch.setattr("patients.services.checkins.raise_flag", broken)
    response = tick(ana, "r1")
    assert response.status_code == 503
    assert "could not save" in response.content.decode()
    assert CheckIn.objects.count() == 0


def test_no_database_at_all(ana):
    def refuse(execute, sql, params, many, context):
        raise DatabaseError("no database")

    with connection.execute_wrapper(refuse):
        response = tick(ana, "r1")
        help_page = Client().get("/help-now/us/")
    assert has_advice(response)
    assert response.status_code == 503
    assert "Call 911 now" in help_page.content.decode()


def test_no_template_at_all(ana, monkeypatch):
    def missing(*args, **kwargs):
        raise TemplateDoesNotExist("gone")

    monkeypatch.setattr("patients.views.help.render_to_string", missing)
    assert has_advice(tick(ana, "r1"))
    assert "Call 911 now" in Client().get("/help-now/us/").content.decode()


def test_signed_out_still_advised_and_told_it_is_not_saved(db):
    response = tick(Client(), "r1")
    assert has_advice(response)
    assert response.status_code == 503


def test_a_missing_csrf_token_still_advised(cast):
    response = tick(Client(enforce_csrf_checks=True), "r1")
    assert has_advice(response)
    assert response.status_code == 503


def test_a_tick_together_with_none_keeps_the_tick(ana):
    response = tick(ana, "r1", none="1")
    assert has_advice(response)
    assert CheckIn.objects.get().safety == ["r1"]
    assert "kept what you ticked" in response.content.decode()


@pytest.mark.parametrize("day", ["2026-03-03", "1900-01-01", "not-a-day"])
def test_a_day_that_cannot_be_saved_still_advised(ana, day):
    response = ana.post(f"/check-in/{day}/safety/", {"flag": "r1", "region": "us"})
    assert has_advice(response)
    assert response.status_code == 503


def test_no_country_gets_the_general_words(ana, monkeypatch):
    monkeypatch.setattr("patients.views.checkins.submit_checkin", broken)
    page = ana.post(ADDRESS, {"flag": "r1"}).content.decode()
    assert "Call your local emergency number now" in page


def test_a_body_that_cannot_be_read(ana):
    response = ana.post(ADDRESS, data=b"\xff", content_type="multipart/form-data; boundary=")
    assert "emergency number" in response.content.decode()


def test_an_ordinary_answer_is_not_touched(ana):
    response = ana.post(ADDRESS, {"none": "1"})
    assert response.status_code == 302
    assert CheckIn.objects.get().safety == []


def test_nothing_chosen_asks_again(ana):
    response = ana.post(ADDRESS, {})
    assert response.status_code == 400
    assert "choose None of these" in response.content.decode()


@pytest.mark.parametrize("region", ["us", "gb", ""])
def test_help_needs_no_database_login_cookie_or_script(region):
    address = f"/help-now/{region}/" if region else "/help-now/"
    response = Client().get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    assert "<script" not in page
    assert "emergency number" in page or "Call 9" in page


def test_help_for_a_country_nobody_checked(client, db):
    assert client.get("/help-now/zz/").status_code == 404
