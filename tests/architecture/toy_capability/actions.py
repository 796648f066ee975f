"""The only writers of procedures, their versions and exemptions; and the act of signing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import may, require
from console.waves import locks as wave_locks
from console.waves.models import Wave
from governance import versions
from governance.approvals import actions as approvals
from governance.approvals import rules as approving
from governance.signing import actions as signing
from governance.signing.models import Signature
from tests.architecture.toy_capability import queries
from tests.architecture.toy_capability.causes import ProcedureCause
from tests.architecture.toy_capability.models import Exemption, Procedure, ProcedureVersion

NOUN = "exemption"


def make_procedure(*, wave: Wave, title: str, text: str, by: User) -> Procedure:
    """Make a procedure with its first version. Raises Denied, Invalid."""
    require(by, queries.WRITE, wave, to="write procedures of this wave")
    if not title.strip():
        raise Invalid("Enter a title.")
    with log.transaction(by=by, purpose="write_procedure"):
        wave_locks.lock_shared([wave.pk])
        procedure = Procedure.objects.create(wave=wave, title=title.strip(), made_by=by)
        _write(procedure, 1, text, by)
    return procedure


def write_version(*, procedure: Procedure, text: str, seen: int, by: User) -> ProcedureVersion:
    """Write the next version; signatures on the one before count no longer. Raises Denied, Invalid, Stale."""
    with _locked(procedure, by, queries.WRITE, to="write procedures of this wave") as locked:
        last = versions.last_of(locked.versions.all())
        return _write(locked, versions.next_number(last, seen, "The procedure"), text, by)


def request_exemption(*, procedure: Procedure, ward: str, reason: str, not_after: dt.datetime, by: User) -> Exemption:
    """Ask that a ward need not follow the procedure. Raises Denied, Invalid."""
    now = timezone.now()
    sentence = f"An exemption lasts at most {queries.LONGEST.days} days."
    approving.may_last(not_after, now, longest=queries.LONGEST, sentence=sentence).require()
    with _locked(procedure, by, queries.WRITE, to="request exemptions") as locked:
        if queries.waits(locked, ward, now):
            raise Invalid(f"{ward} has an exemption already, or has requested one.")
        row = Exemption.objects.create(
            procedure=locked, ward=ward, reason=reason, requested_by=by, requested_at=now, not_after=not_after
        )
        log.record("procedure.exemption_requested", subject=locked, by=by, facts={"ward": ward, "exemption": row.pk})
    return row


def decide_exemption(*, exemption: Exemption, granted: bool, reason: str, by: User) -> Exemption:
    """Grant or refuse a request. Raises Denied, Stale."""
    now = timezone.now()
    with _locked(exemption.procedure, by, queries.SEE, to="decide exemptions") as locked:
        row = Exemption.objects.select_for_update().get(pk=exemption.pk)
        able = may(by, queries.SIGN, locked.wave)
        requester = row.requested_by_id == by.pk
        approving.may_decide(row.approval_state(now), NOUN, requester=requester, able=able).require()
        approvals.write_decision(row, granted, reason, by, now)
        facts = {"ward": row.ward, "outcome": "granted" if granted else "refused"}
        log.record("procedure.exemption_decided", subject=locked, by=by, facts=facts)
        _publish(ProcedureCause.EXEMPTION_DECIDED, locked, by)
    return row


def revoke_exemption(*, exemption: Exemption, reason: str, by: User) -> Exemption:
    """End an exemption early: who requested it, or who may decide it. Raises Denied, Stale."""
    now = timezone.now()
    with _locked(exemption.procedure, by, queries.SEE, to="revoke exemptions") as locked:
        row = Exemption.objects.select_for_update().get(pk=exemption.pk)
        able = row.requested_by_id == by.pk or may(by, queries.SIGN, locked.wave)
        approving.may_revoke(row.approval_state(now), NOUN, able=able).require()
        approvals.write_revocation(row, reason, by, now)
        log.record("procedure.exemption_revoked", subject=locked, by=by, facts={"ward": row.ward})
        _publish(ProcedureCause.EXEMPTION_REVOKED, locked, by)
    return row


def sign_procedure(*, procedure: Procedure, seen: str, proof: str, by: User) -> Signature:
    """Sign the newest version. ``seen``: the digest that was looked at. Raises Denied, Stale."""
    with _locked(procedure, by, queries.SEE, to="sign procedures") as locked:
        queries.may_sign(by, locked).require()
        version = queries.current(locked)
        return signing.sign(
            subject=locked.ref,
            digest=version.digest,
            seen=seen,
            meaning=meaning(locked),
            seat="Board member",
            proof=proof,
            by=by,
        )


def meaning(procedure: Procedure) -> str:
    """What signing a procedure means."""
    return f"I have read {procedure.ref} {procedure.title} and agree that wards work by it."


@contextmanager
def _locked(procedure: Procedure, by: User, permission: str, *, to: str) -> Iterator[Procedure]:
    """One transaction that holds the procedure, its wave first, for a person with this permission. Raises Denied."""
    require(by, permission, procedure.wave, to=to)
    with log.transaction(by=by, purpose="procedures"):
        wave_locks.lock_shared([procedure.wave_id])
        yield Procedure.objects.select_for_update(of=("self",)).select_related("wave").get(pk=procedure.pk)


def _write(procedure: Procedure, number: int, text: str, by: User) -> ProcedureVersion:
    if not text.strip():
        raise Invalid("Enter the text of the procedure.")
    row = ProcedureVersion.objects.create(
        procedure=procedure,
        version=number,
        text=text.strip(),
        digest=queries.digest_of(procedure, number, text.strip()),
        by=by,
        at=timezone.now(),
    )
    facts = {"version": row.version, "digest": row.digest}
    log.record("procedure.written", subject=procedure, by=by, facts=facts)
    _publish(ProcedureCause.WRITTEN, procedure, by)
    return row


def _publish(cause: ProcedureCause, procedure: Procedure, by: User) -> None:
    fact_changes.publish(cause, waves=[procedure.wave_id], by=by, about=procedure.ref)
