"""Push services and pagers that take, refuse, vanish or hang."""

import base64
import json
import os
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from patients.channels import webhook, webpush
from patients.channels.base import Fate, Letter, Target
from patients.channels.registry import CHANNELS
from patients.channels.webhook import WebhookChannel
from patients.channels.webpush import WebPushChannel, public_key
from patients.models.endpoints import Endpoint
from patients.models.messages import Message
from patients.services.dispatch import deliver_due
from patients.services.endpoints import (
    EndpointRefused,
    add_endpoint,
    answer_test,
    check_address,
    send_test_reminder,
)
from patients.services.messages import post_message
from tests.cast import NOW


class Service:
    """An HTTP server that remembers what it got and answers with a status per path."""

    def __init__(self):
        outer = self
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: dict[str, int] = {}
        self.waits = 0.0

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                if self.path == "/hang":
                    outer.hang.wait(5)
                self.send_response(outer.statuses.get(self.path, 201))
                self.end_headers()

            def log_message(self, *_):
                """Quiet."""

        self.hang = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service():
    found = Service()
    yield found
    found.close()


@pytest.mark.parametrize("channel", [WebPushChannel(), WebhookChannel()])
def test_nothing_is_begun_after_the_lease(service, channel):
    late = Letter((Target(f"{service.url}/a"),), "s", "b", "<1@x>", "", not_after=NOW)
    (outcome,) = channel.send([late], lambda: NOW)
    assert outcome.fate is Fate.UNREACHED
    assert not service.got


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(webpush, "SECONDS", (0.5, 0.5))
    monkeypatch.setattr(webhook, "SECONDS", (0.5, 0.5))


class Browser:
    """The other end of a push: it can read what was encrypted for it."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    @property
    def secrets(self):
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": point, "auth": self.auth}
        return {
            name: base64.urlsafe_b64encode(value).rstrip(b"=").decode()
            for name, value in keys.items()
        }

    def read(self, body):
        return json.loads(
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        )


def a_letter(*addresses, secrets=()):
    targets = tuple(Target(address, tuple(dict(secrets).items())) for address in addresses)
    return Letter(targets, "Reminder", "It is 10 pm.", "<1@x.example>", "https://x.example/today/")


def send(channel, letter):
    return channel.send([letter], lambda: NOW)[0]


def test_a_push_is_encrypted_for_the_browser_and_signed_by_us(service):
    browser = Browser()
    letter = a_letter(f"{service.url}/ok", secrets=browser.secrets)
    assert send(WebPushChannel(), letter).fate is Fate.SENT
    (_, headers, body) = service.got[0]
    assert browser.read(body) == {
        "title": "Reminder",
        "link": "https://x.example/today/",
        "tag": "<1@x.example>",
    }
    assert headers["content-encoding"] == "aes128gcm"
    assert public_key() in headers["authorization"].replace("=", "")


@pytest.mark.parametrize(
    ("path", "status", "fate", "dead"),
    [
        ("/gone", 410, Fate.REFUSED, True),
        ("/none", 404, Fate.REFUSED, True),
        ("/busy", 429, Fate.FAILED, False),
        ("/down", 503, Fate.FAILED, False),
        ("/hang", 201, Fate.AMBIGUOUS, False),
    ],
)
@pytest.mark.parametrize("channel", [WebPushChannel(), WebhookChannel()], ids=["push", "pager"])
def test_what_a_service_answers(service, channel, path, status, fate, dead):
    service.statuses[path] = status
    address = f"{service.url}{path}"
    outcome = send(channel, a_letter(address, secrets=Browser().secrets))
    assert outcome.fate is fate
    assert outcome.dead == ((address,) if dead else ())


@pytest.mark.parametrize("channel", [WebPushChannel(), WebhookChannel()], ids=["push", "pager"])
def test_a_service_that_is_not_there(channel):
    outcome = send(channel, a_letter("http://127.0.0.1:1/x", secrets=Browser().secrets))
    assert outcome.fate is Fate.UNREACHED


def test_one_living_device_is_enough_and_the_dead_one_is_named(service):
    service.statuses["/gone"] = 410
    gone = f"{service.url}/gone"
    outcome = send(WebPushChannel(), a_letter(gone, f"{service.url}/ok", secrets=Browser().secrets))
    assert (outcome.fate, outcome.dead) == (Fate.SENT, (gone,))


def test_broken_keys_are_a_dead_device(service):
    outcome = send(WebPushChannel(), a_letter(service.url, secrets={"p256dh": "x", "auth": "y"}))
    assert outcome.fate is Fate.REFUSED


def test_a_pager_gets_no_patient_data_and_no_redirect_is_followed(service):
    service.statuses["/moved"] = 302
    send(WebhookChannel(), a_letter(f"{service.url}/ok"))
    body = json.loads(service.got[0][2])
    assert set(body) == {"text", "link", "id"}
    assert body["link"].endswith(":8000/")
    assert send(WebhookChannel(), a_letter(f"{service.url}/moved")).fate is Fate.FAILED
    assert len(service.got) == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://pager.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://localhost/x",
        "https://db.internal/x", "https://nas.local/", "ftp://pager.example", "javascript:1", "",
        "https://user:pass@pager.example/", "https://" + "x" * 700 + ".example/",
    ],
)  # fmt: skip
def test_an_address_inside_the_house_is_refused(address):
    with pytest.raises(EndpointRefused):
        check_address(address)


@pytest.fixture
def device(cast, service):
    """A device of Ana's whose push service is ours."""
    return Endpoint.objects.create(
        user=cast.ana.user, channel="webpush", target=f"{service.url}/device",
        secrets=Browser().secrets, added_at=NOW,
    )  # fmt: skip


def run(minutes=0):
    now = NOW + timedelta(minutes=minutes)
    return deliver_due(lambda: now, rechecks={})


def post(cast, kind="check-in", person=None):
    person = person or cast.ana.user
    post_message(kind, occurrence="x", due_at=NOW, now=NOW, recipient=person, patient=cast.ana)


@pytest.mark.django_db
def test_a_reminder_goes_by_the_chosen_way_and_an_alarm_by_every_way(cast, device, service):
    cast.ana.user.channel = "webpush"
    cast.ana.user.save()
    post(cast)
    post(cast, kind="flag")
    ways = set(Message.objects.values_list("kind", "channel"))
    assert ways == {("check-in", "webpush"), ("flag", "email"), ("flag", "webpush")}
    run()
    assert len(service.got) == 2


@pytest.mark.django_db
def test_a_dead_device_is_left_and_the_reminder_goes_by_mail(cast, device, service, outbox):
    service.statuses["/device"] = 410
    cast.ana.user.channel = "webpush"
    cast.ana.user.save()
    post(cast)
    run()
    device.refresh_from_db()
    assert device.dead_since == NOW
    cast.ana.user.refresh_from_db()
    assert cast.ana.user.has_dead_channel
    by_mail = Message.objects.get(kind="check-in", channel="email")
    assert by_mail.state == "sent"
    told = [mail.subject for mail in outbox]
    assert "A reminder could not reach you" in told
    assert "Reminder" in told
    before = len(service.got)
    post_message("check-in", occurrence="y", due_at=NOW, now=NOW, recipient=cast.ana.user)
    run(1)
    assert len(service.got) == before


@pytest.mark.django_db
def test_the_test_of_reminders_and_its_answer(cast, device, service, outbox):
    assert send_test_reminder(cast.ana.user, now=NOW) == 2
    run()
    assert len(service.got) == 1
    assert [mail.subject for mail in outbox] == ["Test"]
    mail = Endpoint.objects.get(user=cast.ana.user, channel="email")
    answer_test(cast.ana.user, mail, arrived=False, now=NOW)
    assert cast.ana.user.has_dead_channel
    post(cast)
    assert Message.objects.get(kind="check-in").channel == "webpush"
    answer_test(cast.ana.user, mail, arrived=True, now=NOW)
    assert not cast.ana.user.has_dead_channel


@pytest.mark.django_db
def test_a_pager_is_for_clinicians_and_ten_devices_are_enough(cast):
    with pytest.raises(EndpointRefused):
        add_endpoint(cast.ana.user, "webhook", "https://pager.example/x", secrets={}, now=NOW)
    for n in range(10):
        add_endpoint(cast.bell, "webhook", f"https://pager.example/{n}", secrets={}, now=NOW)
    add_endpoint(cast.bell, "webhook", "https://pager.example/0", secrets={}, now=NOW)
    with pytest.raises(EndpointRefused, match="ten"):
        add_endpoint(cast.bell, "webhook", "https://pager.example/10", secrets={}, now=NOW)


def test_every_channel_keeps_the_protocol():
    for channel in CHANNELS.values():
        assert channel.is_open(NOW)
        assert channel.title
        assert channel.send([], lambda: NOW) == []
        channel.close()
