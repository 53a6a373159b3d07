"""A forgotten password: a link by mail through the outbox, and nothing said about who exists."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from patients.models.audit import AuditEntry
from patients.models.endpoints import Endpoint
from patients.models.messages import Message
from patients.services.dispatch import deliver_due
from tests.cast import NOW, PASSWORD

pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/password/reset/"
NEW = "a much newer horse"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_from_the_sign_in_page_to_a_new_password(cast):
    client = Client()
    assert ADDRESS in client.get("/accounts/login/").content.decode()
    assert client.post(ADDRESS, {"email": cast.ana.user.email}).status_code == 302
    message = Message.objects.get(kind="account")
    assert (message.channel, message.recipient) == ("email", cast.ana.user)
    assert AuditEntry.objects.filter(action="reset-link-sent").count() == 1
    form = client.get(message.params["path"], follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed" in done.content.decode()
    assert Client().login(email=cast.ana.user.email, password=NEW)
    used = Client().get(message.params["path"], follow=True).content.decode()
    assert "This link no longer works" in used


def test_an_hour_later_the_link_is_too_old(cast, time_machine):
    Client().post(ADDRESS, {"email": cast.ana.user.email})
    path = Message.objects.get(kind="account").params["path"]
    time_machine.move_to(NOW + timedelta(minutes=61), tick=False)
    assert "This link no longer works" in Client().get(path, follow=True).content.decode()


def test_the_page_waits_for_no_mail_server(cast, settings):
    settings.EMAIL_BACKEND = "nowhere.Backend"
    assert Client().post(ADDRESS, {"email": cast.ana.user.email}).status_code == 302


def test_the_letter_holds_the_link_and_tells_nothing(cast):
    Client().post(ADDRESS, {"email": cast.ana.user.email})
    deliver_due(lambda: NOW, rechecks={})
    [letter] = mail.outbox
    assert re.search(r"/accounts/password/reset/key/\S+", letter.body)
    assert "Riverside" not in letter.subject + letter.body


@pytest.mark.parametrize("email", ["nobody@x.example", "ANA", ""])
def test_a_stranger_hears_the_same_and_nothing_is_sent(cast, email):
    Client().post(ADDRESS, {"email": email})
    assert not Message.objects.exists()
    assert not mail.outbox


def test_a_device_never_gets_the_link(cast):
    Endpoint.objects.create(
        user=cast.ana.user, channel="webpush", target="https://push.example/1", added_at=NOW
    )
    cast.ana.user.channel = "webpush"
    cast.ana.user.save()
    Client().post(ADDRESS, {"email": cast.ana.user.email})
    assert [m.channel for m in Message.objects.filter(kind="account")] == ["email"]


def test_twice_within_a_minute_is_one_message(cast):
    for _ in range(2):
        Client().post(ADDRESS, {"email": cast.ana.user.email})
    assert Message.objects.filter(kind="account").count() == 1


def test_an_account_that_is_off_gets_no_link(cast):
    cast.ana.user.is_active = False
    cast.ana.user.save()
    Client().post(ADDRESS, {"email": cast.ana.user.email})
    assert not Message.objects.exists()


def test_a_new_password_is_told_to_the_person_and_written_down(cast):
    client = Client()
    client.post(ADDRESS, {"email": cast.ana.user.email})
    form = client.get(Message.objects.get(kind="account").params["path"], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    told = Message.objects.get(kind="account-changed")
    assert (told.recipient, told.params["path"]) == (cast.ana.user, ADDRESS)
    assert AuditEntry.objects.get(action="password-changed").subject == str(cast.ana.user.pk)


def test_a_password_changed_while_signed_in_is_told_too(cast):
    client = Client()
    client.force_login(cast.bell)
    sent = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/accounts/password/change/", sent)
    assert Message.objects.get(kind="account-changed").recipient == cast.bell
