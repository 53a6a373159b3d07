"""Opening a record in an emergency: who it is, and why."""

from django import forms

from patients.forms.absences import DayInput


class GlassForm(forms.Form):
    """Nothing is looked up while typing: the whole name and the day of birth, or nothing."""

    name = forms.CharField(label="Name of the patient, as in the record", max_length=120)
    born_on = DayInput(label="Date of birth")
    reason = forms.CharField(
        label="Why it cannot wait",
        help_text="The patient reads this. 10 letters or more.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
