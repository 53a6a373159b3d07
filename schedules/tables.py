"""Long tables from ready words: a row is one string, because a template costs more per cell."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from schedules.selectors.revisions import StepRow
from schedules.templatetags.doses import dose_cell, findings

ROW: Final = (
    '<tr class="{}"><th scope="row">{}{}</th><td class="r u-nowrap"><b>{}</b>{}</td>'
    '<td class="r u-nowrap">{}<span class="u-muted">{} {}</span></td>{}<td>{}</td></tr>'
)
BELOW: Final = '<br><span class="u-muted">{} {}</span>'
NOTHING: Final = SafeString()


def step_table(rows: Iterable[StepRow]) -> SafeString:
    """The body of a clinician's table of steps."""
    days, asked, of_start = gettext("days"), gettext("asked"), gettext("of start")
    return _joined([_step_row(row, days, asked, of_start) for row in rows])


def _step_row(row: StepRow, days: str, asked: str, of_start: str) -> SafeString:
    return format_html(
        ROW,
        row.tone,
        row.when,
        format_html(BELOW, row.days, days) if row.days else NOTHING,
        row.total,
        format_html(BELOW, asked, row.asked) if row.asked else NOTHING,
        format_html("{}<br>", row.cut) if row.cut else NOTHING,
        row.of_start,
        of_start,
        _joined([format_html("<td>{}</td>", dose_cell(said, w)) for _, w, said in row.doses]),
        NOTHING if row.tone == "now" else findings(row.findings, over_asked=row.over_asked),
    )


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
