"""The whole way, every notification; and the same way with the clock stopped for a day.

`GOLDEN=1 python -m pytest tests/stories/test_long_walk.py` writes the file anew:
read what changed before it is kept.
"""

import os
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.stories.walk import Walk

pytestmark = pytest.mark.django_db(transaction=True)
GOLDEN = Path(__file__).parents[1] / "data" / "long_walk.txt"
STOPPED = timedelta(hours=26)
LATE = {"sent late", "expired (the clock was stopped)", "expired (a newer one went instead)"}


def key(line):
    return line.rsplit(": ", 1)[0]


def state(line):
    return line.rsplit(": ", 1)[1]


def test_every_notification_of_the_whole_way():
    found = "\n".join(Walk().run(180).lines()) + "\n"
    if os.environ.get("GOLDEN"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()


def test_a_clock_that_stood_for_a_day_makes_late_marks_and_nothing_else():
    walk = Walk()
    begins = walk.at(100, time(3))
    walk.outage = (begins, begins + STOPPED)
    stopped = walk.run(104).lines()
    usual = [line for line in GOLDEN.read_text().splitlines() if int(line[:4]) <= 104]
    gone, new = set(usual) - set(stopped), set(stopped) - set(usual)
    assert {key(line) for line in gone} == {key(line) for line in new if "Jo Hart" not in line}
    assert {state(line) for line in new if "Jo Hart" not in line} <= LATE
    assert {int(line[:4]) for line in gone} <= {100, 101}
    assert len(gone) >= 6
    alarms = [line for line in new if "Jo Hart" in line]
    assert [line[6:11] for line in alarms] == ["08:01"]
    assert "ledger-late" in alarms[0]
