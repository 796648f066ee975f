"""Patient matches as a kind of case: how their lines are read, what may be decided, how they are listed."""

from __future__ import annotations

import msgspec

from console import schemas
from triage.cases.kinds import Facet, Json, Kind, StagedLine
from triage.cases.models import Case, Decision
from triage.merges import evidence
from triage.merges.causes import MergeCause
from triage.merges.lines import MergeLine
from triage.merges.standard import STANDARD
from triage.merges.verdicts import REASONS, VERDICTS


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
    records_at = "records"
    facets = (Facet("size", "Records"),)

    def decode(self, line: bytes) -> MergeLine:
        """Parse and validate one line. Raises as ``evidence.decode`` says."""
        return evidence.decode(line)

    def stage(self, line: MergeLine) -> StagedLine:
        """What intake keeps of a decoded line. Raises LineRefused."""
        return evidence.stage(line)

    def changed(self, before: MergeLine, after: MergeLine) -> list[str]:
        """Names, never values, of the fields, levels and grade that differ."""
        return evidence.changed(before, after)

    def outcome(self, case: Case, decision: Decision, line: MergeLine) -> dict[str, Json]:
        """The records a decision is about, as ``[system, id]``: what the pipeline links, keeps apart or holds.

        With the pipeline's own name for the set, and the matcher whose weights were decided on.
        """
        return {
            "records": [[system, number] for system, number in sorted((r.system, r.id) for r in line.records)],
            "cluster": line.cluster,
            "model": {"name": line.match.model, "version": line.match.version},
        }

    def schema(self) -> schemas.Schema:
        """The JSON Schema (2020-12) of one line."""
        return {"$schema": schemas.DIALECT, "title": "Merge line", **msgspec.json.schema(MergeLine)}
