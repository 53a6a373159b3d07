"""The questions after the last dose. Nothing is chosen for the patient."""

from typing import Any

from django import forms

from patients.domain.symptoms import LEVELS


class AftercareForm(forms.Form):
    memory = forms.ChoiceField(
        label="How hard are memory and clear thinking for you now?",
        choices=[(str(n), words) for n, words in enumerate(LEVELS)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the answers."},
    )
    took_again = forms.ChoiceField(
        label="Have you taken any of it again since your last dose?",
        choices=[("no", "No"), ("yes", "Yes")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no. Any answer is fine."},
    )
    what = forms.CharField(
        label="If yes: when and how much? (You can leave it empty)", required=False, max_length=300
    )

    def answers(self) -> dict[str, Any]:
        sent = self.cleaned_data
        return {
            "memory": int(sent["memory"]),
            "took_again": sent["took_again"] == "yes",
            "what": sent["what"],
        }
