"""Forms about waves."""

from __future__ import annotations

from django import forms

from console.waves.rules import REASON_CHARACTERS


class DescribeForm(forms.Form):
    """What a wave is."""

    name = forms.CharField(max_length=200, label="Name")
    description = forms.CharField(
        label="Description",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
        help_text="Which department, facility or domain moves with it.",
    )
    planned_for = forms.DateField(
        label="Planned for", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CutoverForm(forms.Form):
    """Why a wave has cut over, or has not."""

    reason = forms.CharField(
        max_length=REASON_CHARACTERS,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Recorded in the audit log.",
    )


class MakeForm(DescribeForm):
    """A new wave."""

    slug = forms.SlugField(
        max_length=100, label="Slug", help_text="What manifests call it, for example wave-2-cardiology."
    )
    field_order = ("slug", "name", "description", "planned_for")
