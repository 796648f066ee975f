"""What is wrong with the declaration of a kind, in sentences: asked once, when the console starts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import models

from triage.cases.kinds.kind import AnyKind
from triage.cases.kinds.verdicts import RESERVED, Then, Verdict
from triage.cases.models import Case, Decision

_CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
#: As long as a run's files keep their kind (``RunFile.kind``).
_FILE_KIND = 16
#: Keys of the page, of lists and of the navigation: no verdict and no reason may take one.
_TAKEN_KEYS = frozenset("bcnrujkoxgq")
#: The review page's stylesheet shows what goes with a verdict by its place, up to this one (``static/css/review.css``).
PLACES = 9


def wrong(kind: AnyKind) -> list[str]:
    """Every fault of the declaration; empty when there is none."""
    return [f"{type(kind).__qualname__}: {fault}" for fault in _faults(kind)]


def _faults(kind: AnyKind) -> Iterator[str]:
    longest = _length(Case, "kind")
    if not _CODE.match(kind.code) or len(kind.code) > longest:
        yield f"the code “{kind.code}” must be at most {longest} characters of a-z, 0-9 and '_'"
    if not _CODE.match(kind.file_kind) or len(kind.file_kind) > _FILE_KIND:
        yield f"the kind of file “{kind.file_kind}” must be at most {_FILE_KIND} characters of a-z, 0-9 and '_'"
    if len(kind.verdicts) > PLACES:
        yield f"it has {len(kind.verdicts)} verdicts; the review page has places for {PLACES}"
    yield from _twice("verdict", [verdict.code for verdict in kind.verdicts])
    yield from _twice("reason", [reason.code for reason in kind.reasons])
    yield from _twice("key of a verdict", [verdict.key for verdict in kind.verdicts])
    for verdict in kind.verdicts:
        yield from _of_verdict(kind, verdict)
    known = {verdict.code for verdict in kind.verdicts}
    for reason in kind.reasons:
        if len(reason.code) > _length(Decision, "reason"):
            yield f"the reason “{reason.code}” is too long"
        for code in sorted(set(reason.verdicts) - known):
            yield f"the reason “{reason.code}” names the verdict “{code}”, which does not exist"


def _of_verdict(kind: AnyKind, verdict: Verdict) -> Iterator[str]:
    name = f"the verdict “{verdict.code}”"
    if verdict.code in RESERVED:
        yield f"{name} is reserved"
    if len(verdict.code) > _length(Decision, "verdict"):
        yield f"{name} is too long"
    if verdict.then == Then.TRANSFER and not (verdict.sends_to and verdict.sends_to.required):
        yield f"{name} transfers the case, so it needs a required target"
    if verdict.then in {Then.DEFER, Then.ASK} and verdict.sends_to:
        yield f"{name} keeps the case in its queue and cannot send it on"
    if not verdict.settles and (
        verdict.proven_by_silence or verdict.disproved_by_report or verdict.at_once or not verdict.remembered
    ):
        yield f"{name} does not settle, so no run can prove or disprove it"
    reasons = kind.reasons_for(verdict.code)
    if not reasons:
        yield f"{name} has no reasons"
    yield from _twice(f"key of a reason of “{verdict.code}”", [reason.key for reason in reasons])
    for key in [verdict.key, *(reason.key for reason in reasons)]:
        if key in _TAKEN_KEYS:
            yield f"the key “{key}” at {name} belongs to the page"


def _twice(what: str, codes: Iterable[str]) -> Iterator[str]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield f"the {what} “{code}” is declared {times} times"


def _length(model: type[Case] | type[Decision], field: str) -> int:
    column = model._meta.get_field(field)
    assert isinstance(column, models.CharField)
    return column.max_length or 0
