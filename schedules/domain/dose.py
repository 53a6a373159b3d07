"""A dose: exact milligrams, one parser, one renderer."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

NANOGRAMS_PER_MG: Final = 1_000_000
MOST_NANOGRAMS: Final = 10_000_000_000
PLACES: Final = 5
NO_BREAK: Final = "\u00a0"

_PLAIN = re.compile(r"(?P<whole>[0-9]{0,5})(?:(?P<mark>[.,])(?P<part>[0-9]{1,5}))?")
_SLASH = re.compile(r"(?:(?P<whole>[0-9]{1,3}) )?(?P<top>[1-9])/(?P<bottom>[2348])")
_GLYPHS: Final = {
    "¼": "1/4",
    "½": "1/2",
    "¾": "3/4",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}


class DoseInvalid(ValueError):
    """A dose that cannot be written down exactly; the text is for a person."""


@dataclass(frozen=True, order=True, slots=True)
class Dose:
    """Milligrams from 0 to 10,000 with at most five decimals, held as nanograms."""

    ng: int

    def __post_init__(self) -> None:
        if not 0 <= self.ng <= MOST_NANOGRAMS:
            raise DoseInvalid("A dose is between 0 and 10,000 mg.")

    @classmethod
    def mg(cls, amount: str | int | Decimal | Fraction) -> "Dose":
        """The dose of exactly this many milligrams.

        Raises DoseInvalid for a fraction that needs more than five decimals,
        a negative amount, NaN or infinity.
        """
        if isinstance(amount, Decimal) and not amount.is_finite():
            raise DoseInvalid("A dose is a number.")
        top, under = (Fraction(amount) if isinstance(amount, str) else amount).as_integer_ratio()
        nanograms, rest = divmod(top * NANOGRAMS_PER_MG, under)
        if rest or nanograms % 10:
            raise DoseInvalid("A dose has at most five decimals of a milligram.")
        return cls(nanograms)

    @classmethod
    def up(cls, amount: Fraction) -> "Dose":
        """The lowest dose not below this many milligrams: rounded up to five decimals."""
        return cls(-(-amount.numerator * 100_000 // amount.denominator) * 10)

    @property
    def decimal(self) -> Decimal:
        """Milligrams, exact."""
        return Decimal(self.ng) / NANOGRAMS_PER_MG

    @property
    def exact(self) -> Fraction:
        return Fraction(self.ng, NANOGRAMS_PER_MG)

    def __add__(self, other: "Dose") -> "Dose":
        return Dose(self.ng + other.ng)

    def __sub__(self, other: "Dose") -> "Dose":
        return Dose(self.ng - other.ng)

    def __mul__(self, times: int | Fraction) -> "Dose":
        return Dose.mg(self.exact * times)

    def __bool__(self) -> bool:
        return self.ng != 0

    def __str__(self) -> str:
        return render_mg(self)


ZERO: Final = Dose(0)


def total(doses: "list[Dose] | tuple[Dose, ...]") -> Dose:
    return Dose(sum([dose.ng for dose in doses]))


def is_many_times(amount: Dose, planned: Dose, times: int) -> bool:
    """Whether an amount is so many times a planned dose or more; a planned zero is no measure."""
    return bool(planned) and amount.ng >= times * planned.ng


def plain_number(amount: Decimal) -> str:
    """`0.5`, `1`, `100`: a leading zero, no trailing zero, no exponent."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def render_number(dose: Dose) -> str:
    return plain_number(dose.decimal)


def render_mg(dose: Dose) -> str:
    """`0.5 mg` with a no-break space (ISMP list of error-prone designations)."""
    return f"{render_number(dose)}{NO_BREAK}mg"


def parse_dose(text: str) -> Dose:
    """Read what a person typed as milligrams: `0.5`, `.5`, `0,5`, `½`, `1/4`, `1 1/2`.

    Refuses what could be read in two ways (`1,000`, `1.000`), exponents,
    signs, other digits than 0 to 9, and more than five decimals.
    """
    cleaned = text.replace(NO_BREAK, " ").strip().removesuffix("mg").strip()
    if not cleaned:
        raise DoseInvalid("Type a number of mg, like 0.5")
    if not cleaned.isascii():
        cleaned = _spelled(cleaned)
    if unicodedata.normalize("NFKC", cleaned) != cleaned:
        raise DoseInvalid("Type the number with the digits 0 to 9, like 0.5")
    if slash := _SLASH.fullmatch(cleaned):
        whole = int(slash["whole"] or 0)
        return _from_fraction(whole + Fraction(int(slash["top"]), int(slash["bottom"])))
    return _from_plain(cleaned)


def _spelled(text: str) -> str:
    """`1½` as `1 1/2`."""
    for glyph, spelled in _GLYPHS.items():
        text = re.sub(rf"(?<=[0-9]){glyph}", f" {spelled}", text).replace(glyph, spelled)
    return text


def _from_fraction(amount: Fraction) -> Dose:
    try:
        return Dose.mg(amount)
    except DoseInvalid:
        raise DoseInvalid("Type it as a decimal number of mg, like 0.25") from None


def _from_plain(cleaned: str) -> Dose:
    match = _PLAIN.fullmatch(cleaned)
    if match is None or not (match["whole"] or match["part"]):
        raise DoseInvalid("Type a number of mg, like 0.5, with at most five decimals")
    whole, part = match["whole"] or "0", match["part"] or ""
    thousands = len(part) == 3 and int(whole) != 0
    if thousands and (match["mark"] == "," or part == "000"):
        meant = f"{int(whole)}.{part.rstrip('0') or '0'}".removesuffix(".0")
        raise DoseInvalid(
            f"{cleaned} can be read in two ways. For {meant} mg type {meant}, "
            f"for {int(whole)}{part} mg type {int(whole)}{part}"
        )
    return Dose.mg(Decimal(f"{whole}.{part or '0'}"))
