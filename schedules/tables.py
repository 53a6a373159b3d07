"""Long tables and drawings from ready words: a template costs more per cell than a string."""

from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import add
from typing import Any, Final, NamedTuple

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from schedules.charts import Chart
from schedules.domain.limits import Finding
from schedules.domain.rulebook import Conflict
from schedules.domain.wording import Said
from schedules.selectors.revisions import StepRow

REMEMBERED: Final = 2048
NOTHING: Final = SafeString()
BREAK: Final = format_html("<br>{}", NOTHING)
ROW: Final = (
    '<tr class="{}"><th scope="row">{}{}</th><td class="r u-nowrap"><b>{}</b>{}</td>'
    '<td class="r u-nowrap">{}{}<span class="u-muted">{}</span></td>{}<td>{}</td></tr>'
)
AXIS: Final = '<text x="36" y="{}" dy="4" text-anchor="end">{}</text>'
MONTH: Final = '<text x="{}">{}</text>'


def step_table(rows: Iterable[StepRow]) -> SafeString:
    """The body of a clinician's table of steps."""
    language = get_language()
    return reduce(add, [_step_row(row, language) for row in rows], NOTHING)


@lru_cache(REMEMBERED)
def _step_row(row: StepRow, language: str | None) -> SafeString:
    """One row; from key to key of a live preview most stay as they are."""
    days, asked, of_start = gettext("days"), gettext("asked"), gettext("of start")
    return format_html(
        ROW,
        row.tone,
        row.when,
        _below(f"{row.days} {days}") if row.days else NOTHING,
        row.total,
        _below(f"{asked} {row.asked}") if row.asked else NOTHING,
        row.cut,
        BREAK if row.cut else NOTHING,
        f"{row.of_start} {of_start}",
        reduce(add, [_cell(said, words, language) for _, words, said in row.doses]),
        NOTHING if row.tone == "now" else _findings(row.findings, row.over_asked, language),
    )


@lru_cache(REMEMBERED)
def _below(words: str) -> SafeString:
    return format_html('<br><span class="u-muted">{}</span>', words)


@lru_cache(REMEMBERED)
def _cell(said: Said, words: str, language: str | None) -> SafeString:
    """One dose: pieces, total, and the pieces in words."""
    return render_to_string("components/dose_cell.html", {"said": said, "words": words})


@lru_cache(REMEMBERED)
def _findings(found: tuple[Finding, ...], over_asked: bool, language: str | None) -> SafeString:
    """What a step breaks, each with rule and severity."""
    return render_to_string("components/findings.html", {"found": found, "over_asked": over_asked})


class Way(NamedTuple):
    """The ways out of the first step larger than asked: products, days to hold, a cross-over."""

    titles: str
    hold_days: int
    readings: str


def breaks(
    over_asked: int,
    *,
    way: Way | None,
    notes: tuple[Finding, ...],
    hard: tuple[str, ...],
    blocked: bool,
    conflicts: tuple[Conflict, ...],
) -> SafeString:
    """What a draft breaks as a whole, and the ways out: mostly the same from key to key."""
    return _breaks(over_asked, way, notes, hard, blocked, conflicts, get_language())


@lru_cache(REMEMBERED)
def _breaks(over_asked: int, *rest: Any) -> SafeString:
    names = ("way", "notes", "hard", "blocked", "conflicts", "language")
    said = dict(zip(names, rest, strict=True))
    return render_to_string("schedules/plans/_breaks.html", {"over_asked": over_asked, **said})


def step_head(slots: tuple[str, ...]) -> SafeString:
    """What comes before that body: the frame of the table, a column for each time of day."""
    return _head(slots, get_language())


@lru_cache(REMEMBERED)
def _head(slots: tuple[str, ...], language: str | None) -> SafeString:
    return render_to_string("schedules/plans/_head.html", {"slots": slots})


def axis_marks(chart: Chart) -> SafeString:
    """The milligrams beside the lines of a drawing of a plan."""
    return format_html_join("", AXIS, ((mark.y, mark.text) for mark in chart.dose_axis))


def month_marks(chart: Chart) -> SafeString:
    """The months under it, all on one line."""
    return format_html_join("", MONTH, ((mark.x, mark.text) for mark in chart.months))
