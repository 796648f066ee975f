"""The bounds that the gates of a wave ask of measures, for the pages that show measures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.urls import reverse

from console.waves.models import Wave
from governance.gates.models import Gate, Kind, Phase
from governance.gates.queries import criteria
from governance.measures.bounds import Threshold
from governance.measures.comparison import Comparison

_PLACE: Final = {phase: place for place, phase in enumerate(Phase.values)}


def bounds(wave: Wave) -> Iterator[Threshold]:
    """One for each criterion that compares a measure, of gates whose question is still open, in their phases' order."""
    open_ = Gate.objects.filter(wave=wave).exclude(packages__revalidation__passed=True)
    gates = sorted(open_, key=lambda gate: _PLACE[gate.phase])
    versions = criteria.current(gates)
    for gate in gates:
        for version in versions.get(gate.pk, ()):
            limit = Decimal(0) if version.kind == Kind.COUNT_IS_ZERO else version.threshold
            if version.measure and limit is not None:
                operator = Comparison(version.operator or Comparison.LE)
                path = reverse("gates:criterion", args=[gate.ref, version.criterion.code])
                yield Threshold(version.measure, operator, limit, version.dimension, gate.ref, path)
