"""Counting what is at home: one number for each product of the dose in force."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schedules.domain.dose import DoseInvalid, parse_dose
from schedules.models.supply import MOST
from schedules.selectors.supply import Box, amount_words

WORDS = "Type how many there are, like 28 or 12.5"


class CountInput(forms.CharField):
    """How many tablets or mL; typed and read like any other number of this app."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=12, **kwargs)

    def clean(self, value: Any) -> Fraction:
        text = str(super().clean(value))
        try:
            amount = parse_dose(text).exact if "mg" not in text else None
        except DoseInvalid:
            amount = None
        if amount is None or amount > MOST:
            raise ValidationError(WORDS)
        return amount


class CountForm(forms.Form):
    """Nothing is filled in: what was counted last time stands beside it."""

    def __init__(self, *args: Any, boxes: Sequence[Box], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in boxes:
            known = f"Last time {amount_words(box.counted)}." if box.counted is not None else ""
            self.fields[box.product] = CountInput(
                label=box.title,
                help_text=f"How many {box.unit}? {known}".strip(),
                error_messages={"required": f"{WORDS}. Type 0 if there are none."},
            )
