"""What gates of wave 1 rest on besides measures: attestations, tests of controls, and one failure that is waived."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from django.utils import timezone

from console.waves.models import Wave
from governance.gates import actions as gates
from governance.gates.models import Attestation, ControlTest, Criterion, CriterionVersion, Gate, Kind, Waiver
from governance.gates.templates import How
from governance.measures.comparison import Comparison
from governance.risks.models import Domain
from governance.subjects import of_wave
from samples.board.seats import People


@dataclass(frozen=True, slots=True)
class Tested:
    """One test of one control: by which method, what was found, how many were looked at of how many."""

    control: str
    method: str
    finding: str
    population: int
    sample: int
    days_ago: int


TESTS: Final = (
    Tested(
        "source-integrity", "test", "Row counts and control totals of every extract equal the legacy reports.", 9, 9, 5
    ),
    Tested(
        "access-review", "examine", "Three accounts of people who have left were closed; all others stand.", 412, 60, 9
    ),
    Tested(
        "emergency-access",
        "test",
        "Emergency access opened a chart in 40 seconds, and was seen by compliance.",
        12,
        4,
        9,
    ),
    Tested("audit-trail", "test", "Every opening of twenty test charts was found again in the audit log.", 20, 20, 8),
    Tested(
        "chart-review",
        "interview",
        "Clinicians found all they looked for; two asked for a shorter summary.",
        5095,
        120,
        2,
    ),
    Tested(
        "consent-sample",
        "examine",
        "Every consent equals its paper form; two scans had to be made again.",
        3358,
        200,
        2,
    ),
)
#: Criterion → who attests to it. The others wait for someone.
ATTESTED: Final = {
    "scope-agreed": "sam",
    "mapping-reviewed": "sam",
    "sign-in-ready": "omar",
    "consent-rules": "sam",
    "downtime-procedures": "omar",
}


def test_controls(wave: Wave, people: People) -> None:
    """Record the tests that have been made."""
    now = timezone.now()
    known = set(ControlTest.objects.filter(wave=wave).values_list("control", flat=True))
    for made in TESTS:
        if made.control not in known:
            at = now - dt.timedelta(days=made.days_ago)
            gates.record_control_test(
                subject=of_wave(wave),
                control=made.control,
                method=made.method,
                satisfied=True,
                finding=made.finding,
                evidence=f"Working papers of the migration office, sha256:{digest_of(made)}",
                population=made.population,
                sample=made.sample,
                period_from=(at - dt.timedelta(days=30)).date(),
                period_to=at.date(),
                tested_at=at,
                by=people["omar"],
            )


def digest_of(made: Tested) -> str:
    """A digest to stand for papers that the demonstration does not have."""
    return hashlib.sha256(f"{made.control}: {made.finding}".encode()).hexdigest()


def attest(gate: Gate, people: People, *, only: Collection[str] = ATTESTED) -> None:
    """Have people say what this gate asks them to say."""
    for criterion in Criterion.objects.filter(gate=gate, retired_at=None, code__in=set(ATTESTED) & set(only)):
        if not Attestation.objects.filter(criterion=criterion).exists():
            version = standing(criterion)
            gates.attest(criterion=criterion, seen=version.version, by=people[ATTESTED[criterion.code]])


def show_identity_errors(gate: Gate, people: People) -> None:
    """Shown to the board, but binding no one yet: a few dozen proved decisions cannot show one error in a thousand."""
    version = standing(Criterion.objects.get(gate=gate, code="identity-errors"))
    if version.blocking:
        gates.change_criterion(
            criterion=version.criterion,
            how=replace(how(version), blocking=False),
            reason="Too few decisions have been proved so far to tell one in a thousand. Shown until there are enough.",
            seen=version.version,
            by=people["sam"],
        )


def waive_schema(gate: Gate, people: People) -> None:
    """The typing errors of the legacy system fail the schema layer; the board's chair grants a waiver for a while."""
    version = standing(Criterion.objects.get(gate=gate, code="reconciled-schema"))
    if not Waiver.objects.filter(version=version).exists():
        waiver = gates.ask_waiver(
            criterion=version.criterion,
            reason="46 birth dates and a few identity numbers were mistyped years ago and stand so in the source.",
            compensating_control="What does not fit is kept as text and listed for the records office, which asks the "
            "patient at the next visit. Nothing is guessed.",
            not_after=timezone.now() + dt.timedelta(days=30),
            seen=version.version,
            by=people["sam"],
        )
        gates.decide_waiver(
            waiver=waiver,
            granted=True,
            reason="The errors are old, known and listed; none is clinical.",
            by=people["bo"],
        )


def standing(criterion: Criterion) -> CriterionVersion:
    """How a criterion is evaluated now."""
    return criterion.versions.select_related("criterion").order_by("-version")[0]


def how(version: CriterionVersion) -> How:
    """The same as a value, to make the next version from."""
    return How(
        Kind(version.kind),
        measure=version.measure,
        dimension=version.dimension,
        operator=Comparison(version.operator) if version.operator else None,
        threshold=version.threshold,
        min_samples=version.min_samples,
        max_age=version.max_age,
        interval=version.interval,
        consecutive=version.consecutive,
        coverage=version.coverage,
        subject=version.subject,
        blocking=version.blocking,
        waivable=version.waivable,
        domain=Domain(version.domain),
    )
