"""Wards as a kind of case: verdicts with content, what they open, and what the review page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from console import schemas
from console.errors import Invalid
from console.ui.text import plural
from tests.architecture.toy_kind import lines
from tests.architecture.toy_kind.lines import WardLine
from triage.cases.kinds import Facet, Json, Kind, Opening, Reason, StagedLine, Target, Then, Verdict, content_of
from triage.cases.models import Case, Decision
from triage.causes import CaseFacts
from triage.desk.masked_values import Value
from triage.desk.review_pages import Shown, Viewing
from triage.queues.kinds import Standard, StandardQueue, StandardRule
from triage.queues.models import Severity

_PLANNERS: Final = Target("planners", "Wards passed on go to", required=True)


class WardCause(CaseFacts):
    """Lines about wards that are known already."""

    ARRIVED = "wards_arrived"


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The clinic that a ward is given to, one of those that claim it."""

    clinic: str


def _claims(given: Assignment, line: WardLine) -> None:
    if given.clinic not in line.clinics:
        raise Invalid("This clinic does not claim the ward.")


VERDICTS: Final = (
    Verdict(
        code="ASSIGN",
        label="Assign the ward",
        key="1",
        hint="The ward belongs to the clinic you choose.",
        then=Then.SETTLE,
        past="assigned the ward",
        icon="check",
        tone="success",
        proven_by_silence=True,
        disproved_by_report=True,
        content=content_of(
            Assignment,
            decode=lines.decode,
            check=_claims,
            from_form=lambda form: {"clinic": form["clinic"]} if form.get("clinic") else None,
            describe=lambda given: f"The ward belongs to {given.clinic}.",
            missing="Choose the clinic that the ward belongs to.",
            template="toy_kind/_clinic.html",
            plain=True,
        ),
    ),
    Verdict(
        code="CLOSED_NOW",
        label="Ward is closed",
        key="2",
        hint="Released at once; asked again by the next run that reports the ward.",
        then=Then.SETTLE,
        past="found the ward closed",
        icon="ban",
        tone="outline",
        remembered=False,
        at_once=True,
    ),
    Verdict(
        code="PASS_ON",
        label="Pass on to the planners",
        key="3",
        hint="Moves the case to the planners' queue.",
        then=Then.TRANSFER,
        past="passed the ward on",
        icon="arrow-up-from-line",
        tone="special",
        reason_required=False,
        sends_to=_PLANNERS,
    ),
)

REASONS: Final = (
    Reason("floor_plan_agrees", "The floor plan agrees", "f", ("ASSIGN", "CLOSED_NOW")),
    Reason("planners_know", "The planners know", "p", ("PASS_ON",)),
)

STANDARD: Final = Standard(
    queues=(
        StandardQueue("wards", "Wards", "Wards that more than one clinic claims.", {"planners": "wards-planners"}),
        StandardQueue("wards-planners", "Wards for the planners", "Wards that a reviewer passed on."),
    ),
    rules=(StandardRule("Severe", "wards-planners", {"severity_at_least": int(Severity.HIGH)}, priority=10),),
)


class WardKind(Kind[WardLine]):
    """Wards that more than one clinic claims."""

    code = "ward"
    label = "Ward"
    file_kind = "wards"
    arrived = WardCause.ARRIVED
    standard = STANDARD
    verdicts = VERDICTS
    reasons = REASONS
    refusals = lines.REFUSALS
    facets = (Facet("size", "Clinics"),)
    has_members = True
    opens_cases = True

    def decode(self, line: bytes) -> WardLine:
        """Parse and validate one line."""
        return lines.decode(line)

    def stage(self, line: WardLine) -> StagedLine:
        """What intake keeps of a decoded line. Raises LineRefused."""
        return lines.stage(line)

    def changed(self, before: WardLine, after: WardLine) -> list[str]:
        """Whether the clinics or the occupant differ."""
        names = ("clinics", "occupant")
        return [name for name in names if getattr(before, name) != getattr(after, name)]

    def outcome(self, case: Case, decision: Decision, line: WardLine) -> dict[str, Json]:
        """The ward that a decision is about."""
        return {"ward": line.ward}

    def opens(self, case: Case, decision: Decision, line: WardLine) -> Sequence[Opening]:
        """An assignment asks about the records that two clinics keep of one bed."""
        found = bytes(line.duplicates)
        return (Opening("merge", found),) if found and decision.verdict == "ASSIGN" else ()

    def schema(self) -> schemas.Schema:
        """The JSON Schema of one line."""
        return msgspec.json.schema(WardLine)


@dataclass(frozen=True, slots=True)
class WardEvidence:
    """What ``toy_kind/review.html`` draws."""

    ward: str
    clinics: list[str]
    occupant: Value


def show(viewing: Viewing[WardLine]) -> Shown:
    """The ward, the clinics that claim it, and who lies there, masked."""
    line = viewing.line
    occupant = viewing.masks.value("name", line.occupant)
    return Shown(WardEvidence(line.ward, line.clinics, occupant), facts=(plural(len(line.clinics), "clinic"),))
