"""A medicine and what a pharmacy can hand over: products with their scoring."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from schedules.domain.dose import Dose, DoseInvalid, render_mg
from schedules.domain.equivalents import diazepam_mg_per_mg, strictest_table, tables_for

FORMS: Final = {
    "tablet": "tablet",
    "orally disintegrating tablet": "melting tablet",
    "capsule": "capsule",
    "ER capsule": "slow-release capsule",
    "ER tablet": "slow-release tablet",
    "DR capsule": "coated capsule",
    "oral liquid": "liquid",
}
SCORINGS: Final = {
    "half": (Fraction(1, 2),),
    "third": (Fraction(1, 3),),
    "quarter": (Fraction(1, 2), Fraction(1, 4)),
    "none": (),
    "perforated_unscored": (),
    "n/a": (),
}
BEYOND: Final = {
    "none": Fraction(1, 2),
    "perforated_unscored": Fraction(1, 2),
    "half": Fraction(1, 4),
}
EVIDENCE: Final = ("read", "read-secondary", "memory", "derived")


class MedicineInvalid(ValueError):
    """A medicine file that must not be used; the text says which value is wrong."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from and how well it was seen."""

    ids: str
    evidence: str
    checked: str = ""

    def __post_init__(self) -> None:
        if self.evidence not in EVIDENCE:
            raise MedicineInvalid(f"{self.evidence!r} is not an evidence word.")

    @property
    def verified(self) -> bool:
        return self.evidence in ("read", "read-secondary")


@dataclass(frozen=True, slots=True)
class Product:
    """One solid product. Scoring belongs to the product, never to the strength."""

    key: str
    label: str
    form: str
    strength: Dose
    scoring: str
    source: Source
    colour: str = ""
    shape: str = ""
    note: str = ""
    cut_by_hand: bool = False

    def __hash__(self) -> int:
        return hash(self.key)

    def __post_init__(self) -> None:
        if self.form not in FORMS or self.form == "oral liquid":
            raise MedicineInvalid(f"{self.key}: {self.form!r} is not a solid form.")
        if self.scoring not in SCORINGS:
            raise MedicineInvalid(f"{self.key}: {self.scoring!r} is not a scoring.")
        if self.form != "tablet" and self.scoring != "n/a":
            raise MedicineInvalid(f"{self.key}: only a plain tablet may be split.")
        if not self.strength:
            raise MedicineInvalid(f"{self.key}: the strength is zero.")
        if self.cut_by_hand and self.scoring not in BEYOND:
            raise MedicineInvalid(f"{self.title} cannot be cut further (GEN-02).")
        for piece in self.pieces:
            self._check_exact(piece)

    def _check_exact(self, piece: Fraction) -> None:
        try:
            Dose.mg(self.strength.exact * piece)
        except DoseInvalid:
            raise MedicineInvalid(f"{self.key}: a piece of it cannot be written exactly.") from None

    @property
    def pieces(self) -> tuple[Fraction, ...]:
        """The pieces this product gives, largest first; a whole is always one.

        Cut by hand, a tablet gives one piece more than its scoring allows;
        that piece is not exact (GEN-02b).
        """
        scored = (Fraction(1), *SCORINGS[self.scoring])
        return (*scored, BEYOND[self.scoring]) if self.cut_by_hand else scored

    @property
    def may_be_cut_by_hand(self) -> bool:
        return self.scoring in BEYOND

    def by_hand(self) -> "Product":
        """The same product cut beyond its scoring; raises MedicineInvalid where it must not be."""
        return replace(self, cut_by_hand=True)

    def is_scored_for(self, count: Fraction) -> bool:
        """Whether so many tablets need no cut beyond the scoring."""
        return (count / (Fraction(1), *SCORINGS[self.scoring])[-1]).denominator == 1

    @property
    def noun(self) -> str:
        return FORMS[self.form]

    @property
    def looks(self) -> str:
        """Colour and shape as far as a source names them: `orange, round`."""
        return ", ".join(word for word in (self.colour, self.shape) if word)

    @property
    def splitting(self) -> str:
        """What may be done with it, in words for a doctor."""
        if self.scoring == "quarter":
            return "Halves and quarters allowed"
        if self.scoring == "third":
            return "Thirds allowed"
        return "Halves allowed" if self.scoring == "half" else "Whole only"

    @property
    def title(self) -> str:
        looks = f", {self.looks}" if self.looks else ""
        return f"{render_mg(self.strength)} {self.noun}, {self.label}{looks}"


@dataclass(frozen=True, slots=True)
class Liquid:
    """One liquid: milligrams in one millilitre, measured by syringe graduations."""

    key: str
    label: str
    mg_per_ml: Dose
    source: Source
    region: str = ""
    note: str = ""
    graduation_ml: Decimal = Decimal("0.1")
    drop: Dose | None = None

    def __hash__(self) -> int:
        return hash(self.key)

    def __post_init__(self) -> None:
        if not self.mg_per_ml or self.graduation_ml <= 0:
            raise MedicineInvalid(f"{self.key}: the strength is zero.")

    @property
    def dose_per_mark(self) -> Dose:
        """The dose between two marks of the syringe, or of one drop."""
        return self.drop or self.mg_per_ml * Fraction(self.graduation_ml)

    @property
    def ml_per_mark(self) -> Decimal:
        """mL between two marks, or of one drop."""
        if self.drop is None:
            return self.graduation_ml
        return self.drop.decimal / self.mg_per_ml.decimal

    @property
    def marks(self) -> str:
        if self.drop:
            return f"Drops of {render_mg(self.drop)}"
        return f"Marks of {self.graduation_ml} mL"

    @property
    def title(self) -> str:
        return f"{self.bottle} liquid, {self.label}"

    @property
    def bottle(self) -> str:
        return f"{render_mg(self.mg_per_ml)} in 1\u00a0mL"


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine as its file states it. Half-lives are hours."""

    key: str
    name: str
    brand: str
    kind: str
    half_life_h: Decimal
    half_life_source: Source
    maxima: tuple[tuple[str, Dose], ...]
    maxima_source: Source
    products: tuple[Product, ...]
    liquids: tuple[Liquid, ...]
    sources: tuple[tuple[str, str], ...]
    metabolite: str = ""

    def __hash__(self) -> int:
        return hash(self.key)

    def __post_init__(self) -> None:
        keys = [product.key for product in self.items]
        if len(set(keys)) != len(keys):
            raise MedicineInvalid(f"{self.key}: two products share a key.")
        if not keys:
            raise MedicineInvalid(f"{self.key}: no product.")

    @property
    def items(self) -> list[Product | Liquid]:
        return [*self.products, *self.liquids]

    def product(self, key: str) -> Product | Liquid:
        """Raises KeyError for a product this medicine does not have."""
        return {item.key: item for item in self.items}[key]

    def diazepam_mg_per_mg(self, table: str) -> Fraction:
        """mg diazepam equal to 1 mg of this medicine in the named table; raises NotInTable."""
        return diazepam_mg_per_mg(self.key, table)

    @property
    def checked(self) -> str:
        """The oldest day on which one of its values was compared with its source."""
        sources = [self.half_life_source, self.maxima_source, *(item.source for item in self.items)]
        return min(source.checked for source in sources)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of equivalents that list it."""
        return tables_for(self.key)

    @property
    def strictest_table(self) -> str | None:
        """The table that gives most diazepam for a mg (stop and band rules)."""
        return strictest_table(self.key)

    def maximum_for(self, indication: str) -> Dose | None:
        """The daily maximum for a use, else the one for any use."""
        maxima = dict(self.maxima)
        return maxima.get(indication, maxima.get("any use"))
