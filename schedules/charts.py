"""Charts from plain numbers: every path is ready text, the template only places it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

MONTH: Final = "%b"


class Mark(NamedTuple):
    """A line or label at a place."""

    x: str
    y: str
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a chart and its panels, in SVG units."""

    width: int
    left: int
    dose_top: int
    dose_bottom: int
    day_top: int
    day_bottom: int

    @property
    def height(self) -> int:
        return self.day_bottom + 34


PATIENT: Final = Frame(326, 66, 22, 172, 208, 312)
CLINIC: Final = Frame(880, 128, 24, 142, 166, 186)


class Point(NamedTuple):
    """One plan day: daily mg in force as plain number, the overall answer, is it held."""

    day: date
    mg: float | None
    overall: int | None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One lane of the clinician's grid: five severity paths and the gaps."""

    label: str
    y: int
    cells: tuple[tuple[int, str], ...]
    gaps: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished drawing with a title and a sentence that says what it shows."""

    frame: Frame
    title: str
    words: str
    dose: str
    planned: str
    cuts: tuple[Mark, ...]
    holds: tuple[tuple[str, str], ...]
    dose_axis: tuple[Mark, ...]
    months: tuple[Mark, ...]
    today_x: str
    bars: str = ""
    level: str = ""
    took: str = ""
    took_y: int = 0
    rows: tuple[Row, ...] = ()
    warns: tuple[Mark, ...] = ()
    bottom: int = 0

    @property
    def height(self) -> int:
        return self.bottom + 34

    @property
    def grid(self) -> str:
        """A level line at every mark of the dose axis."""
        across = f"H{self.frame.width - 6}"
        return "".join([f"M{self.frame.left} {mark.y}{across}" for mark in self.dose_axis])

    @property
    def warn_dots(self) -> str:
        """A disc under each warning."""
        disc = "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0"
        return "".join([f"M{mark.x} {mark.y}{disc}" for mark in self.warns])

    @property
    def warn_glyphs(self) -> tuple[str, str, str]:
        """Where each exclamation mark stands, and the marks: one place for each letter."""
        places = [(mark.x, mark.y) for mark in self.warns]
        return " ".join(x for x, _ in places), " ".join(y for _, y in places), "!" * len(places)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


class _Scale:
    def __init__(self, frame: Frame, first: date, last: date, most_mg: float) -> None:
        self.frame, self.first = frame, first
        self.days = max((last - first).days, 1) + 1
        self.most = most_mg or 1

    def x(self, day: date) -> float:
        across = self.frame.width - 4 - self.frame.left
        return self.frame.left + across * (day - self.first).days / self.days

    def y(self, mg: float) -> float:
        tall = self.frame.dose_bottom - self.frame.dose_top - 10
        return self.frame.dose_bottom - tall * mg / self.most


def _steps(points: Sequence[tuple[date, float]], end: date, scale: _Scale) -> str:
    """A staircase path from day to day; a gap in days is bridged level."""
    if not points:
        return ""
    path = f"M{_n(scale.x(points[0][0]))} {_n(scale.y(points[0][1]))}"
    for day, mg in points[1:]:
        path += f"H{_n(scale.x(day))}V{_n(scale.y(mg))}"
    return path + f"H{_n(scale.x(end))}"


def _axis(most: float) -> list[float]:
    for tick in (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100):
        if most / tick <= 5:
            return [tick * k for k in range(int(most / tick + 1e-9) + 1)]
    return [0, most]


def _months(first: date, last: date, scale: _Scale, y: int) -> tuple[Mark, ...]:
    if (last - first).days < 40:
        ticks = [first + timedelta(days=k) for k in range(0, (last - first).days + 1, 7)]
        return tuple(Mark(_n(scale.x(d)), str(y), f"{d.day} {d.strftime(MONTH)}") for d in ticks)
    marks, day = [], first.replace(day=1)
    every = 1 + (last - first).days // 400
    while day <= last:
        if day >= first:
            marks.append(Mark(_n(scale.x(day)), str(y), day.strftime(MONTH)))
        for _ in range(every):
            day = (day + timedelta(days=32)).replace(day=1)
    return tuple(marks)


def _number(mg: float) -> str:
    return f"{mg:.5f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Series:
    """Everything that goes on one time axis, as plain numbers.

    `future` holds the next steps; `lanes` one list per symptom, a value or
    None a day; `taken` the doses answered and asked a day; `levels` the modelled
    amount a day.
    """

    points: Sequence[Point]
    future: Sequence[tuple[date, float]]
    today: date
    last: date
    lanes: Sequence[tuple[str, Sequence[int | None]]] = ()
    levels: Sequence[float] = ()
    taken: Sequence[tuple[int, int]] = ()


def draw(frame: Frame, series: Series, *, title: str, words: str) -> Chart:
    """Dose staircase above, symptoms below, on one time axis; a day without an answer is a gap."""
    points, future = series.points, series.future
    first = points[0].day if points else series.today
    most = max([p.mg for p in points if p.mg is not None] + [mg for _, mg in future] + [0.01])
    scale = _Scale(frame, first, series.last, most)
    changes = _changes(points)
    bottom = frame.day_bottom + 21 * (max(len(series.lanes) - 1, 0) + bool(series.taken))
    solid_end = min(series.today + timedelta(days=1), series.last)
    future_line = [(solid_end, changes[-1][1]), *future] if changes and future else list(future)
    every = [*changes[1:], *future]
    return Chart(
        frame=frame,
        title=title,
        words=words,
        dose=_steps(changes, solid_end, scale),
        planned=_steps(future_line, series.last, scale) if future else "",
        cuts=tuple(Mark(_n(scale.x(d)), _n(scale.y(mg)), _number(mg)) for d, mg in every),
        holds=_holds(points, scale),
        dose_axis=tuple(Mark("0", _n(scale.y(mg)), _number(mg)) for mg in _axis(most)),
        months=_months(first, series.last, scale, bottom + 20),
        today_x=_n(scale.x(series.today)),
        bars="" if series.lanes else _bars(points, scale),
        level=_area(points, series.levels, scale),
        took=_took(points, series.taken, scale, bottom - 20),
        took_y=bottom - 20 if series.taken else 0,
        rows=_rows(points, series.lanes, scale),
        bottom=bottom,
    )


def draw_ahead(
    frame: Frame,
    future: Sequence[tuple[date, float]],
    *,
    today: date,
    last: date,
    warned: Collection[date],
    title: str,
    words: str,
) -> Chart:
    """A plan that has not begun: the staircase from today's dose on, warnings on its steps."""
    most = max([mg for _, mg in future] + [0.01])
    scale = _Scale(frame, today, last, most)
    tomorrow = min(today + timedelta(days=1), last)
    marked = [step for step in future[1:] if step[0] in warned]
    return Chart(
        frame=frame,
        title=title,
        words=words,
        dose="",
        planned=_steps([(tomorrow, future[0][1]), *future[1:]], last, scale),
        cuts=(),
        holds=(),
        dose_axis=tuple([Mark("0", _n(scale.y(mg)), _number(mg)) for mg in _axis(most)]),
        months=_months(today, last, scale, frame.day_bottom + 20),
        today_x=_n(scale.x(today)),
        warns=tuple([Mark(_n(scale.x(day)), _n(scale.y(mg)), "!") for day, mg in marked]),
        bottom=frame.day_bottom,
    )


def _changes(points: Sequence[Point]) -> list[tuple[date, float]]:
    found: list[tuple[date, float]] = []
    for point in points:
        if point.mg is not None and (not found or found[-1][1] != point.mg):
            found.append((point.day, point.mg))
    return found


def _holds(points: Sequence[Point], scale: _Scale) -> tuple[tuple[str, str], ...]:
    bands: list[tuple[date, date]] = []
    for point in points:
        if point.held and bands and bands[-1][1] == point.day:
            bands[-1] = (bands[-1][0], point.day + timedelta(days=1))
        elif point.held:
            bands.append((point.day, point.day + timedelta(days=1)))
    return tuple((_n(scale.x(a)), _n(scale.x(b) - scale.x(a))) for a, b in bands)


def _bars(points: Sequence[Point], scale: _Scale) -> str:
    frame = scale.frame
    wide = max((frame.width - 4 - frame.left) / scale.days * 0.72, 1)
    unit = (frame.day_bottom - frame.day_top) / 4
    return "".join(
        f"M{_n(scale.x(p.day))} {frame.day_bottom}v-{_n(max(unit * p.overall, 2))}"
        f"h{_n(wide)}v{_n(max(unit * p.overall, 2))}z"
        for p in points
        if p.overall is not None
    )


def _area(points: Sequence[Point], levels: Sequence[float], scale: _Scale) -> str:
    """The estimate as shading from the first day with a plan."""
    known = [(p.day, level) for p, level in zip(points, levels, strict=False) if p.mg is not None]
    if not known:
        return ""
    line = "L".join(f"{_n(scale.x(day))} {_n(scale.y(level))}" for day, level in known)
    first, last = _n(scale.x(known[0][0])), _n(scale.x(known[-1][0]))
    floor = scale.frame.dose_bottom
    return f"M{first} {floor}L{line}L{last} {floor}z"


def _took(points: Sequence[Point], taken: Sequence[tuple[int, int]], scale: _Scale, y: int) -> str:
    """One small square for each dose answered, stacked by day."""
    wide = max((scale.frame.width - 4 - scale.frame.left) / scale.days - 2, 0.8)
    path = ""
    for point, (logged, asked) in zip(points, taken, strict=False):
        tall = 16 / max(asked, 2)
        for k in range(logged):
            top = _n(y + k * tall)
            path += f"M{_n(scale.x(point.day))} {top}h{_n(wide)}v{_n(tall - 2)}h-{_n(wide)}z"
    return path


def _rows(
    points: Sequence[Point], lanes: Sequence[tuple[str, Sequence[int | None]]], scale: _Scale
) -> tuple[Row, ...]:
    return tuple(
        _row(label, scale.frame.day_top + 21 * k, values, points, scale, strong=k == 0)
        for k, (label, values) in enumerate(lanes)
    )


def _row(
    label: str,
    y: int,
    values: Sequence[int | None],
    points: Sequence[Point],
    scale: _Scale,
    *,
    strong: bool,
) -> Row:
    wide = max((scale.frame.width - 4 - scale.frame.left) / scale.days - 1, 0.8)
    paths: dict[int, str] = {}
    gaps = ""
    for point, value in zip(points, values, strict=True):
        x = scale.x(point.day)
        if value is None:
            gaps += f"M{_n(x + wide / 3)} {y + 9}h{_n(wide / 3)}"
        else:
            paths[value] = paths.get(value, "") + f"M{_n(x)} {y}h{_n(wide)}v17h-{_n(wide)}z"
    return Row(label, y, tuple(sorted(paths.items())), gaps, strong)


def spark(values: Sequence[int | None], cuts: Sequence[int]) -> tuple[str, str]:
    """Twenty-eight small bars and the days of each step, for one line of a list."""
    step = 120 / max(len(values), 1)
    bars = "".join(
        f"M{_n(k * step + 0.5)} 32v-{7 * value or 2}h3.3v{7 * value or 2}z"
        for k, value in enumerate(values)
        if value is not None
    )
    return bars, "".join(f"M{_n(k * step)} 0V32" for k in cuts)
