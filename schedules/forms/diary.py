"""Forms of the diary: something else happened, the step gate, asking to wait."""

from datetime import datetime, time
from typing import Any

from django import forms

from schedules.domain.dose import Dose, is_many_times
from schedules.forms.fields import DoseInput
from schedules.models.doses import DoseEntry

TIME = "time"
WHAT = (
    (TIME, "I took it at another time"),
    (DoseEntry.DIFFERENT, "I took a different amount"),
    (DoseEntry.NONE, "I did not take it"),
    (DoseEntry.UNSURE, "I am not sure"),
)
TEN_TIMES = 10


class OtherForm(forms.Form):
    """Something else happened with a dose. Any answer is fine."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        label="What happened?",
        choices=WHAT,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the answers."},
    )
    amount = DoseInput(
        label="How much did you take?",
        required=False,
        help_text="Only for a different amount. For 1\u00a0whole 0.5\u00a0mg tablet, type 0.5.",
    )
    at = forms.TimeField(
        label="When did you take it?",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Only if you know.",
        error_messages={"invalid": "Type a time, like 21:30"},
    )
    sure = forms.BooleanField(label="Yes, this amount is right", required=False)

    def __init__(self, *args: Any, planned: Dose, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = planned
        self.asks_again = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") == DoseEntry.DIFFERENT and "amount" not in self.errors:
            self._check_amount(cleaned)
        if cleaned.get("what") == TIME and not cleaned.get("at") and "at" not in self.errors:
            self.add_error("at", "Tell us when, like 21:30")
        return cleaned

    def _check_amount(self, cleaned: dict[str, Any]) -> None:
        amount = cleaned.get("amount")
        if not amount:
            self.add_error("amount", "Tell us how much you took, like 0.5")
        elif is_many_times(amount, self.planned, TEN_TIMES) and not cleaned["sure"]:
            self.asks_again = True
            self.add_error(
                "amount",
                f"{amount} is ten times your plan or more. If you took that much, "
                "call for help now. If it is right, tick the box and save again.",
            )

    @property
    def kind(self) -> str:
        what = str(self.cleaned_data["what"])
        return DoseEntry.TAKEN if what == TIME else what

    def taken_at(self, due_at: datetime) -> datetime | None:
        """The local time typed, on the calendar day of the dose."""
        at: time | None = self.cleaned_data.get("at")
        if at is None:
            return None
        return due_at.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)


YES_NO = (("yes", "Yes"), ("no", "No"))


class GateForm(forms.Form):
    """What is asked before a lower step: a *no* asks a second yes."""

    sleep = forms.ChoiceField(
        label="Did you sleep well enough this week?", choices=YES_NO, widget=forms.RadioSelect
    )
    symptoms = forms.ChoiceField(
        label="Are your symptoms about the same as before, or better?",
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    boxes = forms.ChoiceField(
        label="Do you have the tablets for the new dose at home?",
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    again = forms.BooleanField(label="I still want to go to the new dose", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_again = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("boxes") == "no":
            self.add_error(
                "boxes",
                "Get the tablets first. Call your clinic. You stay on the dose you take now.",
            )
        doubts = "no" in (cleaned.get("sleep"), cleaned.get("symptoms"))
        if doubts and not cleaned.get("again"):
            self.asks_again = True
            self.add_error(
                "again",
                "It is fine to wait. If you still want to go, tick the box and press again.",
            )
        return cleaned

    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("sleep", "symptoms", "boxes", "again")}


class HoldForm(forms.Form):
    note = forms.CharField(
        label="Anything you want to tell your clinic? (You can leave it empty)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
