"""Forms about rollback plans, rehearsals and alarms."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.text import slugify

from console.people.models import User
from console.waves.models import Wave
from governance.measures import queries as measures
from governance.measures.comparison import INEQUALITIES
from governance.measures.models import Unit
from governance.measures.values import Definition
from governance.rollback import queries
from governance.rollback.models import Answer, DataScope, RehearsalKind, RollbackPlan
from governance.rollback.rules import TRIGGERS
from governance.rollback.values import PlanDraft, TriggerDraft

_SPARE: Final = 2
_LOCAL: Final = "%Y-%m-%dT%H:%M"
_UNITS: Final = {
    Unit.RATIO: "share of 1: 0.02 is 2%",
    Unit.COUNT: "number",
    Unit.MILLISECONDS: "ms",
    Unit.SECONDS: "seconds",
    Unit.MINUTES: "minutes",
    Unit.HOURS: "hours",
    Unit.DAYS: "days",
}


class MomentField(forms.DateTimeField):
    """A time in the person's own time zone, as browsers write it."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_LOCAL)
        super().__init__(widget=widget, input_formats=[_LOCAL, f"{_LOCAL}:%S"], **more)


def minutes(label: str, hint: str, least: int = 0) -> forms.IntegerField:
    """A length of time."""
    return forms.IntegerField(label=label, help_text=hint, min_value=least, max_value=86_400)


def lines(label: str, hint: str, rows: int = 4) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(label=label, help_text=hint, max_length=10_000, widget=forms.Textarea(attrs={"rows": rows}))


class PlanForm(forms.Form):
    """What a rollback plan says, apart from its triggers."""

    authority = forms.ModelChoiceField(
        User.objects.none(), label="Who decides", help_text="Decision authority for rollback."
    )
    deputy = forms.ModelChoiceField(User.objects.none(), label="Deputy", help_text="Can decide after the deadline.")
    decide_within = minutes("Decide within (minutes)", "From the alarm to the decision.", least=1)
    window_start = MomentField(
        label="The window opens", help_text="From then on triggers are watched. In your time zone."
    )
    window_end = MomentField(
        label="The window closes", help_text="One of the two systems must be in service by this time."
    )
    margin = minutes("Margin (minutes)", "Safety margin before the window closes.")
    rto = minutes("Recovery time objective, RTO (minutes)", "A rehearsal that takes longer does not qualify.", 1)
    rpo = minutes("Recovery point objective, RPO (minutes)", "Maximum acceptable data loss, in minutes.")
    mtd = minutes("Maximum tolerable downtime, MTD (minutes)", "Longest time care can continue without a system.", 1)
    steps = lines("Steps", "Activation and notification, recovery, reconstitution: who does what, in order.", rows=8)
    transport = lines("Interfaces and sign-ins", "How they are switched back to the legacy system.")
    data_scope = forms.ChoiceField(label="Data written after the cutover", choices=DataScope.choices)
    writes = lines("Data return method", "How they get back, delta back-sync included; who checks.")
    runbook_title = forms.CharField(label="Runbook", max_length=200, required=False, help_text="Its title and version.")
    runbook_digest = forms.CharField(
        label="SHA-256 of the runbook",
        max_length=64,
        required=False,
        help_text="So that what was rehearsed and what will be done are the same file.",
    )
    reason = forms.CharField(
        label="Why this version", max_length=300, help_text="Recorded in the audit log and in the plan's history."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, wave: Wave, plan: RollbackPlan | None) -> None:
        super().__init__(data, initial=_initial(plan))
        for name in ("authority", "deputy"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queries.holders(wave, "view_wave")

    def clean_runbook_digest(self) -> str:
        """Hexadecimal digits in one spelling."""
        return str(self.cleaned_data["runbook_digest"]).strip().lower()


def _initial(plan: RollbackPlan | None) -> dict[str, Any]:
    if plan is None:
        return {"seen": 0, "margin": 30, "decide_within": 15, "data_scope": DataScope.REPLAYABLE}
    names = set(PlanForm.base_fields) - {"reason", "seen", "writes"}
    return {name: getattr(plan, name) for name in names} | {"seen": plan.version, "writes": plan.data}


class TriggerForm(forms.Form):
    """One trigger: a measure beyond its bound, or a person's call."""

    code = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=40)
    title = forms.CharField(label="Name", max_length=200, help_text="What it means: orders do not arrive.")
    measure = forms.ChoiceField(required=False, help_text="Without one, a person calls it.")
    dimension = forms.CharField(
        label="Part of the measure",
        max_length=120,
        required=False,
        help_text="Such as record/patient; empty for all of it.",
    )
    operator = forms.ChoiceField(
        label="Threshold",
        required=False,
        choices=[("", "choose …"), *((one.value, one.crossed) for one in INEQUALITIES)],
    )
    threshold = forms.DecimalField(
        label="this value", required=False, max_digits=24, decimal_places=6, help_text="In the measure's unit."
    )
    consecutive = forms.IntegerField(
        label="consecutive readings", required=False, min_value=1, max_value=100, initial=1
    )

    def __init__(self, *args: Any, catalogue: list[Definition], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["measure"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Manual"), *((one.code, _named(one)) for one in catalogue)]

    def clean(self) -> dict[str, Any]:
        """A measure needs a bound; a person's call has none."""
        found = super().clean() or self.cleaned_data
        if found.get("measure"):
            for name in ("operator", "threshold"):
                if found.get(name) in ("", None) and name not in self.errors:
                    self.add_error(name, "Enter a threshold for the measure.")
        elif found.get("operator") or found.get("threshold") is not None:
            self.add_error("measure", "Choose a measure, or clear the threshold for a manual trigger.")
        return found


def _named(definition: Definition) -> str:
    return f"{definition.title} ({_UNITS.get(Unit(definition.unit), definition.unit)})"


def triggers(data: Any, plan: RollbackPlan | None) -> BaseFormSet[TriggerForm]:
    """The formset of a plan's triggers, with spare rows. It needs no script."""
    rows = list(plan.triggers.all()) if plan else []
    names = ("code", "title", "measure", "dimension", "operator", "consecutive")
    initial = [
        {name: getattr(row, name) for name in names}
        | {"threshold": None if row.threshold is None else format(row.threshold.normalize(), "f")}
        for row in rows
    ]
    known = [one for one in measures.catalogue() if one.unit != Unit.EVENT]
    made = formset_factory(TriggerForm, extra=_SPARE, can_delete=True, max_num=TRIGGERS, absolute_max=TRIGGERS + _SPARE)
    return made(data, initial=initial, prefix="triggers", form_kwargs={"catalogue": known})


def draft(form: PlanForm, formset: BaseFormSet[TriggerForm]) -> PlanDraft:
    """What both forms say. A trigger keeps its code; a new one gets one from its name."""
    said = {name: value for name, value in form.cleaned_data.items() if name not in {"reason", "seen", "writes"}}
    kept = [row.cleaned_data for row in formset if row.cleaned_data.get("title") and not row.cleaned_data.get("DELETE")]
    codes = {row["code"] for row in kept if row["code"]}
    found = []
    for row in kept:
        code = row["code"] or _code(row["title"], codes)
        codes.add(code)
        bound = {name: row[name] for name in ("measure", "dimension", "operator", "threshold")}
        found.append(TriggerDraft(code=code, title=row["title"], consecutive=row["consecutive"] or 1, **bound))
    return PlanDraft(triggers=tuple(found), data=form.cleaned_data["writes"], **said)


def _code(title: str, taken: set[str]) -> str:
    base = slugify(title)[:36] or "trigger"
    return next(code for number in range(1, 99) if (code := base if number == 1 else f"{base}-{number}") not in taken)


class RehearsalForm(forms.Form):
    """How a rehearsal went."""

    kind = forms.ChoiceField(label="Type", choices=RehearsalKind.choices, initial=RehearsalKind.DRESS)
    started_at = MomentField(label="Began", help_text="In your time zone.")
    finished_at = MomentField(label="Ended")
    planned_minutes = minutes("Rollback planned (minutes)", "Planned duration.")
    rollback_minutes = minutes("Rollback took (minutes)", "From the decision until the legacy system was in use again.")
    records = forms.IntegerField(label="Records rehearsed with", min_value=0, max_value=10**15)
    production_records = forms.IntegerField(label="Records that production holds", min_value=1, max_value=10**15)
    succeeded = forms.TypedChoiceField(
        label="Did it succeed",
        choices=[("yes", "Yes: the legacy system was in use again, with its data"), ("no", "No")],
        coerce=lambda given: given == "yes",
        widget=forms.RadioSelect,
    )
    report = lines("After-action report", "What happened, what was learned. Nothing about a patient.", rows=6)
    defects = forms.CharField(
        label="Defects", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What went wrong, one a line.",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_finished_at(self) -> dt.datetime:
        """Not in the future."""
        found: dt.datetime = self.cleaned_data["finished_at"]
        if found > timezone.now():
            raise forms.ValidationError("The end time is in the future. Record the rehearsal after it ends.")
        return found


class CallForm(forms.Form):
    """Reason for raising an alarm."""

    why = forms.CharField(label="What do you see", max_length=200, help_text="Sent to the decision-maker.")


class AnswerForm(forms.Form):
    """The decision."""

    answer = forms.ChoiceField(label="Your decision", choices=Answer.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Write for readers who were not present. No patient data.",
    )  # fmt: skip
