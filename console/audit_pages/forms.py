"""Filters of the audit log."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from console.answers import Answer
from console.audit import verbs
from console.audit_pages import rules
from console.audit_pages.queries import Filters
from console.people.models import User


def _held(answer: Answer) -> None:
    if not answer:
        raise ValidationError(answer.reason)


class FilterForm(forms.Form):
    """Filters of the timeline; they stand in the address, so they hold identifiers only."""

    family = forms.ChoiceField(label="What", required=False)
    person = forms.CharField(label="Who (username)", required=False, max_length=150)
    about = forms.CharField(label="About (EX-1042, runs.run:7)", required=False, max_length=100)
    cid = forms.CharField(label="Correlation id", required=False, max_length=64)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To (inclusive)", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", "All actions (no row changes)"), *verbs.families()]
        self.fields["family"].choices = choices  # type: ignore[attr-defined]
        # The browser must not fill in what another user of this machine searched for.
        for bound in self.fields.values():
            bound.widget.attrs["autocomplete"] = "off"

    def clean_about(self) -> str:
        """Return the subject's name as audit log entries hold it."""
        text = str(self.cleaned_data["about"]).strip()
        if text:
            _held(rules.is_subject(text))
        return text

    def clean_cid(self) -> str:
        """A correlation id."""
        text = str(self.cleaned_data["cid"]).strip()
        if text:
            _held(rules.is_correlation(text))
        return text

    def clean_person(self) -> int | None:
        """The number of the account of that name."""
        name = str(self.cleaned_data["person"]).strip()
        if not name:
            return None
        found = User.objects.filter(username__iexact=name).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError("No user with this username.")
        return int(found)

    def filters(self) -> Filters:
        """What was asked for; call it on a valid form."""
        given = self.cleaned_data
        return Filters(
            family=given["family"],
            person=given["person"],
            subject=given["about"],
            cid=given["cid"],
            since=_midnight(given["since"]),
            until=_midnight(given["until"], days=1),
        )


def _midnight(day: dt.date | None, days: int = 0) -> dt.datetime | None:
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=days), dt.time()))
