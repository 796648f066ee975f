"""Patient merges as a kind of case: how their lines are read, what may be answered, how they are shown."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from console.fact_changes import Cause
from triage.cases.kinds import StagedLine, Verdict
from triage.cases.models import Case, Decision
from triage.merges import evidence
from triage.merges.causes import MergeCause
from triage.merges.lines import MergeLine
from triage.merges.standard import STANDARD
from triage.merges.verdicts import REASONS, VERDICTS, reasons_for
from triage.queues.models import CaseKind


class MergeKind:
    """Implements ``triage.cases.kinds.Kind`` for the lines of ``merges`` files."""

    kind = CaseKind.MERGE
    file_kind = "merges"
    arrived: Cause = MergeCause.ARRIVED
    standard = STANDARD
    verdicts: tuple[Verdict, ...] = VERDICTS
    reasons: tuple[tuple[str, str], ...] = tuple((reason.code, reason.label) for reason in REASONS)

    def reasons_for(self, verdict: str) -> list[tuple[str, str]]:
        """The reasons that go with a verdict, as (code, label), in the order in which they are offered."""
        return [(reason.code, reason.label) for reason in reasons_for(verdict)]

    def decode(self, line: bytes) -> MergeLine:
        """Parse and validate one line. Raises as ``evidence.decode`` says."""
        return evidence.decode(line)

    def stage(self, line: MergeLine) -> StagedLine:
        """What intake keeps of a decoded line. Raises LineRefused."""
        return evidence.stage(line)

    def changed(self, before: MergeLine, after: MergeLine) -> list[str]:
        """Names, never values, of the fields, levels and grade that differ."""
        return evidence.changed(before, after)

    def outcome(self, case: Case, decision: Decision, line: MergeLine) -> dict[str, Any]:
        """The records a decision speaks of, as ``[system, id]``: what the pipeline links, keeps apart or holds."""
        return {"records": sorted([record.system, record.id] for record in line.records)}

    def schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of one line."""
        schema = msgspec.json.schema(MergeLine)
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Merge line", **schema}

    def page(self, request: HttpRequest, case: Case, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """The review page; with ``refusal`` it says why what was sent was not saved, and keeps what was typed."""
        from triage.merges.views import review  # noqa: PLC0415 - views need the address table

        return review(request, case, refusal=refusal, status=status)
