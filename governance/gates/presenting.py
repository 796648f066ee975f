"""How gates look on their pages: what blocks in one line, each criterion with its value, bound, course and records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from console.ui import charts, dates, formatting
from console.ui.text import plural
from governance.gates.models import Gate, Kind
from governance.gates.models.gate import MEASURED
from governance.gates.queries import GatePage, Row
from governance.gates.queries.pages import TREND
from governance.gates.rules import GateState, wording
from governance.gates.values import EvaluatedCriterion, Spec
from governance.measures.readings import Point
from governance.risks.schemes import SEVERITIES

SMALL, BIG = (120, 32), (640, 160)
#: The course breaks where nothing was known for longer than this: built-in measures are sampled each hour.
GAP: Final = 3 * 3600
#: state → tone of the first line and its icon, when nothing blocks
_CALM: Final = {
    GateState.COLLECTING: ("ready", "circle-check"),
    GateState.POLLING: ("waiting", "vote"),
    GateState.CONSOLIDATED: ("waiting", "scale"),
    GateState.GO: ("ready", "circle-check-big"),
    GateState.GO_WITH_CONDITIONS: ("ready", "badge-check"),
    GateState.BEGUN: ("done", "play"),
    GateState.NO_GO: ("blocked", "octagon-x"),
}
_SAYS: Final = {
    GateState.COLLECTING: "All required criteria pass. Ready to seal.",
    GateState.POLLING: "All required criteria pass. Voting is open.",
    GateState.CONSOLIDATED: "Votes counted. Waiting for the chair's decision.",
    GateState.GO: "GO decided. Not started yet.",
    GateState.GO_WITH_CONDITIONS: "GO with conditions decided. Not started yet.",
    GateState.NO_GO: "NO-GO decided. All required criteria now pass.",
    GateState.SUPERSEDED: "Signatures are no longer valid. All required criteria pass: you can seal a new package.",
    GateState.WITHDRAWN: "Package withdrawn. All required criteria pass: you can seal a new package.",
    GateState.LAPSED: "Package expired. All required criteria pass: you can seal a new package.",
    GateState.BEGUN: "Started. The T-0 check passed.",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line of a gate: ``tone`` is blocked, waiting, ready or done; ``more`` the other things that block."""

    tone: str
    icon: str
    text: str
    more: tuple[str, ...]
    who: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A small chart with its words."""

    course: charts.Trend
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion in the table of a gate. ``moved``: it came to something else when the package was sealed.

    ``records`` is the address of what was counted, ``records_are`` what is found there.
    """

    row: Row
    needs: str
    as_of: dt.datetime | None
    records: str
    records_are: str
    trend: Trend | None
    moved: bool

    @property
    def evaluated(self) -> EvaluatedCriterion:
        """How it stands."""
        return self.row.held.evaluated

    @property
    def waived(self) -> bool:
        """Whether it permits by a waiver only."""
        return self.evaluated.basis.startswith("waiver")

    @property
    def blocks(self) -> bool:
        """Whether it stands against a GO."""
        return self.evaluated.spec.blocking and not self.evaluated.permits


def headline(state: GateState, blocks: Sequence[str], who: str) -> Headline:
    """What a board member reads in ten seconds."""
    if blocks and state not in (GateState.GO, GateState.GO_WITH_CONDITIONS, GateState.BEGUN):
        return Headline("blocked", "octagon-x", blocks[0], tuple(blocks[1:]), who)
    if blocks and state != GateState.BEGUN:
        return Headline("blocked", "octagon-x", f"Cannot start: {blocks[0]}", tuple(blocks[1:]), who)
    tone, icon = _CALM.get(state, ("waiting", "rotate-ccw"))
    return Headline(tone, icon, _SAYS[state], (), who)


def lines(page: GatePage, now: dt.datetime, others: Mapping[str, Gate], *, size: tuple[int, int] = SMALL) -> list[Line]:
    """The criteria of a gate, what blocks first. ``others``: the wave's gates by phase."""
    found = [line(row, page.gate, now, others, size=size) for row in page.rows]
    return sorted(found, key=lambda one: (not one.blocks, one.evaluated.permits))


def line(row: Row, gate: Gate, now: dt.datetime, others: Mapping[str, Gate], *, size: tuple[int, int] = SMALL) -> Line:
    """One criterion as a page shows it."""
    spec, seen = row.held.evaluated.spec, row.held.evaluated.seen
    reading = seen.reading
    records, what = _records(spec, gate, reading.records if reading else "", others)
    then = row.then
    return Line(
        row=row,
        needs=needs(spec),
        as_of=(reading.as_of if reading else None) or seen.happened_at or seen.said_at,
        records=records,
        records_are=what,
        trend=trend(row.trend, spec, now, size),
        moved=then is not None
        and (then.result, then.observed) != (row.held.evaluated.result.value, row.held.evaluated.observed),
    )


def needs(spec: Spec) -> str:
    """What a criterion asks for, in a few words."""
    age = formatting.duration(spec.max_age)
    words = {
        Kind.RATIO: lambda: wording.bound(spec),
        Kind.COUNT_IS_ZERO: lambda: "0",
        Kind.WINDOW: lambda: f"{wording.bound(spec)}, in every interval for {_span(spec)}",
        Kind.RECENCY: lambda: f"in the last {age}",
        Kind.RISK_CEILING: lambda: f"no unaccepted risk above “{_level(spec.subject)}”",
        Kind.CONTROL_TEST: lambda: f"test passed in the last {age}",
        Kind.PRIOR_GATE: lambda: "decided GO",
        Kind.ATTESTATION: lambda: f"attested in the last {age}",
    }
    return words[spec.kind]()


def _level(subject: str) -> str:
    """The word of a common severity that a criterion names by its number; as it stands where that is none."""
    return next((word.lower() for severity, word in SEVERITIES.items() if str(severity) == subject), subject)


def how(spec: Spec) -> list[tuple[str, str]]:
    """Everything about how a criterion is evaluated, as terms and values."""
    rows = [("Kind", spec.kind.label), ("Required", needs(spec))]
    if spec.kind in MEASURED:
        rows += [("Measure", wording.name(spec) if spec.definition else spec.measure)]
        rows += [("Minimum sample", plural(spec.min_samples, "observation"))] if spec.kind != Kind.RECENCY else []
    if spec.kind == Kind.WINDOW:
        rows += [("Data coverage", f"{spec.coverage}% of {spec.consecutive}")]
    if spec.kind in (Kind.CONTROL_TEST, Kind.ATTESTATION, Kind.PRIOR_GATE):
        rows += [("Subject", spec.subject)]
    return [
        *rows,
        ("Valid for", formatting.duration(spec.max_age)),
        ("Required for GO", "yes" if spec.blocking else "no (advisory)"),
        ("Waivable", "yes" if spec.waivable else "no"),
        ("Domain", spec.domain),
    ]


def trend(points: Sequence[Point], spec: Spec, now: dt.datetime, size: tuple[int, int]) -> Trend | None:
    """The course of a measure with its bound; None without two points, or where a course says nothing."""
    if len(points) < 2 or spec.kind == Kind.RECENCY:
        return None
    start = max(now - TREND, points[0].at)
    bound = Decimal(0) if spec.kind == Kind.COUNT_IS_ZERO else spec.threshold
    drawn = charts.course(
        [(point.at.timestamp(), float(point.value)) for point in points],
        start=start.timestamp(),
        end=max(now, points[-1].at).timestamp(),
        gap=max(GAP, 2.5 * TREND.total_seconds() / 60),
        threshold=float(bound) if bound is not None and bound.is_finite() else None,
        size=size,
    )
    if drawn is None:
        return None
    values = [point.value for point in points]
    words = [wording.value(value, spec) for value in (min(values), max(values), values[-1])]
    span = dates.span((now - start).total_seconds())
    said = f"Last {span}: {words[0]} to {words[1]}, latest {words[2]}. Required: {needs(spec)}."
    return Trend(drawn, said)


def _span(spec: Spec) -> str:
    return formatting.duration((spec.interval or 0) * (spec.consecutive or 0))


def _records(spec: Spec, gate: Gate, counted: str, others: Mapping[str, Gate]) -> tuple[str, str]:
    """Where the very records are, and what they are called."""
    if counted:
        return counted, "View records"
    of_wave = {"wave": gate.wave.slug} if gate.wave else {}
    if spec.kind in MEASURED:
        asked = of_wave | ({"part": spec.dimension} if spec.dimension else {})
        return f"{reverse('measures:measure', args=[spec.measure])}?{urlencode(asked)}", "View values"
    if spec.kind == Kind.RISK_CEILING:
        domain = {} if spec.dimension == "all" else {"domain": spec.domain}
        return f"{reverse('risks:register')}?{urlencode(of_wave | domain)}", "See the risks"
    if spec.kind == Kind.PRIOR_GATE:
        prior = others.get(spec.subject)
        return (reverse("gates:gate", args=[prior.ref]), f"Open {prior.ref}") if prior else ("", "")
    anchor = "tests" if spec.kind == Kind.CONTROL_TEST else "attestations"
    what = "View tests" if spec.kind == Kind.CONTROL_TEST else "View attestation"
    return f"{reverse('gates:criterion', args=[gate.ref, spec.code])}#{anchor}", what


__all__ = ["Headline", "Line", "Trend", "headline", "how", "line", "lines", "needs", "trend"]
