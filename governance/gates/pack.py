"""The board pack: what a turn rests on, who signed it and what came of it, on two sheets of paper."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from console import signing_key
from console.people.models import User
from governance.gates import export
from governance.gates.models import Ballot, DecisionPackage, Operator, Signature
from governance.gates.queries.standing import Standing

DAY, HOUR = 86_400, 3_600


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion on paper."""

    title: str
    needs: str
    result: str
    observed: str
    now: str
    as_of: dt.datetime | None
    blocking: bool
    waiver: int | None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One seat on paper. ``ballot`` stays empty while the poll is blind; ``signature`` tells that somebody signed."""

    title: str
    name: str
    vetoes: bool
    signature: Signature | None
    ballot: Ballot | None


@dataclass(frozen=True, slots=True)
class Pack:
    """What the template prints."""

    package: DecisionPackage
    document: dict[str, Any]
    lines: list[Line]
    blockers: list[str]
    sittings: list[Sitting]
    decision: Any
    ended: Any
    begun: Any
    open: bool
    key: str
    verifier: str

    @property
    def url(self) -> str:
        """The gate's address."""
        return f"/gates/{self.package.gate.ref}/"


def of(package: DecisionPackage, found: Standing, by: User) -> Pack:
    """The pack of one turn. What stands now is printed beside it while the turn is the gate's newest and has no end."""
    document = json.loads(package.document)
    told = export.may_export(package, by)
    newest = found.package is not None and found.package.pk == package.pk and found.live
    now = {one.spec.code: str(one.result) for one in found.snapshot.judged} if newest else {}
    criteria = document["criteria"]
    return Pack(
        package=package,
        document=document,
        lines=[_line(one, now.get(one["code"], "")) for one in criteria],
        blockers=[f"{one['title']}: {one['sentence']}" for one in criteria if one["blocking"] and not one["basis"]],
        sittings=_sittings(package, document, told=told),
        decision=getattr(package, "decision", None),
        ended=getattr(package, "supersession", None),
        begun=getattr(package, "revalidation", None),
        open=told,
        key=signing_key.public_key(),
        verifier=export.verifier()[1],
    )


def needs(one: dict[str, Any]) -> str:
    """What a criterion of a package asks for, in a few words."""
    kind, bound = one["kind"], ""
    if one["operator"] and one["threshold"]:
        bound = f"{Operator(one['operator']).label} {one['threshold']}"
    if kind == "window":
        return f"{bound}, {one['consecutive']} × {_span(one['interval'])} in a row"
    words = {
        "ratio": bound,
        "count-is-zero": "none",
        "recency": f"within {_span(one['max_age'])}",
        "risk-ceiling": f"severity {one['subject']} at most, or accepted",
        "control-test": f"satisfied within {_span(one['max_age'])}",
        "prior-gate": "stands at GO",
        "attestation": "attested",
    }
    return words.get(kind, "")


def _line(one: dict[str, Any], now: str) -> Line:
    reading, said_at = one["seen"]["reading"] or {}, one["seen"]["said_at"]
    as_of = reading.get("as_of") or said_at
    return Line(
        title=one["title"],
        needs=needs(one),
        result=one["result"],
        observed=one["observed"] or one["sentence"],
        now=now,
        as_of=dt.datetime.fromisoformat(as_of) if as_of else None,
        blocking=one["blocking"],
        waiver=one["waiver"] if one["basis"].startswith("waiver") else None,
    )


def _sittings(package: DecisionPackage, document: dict[str, Any], *, told: bool) -> list[Sitting]:
    signed = {
        (row.ballot.seat.code, row.person.username): row
        for row in package.signatures.select_related("ballot__seat", "person")
        .prefetch_related("ballot__conditions__owner")
        .order_by("place")
        if row.ballot is not None
    }
    rows = []
    for seat in document["policy"]["seats"]:
        for person in (seat["holder"], seat["alternate"]):
            found = signed.get((seat["code"], person["username"])) if person else None
            if person is seat["holder"] or found:
                name = person["name"] + ("" if person is seat["holder"] else " (alternate)")
                rows.append(
                    Sitting(seat["title"], name, bool(seat["vetoes"]), found, found.ballot if found and told else None)
                )
    return rows


def _span(seconds: int) -> str:
    if seconds % DAY == 0:
        return f"{seconds // DAY} d"
    return f"{seconds // HOUR} h" if seconds % HOUR == 0 else f"{seconds // 60} min"
