"""Sealed packages and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from governance.gates.models import Ballot, DecisionPackage, Gate, Outcome
from governance.gates.rules import PackageData
from governance.gates.values import BallotData, PolicyData

_ENDS = ("consolidation", "decision", "supersession", "revalidation")


def all_of(gates: Iterable[Gate]) -> dict[int, list[DecisionPackage]]:
    """Gate → its packages, newest first, with their ends and without their documents. One query."""
    found: dict[int, list[DecisionPackage]] = defaultdict(list)
    rows = DecisionPackage.objects.filter(gate__in=list(gates)).select_related("gate__wave", "policy", *_ENDS)
    for row in rows.defer("document").order_by("gate_id", "-turn"):
        found[row.gate_id].append(row)
    return found


def unended() -> QuerySet[DecisionPackage]:
    """Packages that no row has ended: neither superseded, nor refused, nor revalidated. Time may have ended them."""
    return (
        DecisionPackage.objects.filter(supersession__isnull=True, revalidation__isnull=True)
        .filter(~Q(decision__outcome=Outcome.NO_GO) | Q(decision__isnull=True))
        .select_related("gate__wave", "policy", "sealed_by", *_ENDS)
        .defer("document")
        .order_by("gate_id", "-turn")
    )


def has_ended(package: DecisionPackage) -> bool:
    """Whether a row has ended this package. Its ends must be loaded."""
    decision = getattr(package, "decision", None)
    refused = decision is not None and decision.outcome == Outcome.NO_GO
    return refused or any(getattr(package, end, None) is not None for end in ("supersession", "revalidation"))


def ballots(packages: Iterable[DecisionPackage]) -> dict[int, tuple[Ballot, ...]]:
    """Package → its ballots in the order they were cast, with seats and people. One query."""
    found: dict[int, list[Ballot]] = defaultdict(list)
    rows = Ballot.objects.filter(package__in=list(packages)).select_related("seat", "person").order_by("id")
    for row in rows:
        found[row.package_id].append(row)
    return {package: tuple(rows) for package, rows in found.items()}


def ballots_seen(ballots: Iterable[Ballot]) -> tuple[BallotData, ...]:
    """Ballots as the rules see them."""
    return tuple(BallotData(row.seat.code, row.person_id, row.choice) for row in ballots)


def as_seen(
    package: DecisionPackage, policy: PolicyData, ballots: Iterable[Ballot], *, material: bool = False
) -> PackageData:
    """A package as the rules see it. ``material``: a material change was found but is not recorded yet."""
    decision = getattr(package, "decision", None)
    supersession = getattr(package, "supersession", None)
    revalidation = getattr(package, "revalidation", None)
    return PackageData(
        turn=package.turn,
        sealed_by=package.sealed_by_id,
        closes_at=package.closes_at,
        policy=policy,
        ballots=ballots_seen(ballots),
        consolidated=getattr(package, "consolidation", None) is not None,
        outcome=decision.outcome if decision else "",
        valid_until=decision.valid_until if decision else None,
        superseded=supersession.cause if supersession else "material" if material else "",
        started=bool(revalidation and revalidation.passed),
    )
