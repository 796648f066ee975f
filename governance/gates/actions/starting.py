"""T-0: everything is asked again, under the wave's lock, before what a gate allowed begins."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.audit import log
from console.errors import Stale
from console.people.models import User
from governance.gates import rules
from governance.gates.actions import cutting_over, locks, recording, superseding
from governance.gates.models import DecisionPackage, Revalidation
from governance.gates.models.assessments import Occasion
from governance.gates.queries import packages
from governance.gates.queries import status as standings
from governance.gates.queries.status import GateStatus
from governance.gates.values import Changed
from governance.subjects import may


def begin(*, package: DecisionPackage, seen: str, by: User) -> Revalidation:
    """T-0: ask everything again (criteria, conditions, seats); what the GO allowed begins only if all of it holds.

    Not passed: the package is superseded with the findings, which are returned. The same request sent twice gives the
    first answer. Raises Denied without ``begin_gates``, Stale for another package than seen or one without a GO.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="begin"):
        gate = locks.lock_exclusive(package.gate, by)
        earlier = Revalidation.objects.filter(package=package, by=by).first()
        if earlier and package.digest == seen:
            return earlier
        found = standings.of(gate, now)
        if found.package is None or (found.package.pk, found.package.digest) != (package.pk, seen):
            raise Stale(
                "A newer decision package has been sealed since you opened this page. Review it before you continue."
            )
        able = may(by, "waves.begin_gates", gate.subject)
        # A change that time alone made is a finding of this very question, not a reason to leave it unanswered.
        asked = packages.as_seen(found.package, found.seen.policy, found.ballots) if found.seen else None
        rules.may_begin(asked, able=able, now=now).require()
        against = _findings(found, now)
        recording.keep_all(found.snapshot, Occasion.BEGIN)
        row = Revalidation.objects.create(
            package=locks.reread(package), at=now, by=by, passed=not against, findings=against
        )
        _conclude(row, found, by, now)
    return row


def _findings(found: GateStatus, now: dt.datetime) -> list[str]:
    """What stands against beginning at this moment, a sentence each; nothing means that everything holds."""
    assert found.package is not None
    assert found.counted is not None
    conditions = [seen for _, seen in standings.conditions(found.package, now)]
    said = [change.sentence for change in found.material]
    said += rules.findings(found.snapshot.evaluated, found.counted, conditions, now)
    return list(dict.fromkeys(said))


def _conclude(row: Revalidation, found: GateStatus, by: User, now: dt.datetime) -> None:
    package = row.package
    if not row.passed:
        changed = [Changed("finding", sentence) for sentence in row.findings]
        superseding.supersede(
            package, cause=rules.End.NOT_PASSED, changed=changed, by=by, now=now, verb="gate.not_begun"
        )
        return
    superseding.release(package, by=by)
    gate = package.gate
    facts = {"turn": package.turn, "digest": package.digest, "drift": [one.code for one in found.drift][:50]}
    facts |= cutting_over.note(gate, by=by, now=now)
    log.record("gate.begun", subject=gate, by=by, facts=facts)
    sentence = f"{gate.ref} {gate.title} for {gate.subject}: T-0 check passed. The step has started."
    superseding.told(package, kind="gate.begun", sentence=sentence, by=by, urgent=True)
