"""Scores of published instruments: sums and bands only, as their papers give them.

PHQ-9 Kroenke 2001, GAD-7 Spitzer 2006, COWS Wesson and Ling 2003, C-SSRS
screener triage (Columbia Lighthouse Project).
"""

from dataclasses import dataclass
from typing import Final

Band = tuple[int, str]
PHQ9_BANDS: Final[tuple[Band, ...]] = (
    (4, "minimal"),
    (9, "mild"),
    (14, "moderate"),
    (19, "moderately severe"),
    (27, "severe"),
)
GAD7_BANDS: Final[tuple[Band, ...]] = (
    (4, "minimal"),
    (9, "mild"),
    (14, "moderate"),
    (21, "severe"),
)
COWS_BANDS: Final[tuple[Band, ...]] = (
    (4, "none"),
    (12, "mild"),
    (24, "moderate"),
    (36, "moderately severe"),
    (48, "severe"),
)
YES, NO = "yes", "no"
BEHAVIOUR: Final = (NO, "lifetime", "3months")


class InstrumentInvalid(ValueError):
    """Answers that the instrument does not have."""


class InstrumentIncomplete(ValueError):
    """A blank that must be answered; it is never counted as zero."""


@dataclass(frozen=True, slots=True)
class Score:
    """A total with its band."""

    total: int
    band: str


def phq9(items: list[int | None]) -> tuple[Score, bool]:
    """Nine answers of 0 to 3, and whether item 9 (thoughts of death) is above zero."""
    score = _summed(items, 9, PHQ9_BANDS)
    return score, bool(items[8])


def gad7(items: list[int | None]) -> Score:
    """Seven answers of 0 to 3."""
    return _summed(items, 7, GAD7_BANDS)


def cows_band(total: int) -> str:
    """The band of a total of 0 to 48."""
    if not 0 <= total <= 48:
        raise InstrumentInvalid("0 to 48")
    return _band(total, COWS_BANDS)


def cssrs_risk(answers: dict[str, str]) -> str:
    """high, moderate, low or none; questions 3 to 5 are asked only after a yes to 2."""
    _check_cssrs(answers)
    deeper = ("q3", "q4", "q5") if answers.get("q2") == YES else ()
    said = {question: answers[question] for question in deeper if question in answers}
    if answers.get("q6") == "3months" or YES in (said.get("q4"), said.get("q5")):
        return "high"
    if any(question not in answers for question in ("q1", "q2", "q6", *deeper)):
        raise InstrumentIncomplete("a question is blank")
    if said.get("q3") == YES or answers["q6"] == "lifetime":
        return "moderate"
    return "low" if YES in (answers["q1"], answers["q2"]) else "none"


def _check_cssrs(answers: dict[str, str]) -> None:
    for question, said in answers.items():
        allowed = BEHAVIOUR if question == "q6" else (YES, NO)
        if question not in {"q1", "q2", "q3", "q4", "q5", "q6"} or said not in allowed:
            raise InstrumentInvalid(question)


def _summed(items: list[int | None], count: int, bands: tuple[Band, ...]) -> Score:
    if len(items) != count or any(item is not None and not 0 <= item <= 3 for item in items):
        raise InstrumentInvalid(f"{count} answers of 0 to 3")
    answered = [item for item in items if item is not None]
    if len(answered) < count:
        raise InstrumentIncomplete("an answer is blank")
    total = sum(answered)
    return Score(total, _band(total, bands))


def _band(total: int, bands: tuple[Band, ...]) -> str:
    return next(word for most, word in bands if total <= most)
