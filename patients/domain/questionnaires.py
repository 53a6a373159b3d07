"""PHQ-9 and GAD-7, word for word, and the rules on their answers.

"No permission required to reproduce, translate, display or distribute"
(phqscreeners). Scores and bands are those of `instruments.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from patients.domain.findings import Effect, Finding, Tier
from patients.domain.flagbook import finding
from patients.domain.instruments import InstrumentIncomplete, gad7, phq9

STEM: Final = (
    "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
)
CHOICES: Final = ("Not at all", "Several days", "More than half the days", "Nearly every day")
PHQ9, GAD7 = "phq-9", "gad-7"
SEVERE, HIGH, RISE = 20, 15, 5


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One questionnaire: its address, its name, its questions in order."""

    id: str
    title: str
    items: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(f"q{number}" for number in range(1, len(self.items) + 1))


QUESTIONNAIRES: Final = {
    item.id: item
    for item in (
        Questionnaire(
            PHQ9,
            "Mood (PHQ-9)",
            (
                "Little interest or pleasure in doing things",
                "Feeling down, depressed, or hopeless",
                "Trouble falling or staying asleep, or sleeping too much",
                "Feeling tired or having little energy",
                "Poor appetite or overeating",
                "Feeling bad about yourself, or that you are a failure or have let yourself "
                "or your family down",
                "Trouble concentrating on things, such as reading the newspaper or watching "
                "television",
                "Moving or speaking so slowly that other people could have noticed? Or the "
                "opposite, being so fidgety or restless that you have been moving around a lot "
                "more than usual",
                "Thoughts that you would be better off dead or of hurting yourself in some way",
            ),
        ),
        Questionnaire(
            GAD7,
            "Worry (GAD-7)",
            (
                "Feeling nervous, anxious or on edge",
                "Not being able to stop or control worrying",
                "Worrying too much about different things",
                "Trouble relaxing",
                "Being so restless that it is hard to sit still",
                "Becoming easily annoyed or irritable",
                "Feeling afraid as if something awful might happen",
            ),
        ),
    )
}
DEATH_ITEM: Final = "q9"


def score_of(kind: str, answers: Sequence[int | None]) -> int | None:
    """The sum, or None while an answer is blank: a blank is never counted as zero."""
    try:
        return phq9(list(answers))[0].total if kind == PHQ9 else gad7(list(answers)).total
    except InstrumentIncomplete:
        return None


def thinks_of_death(kind: str, answers: Sequence[int | None]) -> bool:
    """Item 9 of the PHQ-9 above zero, whatever the rest."""
    return kind == PHQ9 and len(answers) > 8 and bool(answers[8])


def findings_on(
    kind: str, answers: Sequence[int | None], *, first: int | None = None
) -> list[Finding]:
    """RF-08 on item 9; RF-13 on the sum, or five points above the first one ever given."""
    found = []
    if thinks_of_death(kind, answers):
        found.append(finding("RF-08", "PHQ-9: thoughts of death or self-harm.", item=answers[8]))
    total = score_of(kind, answers)
    if total is None:
        return found
    sentence = f"{kind.upper()} {total}."
    if kind == PHQ9 and total >= SEVERE:
        high = finding("RF-13", sentence, tier=Tier.URGENT, effect=Effect.HOLD, score=total)
        found.append(high)
    elif total >= HIGH or (first is not None and total - first >= RISE):
        found.append(finding("RF-13", sentence, score=total))
    return found


def screened(risk: str) -> Finding | None:
    """RF-09: a C-SSRS screen that a clinician has done: moderate urgent, high an emergency."""
    if risk == "high":
        return finding("RF-09", "C-SSRS screen: high.", tier=Tier.EMERGENCY, risk=risk)
    return finding("RF-09", "C-SSRS screen: moderate.", risk=risk) if risk == "moderate" else None
