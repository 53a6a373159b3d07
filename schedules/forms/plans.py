"""The plan builder's form: what a doctor asks for, and the plan that follows from it."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.utils.choices import BaseChoiceIterator

from schedules.domain.builder import Built, PlanImpossible, Request, build
from schedules.domain.dose import Dose, DoseInvalid, parse_dose, render_number, total
from schedules.domain.equivalents import NAMES
from schedules.domain.medicine import Liquid, Medicine, Product
from schedules.domain.plan import SLOTS
from schedules.domain.strategies.base import Strategy, StrategyInvalid
from schedules.domain.strategies.registry import (
    STRATEGIES,
    ByHand,
    EqualCuts,
    Linear,
    Proportional,
)
from schedules.forms.fields import DaysInput, DoseInput, NearDate, PercentInput, check_near

LEAST_REASON = 10
PACE_FIELD = {
    "proportional": "percent",
    "linear": "decrement",
    "cuts": "cuts",
    "by-hand": "totals",
}


class BuilderForm(forms.Form):
    """Everything is kept as typed; nothing about a dose is filled in for the doctor."""

    morning = DoseInput(label="Morning", required=False)
    noon = DoseInput(label="Noon", required=False)
    evening = DoseInput(label="Evening", required=False)
    bedtime = DoseInput(label="Bedtime", required=False)
    indication = forms.ChoiceField(label="Taken for", required=False)
    products = forms.MultipleChoiceField(
        label="Products at home",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the products the patient has."},
    )
    cut_by_hand = forms.MultipleChoiceField(
        label="Cut beyond the score: by hand, not exact",
        help_text="Only with daily totals typed by hand, and with a reason.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    strategy = forms.ChoiceField(label="Lower by", widget=forms.RadioSelect)
    percent = PercentInput(label="Per cent", required=False)
    decrement = DoseInput(label="mg each time", required=False)
    cuts = DaysInput(label="Equal cuts", required=False, unit="cuts")
    totals = forms.CharField(
        label="Daily totals, in falling order",
        help_text="With a space between them, like 1.25 1 0.75",
        required=False,
        max_length=400,
    )
    every_days = DaysInput(
        label="Every", error_messages={"required": "Type the days between steps, like 14"}
    )
    first_lower_on = NearDate(
        label="First step on", error_messages={"required": "Choose the day of the first step."}
    )
    target = DoseInput(
        label="Plan down to", error_messages={"required": "Type the dose at the end, 0 to stop."}
    )
    stop_below = DoseInput(label="Stop from below", required=False)
    table = forms.ChoiceField(label="Table of equivalents", required=False)
    hold_longer = forms.BooleanField(
        label="If a cut must be larger than asked, hold it longer: 21 days, 28 over 15%",
        required=False,
    )
    reason = forms.CharField(
        label="Reason for the hard warnings",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        medicine: Medicine,
        today: date,
        in_force: Dose | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.medicine, self.today, self.in_force = medicine, today, in_force
        self.built: Built | None = None
        self.request: Request | None = None
        for name, choices in _choices(medicine).items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_first_lower_on(self) -> date:
        day = check_near(self.cleaned_data["first_lower_on"], today=self.today)
        if day <= self.today:
            raise forms.ValidationError("Choose a day from tomorrow on.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            self.request = self._request(cleaned)
            self.built = build(self.request)
        except StrategyInvalid as invalid:
            self.add_error(PACE_FIELD[cleaned["strategy"]], str(invalid))
        except PlanImpossible as impossible:
            self.add_error(_field_of(impossible.field), str(impossible))
        return cleaned

    def _request(self, cleaned: dict[str, Any]) -> Request:
        items = [self.medicine.product(key) for key in cleaned["products"]]
        return Request(
            medicine=self.medicine,
            start=tuple((s.id, cleaned[s.id]) for s in SLOTS if cleaned.get(s.id)),
            strategy=_strategy(cleaned),
            every_days=cleaned["every_days"],
            products=tuple(item for item in items if isinstance(item, Product)),
            liquids=tuple(item for item in items if isinstance(item, Liquid)),
            target=cleaned["target"],
            stop_below=cleaned.get("stop_below") or Dose(0),
            hold_longer=cleaned["hold_longer"],
            indication=cleaned["indication"],
            table=cleaned["table"],
            in_force=self.in_force,
            cut_by_hand=tuple(cleaned["cut_by_hand"]),
        )

    def needs_reason(self) -> bool:
        """Whether a hard finding stands without a typed reason."""
        reason = self.cleaned_data.get("reason", "").strip()
        return bool(self.built and self.built.hard) and len(reason) < LEAST_REASON

    def asked(self) -> dict[str, Any]:
        """The request as plain values, to open the builder with it again."""
        return {key: _plain(value) for key, value in self.cleaned_data.items() if key != "reason"}


class _Choices(BaseChoiceIterator):
    """Ready choices, which Django takes as they are."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


@cache
def _choices(medicine: Medicine) -> dict[str, _Choices]:
    """What one medicine offers in the form, by field."""
    solid = [item for item in medicine.products if item.may_be_cut_by_hand]
    uses = [(use, use.capitalize()) for use, _ in medicine.maxima]
    tables = [(key, NAMES[key]) for key in medicine.tables]
    return {
        "strategy": _Choices(*STRATEGIES.items()),
        "products": _Choices(*((item.key, _title(item)) for item in medicine.items)),
        "cut_by_hand": _Choices(*((item.key, item.title) for item in solid)),
        "indication": _Choices(("", "Something else"), *uses),
        "table": _Choices(("", "The one that gives most diazepam"), *tables),
    }


def _title(item: Product | Liquid) -> str:
    note = item.splitting if isinstance(item, Product) else item.marks
    checked = "" if item.source.verified else " Not yet verified."
    return f"{item.title}. {note}.{checked}"


def _strategy(cleaned: dict[str, Any]) -> Strategy:
    return {
        "proportional": _proportional,
        "linear": _linear,
        "cuts": _cuts,
        "by-hand": _by_hand,
    }[cleaned["strategy"]](cleaned)


def _proportional(cleaned: dict[str, Any]) -> Strategy:
    if cleaned.get("percent") is None:
        raise StrategyInvalid("Type by how many per cent, like 10")
    return Proportional(cleaned["percent"])


def _linear(cleaned: dict[str, Any]) -> Strategy:
    if cleaned.get("decrement") is None:
        raise StrategyInvalid("Type by how many mg, like 0.125")
    return Linear(cleaned["decrement"])


def _cuts(cleaned: dict[str, Any]) -> Strategy:
    if cleaned.get("cuts") is None:
        raise StrategyInvalid("Type how many cuts, like 10")
    start = total([cleaned[slot.id] for slot in SLOTS if cleaned.get(slot.id)])
    return EqualCuts(start.exact, cleaned["target"].exact, cleaned["cuts"])


def _by_hand(cleaned: dict[str, Any]) -> Strategy:
    try:
        doses = [parse_dose(word) for word in cleaned.get("totals", "").replace(";", " ").split()]
    except DoseInvalid as invalid:
        raise StrategyInvalid(str(invalid)) from None
    return ByHand(tuple(doses))


def _field_of(name: str) -> str | None:
    return {"start": "morning"}.get(name, name) or None


def _plain(value: Any) -> Any:
    if isinstance(value, Dose):
        return render_number(value)
    if isinstance(value, bool | list) or value is None:
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
