"""A mail server that breaks, and settings that send to it."""

import pytest

from patients.channels.email import SMTP_BACKEND, EmailChannel
from patients.channels.registry import CHANNELS
from tests.faults.sink import Sink


@pytest.fixture(params=[False, True], ids=["one by one", "pipelined"])
def pipelining(request):
    """Whether the mail server takes several commands in one write."""
    return request.param


@pytest.fixture
def sink(pipelining):
    with Sink(pipelining=pipelining) as found:
        yield found


@pytest.fixture
def mail_to(settings, monkeypatch):
    """Send real mail to this server, with a fresh channel and short waits."""

    made = []

    def use(server, connections=4):
        settings.EMAIL_BACKEND = SMTP_BACKEND
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 0.5
        settings.MAIL_CONNECTIONS = connections
        channel = EmailChannel()
        made.append(channel)
        monkeypatch.setitem(CHANNELS, "email", channel)
        return channel

    yield use
    for channel in made:
        channel.close()
