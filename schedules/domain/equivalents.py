"""Tables of equivalents to 10 mg of diazepam. They differ by a factor of two: always named.

VA/DoD 2021 and Ashton 2002 as printed in the ASAM joint guideline 2025 pocket
guide p18; NHS Scotland Right Decisions, switching to diazepam.
"""

from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Final

TABLES: Final[dict[str, dict[str, Decimal]]] = {
    name: {inn: Decimal(mg) for inn, mg in rows.items()}
    for name, rows in {
        "va_dod_2021": {
            "alprazolam": "1",
            "chlordiazepoxide": "25",
            "clonazepam": "1",
            "clorazepate": "15",
            "diazepam": "10",
            "estazolam": "1",
            "flurazepam": "15",
            "lorazepam": "2",
            "oxazepam": "30",
            "quazepam": "10",
            "temazepam": "15",
            "triazolam": "0.25",
        },
        "ashton_2002": {
            "alprazolam": "0.5",
            "chlordiazepoxide": "25",
            "clonazepam": "0.5",
            "clorazepate": "15",
            "diazepam": "10",
            "lorazepam": "1",
            "oxazepam": "20",
            "quazepam": "20",
            "temazepam": "20",
            "triazolam": "0.5",
        },
        "nhs_scotland": {
            "chlordiazepoxide": "25",
            "clobazam": "20",
            "clonazepam": "0.5",
            "diazepam": "10",
            "lorazepam": "1",
            "nitrazepam": "10",
            "oxazepam": "20",
            "temazepam": "20",
            "zolpidem": "20",
            "zopiclone": "15",
        },
    }.items()
}
NAMES: Final = {
    "va_dod_2021": "VA/DoD 2021",
    "ashton_2002": "Ashton 2002",
    "nhs_scotland": "NHS Scotland",
}


class NotInTable(LookupError):
    """The named table does not list this medicine, or there is no such table."""


@cache
def diazepam_mg_per_mg(inn: str, table: str) -> Fraction:
    """mg of diazepam equal to 1 mg; raises NotInTable."""
    try:
        return 10 / Fraction(TABLES[table][inn])
    except KeyError:
        raise NotInTable(f"{inn} in {table}") from None


def diazepam_equivalent(inn: str, mg: Fraction, table: str) -> Fraction:
    """mg of diazepam equal to `mg` of the medicine by the named table."""
    return mg * diazepam_mg_per_mg(inn, table)


@cache
def tables_for(inn: str) -> tuple[str, ...]:
    """The tables that list this medicine, in the order they are shown."""
    return tuple(name for name, rows in TABLES.items() if inn in rows)


@cache
def strictest_table(inn: str) -> str | None:
    """The listed table that gives most diazepam (stop and band rules); None where none lists it."""
    found = tables_for(inn)
    return max(found, key=lambda table: diazepam_mg_per_mg(inn, table)) if found else None
