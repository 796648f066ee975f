"""A kind of case: what it declares once, in its own folder."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeVar, final

import msgspec
from django.db.backends.utils import CursorWrapper

from console import schemas
from console.fact_changes import Cause
from triage.cases import keys
from triage.cases.kinds.content import Json
from triage.cases.kinds.ledger import Ledger
from triage.cases.kinds.records import NamedRecord
from triage.cases.kinds.staged import LineRefused, Name, StagedLine, refuse_ambiguous
from triage.cases.kinds.verdicts import ADJUDICATION, Numbers, Reason, Verdict
from triage.cases.models import Case, Decision
from triage.queues.kinds import Standard, Target

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Facet:
    """A column that lists show for cases of a kind: what the number kept on a case means to it.

    ``digits`` are shown after the point.
    """

    column: Literal["size", "score"]
    label: str
    digits: int = 0

    def value(self, case: Numbers) -> str:
        """The number of a case as the list shows it; empty without one."""
        number = case.size if self.column == "size" else case.score
        return "" if number is None else f"{number:,.{self.digits}f}"


@dataclass(frozen=True, slots=True)
class Reported:
    """The exact bytes of a line, and how the columns of the source that reported it are read, as stored with it."""

    line: bytes
    rules: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """A case of another kind that a decision opens: the kind's code and the exact bytes of a line of that kind."""

    kind: str
    line: bytes


class AnyKind(ABC):
    """A kind as everything outside its folder knows it: lines are bytes here, never the kind's own types.

    ``code`` is stored with every case and never changes; ``file_kind`` names its files in a run package. ``refusals``
    are words for the reason codes of ``LineRefused``. ``standard``: the queues and routing rules to start with.
    ``has_members``: its lines may name members (``StagedLine.member``), which are kept in ``cases_member``.
    ``arrived``: the cause by which intake publishes that known lines of this kind came in.
    ``opens_cases``: its decisions may open cases of other kinds (``Kind.opens``).
    ``ledger``: what its settled decisions assert together, when they may contradict each other.
    ``records_at``: the key of a list in its lines whose objects name source records by ``system`` and ``id``, those of
    ``StagedLine.record_keys``; empty when its lines name none: only a complete run of their source proves its cases.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    file_kind: ClassVar[str]
    verdicts: ClassVar[tuple[Verdict, ...]]
    reasons: ClassVar[tuple[Reason, ...]]
    refusals: ClassVar[Mapping[str, str]] = {}
    facets: ClassVar[tuple[Facet, ...]] = ()
    standard: ClassVar[Standard] = Standard()
    arrived: ClassVar[Cause]
    has_members: ClassVar[bool] = False
    opens_cases: ClassVar[bool] = False
    ledger: ClassVar[Ledger | None] = None
    records_at: ClassVar[str] = ""

    @abstractmethod
    def staged(self, line: bytes) -> StagedLine:
        """What intake keeps of a line. Raises msgspec.DecodeError, msgspec.ValidationError or LineRefused."""

    @abstractmethod
    def names(self, line: bytes) -> tuple[Name, Name]:
        """The names of a kept line's evidence and of its report, even of a line that would be refused today."""

    @abstractmethod
    def renamed(self, line: bytes, keys: Mapping[int, int]) -> StagedLine | None:
        """What intake would keep of a line whose records had other keys, given by their keys in the line.

        None when the lines of this kind name no source records. Raises LineRefused when it would make no sense.
        """

    @abstractmethod
    def named(self, line: bytes) -> Sequence[NamedRecord]:
        """The source records that a kept line names; none when it names none or cannot be read."""

    @abstractmethod
    def carry(self, cursor: CursorWrapper, *, run: int, recalled: bool) -> None:
        """Let rows of the kind's own tables that name source records by key follow the cases that followed them.

        ``cases_replacement`` has these cases: those of the run that ``followed``, from ``before_keys`` to
        ``after_keys``, record by record in ``records``. ``recalled``: the run is recalled and they go the other way.
        """

    @abstractmethod
    def differences(self, before: bytes, after: bytes) -> list[str]:
        """Names, never values, of what differs between two lines of one case."""

    @abstractmethod
    def instruction(self, case: Case, decision: Decision, line: bytes) -> dict[str, Json]:
        """What the decision feed says of a decision beyond verdict, reason and content."""

    @abstractmethod
    def openings(self, case: Case, decision: Decision, line: bytes) -> Sequence[Opening]:
        """The cases of other kinds that a decision opens, in its own transaction."""

    @abstractmethod
    def proposal(self, verdict: str, reported: Reported) -> str:
        """The code of the reason that a line suggests for a verdict; empty when it suggests none."""

    @abstractmethod
    def warning(self, case: Case, verdict: str, content: Json, reported: Reported) -> str:
        """A sentence that the reviewer must confirm to have read before this verdict is taken; empty without one.

        Free of patient data. Asked with no content for the form: then, whether any content could call for it.
        """

    @abstractmethod
    def schema(self) -> schemas.Schema:
        """The JSON Schema of one line."""

    @final
    def verdict(self, code: str) -> Verdict | None:
        """The verdict of that code; None when the kind has none."""
        return next((verdict for verdict in self.verdicts if verdict.code == code), None)

    @final
    def reasons_for(self, verdict: str) -> list[Reason]:
        """The reasons that go with a verdict, in the order in which they are offered."""
        return [reason for reason in self.reasons if verdict in reason.verdicts]

    @final
    @property
    def targets(self) -> tuple[Target, ...]:
        """The named queues that its verdicts send cases on to, each once; and where contradictions are settled."""
        named = [verdict.sends_to for verdict in self.verdicts if verdict.sends_to]
        return tuple(dict.fromkeys([*named, ADJUDICATION] if self.ledger is not None else named))

    @final
    @property
    def provable(self) -> list[str]:
        """Codes of the verdicts that a run proves by no longer reporting their cases."""
        return [verdict.code for verdict in self.verdicts if verdict.proven_by_silence]

    @final
    @property
    def disprovable(self) -> list[str]:
        """Codes of the verdicts that a run disproves by reporting their cases although it had applied them."""
        return [verdict.code for verdict in self.verdicts if verdict.disproved_by_report]

    @final
    @property
    def forgotten(self) -> list[str]:
        """Codes of the verdicts that do not hold against a later report of the same evidence."""
        return [verdict.code for verdict in self.verdicts if verdict.settles and not verdict.remembered]


class Kind(AnyKind, Generic[Line]):
    """What a kind implements, over its own type of line."""

    @abstractmethod
    def decode(self, line: bytes) -> Line:
        """Parse and validate one line. Raises msgspec.DecodeError, msgspec.ValidationError or LineRefused."""

    @abstractmethod
    def stage(self, line: Line) -> StagedLine:
        """What intake keeps of a decoded line. Raises LineRefused."""

    @abstractmethod
    def changed(self, before: Line, after: Line) -> list[str]:
        """Names, never values, of what differs between two decoded lines of one case."""

    @abstractmethod
    def outcome(self, case: Case, decision: Decision, line: Line) -> dict[str, Json]:
        """What the decision feed says of a decision beyond verdict, reason and content."""

    def carry(self, cursor: CursorWrapper, *, run: int, recalled: bool) -> None:
        """As ``AnyKind.carry``: nothing, for a kind without such tables."""

    def rekeyed(self, line: Line, keys: Mapping[int, int]) -> StagedLine | None:
        """As ``AnyKind.renamed``, of a decoded line."""
        return None

    def opens(self, case: Case, decision: Decision, line: Line) -> Sequence[Opening]:
        """The cases of other kinds that this decision opens; asked of kinds with ``opens_cases`` alone."""
        return ()

    def proposes(self, verdict: str, line: Line, rules: Mapping[str, object]) -> str:
        """The code of the reason that a line suggests for a verdict: what is taken when the reviewer names none.

        ``rules``: how the columns of the line's source are read, as stored with the source.
        """
        return ""

    def warns(self, case: Case, verdict: str, content: Json, line: Line, rules: Mapping[str, object]) -> str:
        """As ``AnyKind.warning``, of a decoded line; ``rules`` as for ``proposes``."""
        return ""

    def admit(self, line: bytes) -> Line:
        """Parse and validate one line that is to be taken in, from strict JSON only. Raises as ``decode`` does.

        A kind may ask more of a new line than of those that it has stored.
        """
        found = self.decode(line)
        refuse_ambiguous(line)
        return found

    @final
    def staged(self, line: bytes) -> StagedLine:
        """As ``AnyKind.staged``."""
        return self.stage(self.admit(line))

    @final
    def names(self, line: bytes) -> tuple[Name, Name]:
        """As ``AnyKind.names``."""
        digest = keys.digest(line)
        try:
            found = self.staged(line)
        except (msgspec.DecodeError, LineRefused):
            return self.evidence_of(line) or digest, digest
        return found.evidence, found.report or digest

    def evidence_of(self, line: bytes) -> Name | None:
        """The name of the evidence in a kept line that ``stage`` would refuse today; None when it cannot be read."""
        return None

    def records(self, line: Line) -> Sequence[NamedRecord]:
        """As ``AnyKind.named``, of a decoded line: none, for a kind whose lines name no source records."""
        return ()

    @final
    def named(self, line: bytes) -> Sequence[NamedRecord]:
        """As ``AnyKind.named``."""
        try:
            return self.records(self.decode(line))
        except (msgspec.DecodeError, LineRefused):
            return ()

    @final
    def renamed(self, line: bytes, keys: Mapping[int, int]) -> StagedLine | None:
        """As ``AnyKind.renamed``."""
        return self.rekeyed(self.decode(line), keys)

    @final
    def differences(self, before: bytes, after: bytes) -> list[str]:
        """As ``AnyKind.differences``."""
        return self.changed(self.decode(before), self.decode(after))

    @final
    def instruction(self, case: Case, decision: Decision, line: bytes) -> dict[str, Json]:
        """As ``AnyKind.instruction``."""
        return self.outcome(case, decision, self.decode(line))

    @final
    def openings(self, case: Case, decision: Decision, line: bytes) -> Sequence[Opening]:
        """As ``AnyKind.openings``."""
        return self.opens(case, decision, self.decode(line))

    @final
    def proposal(self, verdict: str, reported: Reported) -> str:
        """As ``AnyKind.proposal``."""
        return self.proposes(verdict, self.decode(reported.line), reported.rules)

    @final
    def warning(self, case: Case, verdict: str, content: Json, reported: Reported) -> str:
        """As ``AnyKind.warning``."""
        return self.warns(case, verdict, content, self.decode(reported.line), reported.rules)
