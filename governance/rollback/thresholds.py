"""The bounds that a rollback plan asks of measures: within them its triggers stay quiet."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from console.waves.models import Wave
from governance.measures.bounds import Threshold
from governance.measures.comparison import Comparison
from governance.rollback import queries


def bounds(wave: Wave) -> Iterator[Threshold]:
    """One for each trigger of the live plan that watches a measure."""
    plan = queries.live_plan(wave)
    for trigger in plan.triggers.all() if plan else ():
        if trigger.measure and trigger.threshold is not None:
            path = reverse("rollback:plan", args=[wave.slug])
            asked_by = "the rollback plan"
            quiet = Comparison(trigger.operator).opposite
            yield Threshold(trigger.measure, quiet, trigger.threshold, trigger.dimension, asked_by, path)
