"""The form by which a lead ends another person's claim."""

from __future__ import annotations

from django import forms

from triage.cases.rules import REASON_CHARACTERS


class TakeAwayForm(forms.Form):
    """Why somebody's claim is ended."""

    reason = forms.CharField(
        max_length=REASON_CHARACTERS,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It is kept in the book. No patient data, please.",
    )
