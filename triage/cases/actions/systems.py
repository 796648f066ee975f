"""Keep the names of the systems that source records come from: a search tries a record number in each of them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from triage.runs.models import RecordSystem

logger = logging.getLogger(__name__)

#: No hospital has more; a search makes keys for each. Numbers of systems beyond are not found by a search.
MOST: Final = 200


def keep_systems(names: Collection[str]) -> None:
    """Keep the names that are not known yet, in the caller's transaction. One short query when all are.

    Only a new name is written, so that chunks which land at the same time do not wait for each other.
    """
    if not names:
        return
    known = set(RecordSystem.objects.values_list("name", flat=True))
    if new := sorted(set(names) - known):
        if len(known) + len(new) > MOST:
            logger.warning("More than %s systems are named by source records; the search knows the first.", MOST)
        rows = [RecordSystem(name=name) for name in new[: max(0, MOST - len(known))]]
        RecordSystem.objects.bulk_create(rows, ignore_conflicts=True)
