"""Where a patient is, for the times of her reminders."""

from zoneinfo import available_timezones

from django import forms


class ZoneForm(forms.Form):
    """Keep the times of home, or move them to the place where she is."""

    time_zone = forms.ChoiceField(
        label="Move my times to",
        help_text="From tomorrow on, your doses and reminders come at the same times there.",
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )
