"""The thresholds of one patient, each with its bounds beside it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from patients.domain.answers import THRESHOLDS


class ThresholdForm(forms.Form):
    """One whole number for each threshold; the usual one is the starting point."""

    def __init__(self, *args: Any, own: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for limit in THRESHOLDS.values():
            bounds = f"Type a whole number between {limit.least} and {limit.most}."
            self.fields[limit.name] = forms.IntegerField(
                label=limit.label,
                help_text=f"Usually {limit.usual}. Between {limit.least} and {limit.most}.",
                min_value=limit.least,
                max_value=limit.most,
                initial=own.get(limit.name, limit.usual),
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), bounds
                ),
            )
