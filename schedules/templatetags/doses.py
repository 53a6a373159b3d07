"""Drawings that repeat: each is rendered once, then remembered."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from schedules.domain.wording import Piece

register = template.Library()
REMEMBERED = 2048


@register.simple_tag
def pill(piece: Piece) -> SafeString:
    """The drawing of one piece; never read aloud."""
    return _pill(piece)


@lru_cache(REMEMBERED)
def _pill(piece: Piece) -> SafeString:
    return render_to_string("components/pill.html", {"piece": piece})
