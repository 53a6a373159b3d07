"""The data folder: made at first start, private, with a secret key of its own."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class DataFolderUnusable(SystemExit):
    """The folder cannot be written; ends the program with one clear sentence."""


def data_folder(name: str) -> Path:
    """The folder for everything the program keeps, made where it is missing."""
    folder = Path(name).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "mail").mkdir(exist_ok=True, mode=0o700)
        probe = folder / ".write-test"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataFolderUnusable(
            f"Cannot write to the data folder {folder} ({error.strerror}). "
            "Make it writable, or set TAPER_DATA_DIR to another folder."
        ) from None
    return folder


def secret(folder: Path) -> str:
    """The secret key of this installation, made once with mode 0600."""
    return _made_once(folder / "secret_key", lambda: secrets.token_urlsafe(64)).read_text("ascii")


def vapid_key(folder: Path) -> Path:
    """The private key that signs web pushes, made once with mode 0600."""
    return _made_once(folder / "vapid.pem", _new_vapid_key)


def _new_vapid_key() -> str:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return pem.decode("ascii")


def _made_once(path: Path, make: Callable[[], str]) -> Path:
    """A file that is made whole or not at all, also by two programs at once."""
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path


def broker_socket(folder: Path) -> Path:
    """A short path for the broker's socket; long data paths do not fit a socket address."""
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"taper-{os.getuid()}-{mark}" / "valkey.sock"
