"""Rules on what a patient feels. They run in the very request, before any input or output.

Does a rule need to know what was taken? Then it belongs in schedules.
Tiers, minutes, effects and sources stand in `flagbook.toml`; here is when each fires.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from patients.domain.answers import Answers
from patients.domain.events import EVENT_RULES
from patients.domain.findings import Finding, Tier
from patients.domain.flagbook import finding
from patients.domain.scoring import Trend, trend
from patients.domain.symptoms import CATALOGUE, WITHDRAWAL

SEVERE, WORST = 3, 4
ELDERLY: Final = 65

Rule = Callable[[Answers], "Finding | None"]


def seizure(answers: Answers) -> Finding | None:
    """RF-01: a fit is an emergency."""
    if "r1" not in answers.safety:
        return None
    return finding("RF-01", "Ticked a fit (seizure) or a blackout.")


def suicidal(answers: Answers) -> Finding | None:
    """RF-02: counts as an emergency until it is graded; only a human lowers the flag."""
    if "r4" not in answers.safety:
        return None
    return finding("RF-02", "Ticked thoughts of ending life or self-harm.")


def breathing(answers: Answers) -> Finding | None:
    """RF-03: hard to wake, slow breathing, blue lips."""
    if "r5" not in answers.safety:
        return None
    return finding("RF-03", "Ticked very hard to wake, slow breathing or blue lips.")


def confusion(answers: Answers) -> Finding | None:
    """RF-04: severe confusion."""
    if "r3" not in answers.safety:
        return None
    return finding("RF-04", "Ticked being very confused.")


def hallucination(answers: Answers) -> Finding | None:
    """RF-05 for sedatives and where the class is not known, else RF-05b."""
    if "r2" not in answers.safety:
        return None
    sentence = "Ticked seeing or hearing things that are not there."
    return finding("RF-05" if answers.is_sedated else "RF-05b", sentence)


def very_high_burden(answers: Answers) -> Finding | None:
    """RF-10: W very high, one item very severe on 2 of the last 3 entries, or a RED trend.

    The item rule wants that item at least 2 above its own baseline. The first
    two run without a baseline.
    """
    today = answers.days[0] if answers.days else None
    if today is not None and today.w is not None and today.w >= answers.limit("very-high"):
        return finding("RF-10", f"Symptom score {today.w} of 40, very severe.", w=today.w)
    if risen := _risen_items(answers):
        names = ", ".join(CATALOGUE[code].short.lower() for code in risen)
        return finding("RF-10", f"Very severe on 2 of the last 3 entries: {names}.", items=risen)
    seen = _trend(answers)
    if seen.status != "RED" or seen.mean is None:
        return None
    return _risen("RF-10", seen)


def _risen_items(answers: Answers) -> list[str]:
    entries = [day for day in answers.known if day.ratings][:3]
    levels = dict(answers.baseline)
    return [
        symptom.code
        for symptom in WITHDRAWAL
        if sum(dict(day.ratings).get(symptom.code) == WORST for day in entries) >= 2
        and WORST - levels.get(symptom.code, 0) >= 2
    ]


def _trend(answers: Answers) -> Trend:
    entries = [(-back, day.w) for back, day in enumerate(answers.days) if day is not None]
    return trend(
        list(answers.usual_w),
        entries,
        0,
        red=answers.limit("red-rise"),
        amber=answers.limit("amber-rise"),
    )


def _risen(rule: str, seen: Trend) -> Finding:
    assert seen.mean is not None
    assert seen.baseline is not None
    points = int(seen.mean - seen.baseline)
    saw = {"m3": str(seen.mean), "B": str(seen.baseline), "s": str(seen.spread)}
    return finding(rule, f"Symptom score {points} above her own usual.", trend=saw)


def rising(answers: Answers) -> Finding | None:
    """RF-11: an AMBER trend against the patient's own baseline."""
    seen = _trend(answers)
    if seen.status != "AMBER":
        return None
    return _risen("RF-11", seen)


def very_severe_days(answers: Answers) -> Finding | None:
    """RF-10b: the overall answer very severe on 2 of the last 3 days."""
    if _days_at(answers, WORST, within=3) < 2:
        return None
    return finding("RF-10b", "Very severe days on 2 of the last 3 days.")


def severe_days(answers: Answers) -> Finding | None:
    """RF-11b: severe or worse on 3 of the last 5 days."""
    if _days_at(answers, SEVERE, within=5) < 3:
        return None
    return finding("RF-11b", "Severe or worse on 3 of the last 5 days.")


def _days_at(answers: Answers, level: int, *, within: int) -> int:
    overall = [day.overall for day in answers.days[:within] if day is not None]
    return sum(value is not None and value >= level for value in overall)


def short_nights(answers: Answers) -> Finding | None:
    """RF-15: three short nights in a row; a night nobody told of breaks the row."""
    nights = answers.days[:3]
    if len(nights) < 3 or any(day is None or day.hours_slept is None for day in nights):
        return None
    hours = [day.hours_slept for day in nights if day is not None and day.hours_slept is not None]
    if max(hours) >= answers.limit("short-sleep"):
        return None
    told = ", ".join(str(value) for value in hours)
    return finding("RF-15", f"Short sleep three nights in a row: {told} hours.")


def over_sedated(answers: Answers) -> Finding | None:
    """RF-17: very drowsy or unsteady on 2 of 3 days; urgent from 65 years on or with an opioid."""
    for code in ("s1", "s3"):
        days = [dict(day.ratings).get(code) for day in answers.days[:3] if day is not None]
        if sum(value is not None and value >= SEVERE for value in days) >= 2:
            is_old = answers.age is not None and answers.age >= ELDERLY
            is_mixed = "opioid" in answers.classes or answers.today.happened("opioid")
            name, tier = CATALOGUE[code].short, Tier.URGENT if is_old or is_mixed else None
            sentence = f"{name}, severe on 2 of the last 3 days."
            return finding("RF-17", sentence, tier=tier, item=code)
    return None


def foggy(answers: Answers) -> Finding | None:
    """RF-19: foggy thinking severe on 5 of 7 days."""
    days = [dict(day.ratings).get("w10") for day in answers.days[:7] if day is not None]
    if sum(value is not None and value >= SEVERE for value in days) < 5:
        return None
    return finding("RF-19", "Foggy thinking severe on 5 of the last 7 days.")


def same_answers(answers: Answers) -> Finding | None:
    """RF-38: the very same full answers seven days in a row."""
    week = answers.days[:7]
    first = week[0] if week else None
    if len(week) < 7 or first is None or len(first.ratings) < 8:
        return None
    if any(day is None or day.ratings != first.ratings for day in week):
        return None
    return finding("RF-38", "The same answers seven days in a row.")


CRISIS_WORDS: Final = re.compile(
    r"\b(suicid\w*|kill(ing)? (myself|me)|end (it all|my life)|want to die|better off dead|"
    r"hurt(ing)? myself|self[- ]?harm\w*|overdos\w*|seizure\w*|convulsion\w*|"
    r"(can(no|')?t|can not|cannot) breathe)\b",
    re.IGNORECASE,
)


def crisis_words(answers: Answers) -> Finding | None:
    """RF-40: words of crisis in a note; a second signal, never the only one."""
    return crisis_in(answers.note)


def crisis_in(text: str) -> Finding | None:
    """RF-40 for any free text of a patient."""
    found = CRISIS_WORDS.search(text.replace("\u2019", "'"))
    if found is None:
        return None
    word = found.group().lower()
    return finding("RF-40", "A note holds words of crisis. Read it now.", word=word)


def signs_in(text: str) -> frozenset[str]:
    """The safety answers whose advice fits the words of crisis in a text; empty without any."""
    found = CRISIS_WORDS.finditer(text.replace("\u2019", "'"))
    return frozenset(_sign(match.group().lower()) for match in found)


def _sign(word: str) -> str:
    if word.startswith(("seizure", "convulsion")):
        return "r1"
    return "r5" if word.startswith("overdos") or word.endswith("breathe") else "r4"


RED: Final[tuple[Rule, ...]] = (seizure, suicidal, breathing, confusion, hallucination)
RULES: Final[tuple[Rule, ...]] = (
    *RED,
    very_high_burden,
    very_severe_days,
    rising,
    severe_days,
    short_nights,
    over_sedated,
    foggy,
    same_answers,
    crisis_words,
    *EVENT_RULES,
)
RED_RULES: Final = frozenset({"RF-01", "RF-02", "RF-03", "RF-04", "RF-05", "RF-05b"})


def findings_for(answers: Answers, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Every rule that fires on these answers, in the order of the table."""
    found = (rule(answers) for rule in rules)
    return [item for item in found if item is not None]


def ticked(codes: Iterable[str]) -> frozenset[str]:
    """The safety answers among what a form sent; anything unknown is dropped."""
    return frozenset(code for code in codes if code in CATALOGUE and code.startswith("r"))
