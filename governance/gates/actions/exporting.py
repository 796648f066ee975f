"""Export a decision: logged before any byte is sent."""

from __future__ import annotations

from django.utils import timezone

from console.audit import log
from console.people.models import User
from console.sealing.envelope import digest_of
from governance.gates.models import DecisionPackage
from governance.gates.packages import export


def export_decision(*, package: DecisionPackage, by: User) -> bytes:
    """Log the export by ``by`` and return the decision's bytes. Raises Missing while voting is blind."""
    file = export.document(package, by=by, now=timezone.now())
    log.record_access(
        "gate.exported",
        subject=package.gate,
        by=by,
        facts={"turn": package.turn, "what": "decision", "sha256": digest_of(file)},
    )
    return file


def print_pack(*, package: DecisionPackage, by: User) -> None:
    """Book that ``by`` took the board pack of a turn."""
    facts = {"turn": package.turn, "what": "board pack", "digest": package.digest}
    log.record_access("gate.exported", subject=package.gate, by=by, facts=facts)
