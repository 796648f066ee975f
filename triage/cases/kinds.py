"""What a kind of case must bring along, and the register of kinds. A kind is a part of its capability's declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from console.capabilities.parts import SCHEMAS, PublishedSchema
from console.capabilities.registry import Registry
from console.fact_changes import Cause
from triage.queues.kinds import QUEUE_KINDS, QueueKind, Standard
from triage.queues.models import CaseKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer a reviewer may give. ``settles``: it goes to the feed and ends the case; else it sends the case on."""

    code: str
    label: str
    key: str
    hint: str
    settles: bool
    then: str  # the verb of machine.MOVES that carries the case on
    reason_required: bool = True
    needs: str = ""  # "until", "asked_of" or nothing
    tone: str = "neutral"


class StagedLine(msgspec.Struct, frozen=True, gc=False):
    """What intake keeps of one line, free of patient data. A struct: runs make millions, dataclasses cost more."""

    fingerprint: UUID
    evidence: UUID
    severity: int
    domain: str
    reasons: list[str]
    score: float | None
    size: int
    record_keys: list[int]


class LineRefused(Exception):
    """A line that parses but makes no sense. ``reason`` is a code, ``detail`` a sentence without patient data."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class Kind(Protocol):
    """One kind of case: how its lines are read, what may be answered, how it is shown."""

    kind: CaseKind
    file_kind: str
    #: The cause by which intake publishes that lines of this kind came in which were known.
    arrived: Cause
    verdicts: tuple[Verdict, ...]
    reasons: tuple[tuple[str, str], ...]
    standard: Standard

    def decode(self, line: bytes) -> Any:
        """Parse and validate one line. Raises msgspec.DecodeError, msgspec.ValidationError or LineRefused."""

    def stage(self, line: Any) -> StagedLine:
        """What intake keeps of a decoded line."""

    def changed(self, before: Any, after: Any) -> list[str]:
        """Names (never values) of what differs between two decoded lines of one case."""

    def outcome(self, case: Any, decision: Any, line: Any) -> dict[str, Any]:
        """What the decision feed says of a decision beyond verdict and reason: for a merge, its records."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of one line."""

    def page(self, request: Any, case: Any, *, refusal: str = "", status: int = 200) -> Any:
        """The review page's response; with ``refusal`` it says why what was sent was not saved, and keeps it."""


#: Every kind, which a capability declares as a part: ``KINDS.part(MergeKind())``.
KINDS: Final = Registry[Kind](
    "kind of case",
    lambda kind: kind.kind,
    lambda kind: [
        SCHEMAS.part(PublishedSchema(kind.file_kind, f"One line of a {kind.file_kind} file", kind.schema)),
        QUEUE_KINDS.part(QueueKind(kind.kind.value, str(kind.kind.label), kind.standard)),
    ],
)


def get(kind: str) -> Kind:
    """The kind of that name. Raises KeyError for a kind nobody registered."""
    return KINDS[kind]


def by_file_kind(file_kind: str) -> Kind | None:
    """The kind whose lines stand in files of this kind; None when Concord has no queue for them yet."""
    return next((kind for kind in KINDS if kind.file_kind == file_kind), None)


def registered() -> list[Kind]:
    """Every kind that registered itself."""
    return list(KINDS)


def reasons_for(kind: str, verdict: str) -> list[tuple[str, str]]:
    """The reasons that go with a verdict, as (code, label): the kind's own choice if it makes one, else all of them."""
    found = get(kind)
    choose = getattr(found, "reasons_for", None)
    return list(choose(verdict)) if choose else list(found.reasons)


def reason_label(kind: str, code: str) -> str:
    """A reason's words for people; its code when the kind knows it no more."""
    return dict(get(kind).reasons).get(code, code.replace("_", " "))
