"""Plants faults in the dose arithmetic and lists those the tests do not see.

`python -m tests.mutants`: runs mutmut over the files named in pyproject.toml,
prints the survivors and the score, exits 1 under 90 per cent. The survivors
are explained in docs/mutants.md.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LEAST = 90
MUTMUT = Path(sys.executable).parent / "mutmut"


def main() -> int:
    shutil.rmtree("mutants", ignore_errors=True)
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    run = [str(MUTMUT), "run", "--max-children", "2"]
    subprocess.run(run, env=environment, stdout=subprocess.DEVNULL, check=False)
    listed = subprocess.run(
        [str(MUTMUT), "results", "--all", "true"], capture_output=True, text=True, check=True
    ).stdout
    found = re.findall(r"^\s*(\S+): (.+)$", listed, re.M)
    killed = [name for name, fate in found if fate in ("killed", "timeout")]
    survived = [f"{name}: {fate}" for name, fate in found if fate not in ("killed", "timeout")]
    print("\n".join(survived))
    score = 100 * len(killed) / max(len(found), 1)
    print(f"{len(killed)} of {len(found)} mutants killed, {score:.1f} %")
    return 0 if score >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
