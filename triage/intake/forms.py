"""Forms about sources and runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms

from triage.desk.field_rules import FieldRules, read_rules
from triage.runs.models import Source, SourceKind

_ORDERS: Final = (("", "Not known"), ("day_first", "Day first: 25/12/1970"), ("month_first", "Month first: 12/25/1970"))


_RULES: Final = ("country", "dates", "columns", "placeholders", "together")


class NamedLines(forms.CharField):
    """Lines of ``name = value``, as pairs in their order; ``once``: no name twice. Empty lines are left out."""

    def __init__(self, *, label: str, help_text: str, once: bool = False) -> None:
        self.once = once
        widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})
        super().__init__(required=False, max_length=20_000, label=label, help_text=help_text, widget=widget)

    def to_python(self, value: Any) -> Any:
        """Parse the lines. Raises ValidationError, which names the line."""
        pairs: list[tuple[str, str]] = []
        for number, line in enumerate((super().to_python(value) or "").splitlines(), start=1):
            name, sign, said = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not (name and sign and said):
                raise forms.ValidationError(f"Line {number} is not of the form “name = value”.")
            if self.once and any(name.lower() == known for known, _ in pairs):
                raise forms.ValidationError(f"Line {number} names “{name.lower()[:64]}” again.")
            pairs.append((name.lower(), said))
        return pairs

    def validate(self, value: Any) -> None:
        """Do not ask for more: every line has been parsed."""

    def run_validators(self, value: Any) -> None:
        """Leave length to the widget: the value is a list of pairs by now."""


class FieldRulesForm(forms.Form):
    """How the columns of a source are read."""

    country = forms.CharField(
        max_length=2,
        required=False,
        label="Country",
        help_text="Two letters (ISO 3166-1), for example UG. National phone numbers are read as of this country.",
    )
    dates = forms.ChoiceField(
        choices=_ORDERS, required=False, label="Dates with the year last", help_text="How 03/04/1970 is read."
    )
    columns = NamedLines(
        label="Columns",
        help_text="One a line: column = field, for example hosp_no = mrn. Common names such as surname are known.",
        once=True,
    )
    placeholders = NamedLines(
        label="Placeholders",
        help_text="Values that mean unknown, one a line: birth_date = 1970-01-01, or * = zz for every field.",
    )
    together = NamedLines(
        label="Compared together",
        help_text="Comparisons over several columns, one a line: name_pair = forename, surname.",
        once=True,
    )

    def fields_for_action(self) -> dict[str, Any]:
        """The rules as one argument."""
        said = dict(self.cleaned_data)
        country, dates = said.pop("country"), said.pop("dates")
        columns, placeholders, together = said.pop("columns"), said.pop("placeholders"), said.pop("together")
        listed: dict[str, list[str]] = {}
        for field, value in placeholders:
            listed.setdefault(field, []).append(value)
        rules = {
            "country": country,
            "dates": dates,
            "columns": {column: name.lower() for column, name in columns},
            "placeholders": listed,
            "together": {name: [one.strip().lower() for one in said.split(",")] for name, said in together},
        }
        return said | {"field_rules": rules}


def rules_initial(source: Source) -> dict[str, str]:
    """The stored rules of ``source`` as the form shows them."""
    rules: FieldRules = read_rules(source.field_rules)
    return {
        "country": rules.country,
        "dates": rules.dates,
        "columns": _written(rules.columns.items()),
        "placeholders": _written((field, value) for field, values in rules.placeholders.items() for value in values),
        "together": _written((name, ", ".join(columns)) for name, columns in rules.together.items()),
    }


def _written(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in pairs)


class ChangeSourceForm(FieldRulesForm):
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
    field_order: tuple[str, ...] = ("title", "kind", "path", "public_key", "active", *_RULES)


class MakeSourceForm(ChangeSourceForm):
    """A new source."""

    name = forms.SlugField(max_length=100, label="Name", help_text="ID used in manifests, for example legacy-pas.")
    active = None  # type: ignore[assignment]
    field_order = ("name", "title", "kind", "path", "public_key", *_RULES)


class RecallForm(forms.Form):
    """Why a run is recalled."""

    reason = forms.CharField(
        max_length=500,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the run and in the audit log. Do not enter patient data.",
    )
