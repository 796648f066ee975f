"""What time does to gates, written down: packages that have lapsed, and what criteria came to in between.

Nothing relies on it: whoever reads a gate sees what time has ended, whether or not this has run.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.audit import book
from console.people.models import User
from console.people.permissions import require
from console.waves import holding
from console.waves.models import Wave
from governance.gates.actions import keeping, superseding
from governance.gates.models import DecisionPackage, Gate
from governance.gates.queries import ground as grounds
from governance.gates.queries import packages
from governance.gates.queries.seen import snapshot
from governance.gates.queries.standing import standing


def tend(*, by: User, now: dt.datetime | None = None) -> int:
    """Write down which packages time has ended, wave by wave, each in a transaction of its own. Returns how many."""
    require(by, "waves.manage_gates", to="tend gates")
    waves = Wave.objects.filter(pk__in=set(packages.unended().values_list("gate__wave", flat=True)))
    return sum(_tend(wave, by, now or timezone.now()) for wave in waves.order_by("pk"))


def evaluate(*, wave: Wave, by: User, now: dt.datetime | None = None) -> int:
    """Keep what the criteria of a wave's gates come to, where that has changed: for trends. Returns how many did."""
    require(by, "waves.manage_gates", wave, to="keep what gates come to")
    moment = now or timezone.now()
    with book.transaction(by=by, purpose="evaluate"):
        ground = grounds.read(wave, moment)
        kept: dict[str, str] = {}
        for gate in ground.gates.values():
            kept |= {f"{gate.ref} {code}": result for code, result in _keep(ground, gate).items()}
        if kept:
            first = next(iter(ground.gates.values()))
            said = ", ".join(f"{name}: {result}" for name, result in sorted(kept.items()))
            book.write("gate.evaluated", subject=first, by=by, facts={"results": said[:2000], "wave": wave.slug})
    return len(kept)


def _keep(ground: grounds.Ground, gate: Gate) -> dict[str, str]:
    return keeping.keep_changed(snapshot(ground, gate))


def _tend(wave: Wave, by: User, now: dt.datetime) -> int:
    with book.transaction(by=by, purpose="tend_gates"):
        holding.hold_alone([wave.pk])
        ground = grounds.read(Wave.objects.get(pk=wave.pk), now)
        closed = 0
        for gate in ground.gates.values():
            found = standing(ground, gate)
            if _is_open(found.package) and not found.live:
                superseding.close(found, by=by, now=now)
                closed += 1
    return closed


def _is_open(package: DecisionPackage | None) -> bool:
    return package is not None and not packages.has_ended(package)
