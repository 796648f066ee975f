"""Forms by which gates are prepared, and by which people say what bears on them. Signing has its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from console.people.models import User, UserKind
from governance.gates.actions.policies import Place
from governance.gates.models import CriterionVersion, Kind, Policy
from governance.gates.models.assessments import Method
from governance.gates.templates import How
from governance.measures import comparison
from governance.measures.comparison import Comparison
from governance.risks.models import Domain

HOUR = 3600
ISO = "%Y-%m-%dT%H:%M"


def people() -> QuerySet[User]:
    """Those who can sign in, by name."""
    return User.objects.filter(kind=UserKind.PERSON, is_active=True).order_by("name")


def when(label: str, help_text: str = "", **more: Any) -> forms.DateTimeField:
    """A moment, in the person's own time zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=ISO)
    return forms.DateTimeField(label=label, help_text=help_text, widget=widget, **more)


def words(label: str, help_text: str = "", *, rows: int = 3, most: int = 4000, **more: Any) -> forms.CharField:
    """A text of some lines."""
    return forms.CharField(
        label=label, help_text=help_text, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class ReasonForm(forms.Form):
    """Why something is done that stays on record."""

    reason = words("Why", "Recorded in the audit log and on the gate.", most=300)


def seen_version() -> forms.IntegerField:
    """The version that the page showed: what is saved on another one is refused."""
    return forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A remark, if there is one."""

    note = words("Note", required=False)


class AttestForm(NoteForm):
    """A statement that is attested in the words of one version."""

    seen = seen_version()


class SeenForm(forms.Form):
    """An act without anything to fill in, on the package that the person has looked at, by its digest."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class RewordForm(forms.Form):
    """How a criterion reads. Changing this withdraws no signature."""

    title = forms.CharField(max_length=160)
    why = words("Why it matters", rows=2, most=400, required=False)
    owner = forms.ModelChoiceField(people(), required=False, help_text="Person responsible.")
    order = forms.IntegerField(min_value=0, max_value=32_000, label="Order", help_text="Lower comes first.")


class HowForm(forms.Form):
    """How a criterion is evaluated. Every change is a new version, and withdraws what was signed."""

    kind = forms.ChoiceField(choices=Kind, label="Kind")
    measure = forms.ChoiceField(choices=(), required=False, help_text="For ratio, count, window and recency.")
    dimension = forms.CharField(
        max_length=120, required=False, help_text="Subset of the measure, such as record or record/patient."
    )
    operator = forms.ChoiceField(choices=[("", "—"), *comparison.choices()], required=False, label="Must be")
    threshold = forms.DecimalField(
        max_digits=24, decimal_places=6, required=False, help_text="A share is written as 0.995."
    )
    min_samples = forms.IntegerField(min_value=1, initial=1, label="Minimum observations")
    max_age_hours = forms.IntegerField(min_value=1, initial=24, label="Maximum data age (hours)")
    interval_minutes = forms.IntegerField(min_value=1, required=False, label="Window: minutes of one interval")
    consecutive = forms.IntegerField(min_value=1, max_value=1000, required=False, label="Window: consecutive intervals")
    coverage = forms.IntegerField(min_value=1, max_value=100, initial=100, label="Window: intervals with data (%)")
    subject = words(
        "Subject",
        "Risk ceiling: the highest severity, 1 to 4. Control test: the control. Prior gate: its phase. "
        "Attestation: the statement.",
        rows=2,
        most=400,
        required=False,
    )
    blocking = forms.BooleanField(required=False, initial=True, label="Required for GO")
    waivable = forms.BooleanField(required=False, initial=True, label="Waivable")
    domain = forms.ChoiceField(choices=Domain)
    reason = words("Reason for change", most=300, rows=2)

    def __init__(self, *args: Any, measures: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", "—"), *measures]  # type: ignore[attr-defined]

    @staticmethod
    def of(version: CriterionVersion) -> dict[str, Any]:
        """The fields' values as this version has them."""
        same = "kind measure dimension operator threshold min_samples consecutive coverage subject blocking"
        values = {name: getattr(version, name) for name in (*same.split(), "waivable", "domain")}
        minutes = version.interval // 60 if version.interval else None
        return values | {"max_age_hours": max(1, version.max_age // HOUR), "interval_minutes": minutes}

    def how(self) -> How:
        """What the form says, as the action takes it."""
        data = self.cleaned_data
        minutes = data["interval_minutes"]
        return How(
            kind=Kind(data["kind"]),
            measure=data["measure"],
            dimension=data["dimension"].strip(),
            operator=Comparison(data["operator"]) if data["operator"] else None,
            threshold=data["threshold"],
            min_samples=data["min_samples"],
            max_age=data["max_age_hours"] * HOUR,
            interval=minutes * 60 if minutes else None,
            consecutive=data["consecutive"],
            coverage=data["coverage"],
            subject=data["subject"].strip(),
            blocking=data["blocking"],
            waivable=data["waivable"],
            domain=Domain(data["domain"]),
        )

    def fields_for_action(self) -> dict[str, Any]:
        """What the actions on criteria take."""
        return {"how": self.how(), "reason": self.cleaned_data["reason"]}


class ChangeForm(HowForm):
    """The next version of a criterion."""

    seen = seen_version()

    def fields_for_action(self) -> dict[str, Any]:
        """What ``change_criterion`` takes."""
        return super().fields_for_action() | {"seen": self.cleaned_data["seen"]}


class NewCriterionForm(HowForm):
    """One thing more that must hold."""

    code = forms.SlugField(max_length=64, help_text="Permanent code. Cannot be changed later.")
    title = forms.CharField(max_length=160)
    why = words("Why it matters", rows=2, most=400, required=False)
    field_order = ("code", "title", "why")

    def fields_for_action(self) -> dict[str, Any]:
        """The same, and what the criterion is called."""
        return super().fields_for_action() | {name: self.cleaned_data[name] for name in self.field_order}


class PolicyForm(forms.Form):
    """How many must answer, and for how long."""

    quorum = forms.IntegerField(
        min_value=2, max_value=32, help_text="Minimum number of votes cast, including abstentions."
    )
    go_needed = forms.IntegerField(min_value=2, max_value=32, label="GO votes required")
    freezes = forms.BooleanField(
        required=False,
        label="Sealing freezes the wave",
        help_text="Cases in this wave cannot be decided until this round ends.",
    )
    poll_hours = forms.IntegerField(min_value=1, max_value=1000, initial=72, label="Voting period (hours)")
    valid_hours = forms.IntegerField(min_value=1, max_value=5000, initial=168, label="GO validity (hours)")
    reason = words("Why", most=300, rows=2)
    seen = seen_version()

    @staticmethod
    def of(policy: Policy) -> dict[str, Any]:
        """The fields' values as this version has them."""
        names = ("quorum", "go_needed", "freezes", "poll_hours", "valid_hours")
        return {name: getattr(policy, name) for name in names}


class SeatForm(forms.Form):
    """One seat of the board. A row without a name is left out."""

    title = forms.CharField(max_length=100, required=False, label="Seat")
    code = forms.SlugField(max_length=40, required=False, label="Short name")
    holder = forms.TypedChoiceField(required=False, empty_value=None)
    alternate = forms.TypedChoiceField(required=False, empty_value=None)
    required = forms.BooleanField(required=False, initial=True, label="Required")
    chair = forms.BooleanField(required=False, label="Chair")
    vetoes = forms.MultipleChoiceField(
        choices=Domain, required=False, widget=forms.CheckboxSelectMultiple, label="Veto domains"
    )

    def __init__(self, *args: Any, members: Mapping[str, User], **kwargs: Any) -> None:
        """``members``: who may be chosen, by their keys. Read once for all seats."""
        super().__init__(*args, **kwargs)
        for name in ("holder", "alternate"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", "---------"), *((key, str(person)) for key, person in members.items())]
            # A member of the last version may have left since: what the seat began with is coerced as well.
            field.coerce = lambda key: members.get(str(key))

    def clean(self) -> dict[str, Any]:
        """A seat that is named needs a short name and a holder."""
        data = super().clean() or {}
        if data.get("title"):
            for name, said in (("code", "A seat needs a short name."), ("holder", "Choose a member for this seat.")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, said)
        return data

    def place(self) -> Place:
        """The seat as the action takes it."""
        data = {name: self.cleaned_data[name] for name in ("title", "code", "holder", "alternate", "required", "chair")}
        return Place(**data, vetoes=tuple(self.cleaned_data["vetoes"]))


def seat_forms(data: Any, initial: Sequence[Mapping[str, object]]) -> BaseFormSet[SeatForm]:
    """The formset of a board's seats, with spare rows. It needs no script."""
    made = formset_factory(SeatForm, extra=3, max_num=16, validate_max=True)
    members = {str(person.pk): person for person in people()}
    return made(data, initial=initial, prefix="seats", form_kwargs={"members": members})


def places(seats: BaseFormSet[SeatForm]) -> list[Place]:
    """The seats that are named."""
    return [form.place() for form in seats.forms if form.cleaned_data.get("title")]


class ControlTestForm(forms.Form):
    """One test of one control: evidence says which period, which population and which sample it covers."""

    method = forms.ChoiceField(choices=Method)
    satisfied = forms.TypedChoiceField(
        choices=[("yes", "Satisfied"), ("no", "Not satisfied")],
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
        label="Result",
    )
    finding = words("What was found", "No patient data.")
    evidence = forms.CharField(max_length=500, help_text="Location, and SHA-256 if it is a file.")
    population = forms.IntegerField(min_value=1, help_text="Population size.")
    sample = forms.IntegerField(min_value=1, help_text="Sample size.")
    period_from = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    period_to = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    tested_at = when("Tested at")


class WaiverForm(forms.Form):
    """Leave to go on although a criterion fails."""

    reason = words("Justification")
    compensating_control = words("Compensating control", "What is done instead, by whom, and how it is checked.")
    not_after = when("Until", "The waiver expires automatically at this time.")
    seen = seen_version()

    def clean_not_after(self) -> dt.datetime:
        """A waiver that is over before it begins is a slip of the keyboard."""
        until: dt.datetime = self.cleaned_data["not_after"]
        if until <= timezone.now():
            raise forms.ValidationError("Enter a future date and time.")
        return until


class VerdictForm(forms.Form):
    """Granted or refused, and why."""

    granted = forms.TypedChoiceField(
        choices=[("yes", "Grant it"), ("no", "Refuse it")],
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
        label="Your decision",
    )
    reason = words("Why")
