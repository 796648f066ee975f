"""The form of every signature: what was looked at, and how the person confirms their identity."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django import forms

from console.people.reauthentication import Ways

#: How a form was sent: each button names one.
PASSWORD, PASSKEY, PROVIDER = "password", "passkey", "provider"
WAYS: Final = (PASSWORD, PASSKEY, PROVIDER)


class SigningForm(forms.Form):
    """What every signature needs: the digest that was looked at, a key of the request, and proof of identity.

    A use adds the fields of what it signs, and to ``kept`` what they say. ``initial`` gives ``seen``, the digest that
    the subject has now. Password and code are asked for only of people who sign with them, on the page itself; pasting
    is allowed.
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
        error_messages={"required": "Enter your authentication code to sign."},
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

    def kept(self) -> dict[str, Any]:
        """What is signed, as plain JSON, without the proof."""
        return {"seen": self.cleaned_data["seen"], "request_key": str(self.cleaned_data["request_key"])}


class PasskeyForm(forms.Form):
    """What the browser brings from a passkey."""

    credential = forms.JSONField(required=False, widget=forms.HiddenInput)
