"""Invented examples for the component gallery: every component, every state. No real or patient data."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils import timezone

from console.answers import Allowed, Forbidden
from console.capabilities.parts import STATES
from console.keyset import Page
from console.ui.falls import falls
from console.ui.labels import AGREEMENTS, SEVERITIES

SWATCHES = ["paper", "surface", "sunken", "brand", "critical-strong", "high", "medium", "success", "special", "focus"]


class SampleForm(forms.Form):
    """One field of each sort."""

    reference = forms.CharField(help_text="As printed on the run page, for example RUN-0042.", max_length=40)
    reason = forms.ChoiceField(choices=[("", "Choose a reason"), ("twins", "Twins"), ("typing", "Typing error")])
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False, help_text="Do not name the patient."
    )
    priority = forms.ChoiceField(choices=[("high", "High"), ("normal", "Normal")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="I have looked at both records", help_text="Needed before a case can be closed.")


def context() -> dict[str, Any]:
    """Everything that the gallery page shows."""
    wrong = SampleForm({"reference": "", "reason": "", "until": "never", "priority": "high"}, auto_id="wrong_%s")
    now = timezone.now()
    return {
        "swatches": SWATCHES,
        "severities": list(SEVERITIES),
        "states": STATES.names(),
        "agreements": list(AGREEMENTS),
        "allowed": Allowed(),
        "forbidden": Forbidden("You opened this case; another reviewer must decide."),
        "form": SampleForm(),
        "wrong_form": wrong,
        "now": now,
        "soon": now + dt.timedelta(minutes=9),
        "earlier": now - dt.timedelta(hours=3, minutes=12),
        "page": Page(list(range(50)), next="def", before="abc", first=False),
        "views": _views(),
        "events": _events(now),
        "facts": [
            ("Source", "PAS North"),
            ("Transformation", "adt-to-fhir 2.4.1"),
            ("Dictionary", "2026-11"),
            ("Recalled", None),
        ],
        "cases": _cases(now),
        "likely": [("1", "first", "Same person"), ("2", "second", "Different people"), ("3", "third", "Defer")],
        "sheet": _sheet(),
    }


#: Field, how the two records agree, its weight in bits, and their values, in parts that differ or do not.
ROWS = (
    ("Family name", "agree", 6.4, (("EXAMPLE", False),), (("EXAMPLE", False),)),
    (
        "Birth date",
        "partial",
        9.1,
        (("19", False), ("67", True), ("-03-14", False)),
        (("19", False), ("76", True), ("-03-14", False)),
    ),
    ("NHS number", "disagree", -5.6, (("••••••19", False),), (("••••••64", False),)),
    ("Address", "conflict_in_time", -1.1, (("Mill Lane", False),), (("Harbour Road", False),)),
    ("Telephone", "missing_one", 0.0, (), (("••••••07", False),)),
)


def _sheet() -> SimpleNamespace:
    """A comparison as the review page of a patient match draws it."""
    placed = falls(-4.0, [weight for _, _, weight, *_ in ROWS], total=4.8, lower=-2.0, upper=9.0)
    rows = [
        SimpleNamespace(label=label, kind=kind, bar=bar, values=values, together="")
        for (label, kind, _, *values), bar in zip(ROWS, placed.bars, strict=True)
    ]
    return SimpleNamespace(falls=placed, rows=rows)


def _views() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label="Mine", url="?view=mine", current=True, count=12, changed=False),
        SimpleNamespace(label="Due today", url="?view=due", current=False, count=1284, changed=True),
        SimpleNamespace(label="All open", url="?view=open", current=False, count=None, changed=False),
    ]


def _events(now: dt.datetime) -> list[SimpleNamespace]:
    made = SimpleNamespace
    return [
        made(
            at=now - dt.timedelta(days=3),
            who="",
            sentence="Opened by run RUN-0042.",
            icon="inbox",
            tone="info",
            note="",
            receipt="",
        ),
        made(
            at=now - dt.timedelta(hours=5),
            who="Amara Okafor",
            sentence="decided: Different people (Birth dates or ages conflict)",
            icon="gavel",
            tone="success",
            note="Twins at the same address.",
            receipt="9f2c71aa0b54",
        ),
        made(
            at=now - dt.timedelta(minutes=4),
            who="",
            sentence="Reopened: the evidence has changed.",
            icon="rotate-ccw",
            tone="high",
            note="",
            receipt="",
        ),
    ]


def _cases(now: dt.datetime) -> list[SimpleNamespace]:
    rows = [
        ("EX-1042", "critical", "open", 40),
        ("EX-1043", "high", "claimed", 95),
        ("EX-1051", "medium", "deferred", 600),
    ]
    return [
        SimpleNamespace(ref=ref, severity=level, state=state, due=now + dt.timedelta(minutes=minutes), weight=weight)
        for (ref, level, state, minutes), weight in zip(rows, (6.3, -1.2, 2.0), strict=True)
    ]
