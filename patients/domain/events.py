"""What may have happened in a day beside the symptoms, and the rules on it.

Ticked or counted by the patient, all of it optional: what is not answered is
not known. Tiers, minutes, effects and sources stand in `flagbook.toml`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from patients.domain.answers import Answers, Day
from patients.domain.findings import Finding
from patients.domain.flagbook import finding

MOST_DRINKS: Final = 40
HEAVY_DRINKS, DRINKING_DAYS, WEEK = 4, 5, 7


@dataclass(frozen=True, slots=True)
class Event:
    """One box to tick: stored code and the patient's words."""

    code: str
    label: str


EVENTS: Final = (
    Event("fall", "I fell, or had an accident"),
    Event("head", "I hit my head"),
    Event("opioid", "I took an opioid painkiller, like codeine, tramadol or morphine"),
    Event("sedative", "I took something else that makes sleepy, or used cannabis"),
    Event("restless", "I had to move all the time and could not sit still"),
    Event("pregnant", "I am pregnant, or may be"),
)
DRINKS: Final = "drinks"
CODES: Final = (*(event.code for event in EVENTS), DRINKS)

NAMED: Final = {
    "RF-45": "bupropion wellbutrin zyban tramadol ciprofloxacin levofloxacin moxifloxacin "
    "ofloxacin clozapine theophylline flumazenil",
    "RF-35": "phenelzine tranylcypromine moclobemide selegiline rasagiline linezolid "
    "sumatriptan rizatriptan zolmitriptan eletriptan tramadol",
    "RF-31": "codeine morphine oxycodone hydrocodone tramadol fentanyl methadone buprenorphine",
    "RF-34": "clarithromycin ketoconazole itraconazole carbamazepine rifampicin rifampin "
    "phenytoin grapefruit",
}
"""Names by rule: those of the rule's own row, and well known members of a class it names."""
SEROTONERGIC: Final = frozenset({"SSRI", "SNRI", "NaSSA"})
LEVELS_MOVE: Final = frozenset({"benzodiazepine", "z-drug", "SSRI", "SNRI", "NaSSA", "opioid"})

Rule = Callable[[Answers], "Finding | None"]


def _is_new(answers: Answers, code: str) -> bool:
    """Ticked today and on none of the days before that are known."""
    before = [day for day in answers.days[1:] if day is not None]
    return answers.today.happened(code) and not any(day.happened(code) for day in before)


def fall(answers: Answers) -> Finding | None:
    """RF-18, RF-18b: any fall; with a hit on the head urgent."""
    if answers.today.happened("head"):
        return finding("RF-18b", "Hit the head.")
    return finding("RF-18", "A fall or an accident.") if answers.today.happened("fall") else None


def names(answers: Answers, rule: str) -> bool:
    """Whether the new medicine that was typed is one of those a rule names."""
    words = set(re.findall(r"[a-z]+", answers.medicine.lower()))
    return bool(words & set(NAMED[rule].split()))


def opioid(answers: Answers) -> Finding | None:
    """RF-31: an opioid beside a medicine that slows: the first log, or newly named."""
    if not answers.is_sedated:
        return None
    if _is_new(answers, "opioid") or names(answers, "RF-31"):
        return finding("RF-31", "Took an opioid beside the medicine of the plan.")
    return None


def alcohol(answers: Answers) -> Finding | None:
    """RF-32b: four drinks, or drinking on 5 of 7 days, or any drink with an opioid; else RF-32."""
    drinks = dict(answers.today.events).get(DRINKS, 0)
    if drinks <= 0 or not (answers.is_sedated or "opioid" in answers.classes):
        return None
    with_opioid = "opioid" in answers.classes or answers.today.happened("opioid")
    if drinks >= HEAVY_DRINKS or with_opioid or _drinking_days(answers) >= DRINKING_DAYS:
        return finding("RF-32b", f"{drinks} drinks in a day.", drinks=drinks)
    return finding("RF-32", f"{drinks} drinks in a day.", drinks=drinks)


def _drinking_days(answers: Answers) -> int:
    week: tuple[Day | None, ...] = answers.days[:WEEK]
    return sum(day is not None and day.happened(DRINKS) for day in week)


def other_sedative(answers: Answers) -> Finding | None:
    """RF-33: another medicine that slows, for the first time; or a new one no rule names."""
    if answers.is_sedated and _is_new(answers, "sedative"):
        return finding("RF-33", "Took something else that makes sleepy.")
    if answers.medicine and not any(names(answers, rule) for rule in NAMED):
        return finding("RF-33", "Named a new medicine. Look whether it fits.")
    return None


def level_changer(answers: Answers) -> Finding | None:
    """RF-34: a new medicine that moves the level of this one."""
    if not (answers.classes & LEVELS_MOVE) or not names(answers, "RF-34"):
        return None
    return finding("RF-34", "Named a new medicine that moves the level of this one.")


def serotonin(answers: Answers) -> Finding | None:
    """RF-35: a new medicine that must not meet an antidepressant."""
    if not (answers.classes & SEROTONERGIC) or not names(answers, "RF-35"):
        return None
    return finding("RF-35", "Named a new medicine that must not be mixed with this one.")


def lowers_threshold(answers: Answers) -> Finding | None:
    """RF-45: a new medicine that makes fits more likely."""
    if not names(answers, "RF-45"):
        return None
    return finding("RF-45", "Named a new medicine that can make a fit more likely.")


def pregnancy(answers: Answers) -> Finding | None:
    """RF-36: told for the first time."""
    return finding("RF-36", "Pregnant, or may be.") if _is_new(answers, "pregnant") else None


def cannot_sit_still(answers: Answers) -> Finding | None:
    """RF-46: on two of the last seven days, today one of them."""
    week = [day for day in answers.days[:WEEK] if day is not None]
    if not answers.today.happened("restless") or sum(d.happened("restless") for d in week) < 2:
        return None
    return finding("RF-46", "Could not sit still on 2 of the last 7 days.")


EVENT_RULES: Final[tuple[Rule, ...]] = (
    fall,
    opioid,
    alcohol,
    other_sedative,
    level_changer,
    serotonin,
    lowers_threshold,
    pregnancy,
    cannot_sit_still,
)
