"""Forms about risks: describing, rating, accepting, linking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils import timezone

from console.people.models import User, UserKind
from console.waves.models import Wave
from governance.measures import queries as measures
from governance.measures.comparison import Comparison
from governance.risks import rules, schemes
from governance.risks.actions import Said, Scored
from governance.risks.models import ControlType, Domain, LinkKind, RatingKind, Risk, RiskStatus
from governance.risks.queries.register import PROGRAMME
from governance.risks.schemes import Axis, Scheme

OPEN: Final = tuple((s.value, s.label) for s in (RiskStatus.OPEN, RiskStatus.INVESTIGATING, RiskStatus.REMEDIATING))
#: Axes with more words than this are chosen from a list.
_RADIOS: Final = 6
_AXIS: Final = "axis_"


def people() -> Any:
    """Those who can sign in, by name."""
    return User.objects.filter(kind=UserKind.PERSON, is_active=True).order_by("name", "pk")


def text(label: str, help_text: str = "", *, rows: int = 3, **more: Any) -> forms.CharField:
    """A text of some lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, max_length=rules.REASON, widget=widget, **more)


class RiskForm(forms.Form):
    """What a risk says about itself."""

    title = forms.CharField(max_length=160, label="Title", help_text="What could happen, in one line. No patient data.")
    domain = forms.ChoiceField(choices=Domain, label="Domain")
    cause = text("Cause", "What could cause it.")
    hazard = text("Hazard", "The hazardous situation.")
    effect = text("Effect", "What staff or systems would do because of it.")
    harm = text("Harm", "Harm to patients or others.")
    failure_mode = forms.CharField(max_length=300, label="Failure mode", help_text="What exactly fails.")
    detection_method = forms.CharField(max_length=300, label="Detection method")
    detection_measure = forms.ChoiceField(
        choices=(), required=False, label="Detection measure", help_text="If set, Concord monitors it."
    )
    detection_operator = forms.ChoiceField(
        choices=[("", "—"), *Comparison.choices], required=False, label="Acceptable range"
    )
    detection_threshold = forms.DecimalField(
        max_digits=24, decimal_places=6, required=False, label="Threshold", help_text="A share is written as 0.995."
    )
    owner = forms.ModelChoiceField(people(), label="Owner", help_text="Accountable person.")
    mitigation = text("Mitigation", "Mitigation plan.", required=False)
    mitigation_owner = forms.ModelChoiceField(people(), required=False, label="Mitigation owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "None"), *((one.code, one.title) for one in measures.catalogue())]
        self.fields["detection_measure"].choices = choices  # type: ignore[attr-defined]

    def said(self, **more: Any) -> Said:
        """What ``add_risk`` and ``edit`` want."""
        names = set(Said.__dataclass_fields__) & set(self.cleaned_data)
        return Said(**{name: self.cleaned_data[name] for name in names} | more)


class EditForm(RiskForm):
    """Changes to a risk."""

    status = forms.ChoiceField(choices=OPEN, label="Status")
    scheme = forms.ChoiceField(
        choices=schemes.choices, label="Rating scheme", help_text="Applies from the next rating."
    )

    @classmethod
    def of(cls, risk: Risk, data: Any = None) -> EditForm:
        """The form filled with a risk."""
        return cls(data, initial={name: getattr(risk, name) for name in cls.base_fields})

    def fields_for_action(self) -> dict[str, Any]:
        """What ``edit`` takes."""
        return {"said": self.said()}


class ScoredForm(forms.Form):
    """The words of a scheme's axes, and why."""

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        for axis in scheme.axes:
            self.fields[_AXIS + axis.code] = _axis_field(axis)
        self.fields["rationale"] = text("Why", "Stored permanently with the rating.")

    def factors(self) -> dict[str, str]:
        """The chosen words."""
        return {axis.code: self.cleaned_data[_AXIS + axis.code] for axis in self.scheme.axes}

    def scored(self) -> Scored:
        """What ``add_risk`` wants."""
        return Scored(self.factors(), self.cleaned_data["rationale"])


class AddForm(RiskForm, ScoredForm):
    """A new risk with its inherent rating."""

    wave = forms.ChoiceField(choices=(), label="Scope")
    same = forms.BooleanField(
        required=False,
        initial=True,
        label="No controls are implemented yet: use the same rating as current",
        help_text="Otherwise rate it as it stands now once it is added.",
    )

    def __init__(self, *args: Any, scheme: Scheme, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, scheme=scheme, **kwargs)
        self.fields["wave"].choices = places  # type: ignore[attr-defined]
        axes = [name for name in self.fields if name.startswith(_AXIS)]
        self.order_fields(["wave", *RiskForm.base_fields, *axes, "rationale", "same"])

    def fields_for_action(self) -> dict[str, Any]:
        """What ``add_risk`` takes."""
        inherent = self.scored()
        return {
            "said": self.said(scheme=self.scheme.name),
            "wave": _wave(self.cleaned_data["wave"]),
            "inherent": inherent,
            "current": inherent if self.cleaned_data["same"] else None,
        }


class RateForm(ScoredForm):
    """A rating of one kind."""

    kind = forms.ChoiceField(choices=RatingKind, label="What is rated")
    field_order = ("kind",)

    def fields_for_action(self) -> dict[str, Any]:
        """What ``rate`` takes."""
        said = {name: self.cleaned_data[name] for name in ("kind", "rationale")}
        return said | {"factors": self.factors(), "scheme": self.scheme.name}


class TemplateForm(forms.Form):
    """Where a register starts, and who answers for its risks at first."""

    wave = forms.ChoiceField(choices=(), label="For")
    owner = forms.ModelChoiceField(people(), label="Owner of all of them", help_text="Each can be given on later.")

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wave"].choices = places  # type: ignore[attr-defined]

    def fields_for_action(self) -> dict[str, Any]:
        """What ``use_template`` takes."""
        return {"wave": _wave(self.cleaned_data["wave"]), "owner": self.cleaned_data["owner"]}


class NoteForm(forms.Form):
    """Findings of a review."""

    note = text("What you found", "It stays with the risk.")


class ReasonForm(forms.Form):
    """Why something is done that stays on record."""

    reason = text("Why", "Recorded on the risk and in the audit log. Do not include patient data.")


class AskForm(forms.Form):
    """A request to accept a risk."""

    reason = text("Why it should be accepted", "Controls in place, next steps, and why the risk must be accepted.")
    until = forms.DateField(
        label="Until", help_text="Expires at 00:00 on this date.", widget=forms.DateInput(attrs={"type": "date"})
    )

    def fields_for_action(self) -> dict[str, Any]:
        """What ``request_acceptance`` takes: the beginning of the day in the person's time zone."""
        midnight = dt.datetime.combine(self.cleaned_data["until"], dt.time())
        return {"reason": self.cleaned_data["reason"], "not_after": timezone.make_aware(midnight)}


class DecideForm(forms.Form):
    """The board's answer."""

    grant = forms.TypedChoiceField(
        choices=[("yes", "Accept the risk until the expiry date"), ("no", "Do not accept")],
        widget=forms.RadioSelect,
        coerce=lambda answer: answer == "yes",
        label="Decision",
    )
    reason = text("Why", "Recorded on the risk and in the audit log.")


class LinkForm(forms.Form):
    """Something that bears on a risk."""

    kind = forms.ChoiceField(choices=LinkKind, label="Kind")
    target = forms.CharField(max_length=100, label="Name", help_text="As in EX-1042.")
    note = forms.CharField(max_length=300, required=False, label="Note")


class ControlForm(forms.Form):
    """A planned control."""

    means = forms.ChoiceField(choices=ControlType, label="Control type")
    text = forms.CharField(max_length=300, label="Control")


def places(waves: Iterable[Wave], *, programme: bool) -> list[tuple[str, str]]:
    """Return the waves that a person may add risks to, and the whole programme."""
    whole = [(PROGRAMME, "The whole programme")] if programme else []
    return [*((wave.slug, wave.name) for wave in waves), *whole]


def _wave(slug: str) -> Wave | None:
    return None if slug == PROGRAMME else Wave.objects.get(slug=slug)


def _axis_field(axis: Axis) -> forms.ChoiceField:
    few = len(axis.words) <= _RADIOS
    said = [(word.code, f"{word.label}: {word.meaning}" if word.meaning else word.label) for word in axis.words]
    if few:
        return forms.ChoiceField(choices=said, label=axis.label, help_text=axis.question, widget=forms.RadioSelect)
    return forms.ChoiceField(choices=[("", "—"), *said], label=axis.label, help_text=axis.question)
