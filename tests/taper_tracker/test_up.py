"""The supervisor and the broker it starts or finds running."""

import pytest

from taper_tracker import embedded
from taper_tracker.management.commands.up import MOST_SILENT, Command


@pytest.fixture
def address(tmp_path, settings):
    settings.REDIS_URL = ""
    settings.TAPER_DATA_DIR = tmp_path
    settings.BROKER_SOCKET = tmp_path / "b" / "v.sock"
    return settings.BROKER_SOCKET


@pytest.fixture
def supervisor(address):
    command = Command()
    yield command
    for process in command.running.values():
        process.kill()
        process.wait()


def look(command):
    command.next_look = 0
    command._tend_broker()


def test_a_broker_found_running_that_ends_is_started_again(supervisor, address, tmp_path):
    found = embedded.start(address, tmp_path)
    supervisor._start_broker()
    assert supervisor.running == {}
    look(supervisor)
    assert supervisor.running == {}
    found.terminate()
    found.wait()
    look(supervisor)
    assert embedded.answers(address)
    assert supervisor.running["broker"].poll() is None


def test_a_broker_whose_socket_is_gone_is_put_down(supervisor, address):
    supervisor._start_broker()
    broker = supervisor.running["broker"]
    address.unlink()
    for _ in range(MOST_SILENT - 1):
        look(supervisor)
        assert broker.poll() is None
    look(supervisor)
    assert broker.wait(10) < 0


def test_a_slow_moment_is_forgiven(supervisor, address):
    supervisor._start_broker()
    hidden = address.with_suffix(".hidden")
    for _ in range(2 * MOST_SILENT):
        address.rename(hidden)
        look(supervisor)
        hidden.rename(address)
        look(supervisor)
    assert supervisor.running["broker"].poll() is None


def test_a_broker_of_somebody_else_is_left_alone(settings):
    settings.REDIS_URL = "redis://elsewhere"
    command = Command()
    command._start_broker()
    look(command)
    assert command.running == {}
