"""What a patient asks for, in one choice and her own words."""

from collections.abc import Sequence
from typing import Any

from django import forms

from schedules.domain.requests import Ask


class AskForm(forms.Form):
    """Nothing is chosen for the patient."""

    ask = forms.ChoiceField(
        label="What would you like?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of these."},
    )
    note = forms.CharField(
        label="In your own words (you can leave it empty)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, asks: Sequence[Ask], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ask"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(ask.id, ask.label) for ask in asks]
