"""What a check-in asks: the catalogue of symptoms and safety questions, own wording."""

from dataclasses import dataclass
from typing import Final

VERSION: Final = "2026.1"
LEVELS: Final = ("None", "Mild", "Moderate", "Severe", "Very severe")
LEVEL_HINTS: Final = (
    "",
    "I noticed them, but I could carry on",
    "They got in the way of some things",
    "They got in the way of most things",
    "I could hardly do anything",
)


@dataclass(frozen=True, slots=True)
class Symptom:
    """One question. Groups: `w` withdrawal, `s` sedation, `r` red flag."""

    code: str
    label: str
    group: str
    short: str


WITHDRAWAL: Final = (
    Symptom("w1", "Anxious, panicky or on edge", "w", "Anxiety"),
    Symptom("w2", "Trouble sleeping last night", "w", "Trouble sleeping"),
    Symptom("w3", "Shaking or trembling", "w", "Shaking"),
    Symptom("w4", "Muscle cramps, twitching, stiffness or pain", "w", "Muscle pain"),
    Symptom("w5", "Sweating or a pounding heart", "w", "Sweating, pounding heart"),
    Symptom("w6", "Light, noise or touch feel too strong", "w", "Light and noise hurt"),
    Symptom("w7", "Sick stomach or no appetite", "w", "Sick stomach"),
    Symptom("w8", "Irritable or restless, cannot settle", "w", "Restless"),
    Symptom("w9", "Low, sad or hopeless", "w", "Low mood"),
    Symptom("w10", "Foggy thinking or forgetting things", "w", "Foggy thinking"),
)
SEDATION: Final = (
    Symptom("s1", "Drowsy or slowed down in the day", "s", "Drowsy"),
    Symptom("s2", "Tired, no energy", "s", "Tired"),
    Symptom("s3", "Dizzy, or unsteady when walking", "s", "Dizzy"),
)
SAFETY: Final = (
    Symptom("r1", "A fit (seizure), or I blacked out", "r", "A fit or blackout"),
    Symptom(
        "r2",
        "Seeing or hearing things that are not there "
        "(not light, noise, tingling or feeling unreal)",
        "r",
        "Saw or heard things",
    ),
    Symptom(
        "r3",
        "Very confused: not sure where I was or what day it was",
        "r",
        "Very confused",
    ),
    Symptom(
        "r4",
        "Thoughts of ending my life or hurting myself",
        "r",
        "Thoughts of ending life",
    ),
    Symptom(
        "r5",
        "Very hard to wake, slow breathing, or blue lips",
        "r",
        "Hard to wake, slow breathing",
    ),
)
RATED: Final = (*WITHDRAWAL, *SEDATION)
CATALOGUE: Final = {symptom.code: symptom for symptom in (*RATED, *SAFETY)}
R4_GRADES: Final = (
    "No, not now",
    "Passing thoughts",
    "Yes, with a plan, or I mean to",
    "I have done something, or I am about to",
)


def rated_items(ratings: dict[str, int]) -> list[int | None]:
    """The ten withdrawal answers in order; None where nothing was answered."""
    return [ratings.get(symptom.code) for symptom in WITHDRAWAL]
