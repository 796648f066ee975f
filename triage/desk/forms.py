"""What the forms of a case send: a decision, and why a claim is removed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Final, TypedDict

from django import forms
from django.http import QueryDict
from django.utils import timezone

from console.errors import Invalid
from console.ui.text import plural
from triage.cases import colleagues
from triage.cases.kinds import AnyKind, Verdict
from triage.cases.models.decision import CUTOVER, Until
from triage.cases.rules import REASON_CHARACTERS

_DAY: Final = "day"
_INCOMPLETE = "The form was incomplete. Reload the page and try again."


class RemoveClaimForm(forms.Form):
    """Why another reviewer's claim is removed."""

    reason = forms.CharField(
        max_length=REASON_CHARACTERS,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Recorded in the audit log. Do not enter patient data.",
    )
    to = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict | None, *, people: Sequence[Any]) -> None:
        super().__init__(data)
        self.fields["to"] = _colleagues(people, [("", "No colleague: the case returns to the queue")], required=False)

    def fields_for_action(self) -> dict[str, Any]:
        """What ``remove_claim`` wants."""
        to = self.cleaned_data["to"]
        return {"reason": self.cleaned_data["reason"], "to": colleagues.colleague(to) if to else None}


class HandOverForm(forms.Form):
    """Which colleague a case is handed over to, and why. The empty choice returns an assigned case to its queue."""

    to = forms.ChoiceField(label="Hand over to")
    why = forms.CharField(
        max_length=REASON_CHARACTERS,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown on the page of the case, masked like a note. The notification does not repeat it.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, people: Sequence[Any], assigned: int) -> None:
        super().__init__(data, initial={"seen": assigned})
        back = [(BACK, "No colleague: return it to the queue")] if assigned else []
        self.fields["to"] = _colleagues([one for one in people if one.pk != assigned], back)


#: What stands for no colleague: usernames have no space.
BACK: Final = "the queue"


def _colleagues(
    people: Sequence[Any], others: Sequence[tuple[str, str]], *, required: bool = True
) -> forms.ChoiceField:
    choices = [(one.username, f"{one} ({plural(one.holds, 'case', 'cases')} claimed)") for one in people]
    return forms.ChoiceField(choices=[*others, *choices], label="Hand over to", required=required)


class DecisionSent(TypedDict):
    """The fields of the decide form, as the action ``decide`` takes them."""

    verdict: str
    reason: str
    note: str
    asked_of: str
    until: Until | None
    content: object
    confirmed: bool
    reverse: list[int]
    seen: int
    request_key: uuid.UUID | None


def decision_sent(form: QueryDict, kind: AnyKind) -> DecisionSent:
    """Read the decide form of a case of ``kind``. Raises Invalid for what no page of ours sends."""
    spec = kind.verdict(form.get("verdict", ""))
    verdict, reason = form.get("verdict", ""), form.get("reason", "")
    content = spec.content.from_form(form) if spec and spec.content else None
    plainer = spec.content.amounts_to(form) if spec and spec.content else None
    if plainer:
        (verdict, reason), content = plainer, None
    return {
        "verdict": verdict,
        "reason": reason,
        "note": form.get("note", "").replace("\0", ""),
        "asked_of": form.get("asked_of", "").replace("\0", ""),
        "until": _until(form, spec),
        "content": content,
        "confirmed": form.get("confirmed") == "yes",
        "reverse": [_number(number) for number in form.getlist("reverse")],
        "seen": _revision(form.get("seen", "")),
        "request_key": _request_key(form.get("request_key", "")),
    }


def _until(form: QueryDict, spec: Verdict | None) -> Until | None:
    """Until when a case is deferred, or the end of the day on which an answer is due. Raises Invalid for no date."""
    if spec and spec.needs == "until":
        return _deferred_until(form)
    chosen = form.get("answer_by", "") if spec and spec.needs == "asked_of" else ""
    if not chosen:
        return None
    day = _start_of_day(chosen)
    if day is None:
        raise Invalid("Enter the date by which the answer is due.", field="answer_by")
    return day + dt.timedelta(days=1, seconds=-1)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(_INCOMPLETE)
    return int(text)


def _revision(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(_INCOMPLETE)
    return int(text)


def _request_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Invalid(_INCOMPLETE) from None


def _deferred_until(form: QueryDict) -> Until | None:
    """When a deferral ends: on the day entered, or with the cutover. Raises Invalid."""
    what = form.get("until_what", _DAY)
    if what == CUTOVER:
        return CUTOVER
    if what != _DAY:
        raise Invalid(_INCOMPLETE)
    return _start_of_day(form.get("until", ""))


def _start_of_day(text: str) -> dt.datetime | None:
    """The start of a day in the person's time zone; None for what is no date, which the rules refuse."""
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
