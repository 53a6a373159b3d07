"""What a patient may let a support person see, part by part."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

LONGEST: Final = timedelta(days=366)
NEWS, QUIET = "news", "quiet"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a record: stored code, the patient's words, the support person's words."""

    id: str
    label: str
    told: str


PARTS: Final = {
    part.id: part
    for part in (
        Part("doses", "Whether I have written down today’s doses", "Today’s doses"),
        Part("days", "How hard my days were, the last two weeks", "The last two weeks"),
        Part("plan", "What I take now, and when the next step may come", "The plan"),
        Part(NEWS, "Tell them when my plan changes or is put on hold", "News about the plan"),
        Part(QUIET, "Tell them when nothing was heard from me for days", "Word when it is quiet"),
    )
}
