"""What a person reads at once after a red answer, and the help numbers by country.

Plain text in code: it needs no database, template or network. Only numbers
that a person has read at a source are listed; a country without a row gets
the general words.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class HelpLines:
    """The numbers of one country with the day they were last checked."""

    region: str
    country: str
    emergency: str
    line_name: str
    line_words: str
    line_phone: str
    line_sms: str
    checked: str
    source: str


REGIONS: Final = {
    "us": HelpLines(
        region="us",
        country="the United States",
        emergency="911",
        line_name="988 Lifeline",
        line_words="Free, private, day and night.",
        line_phone="988",
        line_sms="988",
        checked="2026-11",
        source="988lifeline.org, read on several public health pages",
    ),
    "gb": HelpLines(
        region="gb",
        country="the United Kingdom",
        emergency="999",
        line_name="NHS 111",
        line_words="Free, day and night. Choose the mental health option.",
        line_phone="111",
        line_sms="",
        checked="2026-11",
        source="pages of NHS trusts",
    ),
}

KEEP_PLAN: Final = "Keep to today's dose in your plan. Do not stop suddenly. Do not take extra."
ADVICE: Final = {
    "r1": "A fit during withdrawal needs a hospital check, even if it is over. "
    "Longer than 5 minutes is a danger to life. Do not drive.",
    "r2": "Do not stay alone. If you feel unsafe or confused, call the emergency number.",
    "r3": "Ask someone to stay with you now.",
    "r4": "Do not stay alone. Ask someone to keep your medicines for you.",
    "r5": "Give naloxone if you have it. Take no more medicine that makes you sleepy.",
}


def lines_for(region: str) -> HelpLines | None:
    return REGIONS.get(region.lower())


def emergency_words(lines: HelpLines | None) -> str:
    """`Call 911 now`, or the words that are right in every country."""
    return f"Call {lines.emergency} now" if lines else "Call your local emergency number now"


def advice_for(ticked: frozenset[str]) -> tuple[str, ...]:
    """The sentences for these answers, in the order of the questions.

    Somebody who may be hard to wake is never told to take a dose.
    """
    said = [ADVICE[code] for code in sorted(ticked) if code in ADVICE]
    if "r5" not in ticked:
        said.append(KEEP_PLAN)
    return tuple(said)


def plain_page(ticked: frozenset[str], lines: HelpLines | None, *, saved: bool) -> str:
    """A whole help page without template, style or script: the last resort."""
    said = "".join(f"<p>{sentence}</p>" for sentence in advice_for(ticked))
    call = emergency_words(lines)
    number = f'<p><a href="tel:{lines.emergency}">{call}</a></p>' if lines else ""
    line = (
        f'<p><a href="tel:{lines.line_phone}">{lines.line_name}: {lines.line_phone}</a></p>'
        if lines
        else ""
    )
    lost = "" if saved else "<p><strong>We could not save this. Call your clinic too.</strong></p>"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Get help now</title></head><body><main><h1>{call}</h1>"
        f"{number}{line}{said}{lost}"
        "<p>Nobody watches this app all the time. If it is urgent, call.</p>"
        '<p><a href="/help-now/">More help</a></p></main></body></html>'
    )
