"""A sign-in from a device nobody knows is told at once, by mail, and only then."""

import pytest
from django.test import Client

from patients.models.devices import KnownDevice
from patients.models.endpoints import Endpoint
from patients.models.messages import Message
from tests.cast import NOW, PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, user):
    sent = {"login": user.email, "password": PASSWORD}
    answer = client.post("/accounts/login/", sent)
    assert answer.status_code == 302
    return answer


def sign_out(client):
    client.post("/accounts/logout/")


def told(user):
    return Message.objects.filter(kind="new-device", recipient=user)


def test_the_first_device_of_an_account_is_no_news(cast, client):
    sign_in(client, cast.ana.user)
    assert not told(cast.ana.user).exists()


def test_another_device_is_told_by_mail(cast, client):
    sign_in(client, cast.ana.user)
    cast.ana.user.channel = "webpush"
    cast.ana.user.save()
    Endpoint.objects.create(
        user=cast.ana.user, channel="webpush", target="https://push.example/x", added_at=NOW
    )
    sign_in(Client(), cast.ana.user)
    message = told(cast.ana.user).get()
    assert (message.channel, message.priority) == ("email", 1)
    assert message.params["path"] == "/accounts/password/reset/"


def test_the_same_device_again_is_no_news(cast, client):
    sign_in(client, cast.ana.user)
    other = Client()
    for _ in range(3):
        sign_in(other, cast.ana.user)
        sign_out(other)
    assert told(cast.ana.user).count() == 1
    assert KnownDevice.objects.filter(user=cast.ana.user).count() == 2


def test_two_people_share_a_device(cast, client):
    sign_in(Client(), cast.bell)
    sign_in(client, cast.ana.user)
    sign_out(client)
    sign_in(client, cast.bell)
    sign_out(client)
    sign_in(client, cast.ana.user)
    assert told(cast.bell).count() == 1
    assert not told(cast.ana.user).exists()


@pytest.mark.parametrize("key", ["", "x", "x" * 5000, "\u00e9"])
def test_a_key_that_nobody_gave_is_not_taken(cast, client, key):
    sign_in(Client(), cast.ana.user)
    client.cookies["device"] = key
    answer = sign_in(client, cast.ana.user)
    assert answer.cookies["device"].value not in ("", key)
    assert told(cast.ana.user).count() == 1


def test_the_key_is_for_the_server_alone(cast, client):
    kept = sign_in(client, cast.ana.user).cookies["device"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    stored = KnownDevice.objects.get(user=cast.ana.user).key_hash
    assert kept.value not in stored


def test_a_wrong_password_adds_no_device(cast, client):
    client.post("/accounts/login/", {"login": cast.ana.user.email, "password": "wrong" * 3})
    assert not KnownDevice.objects.exists()
