"""The questions before a start: yes or no to each, and words where a yes needs them."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from schedules.domain.rulebook import GATES, Gate, GateAnswer, gates_in_the_way

YES_NO: Final = (("no", "No"), ("yes", "Yes"))
WANTS: Final = {
    "reason": "If yes, type the reason to go on, 10 letters or more; it prints in the brief.",
    "tick": "If yes, type the action taken.",
    "never": "If yes, no plan can be started.",
}


class StartGatesForm(forms.Form):
    """Nothing is answered for the doctor."""

    def __init__(self, *args: Any, known: Mapping[str, GateAnswer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for gate in GATES.values():
            answer = known.get(gate.id)
            self.fields[gate.id] = forms.ChoiceField(
                label=gate.question,
                choices=YES_NO,
                widget=forms.RadioSelect,
                initial=None if answer is None else "yes" if answer.applies else "no",
                error_messages={"required": "Answer yes or no."},
            )
            self.fields[f"{gate.id}-words"] = forms.CharField(
                label=f"{gate.id}: {gate.action}",
                help_text=WANTS[gate.override],
                required=False,
                max_length=500,
                initial=answer.words if answer else "",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for gate, why in gates_in_the_way(self.answers()).items():
                self.add_error(self._field_at_fault(GATES[gate]), f"{gate} {why}.")
        return cleaned

    @staticmethod
    def _field_at_fault(gate: Gate) -> str:
        return gate.id if gate.override == "never" else f"{gate.id}-words"

    def answers(self) -> dict[str, GateAnswer]:
        """Every answer given so far, also where another is still missing."""
        cleaned = self.cleaned_data
        return {
            gate: GateAnswer(cleaned[gate] == "yes", cleaned.get(f"{gate}-words", "").strip())
            for gate in GATES
            if gate in cleaned
        }
