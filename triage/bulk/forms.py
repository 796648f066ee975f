"""What each act asks for, and why it is done. ``fields_for_action`` gives what the rows keep: plain JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone

from console.people.models import User
from triage.bulk import queries
from triage.bulk.models import BulkChange
from triage.bulk.rules import REASON_CHARACTERS
from triage.cases.deferral_rules import DEFER_DAYS
from triage.queues.models import Queue
from triage.queues.routing import RULE_PRIORITIES


class WantedForm(forms.Form):
    """What an act asks for. ``change`` and ``by`` narrow what may be chosen."""

    def __init__(self, *args: Any, change: BulkChange, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change, self.by = change, by
        next(iter(self.fields.values())).widget.attrs["autofocus"] = not change.wanted
        self.narrow()

    def narrow(self) -> None:
        """Leave out what cannot be chosen."""

    def wanted(self) -> dict[str, Any]:
        """What the change keeps."""
        raise NotImplementedError

    def fields_for_action(self) -> dict[str, Any]:
        """What ``preview`` takes."""
        return {"wanted": self.wanted()}


class MoveForm(WantedForm):
    """The queue to move to: one of the person's own, for one of the selected types of case."""

    queue = forms.ModelChoiceField(
        Queue.objects.none(), label="Move to", empty_label="Choose a queue", help_text="Queues that you manage."
    )

    def narrow(self) -> None:
        """Queues that the person leads, of the kinds that were selected."""
        kinds = queries.kinds_of(self.change)
        mine = [queue.pk for queue in queries.managed(self.by) if queue.kind in kinds]
        field = self.fields["queue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Queue.objects.filter(pk__in=mine).order_by("order", "slug")

    def wanted(self) -> dict[str, Any]:
        """The queue's number."""
        return {"queue": self.cleaned_data["queue"].pk}


class AssignForm(WantedForm):
    """The colleague to whom the cases are handed over."""

    to = forms.ModelChoiceField(
        User.objects.none(), label="Hand over to", empty_label="Choose a colleague", help_text="Who works these queues."
    )

    def narrow(self) -> None:
        """Those who may work one of the cases' queues."""
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.colleagues(self.change)

    def wanted(self) -> dict[str, Any]:
        """The person's number."""
        return {"to": self.cleaned_data["to"].pk}


class PriorityForm(WantedForm):
    """A place within each case's severity."""

    priority = forms.IntegerField(
        min_value=RULE_PRIORITIES.start,
        max_value=RULE_PRIORITIES.stop - 1,
        label="Priority",
        help_text="0 to 49; higher comes first among cases of the same severity.",
    )

    def wanted(self) -> dict[str, Any]:
        """The number."""
        return {"priority": self.cleaned_data["priority"]}


class DueForm(WantedForm):
    """When the cases must be decided."""

    at = forms.DateTimeField(label="Due", widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"))

    def narrow(self) -> None:
        """Say whose time zone it is."""
        self.fields["at"].help_text = f"In your time zone, {timezone.get_current_timezone_name()}."

    def clean_at(self) -> dt.datetime:
        """A time to come, within a year."""
        at: dt.datetime = self.cleaned_data["at"]
        _require_ahead(at)
        return at

    def wanted(self) -> dict[str, Any]:
        """The moment."""
        return {"at": self.cleaned_data["at"].astimezone(dt.UTC).isoformat()}


class DeferForm(WantedForm):
    """Until when the cases wait."""

    at = forms.DateField(
        label="Until",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text="The cases are open again at the start of this day. This is no verdict: nothing is decided.",
    )

    def clean_at(self) -> dt.datetime:
        """The start of a day to come, within a year, in the person's time zone."""
        at = timezone.make_aware(dt.datetime.combine(self.cleaned_data["at"], dt.time()))
        _require_ahead(at)
        return at

    def wanted(self) -> dict[str, Any]:
        """The moment."""
        return {"at": self.cleaned_data["at"].astimezone(dt.UTC).isoformat()}


class StartForm(forms.Form):
    """Why the change is made."""

    reason = forms.CharField(
        max_length=REASON_CHARACTERS,
        label="Why",
        widget=forms.Textarea({"rows": 2, "autofocus": True}),
        help_text="Shown on each case and recorded in the audit log. Do not enter patient data.",
    )


FORMS: Final[Mapping[str, type[WantedForm]]] = {
    "assign": AssignForm,
    "move": MoveForm,
    "priority": PriorityForm,
    "due": DueForm,
    "defer": DeferForm,
}


def _require_ahead(at: dt.datetime) -> None:
    now = timezone.now()
    if not now < at <= now + dt.timedelta(days=DEFER_DAYS):
        raise forms.ValidationError("Enter a time within the next 12 months.")
