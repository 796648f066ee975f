"""What beat wakes: what time has ended is written down, and what criteria come to is kept. It carries nothing."""

from __future__ import annotations

import logging

from celery import shared_task

from console.people import queries as people
from governance import subjects
from governance.gates.actions import maintenance
from governance.gates.models import Gate

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_gates() -> None:
    """Record what has expired, then what has changed, subject by subject: one that fails does not stop the others."""
    concord = people.system()
    maintenance.sweep(by=concord)
    keys = Gate.objects.values_list("subject_kind", "subject_id").distinct()
    for _, subject in sorted(subjects.load(keys).items()):
        maintenance.evaluate(subject=subject, by=concord)
