"""Forms about measures."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.measures.models import Direction, Unit
from governance.measures.rules import LONGEST, YEAR


class ChangeForm(forms.Form):
    """Description and threshold of a measure."""

    title = forms.CharField(
        max_length=120, label="Title", help_text="What people read, for example “Beds not yet mapped”."
    )
    why = forms.CharField(max_length=300, required=False, label="Why it matters", help_text="One sentence.")
    noun = forms.CharField(
        max_length=40, required=False, label="What it counts", help_text="In the plural, for example “beds”."
    )
    direction = forms.ChoiceField(choices=Direction.choices, label="Direction")
    fresh_minutes = forms.IntegerField(
        label="Maximum age (minutes)",
        min_value=1,
        max_value=YEAR // 60,
        initial=15,
        help_text="Values older than this are marked stale.",
    )
    keep_days = forms.IntegerField(label="Retention (days)", min_value=1, max_value=LONGEST, initial=400)
    active = forms.BooleanField(
        required=False, initial=True, label="Active", help_text="Without this, new values are refused."
    )

    def clean(self) -> dict[str, Any]:
        """Minutes are kept as seconds."""
        cleaned = super().clean() or {}
        minutes = cleaned.pop("fresh_minutes", None)
        return cleaned if minutes is None else cleaned | {"fresh_seconds": minutes * 60}


class DefineForm(ChangeForm):
    """A new measure."""

    code = forms.CharField(
        max_length=64,
        label="Code",
        help_text="What reports call it: small letters, digits and hyphens, for example beds-unmapped. It stays.",
    )
    unit = forms.ChoiceField(choices=Unit.choices, label="Unit", help_text="Cannot be changed.")
    active = None  # type: ignore[assignment]
    field_order = ("code", "title", "why", "unit", "noun", "direction", "fresh_minutes", "keep_days")
