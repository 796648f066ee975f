"""Filters of case lists as they stand in a URL: read strictly, written back in one spelling. Never patient data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from console.errors import Invalid
from console.people.models import User
from console.waves.models import Wave
from triage.cases import kinds
from triage.cases.listing import GROUPS, SORTS, UNASSIGNED, Filters
from triage.queues.models import SEVERITIES, Queue
from triage.runs.models import Run, Source

NAMES = (
    *("state", "severity", "wave", "kind", "domain", "reason", "facility", "run", "source"),
    *("holder", "assignee", "overdue", "mine", "sort"),
)
#: Values of ``assignee`` besides usernames: the person who asks, and no person.
ME: Final = "me"
NO_PERSON: Final = "none"
_YES = {"1", "true", "yes", "on"}


def read(
    query: Mapping[str, Any], queues: Iterable[Queue], *, mine: Iterable[int] = (), me: User | None = None
) -> Filters:
    """The filters a query string asks for, over these queues. ``mine`` are the cases that the person holds,
    or the ``holder`` asked for. ``me``: whose cases are those of the assignee “me”.

    Raises Invalid, naming the parameter, for a value that is none of those it may have.
    """
    overdue = _flag(query, "overdue")
    state = "open" if overdue else _choice(query, "state", GROUPS, "open")
    severity = _choice(query, "severity", SEVERITIES, "")
    only = tuple(mine) if _flag(query, "mine") or query.get("holder") else None
    wanted = kind(query)
    return Filters(
        queues=tuple(queue.pk for queue in queues if wanted in {None, queue.kind}),
        state="claimed" if only is not None else state,
        severity=SEVERITIES[severity] if severity else None,
        wave=wave(query),
        reason=_text(query, "reason", 64),
        domain=_text(query, "domain", 64),
        facility=_text(query, "facility", 500),
        overdue=overdue,
        only=only,
        runs=_runs(query),
        assignee=_assignee(query, me),
        sort=_choice(query, "sort", SORTS, "priority"),
    )


def tidy(query: Mapping[str, Any]) -> str:
    """The filters of a query string in one spelling, without page markers: what a saved view keeps."""
    return urlencode([(name, str(query[name])[:100]) for name in NAMES if query.get(name)])


def active(query: Mapping[str, Any]) -> bool:
    """True when the query narrows the list (order alone does not)."""
    return any(query.get(name) for name in NAMES if name != "sort")


def wave(query: Mapping[str, Any]) -> int | None:
    """The wave asked for; None for none. Raises Invalid for one that does not exist."""
    slug = str(query.get("wave", "") or "")
    if not slug:
        return None
    found = Wave.objects.filter(slug=slug[:100].replace("\0", "")).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid("There is no wave of that name.")
    return int(found)


def _runs(query: Mapping[str, Any]) -> tuple[int, ...] | None:
    """The runs whose cases are asked for: of that name, of that source. Sources may give their runs the same name.

    None when neither is asked for. Raises Invalid for a run or source that does not exist.
    """
    name, run_id = _text(query, "source", 100), _text(query, "run", 100)
    if not (name or run_id):
        return None
    if name and not Source.objects.filter(name=name).exists():
        raise Invalid("There is no source of that name.")
    runs = Run.objects.order_by("pk")
    runs = runs.filter(source__name=name) if name else runs
    runs = runs.filter(run_id=run_id) if run_id else runs
    found = tuple(runs.values_list("pk", flat=True))
    if run_id and not found:
        raise Invalid("There is no run of that name.")
    return found


def _assignee(query: Mapping[str, Any], me: User | None) -> int | None:
    """Whose cases are asked for: ``ME``, ``NO_PERSON`` or a username; None for all. Raises Invalid."""
    name = _text(query, "assignee", 150)
    if not name:
        return None
    if name == NO_PERSON:
        return UNASSIGNED
    person = me if name == ME else User.objects.filter(username=name).first()
    if person is None:
        raise Invalid("There is no person of that username.")
    return person.pk


def kind(query: Mapping[str, Any]) -> str | None:
    """The kind of case asked for; None for none. Raises Invalid for one that does not exist."""
    return _choice(query, "kind", dict(kinds.choices()), "") or None


def _choice(query: Mapping[str, Any], name: str, choices: Iterable[str], default: str) -> str:
    given = str(query.get(name) or default)
    known = list(choices)
    if given and given not in known:
        raise Invalid(f"“{name}” must be one of: {', '.join(known)}.")
    return given


def _flag(query: Mapping[str, Any], name: str) -> bool:
    return str(query.get(name, "")).lower() in _YES


def _text(query: Mapping[str, Any], name: str, most: int) -> str:
    given = str(query.get(name, "") or "")
    if len(given) > most or "\0" in given:
        raise Invalid(f"“{name}” must be at most {most} characters long.")
    return given
