"""Sharing a part of the record with one person."""

from django import forms

from patients.domain.sharing import PARTS
from patients.forms.absences import DayInput


class ShareForm(forms.Form):
    """Nothing is ticked for the patient."""

    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(
        label="E-mail",
        error_messages={"invalid": "Type an e-mail address, like sam@home.example"},
    )
    parts = forms.MultipleChoiceField(
        label="What may this person see?",
        choices=[(part.id, part.label) for part in PARTS.values()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what this person may see."},
    )
    last = DayInput(
        label="Until",
        required=False,
        help_text="The last day. Leave it empty to share until you end it.",
    )
