"""Turns a message into the words that leave the house. Each text is compiled once.

A text holds only plain places ({{ link }}, {{ clock }}, {{ name }}); they are
filled without the template engine, which at eight in the morning would cost
more than the mail server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from patients.channels.base import Letter, Target
from patients.channels.registry import CHANNELS
from patients.models.messages import Message

PLACES: Final = ("link", "clock", "name", "count")
MARK: Final = "\ue000"


@dataclass(frozen=True, slots=True)
class Text:
    """A text cut at its places: even parts are words, odd parts name a place."""

    parts: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        parts = list(self.parts)
        parts[1::2] = [values[place] for place in parts[1::2]]
        return "".join(parts)


@lru_cache(maxsize=512)
def text_of(kind: str, part: str, language: str, *, openly: bool) -> Text:
    """`part` is subject or body; the open variant may name doses and the clinic, never more."""
    places = {place: f"{MARK}{place}{MARK}" for place in PLACES}
    name = f"open_{part}" if openly else part
    with translation.override(language):
        rendered = render_to_string(f"messages/{kind}/{name}.txt", places).strip()
    return Text(tuple(rendered.split(MARK)))


def letter_of(message: Message, targets: tuple[Target, ...]) -> Letter:
    """The words of one message for the person it goes to."""
    person = message.recipient
    openly = person is not None and person.says_openly and not CHANNELS[message.channel].alarms_only
    link = f"{settings.BASE_URL}{message.params.get('path', '/')}"
    values = {
        "link": link,
        "clock": str(message.params.get("clock", "")),
        "name": person.short_name if person else "",
        "count": str(message.params.get("count", "")),
    }
    language = settings.LANGUAGE_CODE
    return Letter(
        targets=targets,
        subject=text_of(message.kind, "subject", language, openly=openly).fill(values),
        body=text_of(message.kind, "body", language, openly=openly).fill(values) + "\n",
        message_id=message.message_id,
        link=link,
        priority=message.priority,
        not_after=message.lease_until,
    )
