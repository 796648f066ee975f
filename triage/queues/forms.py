"""Forms by which leads set up queues, routing rules, due times and calendars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.urls import reverse

from console.people.models import User, UserKind
from console.ui.forms import time_zones
from console.waves.models import Wave
from triage.queues import kinds, public_holidays, suggestions
from triage.queues.fields import LengthField
from triage.queues.kinds import Target
from triage.queues.models import BusinessCalendar, Queue, RoutingRule, Severity, SlaPolicy
from triage.queues.sla import DAYS
from triage.runs.models import Source

_DAY_NAMES = dict(
    zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)

MOST_WAVES = 200


def _countries() -> list[tuple[str, str]]:
    return [("", "No country"), *public_holidays.countries().items()]


class QueueForm(forms.ModelForm):
    """A queue's name, purpose, times and where its cases go on to."""

    lease_seconds = LengthField(label="A claim lasts", initial=900)
    undo_seconds = LengthField(
        label="Undo period",
        initial=120,
        help_text="How long a decision waits before release, for example 2 minutes; 0 minutes for none.",
    )

    deputy_after_seconds = LengthField(label="Deputy notified after", initial=3600, required=False)
    leads_after_seconds = LengthField(
        label="Leads notified after",
        required=False,
        initial=4 * 3600,
        help_text="Counted from the due time of a critical case that is still open.",
    )

    class Meta:
        model = Queue
        fields = (
            "name",
            "slug",
            "purpose",
            "kind",
            "order",
            "lease_seconds",
            "undo_seconds",
            "hold_limit",
            "responsible",
            "deputy",
            "deputy_after_seconds",
            "leads_after_seconds",
            "active",
        )
        labels = {
            "slug": "Short name",
            "kind": "Kind of case",
            "hold_limit": "A reviewer may hold (cases)",
            "responsible": "Responsible person",
        }
        help_texts = {
            "slug": "Used in addresses and in the API.",
            "order": "Lowest first. The first queue receives cases that match no rule.",
            "hold_limit": "Claims in all queues count. At the limit a reviewer decides or releases one first.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(choices=kinds.choices, label="Kind of case")
        now = {target.name: target.to_id for target in self.instance.targets.all()} if self.instance.pk else {}
        for target in _targets(self.instance):
            self.fields[_FIELD + target.name] = forms.ModelChoiceField(
                Queue.objects.all(), required=False, label=target.label, initial=now.get(target.name)
            )
        people = User.objects.filter(kind=UserKind.PERSON, is_active=True).order_by("name", "pk")
        for name in ("responsible", "deputy"):
            field = cast(forms.ModelChoiceField, self.fields[name])
            field.queryset, field.empty_label = people, "Not set"
        self.order_fields([name for name in self.fields if name != "active"])

    def fields_for_action(self) -> dict[str, Any]:
        """What ``save_queue`` wants."""
        data = {name: value for name, value in self.cleaned_data.items() if value != "" or name not in _TIMES}
        targets = {name.removeprefix(_FIELD): data.pop(name) for name in list(data) if name.startswith(_FIELD)}
        return data | {"targets": targets}

    def _post_clean(self) -> None:
        """The action writes and checks; the form only reads."""


#: Lengths of time that stay as they are when they are left empty.
_TIMES: Final = ("deputy_after_seconds", "leads_after_seconds")
#: Prefix of the fields that choose where cases are sent on to.
_FIELD = "to_"


def _targets(queue: Queue) -> list[Target]:
    """The targets of the queue's kind; of every kind for a queue that is to be made."""
    shown = [kinds.require(queue.kind)] if queue.pk else kinds.registered()
    return list({target.name: target for kind in shown for target in kind.targets}.values())


class RuleForm(forms.Form):
    """A routing rule; conditions left empty are not asked."""

    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=kinds.choices, label="Kind of case")
    queue = forms.ModelChoiceField(Queue.objects.filter(active=True), label="Send to")
    priority = forms.IntegerField(
        min_value=0, max_value=49, initial=0, help_text="0 to 49. Higher numbers come first within the same severity."
    )
    wave = forms.MultipleChoiceField(
        required=False, label="Wave is one of", widget=forms.CheckboxSelectMultiple, help_text="None chosen: any wave."
    )
    severity_at_least = forms.TypedChoiceField(
        choices=[("", "any"), *((s.value, s.label) for s in reversed(Severity))],
        coerce=int,
        empty_value=None,
        required=False,
        label="Severity at least",
    )
    domain = forms.CharField(required=False, max_length=500, label="Domain is one of", help_text="With commas.")
    any_reason = forms.CharField(
        required=False, max_length=1000, label="Has any of the reasons", help_text="With commas."
    )
    source = forms.MultipleChoiceField(
        required=False,
        label="Source is one of",
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: any source.",
    )
    facility = forms.MultipleChoiceField(
        required=False,
        label="A record is of one of these facilities",
        widget=forms.CheckboxSelectMultiple,
        help_text="Those that runs have reported lately. None chosen: any facility.",
    )
    further_facilities = forms.CharField(
        required=False,
        max_length=2000,
        label="Other facilities",
        help_text="With commas: facilities that no run has reported yet.",
    )
    size_at_least = forms.IntegerField(required=False, min_value=1, max_value=100, label="Records at least")
    score_at_least = forms.FloatField(required=False, min_value=-1000, max_value=1000, label="Score at least (bits)")
    score_below = forms.FloatField(required=False, min_value=-1000, max_value=1000, label="Score below (bits)")
    active = forms.BooleanField(required=False, initial=True, label="Active")

    CHOICES = ("wave", "source", "facility")
    WORDS = ("domain", "any_reason")
    NUMBERS = ("severity_at_least", "size_at_least", "score_at_least", "score_below")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("wave", Wave.objects.order_by("slug").values_list("slug", "name")[:MOST_WAVES])
        self._offer("source", Source.objects.order_by("title").values_list("name", "title")[:MOST_WAVES])
        self._offer("facility", [(name, name) for name in suggestions.values("facility")])

    def _offer(self, name: str, values: Iterable[tuple[str, str]]) -> None:
        """Offer the values that a condition may name. A rule may name one that does not exist yet, or no longer."""
        known = dict(values)
        known |= {value: value for value in self.initial.get(name) or [] if value not in known}
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(known.items())

    @classmethod
    def of(cls, rule: RoutingRule, data: Any = None) -> RuleForm:
        """The form filled with a rule, or with what was sent."""
        values: dict[str, Any] = {name: rule.conditions.get(name) for name in cls.NUMBERS}
        values |= {name: ", ".join(rule.conditions.get(name, [])) for name in cls.WORDS}
        values |= {name: rule.conditions.get(name, []) for name in cls.CHOICES}
        return cls(
            data,
            initial=values
            | {
                "name": rule.name,
                "kind": rule.kind,
                "queue": rule.queue_id,
                "priority": rule.priority,
                "active": rule.active,
            },
        )

    def fields_for_action(self) -> dict[str, Any]:
        """What ``save_rule`` wants."""
        data = self.cleaned_data
        words = {name: _split(data[name]) for name in self.WORDS}
        chosen = {name: data[name] for name in self.CHOICES}
        chosen["facility"] = [*chosen["facility"], *_split(data["further_facilities"])]
        conditions = {name: value for name, value in (chosen | words).items() if value}
        conditions |= {name: data[name] for name in self.NUMBERS if data[name] is not None}
        kept = {name: data[name] for name in ("name", "kind", "queue", "priority", "active")}
        return kept | {"conditions": conditions}


def _split(text: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


class PolicyForm(forms.ModelForm):
    """How soon cases of a queue and severity are due."""

    minutes = LengthField(
        unit=60,
        working=True,
        label="Due after",
        help_text="For example 1 hour 30 minutes: of working time if a calendar is chosen, otherwise elapsed.",
    )

    class Meta:
        model = SlaPolicy
        fields = ("queue", "severity", "minutes", "calendar")
        help_texts = {
            "queue": "Empty: every queue.",
            "severity": "Empty: every severity.",
            "calendar": "Empty: 24 hours a day.",
        }

    def _post_clean(self) -> None:
        """The action writes and checks; the form only reads."""


class CalendarForm(forms.Form):
    """Working hours by weekday, as ``08:00-12:00, 13:00-17:30``, public holidays by country, and further days off."""

    name = forms.CharField(max_length=100)
    time_zone = forms.ChoiceField(choices=time_zones, initial="UTC", label="Time zone")
    country = forms.ChoiceField(
        required=False, choices=_countries, label="Public holidays of", help_text="Days off in this country."
    )
    subdivision = forms.ChoiceField(required=False, label="Region", help_text="For holidays of a part of the country.")
    holidays = forms.CharField(
        required=False,
        max_length=5000,
        label="Further days off",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Dates as 2026-12-25, one a line.",
    )

    def __init__(self, *args: Any, calendar: BusinessCalendar | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {}
        if calendar:
            initial |= {"name": calendar.name, "time_zone": calendar.time_zone}
            initial |= {"country": calendar.country, "subdivision": calendar.subdivision}
            initial |= {"holidays": "\n".join(calendar.holidays)}
            initial |= {day: ", ".join("-".join(pair) for pair in calendar.weekly.get(day, [])) for day in DAYS}
        super().__init__(*args, **{"initial": initial} | kwargs)
        for day in DAYS:
            self.fields[day] = forms.CharField(
                required=False, max_length=200, label=_DAY_NAMES[day], help_text="As 08:00-12:00, 13:00-17:00."
            )
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        if calendar and calendar.time_zone not in dict(time_zones()):
            zone.choices = [(calendar.time_zone, calendar.time_zone), *time_zones()]
        country = self.fields["country"]
        country.widget.attrs |= {
            "hx-get": reverse("cases:public_holidays"),
            "hx-target": "#public-holidays",
            "hx-trigger": "change",
        }
        region = self.fields["subdivision"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [
            ("", "Whole country"),
            *public_holidays.subdivisions(str(self["country"].value() or "")).items(),
        ]
        self.order_fields(["name", "time_zone", *DAYS, "country", "subdivision", "holidays"])

    def fields_for_action(self) -> dict[str, Any]:
        """What ``save_calendar`` wants."""
        data = self.cleaned_data
        weekly = {
            day: [[end.strip() for end in shift.split("-")] for shift in data[day].split(",") if shift.strip()]
            for day in DAYS
        }
        holidays = [day.strip() for day in data["holidays"].split() if day.strip()]
        return {
            "name": data["name"],
            "time_zone": data["time_zone"],
            "weekly": {day: shifts for day, shifts in weekly.items() if shifts},
            "holidays": holidays,
            "country": data["country"],
            "subdivision": data["subdivision"],
        }
