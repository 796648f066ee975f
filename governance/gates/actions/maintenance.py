"""What time does to gates, written down: packages that have lapsed, and what criteria came to in between.

Nothing relies on it: a reader of a gate sees what has expired, whether or not this has run.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.audit import log
from console.people.models import User
from console.people.permissions import require
from governance import subjects
from governance.gates.actions import recording, superseding
from governance.gates.models import Gate
from governance.gates.queries import inputs as gate_inputs
from governance.gates.queries import packages
from governance.gates.queries.observations import snapshot
from governance.gates.queries.status import GateStatus, standing
from governance.subjects import Subject
from governance.subjects import locks as subject_locks


def sweep(*, by: User, now: dt.datetime | None = None) -> int:
    """Write down which packages time has ended, each subject in a transaction of its own. Returns how many."""
    require(by, "waves.manage_gates", to="maintain gates")
    keys = set(packages.unended().values_list("gate__subject_kind", "gate__subject_id"))
    found = subjects.load(keys)
    return sum(_tend(found[key], by, now or timezone.now()) for key in sorted(found))


def evaluate(*, subject: Subject, by: User, now: dt.datetime | None = None) -> int:
    """Keep what the criteria of a subject's gates come to, where that has changed: for trends. Returns how many did."""
    subjects.require(by, "waves.manage_gates", subject, to="record evaluations of gates")
    moment = now or timezone.now()
    with log.transaction(by=by, purpose="evaluate"):
        inputs = gate_inputs.read(subject, moment)
        kept: dict[str, str] = {}
        for gate in inputs.gates.values():
            kept |= {f"{gate.ref} {code}": result for code, result in _keep(inputs, gate).items()}
        if kept:
            first = next(iter(inputs.gates.values()))
            said = ", ".join(f"{name}: {result}" for name, result in sorted(kept.items()))
            log.record("gate.evaluated", subject=first, by=by, facts={"results": said[:2000], "wave": subject.ref})
    return len(kept)


def _keep(inputs: gate_inputs.GateInputs, gate: Gate) -> dict[str, str]:
    return recording.keep_changed(snapshot(inputs, gate))


def _tend(subject: Subject, by: User, now: dt.datetime) -> int:
    # Looked at without holding anybody up; only what seems to be over is looked at again while the subject is locked.
    if not _over(gate_inputs.read(subject, now)):
        return 0
    with log.transaction(by=by, purpose="tend_gates"):
        subject_locks.lock_exclusive(subject)
        over = _over(gate_inputs.read(subjects.find(subject.kind, subject.id), now))
        for found in over:
            superseding.close(found, by=by, now=now)
    return len(over)


def _over(inputs: gate_inputs.GateInputs) -> list[GateStatus]:
    """Return the gates whose newest package has expired without a record of it."""
    found = [standing(inputs, gate) for gate in inputs.gates.values()]
    return [one for one in found if one.package and not packages.has_ended(one.package) and not one.live]
