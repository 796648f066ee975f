"""What beat wakes: what time has ended is written down, and what criteria come to is kept. It carries nothing."""

from __future__ import annotations

import logging

from celery import shared_task

from console.people import queries as people
from console.waves.models import Wave
from governance.gates.actions import maintenance
from governance.gates.models import Gate

log = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def sweep_gates() -> None:
    """Write lapses down, then keep what has changed, wave by wave: what fails for one is not kept from the others."""
    concord = people.system()
    maintenance.sweep(by=concord)
    for wave in Wave.objects.filter(pk__in=Gate.objects.values("wave")).order_by("pk"):
        maintenance.evaluate(wave=wave, by=concord)
