"""The bounds that a rollback plan asks of measures: within them its triggers stay quiet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse

from console.waves.models import Wave
from governance.measures.bounds import Comparison, Threshold
from governance.rollback import queries

_QUIET: Final[dict[str, Comparison]] = {"ge": "lt", "gt": "le", "le": "gt", "lt": "ge"}


def bounds(wave: Wave) -> Iterator[Threshold]:
    """One for each trigger of the live plan that watches a measure."""
    plan = queries.live_plan(wave)
    for trigger in plan.triggers.all() if plan else ():
        if trigger.measure and trigger.threshold is not None:
            path = reverse("rollback:plan", args=[wave.slug])
            asked_by = "the rollback plan"
            quiet = _QUIET[trigger.operator]
            yield Threshold(trigger.measure, quiet, trigger.threshold, trigger.dimension, asked_by, path)
