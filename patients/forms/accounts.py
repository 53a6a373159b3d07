"""Forms of accounts: invite, join, theme."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from patients.domain.advice import REGIONS
from patients.domain.roles import LABELS, Role
from patients.models.accounts import User

OLDEST = date(1900, 1, 1)
ADULT_YEARS = 18
REGION_CHOICES = [
    ("", "Another country"),
    *((key, lines.country) for key, lines in REGIONS.items()),
]


def check_birth_date(born: date, *, today: date) -> date:
    """Adults only, and nobody born before 1900."""
    if born < OLDEST:
        raise ValidationError("Type a date of birth after 1900, like 3 June 1981")
    if born > today:
        raise ValidationError("This date is still to come. Type the date of birth.")
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years < ADULT_YEARS:
        raise ValidationError("This app is for adults, 18 or older.")
    return born


class InvitePatientForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail")
    born_on = forms.DateField(
        label="Date of birth",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Type a date, like 1981-06-03"},
    )
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    region = forms.ChoiceField(
        label="Country, for the emergency number", choices=REGION_CHOICES, required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_born_on(self) -> date:
        return check_birth_date(self.cleaned_data["born_on"], today=self.today)


class InviteStaffForm(forms.Form):
    name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(
        label="Role",
        choices=[(r.value, LABELS[r]) for r in (Role.DOCTOR, Role.NURSE, Role.ADMIN)],
    )


class JoinForm(forms.Form):
    password = forms.CharField(
        label="Choose a password",
        help_text="10 letters or more. A sentence you can remember is good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    time_zone = forms.ChoiceField(
        label="Where you live (time zone)",
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(label="Light or dark", choices=User.THEMES, widget=forms.RadioSelect)
