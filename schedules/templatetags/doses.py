"""Drawings and table cells that repeat: each is rendered once, then remembered."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from schedules.domain.limits import Finding
from schedules.domain.wording import Piece, Said

register = template.Library()
REMEMBERED = 2048


@register.simple_tag
def pill(piece: Piece) -> SafeString:
    """The drawing of one piece; never read aloud."""
    return _pill(piece)


@lru_cache(REMEMBERED)
def _pill(piece: Piece) -> SafeString:
    return render_to_string("components/pill.html", {"piece": piece})


@register.simple_tag
def dose_cell(said: Said, words: str) -> SafeString:
    """One dose in a clinician's table: pieces, total, and the pieces in words."""
    return _cell(said, words, get_language())


@lru_cache(REMEMBERED)
def _cell(said: Said, words: str, language: str | None) -> SafeString:
    return render_to_string("components/dose_cell.html", {"said": said, "words": words})


@register.simple_tag
def findings(found: tuple[Finding, ...], *, over_asked: bool) -> SafeString:
    """What a step breaks, each with rule and severity."""
    return _findings(found, over_asked, get_language())


@lru_cache(REMEMBERED)
def _findings(found: tuple[Finding, ...], over_asked: bool, language: str | None) -> SafeString:
    return render_to_string("components/findings.html", {"found": found, "over_asked": over_asked})
