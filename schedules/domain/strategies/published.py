"""Published schedules that may be shipped, with attribution. Facts only, each with its source.

Schedule A waits until its licence line is confirmed; F and G are never shipped.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from schedules.domain.dose import Dose, plain_number
from schedules.domain.strategies.base import StrategyInvalid
from schedules.domain.strategies.byhand import ByHand


@dataclass(frozen=True, slots=True)
class Published:
    """One schedule: the medicine, its first dose, the totals after it, and whose it is."""

    id: str
    medicine: str
    title: str
    start: str
    totals: tuple[str, ...]
    least_days: tuple[int, ...]
    attribution: str
    warning: str = ""

    def strategy(self) -> ByHand:
        totals = tuple(Dose.mg(Decimal(mg)) for mg in self.totals)
        return ByHand(totals, self.least_days, key=self.id, words=self.title)


def _cks(high: str, middle: str, low: str, last: str) -> tuple[str, ...]:
    """Diazepam 40 mg down by the CKS bands: 40 to 20, 20 to 10, 10 to 5, 5 to 0 mg."""
    dose, found = Decimal(40), []
    while dose > 0:
        step = high if dose > 20 else middle if dose > 10 else low if dose > 5 else last
        dose -= Decimal(step)
        found.append(plain_number(dose))
    return tuple(found)


SSRI_STEPS: Final = {
    "citalopram": ("40", ("30", "20", "10", "0")),
    "escitalopram": ("20", ("15", "10", "5", "0")),
    "fluoxetine": ("40", ("30", "20", "10", "0")),
    "sertraline": ("200", ("150", "100", "50", "25", "0")),
    "paroxetine": ("40", ("30", "20", "10", "5", "0")),
}
SSRI_SOURCE: Final = "UK standard reduction table; only without past difficult withdrawal"
CKS_SOURCE: Final = "NICE CKS bands; rows expanded here"
LABEL_SOURCE: Final = "US label rate, 0.125 mg twice daily every 3 days; rows expanded here"
LABEL_WARNING: Final = "Breaks the guideline's 25 % in two weeks. For comparison only."
_FAST, _SLOW = _cks("4", "2", "1", "1"), _cks("2", "1", "1", "0.5")
_LABEL_4: Final = tuple(plain_number(Decimal(4) - Decimal("0.25") * k) for k in range(1, 17))

SCHEDULES: Final = {
    item.id: item
    for item in (
        *(
            Published(
                f"SCH-B-{inn}",
                inn,
                f"Standard reduction of {inn}",
                start,
                totals,
                (28,) * len(totals),
                SSRI_SOURCE,
            )
            for inn, (start, totals) in SSRI_STEPS.items()
        ),
        Published(
            "SCH-C-fast",
            "diazepam",
            "Largest permitted steps",
            "40",
            _FAST,
            (14,) * len(_FAST),
            CKS_SOURCE,
        ),
        Published(
            "SCH-C-slow",
            "diazepam",
            "Smallest permitted steps",
            "40",
            _SLOW,
            (14,) * len(_SLOW),
            CKS_SOURCE,
        ),
        Published(
            "SCH-D-1",
            "clonazepam",
            "US label rate from 1 mg",
            "1",
            ("0.75", "0.5", "0.25", "0"),
            (3,) * 4,
            LABEL_SOURCE,
            LABEL_WARNING,
        ),
        Published(
            "SCH-D-4",
            "clonazepam",
            "US label rate from 4 mg",
            "4",
            _LABEL_4,
            (3,) * len(_LABEL_4),
            LABEL_SOURCE,
            LABEL_WARNING,
        ),
        Published(
            "SCH-E",
            "clonazepam",
            "Nardi 2010 trial protocol",
            "3",
            ("2.5", "2", "1.5", "1", "0.75", "0.5", "0.25", "0"),
            (14, 14, 14, 7, 7, 7, 7, 7),
            "Nardi 2010, read second-hand; rows expanded here",
            "Breaks the guideline below 1 mg a day.",
        ),
    )
}


def schedules_for(medicine: str) -> list[Published]:
    return [item for item in SCHEDULES.values() if item.medicine == medicine]


def published(key: str, medicine: str) -> Published:
    """Raises StrategyInvalid for a schedule this medicine does not have."""
    item = SCHEDULES.get(key)
    if item is None or item.medicine != medicine:
        raise StrategyInvalid(f"There is no such published schedule for {medicine}.")
    return item
