"""The board pack: what a turn rests on, who signed it and what came of it, on two sheets of paper."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from console.people.models import User
from console.sealing import key as console_key
from governance.gates import addresses
from governance.gates.models import Ballot, DecisionPackage, Kind, Signature
from governance.gates.packages import export
from governance.gates.presenting import needs
from governance.gates.queries.status import GateStatus
from governance.gates.values import Spec
from governance.measures import queries as measures
from governance.measures.comparison import Comparison
from governance.measures.values import Definition


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
    """One seat on paper. ``ballot`` stays empty while voting is blind; ``signature`` shows that a member signed."""

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
    revalidation: Any
    open: bool
    key: str
    verifier: str

    @property
    def url(self) -> str:
        """The gate's address."""
        return addresses.page(self.package.gate.ref)


def of(package: DecisionPackage, found: GateStatus, by: User) -> Pack:
    """The pack of one turn. What stands now is printed beside it while the turn is the gate's newest and has no end."""
    document = json.loads(package.document)
    told = export.may_export(package, by)
    newest = found.package is not None and found.package.pk == package.pk and found.live
    now = {one.spec.code: str(one.result) for one in found.snapshot.evaluated} if newest else {}
    criteria = document["criteria"]
    known = measures.definitions(one["measure"] for one in criteria if one["measure"])
    return Pack(
        package=package,
        document=document,
        lines=[_line(one, known.get(one["measure"]), now.get(one["code"], "")) for one in criteria],
        blockers=[f"{one['title']}: {one['sentence']}" for one in criteria if one["blocking"] and not one["basis"]],
        sittings=_sittings(package, document, told=told),
        decision=getattr(package, "decision", None),
        ended=getattr(package, "supersession", None),
        revalidation=getattr(package, "revalidation", None),
        open=told,
        key=console_key.public_key(),
        verifier=export.verifier()[1],
    )


def spec(one: dict[str, Any], definition: Definition | None = None) -> Spec:
    """A criterion of a sealed document as the value that rules and words take, with its measure."""
    said = {name.name: one[name.name] for name in fields(Spec) if name.name in one} | {"definition": definition}
    threshold, operator = said["threshold"], said["operator"]
    said |= {"kind": Kind(said["kind"]), "operator": Comparison(operator) if operator else None}
    return Spec(**said | {"threshold": Decimal(threshold) if threshold else None})


def _line(one: dict[str, Any], definition: Definition | None, now: str) -> Line:
    reading, said_at = one["seen"]["reading"] or {}, one["seen"]["said_at"]
    as_of = reading.get("as_of") or said_at
    return Line(
        title=one["title"],
        needs=needs(spec(one, definition)),
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
