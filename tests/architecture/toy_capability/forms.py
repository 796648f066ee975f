"""Forms of procedures."""

from __future__ import annotations

from django import forms


class VersionForm(forms.Form):
    """The next version of a procedure's text."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label="Text", widget=forms.Textarea, max_length=10_000)


class ExemptionForm(forms.Form):
    """A request that a ward need not follow a procedure."""

    ward = forms.CharField(label="Ward", max_length=100)
    reason = forms.CharField(label="Reason", widget=forms.Textarea, max_length=2000)
    not_after = forms.DateTimeField(label="Until (UTC)")


class DecisionForm(forms.Form):
    """The answer to a request."""

    granted = forms.TypedChoiceField(
        label="Decision", choices=[("yes", "Grant"), ("no", "Refuse")], coerce=lambda value: value == "yes"
    )
    reason = forms.CharField(label="Reason", widget=forms.Textarea, max_length=2000)


class RevocationForm(forms.Form):
    """Why an exemption ends early."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea, max_length=2000)
