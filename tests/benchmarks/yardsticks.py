"""What the bars are measured against: bare loops that give the same answers.

`bare_plan` is the taper of the bench in plain integers (hundredths of a
microgram would be exact for ten per cent; micrograms are, with the asked dose
kept times a hundred): pieces from a table, both percentages, the four rules a
benzodiazepine can break. A test holds its answers to the engine's.
"""

from itertools import combinations_with_replacement
from typing import NamedTuple

KEEP_PERCENT, DIAZEPAM_TIMES, STRICTEST_TIMES = 90, 20, 20


class Row(NamedTuple):
    """One lowered step; doses in micrograms, per cents in hundredths."""

    day: int
    slots: tuple[int, int]
    pieces: tuple[tuple[int, ...], tuple[int, ...]]
    asked_times_100: int
    is_over: bool
    cut: int
    of_start: int
    rules: tuple[str, ...]


def pieces_of(kinds: tuple[int, ...], most: int) -> dict[int, tuple[int, ...]]:
    """Fewest pieces for every dose in micrograms: the table a bare engine would keep."""
    table: dict[int, tuple[int, ...]] = {0: ()}
    for size in range(1, 7):
        for chosen in combinations_with_replacement(kinds, size):
            if sum(chosen) <= most:
                table.setdefault(sum(chosen), chosen)
    return table


def bare_plan(grid: int, stop: int, every: int, table: dict[int, tuple[int, ...]]) -> list[Row]:
    """From two times 1000 micrograms to nothing, ten per cent each time."""
    slots, turn, day, rows = (1_000, 1_000), 0, 0, []
    start = before = 2_000
    doses = [(-every, start)]
    last = None
    while before:
        asked = before * KEEP_PERCENT
        if asked < stop * 100:
            asked = 0
        least = -(-asked // 100)
        slots, turn = _lowered(slots, turn, least, grid)
        after = slots[0] + slots[1]
        rules = _rules(day, before, after, doses, len(rows), last)
        cut = ((before - after) * 20_000 + before) // (2 * before)
        of_start = (after * 20_000 + start) // (2 * start)
        pieces = (table.get(slots[0], ()), table.get(slots[1], ()))
        rows.append(Row(day, slots, pieces, asked, after < least, cut, of_start, rules))
        doses.append((day, after))
        before, last, day = after, day, day + every
    return rows


def _lowered(
    slots: tuple[int, int], turn: int, least: int, grid: int
) -> tuple[tuple[int, int], int]:
    best = lowest = chosen = -1
    for n in (turn, 1 - turn):
        old, other = slots[n], slots[1 - n]
        wanted = -(-(least - other) // grid) * grid
        if least >= other and wanted < old:
            lowest, chosen = wanted, n
            break
        made = max(least - other - 1, 0) // grid * grid
        if old and made < old and made + other > best:
            best, lowest, chosen = made + other, made, n
    return ((lowest, slots[1]) if chosen == 0 else (slots[0], lowest)), 1 - chosen


def _rules(
    day: int, before: int, after: int, doses: list[tuple[int, int]], nth: int, last: int | None
) -> tuple[str, ...]:
    found = []
    if not after:
        if before * STRICTEST_TIMES > 1_000:
            found.append("BZD-07")
    else:
        window = 0
        for since, dose in reversed(doses):
            window = max(window, dose)
            if since <= day - 14:
                break
        hard = False
        if 4 * (window - after) > window:
            hard = window * DIAZEPAM_TIMES > 5_000 or (window - after) * DIAZEPAM_TIMES > 1_000
            found.append("BZD-01" if hard else "BZD-01b")
        if nth < 2 and not hard and 10 * (before - after) > before:
            found.append("BZD-02")
    if last is not None and day - last < 14 and 50 * (before - after) > before:
        found.append("BZD-03")
    return tuple(sorted(found))
