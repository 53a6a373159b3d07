"""When something breaks behind a page: the right status, and the way to help stays open."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.ana.user)
    return client


def raises(error):
    def work(*args, **kwargs):
        raise error

    return work


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
@pytest.mark.parametrize(
    "target",
    [
        "patients.views.access.own_patient",
        "django.contrib.sessions.backends.db.SessionStore.load",
    ],
)
def test_a_database_that_is_away_asks_to_try_again(patient, monkeypatch, error, target):
    monkeypatch.setattr(target, raises(error))
    response = patient.get("/today/")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    page = response.content.decode()
    assert "Nothing was saved. Please try again in a minute." in page
    assert "/help-now/" in page


def test_a_fault_of_our_own_is_not_called_a_pause(patient, monkeypatch):
    monkeypatch.setattr("patients.views.access.own_patient", raises(RuntimeError("ours")))
    response = patient.get("/today/")
    assert (response.status_code, "Retry-After" in response) == (500, False)
    assert "/help-now/" in response.content.decode()
