"""An absence: first day, last day, who answers."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from patients.models.accounts import User

LONGEST: Final = timedelta(days=366)
WORDS: Final = {"invalid": "Type a date, like 2027-03-25", "required": "Choose a day."}


class DayInput(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=WORDS, **kwargs)


class PersonInput(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the people offered, by name."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError("Choose a person of the list.") from None

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class AbsenceForm(forms.Form):
    """Whole days. Nobody is filled in: a name is asked for, and its lack is told every day."""

    clinician = PersonInput(
        User.objects.none(),
        label="Who is away",
        empty_label="Choose",
        error_messages={"required": "Choose a person."},
    )
    first = DayInput(label="First day away")
    last = DayInput(label="Last day away")
    cover = PersonInput(
        User.objects.none(),
        label="Who answers meanwhile",
        help_text="Gets the records and the alarms for just these days.",
        required=False,
        empty_label="Nobody yet",
    )

    def __init__(self, *args: Any, people: Any, by: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self._offer("clinician", people)
        self._offer("cover", people.exclude(pk=by.pk))
        if by.is_clinician:
            del self.fields["clinician"]

    def _offer(self, name: str, people: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, PersonInput)
        field.queryset = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first is None or last is None:
            return cleaned
        if last < first:
            raise ValidationError({"last": "The last day is before the first. Choose a later one."})
        if last < self.today or first > self.today + LONGEST or last > first + LONGEST:
            raise ValidationError({"last": "Choose days within a year from now."})
        return cleaned
