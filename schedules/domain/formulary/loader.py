"""Reads the medicine files of this folder: one TOML file is one medicine."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from schedules.domain.dose import Dose
from schedules.domain.medicine import Liquid, Medicine, Product, Source

FOLDER = Path(__file__).parent


@cache
def medicine_keys() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


OFFERED: Final = frozenset({"benzodiazepine", "z-drug", "gabapentinoid"})
"""Classes a plan can be built for; the others wait for their own check-in questions."""


def offered_keys() -> tuple[str, ...]:
    """The medicines a doctor can plan for today."""
    return tuple(key for key in medicine_keys() if medicine(key).kind in OFFERED)


@cache
def medicine(key: str) -> Medicine:
    """The medicine of this key; raises KeyError for a key without a file."""
    if key not in medicine_keys():
        raise KeyError(key)
    raw = tomllib.loads((FOLDER / f"{key}.toml").read_text(encoding="utf-8"))
    return read_medicine(key, raw)


def read_medicine(key: str, raw: dict[str, Any]) -> Medicine:
    """Build a medicine from its parsed file; raises MedicineInvalid or KeyError."""
    return Medicine(
        key=key,
        name=raw["name"],
        brand=raw["brand"],
        kind=raw["class"],
        half_life_h=Decimal(raw["half_life"]["model_h"]),
        half_life_source=_source(raw["half_life"]),
        maxima=tuple((use, Dose.mg(mg)) for use, mg in raw["maximum"]["mg"].items()),
        maxima_source=_source(raw["maximum"]),
        products=tuple(_product(item) for item in raw.get("products", [])),
        liquids=tuple(_liquid(item) for item in raw.get("liquids", [])),
        sources=tuple(raw["sources"].items()),
        metabolite=raw.get("metabolite", ""),
    )


def _source(item: dict[str, Any]) -> Source:
    return Source(ids=item["source"], evidence=item["evidence"], checked=item.get("checked", ""))


def _product(item: dict[str, Any]) -> Product:
    return Product(
        key=item["key"],
        label=item["label"],
        form=item["form"],
        strength=Dose.mg(item["strength_mg"]),
        scoring=item["scoring"],
        source=_source(item),
        colour=item.get("colour", ""),
        shape=item.get("shape", ""),
        note=item.get("note", ""),
    )


def _liquid(item: dict[str, Any]) -> Liquid:
    return Liquid(
        key=item["key"],
        label=item["label"],
        mg_per_ml=Dose.mg(item["mg_per_ml"]),
        source=_source(item),
        region=item.get("region", ""),
        drop=Dose.mg(item["drop_mg"]) if "drop_mg" in item else None,
        note=item.get("note", ""),
    )
