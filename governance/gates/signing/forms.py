"""The forms of a ballot and of the board's decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils import timezone

from console.people.models import User
from governance.gates.actions import Asked
from governance.gates.models import Choice, Outcome
from governance.gates.pages.forms import people, when, words
from governance.measures import comparison
from governance.signing.forms import SigningForm


class ConditionForm(forms.Form):
    """One thing that must hold before the wave begins. A row without text is left out."""

    text = forms.CharField(max_length=400, required=False, label="Condition")
    owner = forms.ModelChoiceField(people(), required=False, label="Owner")
    due_at = when("Due", required=False)
    measure = forms.ChoiceField(
        choices=(),
        required=False,
        label="Check automatically with measure",
        help_text="Without one, you confirm it yourself.",
    )
    operator = forms.ChoiceField(choices=[("", "—"), *comparison.choices()], required=False, label="Must be")
    threshold = forms.DecimalField(max_digits=24, decimal_places=6, required=False, label="Threshold")

    def __init__(self, *args: Any, measures: Collection[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", "None (I will confirm manually)"), *measures]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A condition has an owner and a time; a measure has a bound."""
        data = super().clean() or {}
        if data.get("text"):
            for name, said in (("owner", "Choose an owner."), ("due_at", "Enter a due time.")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, said)
            if data.get("due_at") and data["due_at"] <= timezone.now():
                self.add_error("due_at", "This time has passed.")
            if data.get("measure") and (not data.get("operator") or data.get("threshold") is None):
                self.add_error("threshold", "Say at most or at least, and how much.")
        return data

    def kept(self) -> dict[str, Any]:
        """The condition as plain JSON."""
        data = self.cleaned_data
        bound = bool(data["measure"])
        return {
            "text": data["text"].strip(),
            "owner": data["owner"].pk,
            "due_at": data["due_at"].isoformat(),
            "measure": data["measure"],
            "operator": data["operator"] if bound else "",
            "threshold": str(data["threshold"]) if bound else "",
        }


ConditionForms = formset_factory(ConditionForm, extra=2, max_num=20, validate_max=True)


def asked(kept: dict[str, Any], owners: dict[int, User]) -> Asked:
    """A condition as the action takes it, from what was kept of the form."""
    threshold = Decimal(kept["threshold"]) if kept["threshold"] else None
    due_at = dt.datetime.fromisoformat(kept["due_at"])
    return Asked(kept["text"], owners[kept["owner"]], due_at, kept["measure"], kept["operator"], threshold)


class BallotForm(SigningForm):
    """A ballot with its conditions. Everything but a plain GO needs its reason."""

    choice = forms.ChoiceField(
        choices=Choice, label="Your vote", widget=forms.RadioSelect, error_messages={"required": "Choose how you vote."}
    )
    rationale = words(
        "Why",
        "Required unless you vote GO. Recorded with your name. Do not include patient data.",
        required=False,
    )

    def __init__(self, *args: Any, measures: Collection[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rationale"].required = self.data.get("choice") != Choice.GO
        self.fields["rationale"].error_messages["required"] = "Say why."
        self.conditions = ConditionForms(
            self.data if "conditions-TOTAL_FORMS" in self.data else None,
            prefix="conditions",
            form_kwargs={"measures": measures},
        )

    def is_valid(self) -> bool:
        """Whether the ballot can be signed as it is filled in; conditions belong to one choice only."""
        return super().is_valid() and (not self._sets_conditions or self.conditions.is_valid())

    def kept(self) -> dict[str, Any]:
        """What is signed, as plain JSON."""
        filled = [row for row in self.conditions.forms if self._sets_conditions and row.cleaned_data.get("text")]
        return super().kept() | {
            "choice": self.cleaned_data["choice"],
            "rationale": self.cleaned_data["rationale"].strip(),
            "conditions": [row.kept() for row in filled],
        }

    @property
    def _sets_conditions(self) -> bool:
        return bool(self.cleaned_data.get("choice") == Choice.GO_WITH_CONDITIONS)


class DecisionForm(SigningForm):
    """The board's decision. A NO-GO says why."""

    outcome = forms.ChoiceField(
        choices=Outcome,
        label="The board's decision",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the board decides."},
    )
    statement = words(
        "Statement",
        "Required for a NO-GO. Recorded beside the dissent. Do not include patient data.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].required = self.data.get("outcome") == Outcome.NO_GO
        self.fields["statement"].error_messages["required"] = "Say why the board decides NO-GO."

    def kept(self) -> dict[str, Any]:
        """What is signed, as plain JSON."""
        said = {"outcome": self.cleaned_data["outcome"], "statement": self.cleaned_data["statement"].strip()}
        return super().kept() | said
