"""The forms that people sign with: what they say, and how they prove that it is them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.forms import formset_factory
from django.utils import timezone

from console.people.models import User
from console.people.reauthentication import Ways
from governance.gates.actions import Asked
from governance.gates.models import Choice, Operator, Outcome
from governance.gates.pages.forms import people, when, words

#: How a form was sent: each button names one.
PASSWORD, PASSKEY, PROVIDER = "password", "passkey", "provider"
WAYS: Final = (PASSWORD, PASSKEY, PROVIDER)


class SigningForm(forms.Form):
    """What every signature needs: the package that was looked at, a key of the request, and proof of identity.

    Password and code are asked for only of people who sign with them, on the page itself; pasting is allowed.
    """

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    request_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    way = forms.ChoiceField(choices=[(way, way) for way in WAYS], required=False, widget=forms.HiddenInput)
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=4096,
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password to sign."},
    )
    code = forms.CharField(
        required=False,
        max_length=32,
        label="Authentication code",
        help_text="Code from your authenticator app, or a recovery code.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": "Enter the code of your second factor to sign."},
    )

    def __init__(self, *args: Any, ways: Ways, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = ways
        typed = self.data.get("way", "") in ("", PASSWORD)
        for name, wanted in (("password", ways.password), ("code", ways.password and ways.code)):
            if wanted:
                self.fields[name].required = typed
            else:
                del self.fields[name]

    @property
    def chosen(self) -> str:
        """The way that was chosen by its button; the first that the person has if none was."""
        first = PASSWORD if self.ways.password else PASSKEY if self.ways.passkey else PROVIDER
        said: str = self.cleaned_data.get("way") or first
        return said


class BallotForm(SigningForm):
    """A ballot. Everything but a plain GO needs its reason."""

    choice = forms.ChoiceField(
        choices=Choice, label="Your vote", widget=forms.RadioSelect, error_messages={"required": "Choose how you vote."}
    )
    rationale = words(
        "Why",
        "Required unless you vote GO. Recorded with your name. Do not include patient data.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rationale"].required = self.data.get("choice") != Choice.GO
        self.fields["rationale"].error_messages["required"] = "Say why."

    def kept(self, conditions: list[dict[str, Any]]) -> dict[str, Any]:
        """What is signed, as plain JSON."""
        data = self.cleaned_data
        return {
            "seen": data["seen"],
            "request_key": str(data["request_key"]),
            "choice": data["choice"],
            "rationale": data["rationale"].strip(),
            "conditions": conditions if data["choice"] == Choice.GO_WITH_CONDITIONS else [],
        }


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
    operator = forms.ChoiceField(choices=[("", "—"), *Operator.choices], required=False, label="Must be")
    threshold = forms.DecimalField(max_digits=24, decimal_places=6, required=False, label="Threshold")

    def __init__(self, *args: Any, measures: Collection[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", "None (I will confirm manually)"), *measures]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A condition has an owner and a time; a measure has a bound."""
        data = super().clean() or {}
        if data.get("text"):
            for name, said in (("owner", "Say who sees to it."), ("due_at", "Say by when.")):
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
        "Needed for a NO-GO. RiskStatusView on the record beside the dissent. No patient data.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement"].required = self.data.get("outcome") == Outcome.NO_GO
        self.fields["statement"].error_messages["required"] = "Say why the board decides NO-GO."

    def kept(self) -> dict[str, Any]:
        """What is signed, as plain JSON."""
        data = self.cleaned_data
        return {
            "seen": data["seen"],
            "request_key": str(data["request_key"]),
            "outcome": data["outcome"],
            "statement": data["statement"].strip(),
        }


class PasskeyForm(forms.Form):
    """What the browser brings from a passkey."""

    credential = forms.JSONField(required=False, widget=forms.HiddenInput)
