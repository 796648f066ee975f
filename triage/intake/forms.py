"""Forms about sources and runs."""

from __future__ import annotations

from django import forms

from triage.runs.models import SourceKind


class ChangeSourceForm(forms.Form):
    """Everything of a source but its name."""

    title = forms.CharField(max_length=200, label="Title", help_text="Display name.")
    kind = forms.ChoiceField(choices=SourceKind.choices, label="Delivery method")
    path = forms.CharField(
        max_length=500,
        required=False,
        label="Folder",
        help_text="For a directory: the folder below the inbox. Each package is a folder of its own in there.",
    )
    public_key = forms.CharField(
        max_length=64,
        required=False,
        label="Public key",
        help_text="Ed25519, 64 hexadecimal digits. With a key, every manifest must be signed.",
    )
    active = forms.BooleanField(required=False, initial=True, label="Active")


class MakeSourceForm(ChangeSourceForm):
    """A new source."""

    name = forms.SlugField(max_length=100, label="Name", help_text="ID used in manifests, for example legacy-pas.")
    active = None  # type: ignore[assignment]
    field_order = ("name", "title", "kind", "path", "public_key")


class RecallForm(forms.Form):
    """Why a run is recalled."""

    reason = forms.CharField(
        max_length=500,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the run and in the audit log. Do not enter patient data.",
    )
