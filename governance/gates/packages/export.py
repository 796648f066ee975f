"""A decision as a file that proves itself: canonical JSON with the console's signature over its exact bytes.

What is in it: the sealed package, byte for byte, the ballots, every signature with what was signed, the count, the
decision, and what became of it. A poll that is still blind is not exported. ``offline/verify_decision.py`` checks it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from console.audit.models import LogEntry
from console.errors import Missing
from console.people.models import User
from console.sealing.envelope import digest_of, sealed
from governance.gates.actions.signing import condition_said
from governance.gates.models import Ballot, Condition, DecisionPackage
from governance.gates.packages.parts import moment, who
from governance.gates.queries.polls import is_told

FORMAT: Final = "concord-decision/1"
VERIFIER: Final = Path(__file__).parents[1] / "offline" / "verify_decision.py"
#: Audit log entries named in one export, at most.
RECEIPTS: Final = 200


def may_export(package: DecisionPackage, by: User) -> bool:
    """Whether this person may see the ballots of this package: its poll has been consolidated."""
    return is_told(package, by)


def document(package: DecisionPackage, *, by: User, now: dt.datetime) -> bytes:
    """The file's bytes. Raises Missing while the poll is blind. The caller books the export first."""
    if not may_export(package, by):
        raise Missing("Votes have not been counted yet. There is nothing to export.")
    return sealed(FORMAT, _body(package) | {"exported": {"at": moment(now), "by": who(by)}})


@cache
def verifier() -> tuple[bytes, str]:
    """The offline verifier and its SHA-256."""
    source = VERIFIER.read_bytes()
    return source, digest_of(source)


def _body(package: DecisionPackage) -> dict[str, Any]:
    ballots = package.ballots.select_related("seat", "person").order_by("id")
    conditions = Condition.objects.filter(ballot__package=package).select_related("owner", "met_by").order_by("id")
    asked: dict[int, list[Condition]] = {}
    for condition in conditions:
        asked.setdefault(condition.ballot_id, []).append(condition)
    return {
        "gate": package.gate.ref,
        "turn": package.turn,
        "package": {"document": package.document, "digest": package.digest, "previous": package.previous},
        "ballots": [_ballot(row, asked.get(row.pk, [])) for row in ballots],
        "signatures": [
            {"place": row.place, "act": row.act, "content": row.content, "hash": row.hash}
            for row in package.signatures.order_by("place")
        ],
        "consolidation": _consolidation(package),
        "decision": _decision(package),
        "supersession": _supersession(package),
        "revalidation": _revalidation(package),
        "book": _receipts(package),
    }


def _ballot(row: Ballot, conditions: Iterable[Condition]) -> dict[str, Any]:
    met = [
        {"by": who(one.met_by), "at": moment(one.met_at), "note": one.met_note} if one.met_at else None
        for one in conditions
    ]
    return {
        "seat": row.seat.code,
        "username": row.person.username,
        "choice": row.choice,
        "rationale": row.rationale,
        "at": moment(row.at),
        "request_key": str(row.request_key),
        "conditions": [condition_said(one) | {"met": said} for one, said in zip(conditions, met, strict=True)],
    }


def _consolidation(package: DecisionPackage) -> dict[str, Any]:
    row = package.consolidation
    return {"at": moment(row.at), "by": row.by.username, "count": row.count}


def _decision(package: DecisionPackage) -> dict[str, Any] | None:
    row = getattr(package, "decision", None)
    if row is None:
        return None
    return {
        "outcome": row.outcome,
        "statement": row.statement,
        "dissent": row.dissent,
        "by": row.by.username,
        "at": moment(row.at),
        "valid_until": moment(row.valid_until),
        "signature": row.signature.hash,
    }


def _supersession(package: DecisionPackage) -> dict[str, Any] | None:
    row = getattr(package, "supersession", None)
    if row is None:
        return None
    return {"at": moment(row.at), "by": row.by.username, "cause": row.cause, "changes": row.changes}


def _revalidation(package: DecisionPackage) -> dict[str, Any] | None:
    row = getattr(package, "revalidation", None)
    if row is None:
        return None
    return {"at": moment(row.at), "by": row.by.username, "passed": row.passed, "findings": row.findings}


def _receipts(package: DecisionPackage) -> list[dict[str, Any]]:
    """Return the audit log entries about this turn; each can be found in an export of the log by its hash."""
    rows = LogEntry.objects.filter(
        subject=package.gate.ref, verb__startswith="gate.", facts__turn=package.turn
    ).order_by("id")
    return [
        {"entry": row.pk, "verb": row.verb, "hash": bytes(row.leaf_hash).hex()}
        for row in rows.exclude(verb="gate.exported")[:RECEIPTS]
    ]
