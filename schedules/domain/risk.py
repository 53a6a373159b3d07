"""Dose band and likelihood of dependence (ASAM joint guideline 2025 pocket guide p8)."""

from decimal import Decimal
from typing import Final

from schedules.domain.dose import Dose

LOW_MG: Final = Decimal(10)
MODERATE_MG: Final = Decimal(15)
BAND_LIMITS: Final = {
    "clonazepam": (Dose.mg("0.5"), Dose.mg("1.5")),
    "lorazepam": (Dose.mg(2), Dose.mg(3)),
    "alprazolam": (Dose.mg(1), Dose.mg(2)),
    "diazepam": (Dose.mg(10), Dose.mg(15)),
}


class RiskInvalid(ValueError):
    """Numbers that no person takes."""


def dose_band(diazepam_mg: Decimal) -> str:
    """low to 10, moderate to 15, high above; mg diazepam equivalent a day."""
    if diazepam_mg < 0:
        raise RiskInvalid("a daily dose of zero or more")
    if diazepam_mg <= LOW_MG:
        return "low"
    return "moderate" if diazepam_mg <= MODERATE_MG else "high"


def asam_band(medicine: str, daily: Dose) -> str:
    """The guideline's own mg limits, not the conversion; empty where it names none."""
    if medicine not in BAND_LIMITS:
        return ""
    low, moderate = BAND_LIMITS[medicine]
    if daily <= low:
        return "low"
    return "moderate" if daily <= moderate else "high"


def dependence(days_per_week: Decimal, months: Decimal, diazepam_mg: Decimal) -> str:
    """rare, lower or yes: how likely physical dependence is."""
    if not 0 <= days_per_week <= 7 or months < 0:
        raise RiskInvalid("0 to 7 days a week, months of zero or more")
    band = dose_band(diazepam_mg)
    if days_per_week <= 3:
        return "rare"
    if months < 1:
        return "lower"
    if months < 3:
        return "lower" if band == "low" else "yes"
    return "yes"
