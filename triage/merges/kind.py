"""Patient matches as a kind of case: how their lines are read, what may be decided, how they are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.db.backends.utils import CursorWrapper

from console import schemas
from triage.cases.keys import record_key
from triage.cases.kinds import Facet, Json, Kind, Name, NamedRecord, StagedLine
from triage.cases.models import Case, Decision
from triage.desk.field_rules import read_rules
from triage.merges import admission, changes, evidence, groups, outcomes, suggestions
from triage.merges.actions import MergeLedger, carry
from triage.merges.causes import MergeCause
from triage.merges.lines import MergeLine
from triage.merges.reasons import LINK, REASONS
from triage.merges.standard import STANDARD
from triage.merges.verdicts import VERDICTS


class MergeKind(Kind[MergeLine]):
    """The lines of ``merges`` files: records that may be of one person, or of two."""

    code = "merge"
    label = "Patient match"
    file_kind = "merges"
    arrived = MergeCause.ARRIVED
    standard = STANDARD
    verdicts = VERDICTS
    reasons = REASONS
    refusals = evidence.REFUSALS
    ledger = MergeLedger()
    records_at = "records"
    facets = (Facet("size", "Records"),)

    def decode(self, line: bytes) -> MergeLine:
        """Parse and validate one line. Raises as ``evidence.decode`` says."""
        return evidence.decode(line)

    def admit(self, line: bytes) -> MergeLine:
        """Parse and validate one line that is to be taken in. Raises as ``admission.admit`` says."""
        return admission.admit(line)

    def stage(self, line: MergeLine) -> StagedLine:
        """What intake keeps of a decoded line. Raises LineRefused."""
        return evidence.stage(line)

    def evidence_of(self, line: bytes) -> Name | None:
        """As ``evidence.of_kept``."""
        return evidence.of_kept(line)

    def rekeyed(self, line: MergeLine, keys: Mapping[int, int]) -> StagedLine:
        """What intake would keep of the line if its records had these keys. Raises LineRefused."""
        return evidence.stage(line, keys)

    def records(self, line: MergeLine) -> Sequence[NamedRecord]:
        """The line's source records."""
        return [
            NamedRecord(record_key(one.system, one.id), one.system, one.id, one.facility, one.fields)
            for one in line.records
        ]

    def carry(self, cursor: CursorWrapper, *, run: int, recalled: bool) -> None:
        """What decisions assert follows the records."""
        carry(cursor, run=run, recalled=recalled)

    def changed(self, before: MergeLine, after: MergeLine) -> list[str]:
        """Names, never values, of the fields, levels and grade that differ."""
        return changes.changed(before, after)

    def outcome(self, case: Case, decision: Decision, line: MergeLine) -> dict[str, Json]:
        """The records a decision is about, their groups, and the pairs that it links and keeps apart."""
        return outcomes.outcome(line, decision.verdict, decision.content)

    def proposes(self, verdict: str, line: MergeLine, rules: Mapping[str, object]) -> str:
        """For a link, the reason that its strongest agreeing field suggests."""
        return suggestions.link_reason(line, read_rules(rules)) if verdict == LINK else ""

    def warns(self, case: Case, verdict: str, content: Json, line: MergeLine, rules: Mapping[str, object]) -> str:
        """A possible twin among records that the verdict links; without content, among all that it could link."""
        whole = verdict == LINK or content is None
        joined = groups.positions(LINK if whole else verdict, content, len(line.records))
        return suggestions.twin_warning(case.reasons, line, joined, read_rules(rules))

    def schema(self) -> schemas.Schema:
        """The JSON Schema (2020-12) of one line."""
        return {"$schema": schemas.DIALECT, "title": "Merge line", **msgspec.json.schema(MergeLine)}
