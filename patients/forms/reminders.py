"""How a person wants to be reached."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from patients.models.accounts import User

WAYS = (("email", "By e-mail"), ("webpush", "By notifications on my devices"))


class ReachForm(forms.Form):
    """Everything but alarms goes by the chosen way; the other one is used when it fails."""

    channel = forms.ChoiceField(label="Remind me", choices=WAYS, widget=forms.RadioSelect)
    says_openly = forms.BooleanField(
        label="My messages may say dose, check-in and clinic",
        help_text="Without this they only say that something is waiting. "
        "They never name a medicine.",
        required=False,
    )
    mutes_checkins = forms.BooleanField(label="No reminders for the check-in", required=False)
    gathers_messages = forms.BooleanField(
        label="What is written to me: once a day, at 8 in the morning", required=False
    )
    quiet_from = forms.TimeField(
        label="Quiet from",
        help_text="Doses and answers to you still come.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Type a time, like 22:00"},
        required=False,
    )
    quiet_until = forms.TimeField(
        label="Quiet until",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Type a time, like 07:00"},
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begins is None) != (ends is None):
            raise ValidationError("Type both times of the quiet hours, or neither.")
        if begins is not None and begins == ends:
            raise ValidationError("The quiet hours need two different times.")
        return cleaned


def reach_initial(user: User) -> dict[str, Any]:
    return {
        "channel": user.channel,
        "says_openly": user.says_openly,
        "mutes_checkins": bool(user.muted),
        "gathers_messages": user.gathers_messages,
        "quiet_from": user.quiet_from,
        "quiet_until": user.quiet_until,
    }


class PagerForm(forms.Form):
    target = forms.CharField(
        label="Address of my pager",
        help_text="Gets one line without patient data when a flag waits. Like https://pager.example/x",
        max_length=600,
    )
