"""Help now, and the crisis page: they work when everything behind them fails."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from patients.domain.advice import REGIONS, HelpLines, advice_for, emergency_words, plain_page
from patients.domain.words import clock_words

if TYPE_CHECKING:
    from patients.models.care import Patient

log = logging.getLogger(__name__)


@login_not_required
@require_safe
def help_now(request: HttpRequest, region: str = "") -> HttpResponse:
    """Public; needs no database, session, cookie or script."""
    lines = REGIONS.get(region)
    if region and lines is None:
        raise Http404
    try:
        page = str(render_to_string("patients/help/now.html", help_context(lines)))
    except Exception:
        log.exception("the help page fell back to plain words")
        page = plain_page(frozenset(), lines, saved=True)
    return HttpResponse(page)


def help_context(lines: HelpLines | None) -> dict[str, object]:
    return {
        "lines": lines,
        "call": emergency_words(lines),
        "others": [other for other in REGIONS.values() if other is not lines],
        "theme": "auto",
    }


def crisis_response(
    ticked: frozenset[str],
    *,
    region: str,
    saved: bool,
    context: dict[str, object] | None = None,
    request: HttpRequest | None = None,
) -> HttpResponse:
    """The advice for these answers; falls back to plain words rather than failing."""
    lines = REGIONS.get(region.lower())
    given = {
        **help_context(lines),
        "advice": advice_for(ticked),
        "ticked": ticked,
        "saved": saved,
        **(context or {}),
    }
    try:
        page = str(render_to_string("patients/checkins/crisis.html", given, request=request))
    except Exception:
        log.exception("the crisis page fell back to plain words")
        page = plain_page(ticked, lines, saved=saved)
    response = HttpResponse(page, status=200 if saved else 503)
    response.crisis = True  # type: ignore[attr-defined]
    return response


def advice_saved(request: HttpRequest, patient: Patient, signs: frozenset[str]) -> HttpResponse:
    """The advice after free words or a questionnaire were kept and the clinic was told.

    Where keeping them fails, `CrisisMiddleware` gives the advice instead.
    """
    context: dict[str, object] = {
        "clinic": patient.clinic,
        "told": True,
        "reads_at": clock_words(patient.clinic.reads_at),
    }
    return crisis_response(
        signs, region=patient.region, saved=True, context=context, request=request
    )
