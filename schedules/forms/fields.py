"""Form fields that read what people really type, with one sentence when they cannot."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from schedules.domain.dose import Dose, DoseInvalid, parse_dose, render_number

OLDEST = date(1900, 1, 1)
AHEAD = timedelta(days=5 * 365 + 1)


class DoseInput(forms.CharField):
    """Milligrams as a `Dose`, read by the one parser; never localised."""

    unit = "mg"

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return render_number(value) if isinstance(value, Dose) else value

    def clean(self, value: Any) -> Dose | None:
        text = str(super().clean(value) or "")
        if not text:
            return None
        try:
            return parse_dose(text)
        except DoseInvalid as invalid:
            raise ValidationError(str(invalid)) from None


class PercentInput(forms.CharField):
    """A per cent from more than 0 to less than 100 with at most two decimals."""

    unit = "%"

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=6, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = str(super().clean(value) or "").removesuffix("%").strip()
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,2}([.,][0-9]{1,2})?", text):
            raise ValidationError("Type a number between 0 and 100, like 10 or 7.5")
        percent = Decimal(text.replace(",", "."))
        if not 0 < percent < 100:
            raise ValidationError("More than 0 % and less than 100 %, like 10")
        return percent


class DaysInput(forms.CharField):
    """A whole number, 1 to 365: of days, or of what `unit` says."""

    def __init__(self, *, unit: str = "days", **kwargs: Any) -> None:
        self.unit = unit
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=3, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = str(super().clean(value) or "")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 365:
            raise ValidationError(f"Type a whole number of {self.unit} from 1 to 365, like 14")
        return int(text)


class NearDate(forms.DateField):
    """A date not before 1900 and not more than five years ahead."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        words = {"invalid": "Type a date, like 2027-03-25", **kwargs.pop("error_messages", {})}
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=words, **kwargs)


def check_near(day: date, *, today: date) -> date:
    """Raises a sentence for a date before 1900 or more than five years ahead."""
    if day < OLDEST:
        raise ValidationError("Type a date after 1900.")
    if day > today + AHEAD:
        raise ValidationError("Type a date within the next five years.")
    return day
