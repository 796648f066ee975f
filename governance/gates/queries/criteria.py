"""Criteria as they are evaluated now, and the waivers in force for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from governance.approvals.queries import in_force
from governance.gates.models import CriterionVersion, Gate, Kind, Waiver
from governance.gates.rules import WaiverData
from governance.gates.values import Spec
from governance.measures.comparison import Comparison
from governance.measures.values import Definition


def current(gates: Iterable[Gate]) -> dict[int, list[CriterionVersion]]:
    """Gate → the current versions of its standing criteria, in their order, each with its criterion. One query."""
    rows = (
        CriterionVersion.objects.filter(criterion__gate__in=list(gates), criterion__retired_at__isnull=True)
        .select_related("criterion__owner", "criterion__gate")
        .order_by("criterion_id", "-version")
        .distinct("criterion_id")
    )
    found: dict[int, list[CriterionVersion]] = {}
    for row in sorted(rows, key=lambda row: (row.criterion.order, row.criterion_id)):
        found.setdefault(row.criterion.gate_id, []).append(row)
    return found


def spec(version: CriterionVersion, definition: Definition | None = None) -> Spec:
    """A version as the value that the rules evaluate by, with its measure. Its criterion must be loaded."""
    return Spec(
        code=version.criterion.code,
        version=version.version,
        kind=Kind(version.kind),
        title=version.criterion.title,
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
        domain=version.domain,
        definition=definition,
    )


def waivers(versions: Iterable[CriterionVersion], now: dt.datetime) -> dict[int, Waiver]:
    """Version → its waiver that is in force at ``now``, the one that ends last. One query."""
    rows = in_force(Waiver.objects.filter(version__in=list(versions)), now)
    found: dict[int, Waiver] = {}
    for row in rows.select_related("version__criterion", "requested_by", "decided_by").order_by("not_after", "id"):
        found[row.version_id] = row
    return found


def waiver_seen(waiver: Waiver) -> WaiverData:
    """A waiver as the rules see it. Its version and criterion must be loaded."""
    return WaiverData(
        id=waiver.pk,
        code=waiver.version.criterion.code,
        version=waiver.version.version,
        requested_by=waiver.requested_by_id,
        not_after=waiver.not_after,
        granted=waiver.granted,
        decided_by=waiver.decided_by_id,
        decided_at=waiver.decided_at,
        revoked_at=waiver.revoked_at,
    )
