"""An appointment: day and time; and the three questions before it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from patients.domain.visits import QUESTIONS
from patients.forms.absences import DayInput


class VisitForm(forms.Form):
    """Day and time as the clinician's clock shows them."""

    day = DayInput(label="Day of the visit")
    at = forms.TimeField(
        label="Time",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Type a time, like 14:30", "required": "Type a time."},
    )

    def starts_at(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"], tzinfo=zone)


class QuestionsForm(forms.Form):
    """Every answer may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, question in QUESTIONS.items():
            self.fields[key] = forms.CharField(
                label=question,
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
