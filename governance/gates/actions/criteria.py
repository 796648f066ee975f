"""Create gates from templates; reword, change, add and retire their criteria."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Collection
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from console.audit import log
from console.errors import Invalid, Stale
from console.people.models import User
from governance import versions
from governance.gates.actions import locks
from governance.gates.causes import GateCause
from governance.gates.models import Criterion, CriterionVersion, Gate, Kind
from governance.gates.models.gate import MEASURED
from governance.gates.standard import templates_of
from governance.gates.templates import How, Wanted
from governance.subjects import Subject, kind_of, require
from governance.subjects import locks as subject_locks

MANAGE: Final = "waves.manage_gates"
_SLUG: Final = re.compile(r"[-a-zA-Z0-9_]{1,64}")


def make_gates(*, subject: Subject, phases: Collection[str] | None = None, by: User) -> list[Gate]:
    """Make the gates of these phases (None: of all) that the subject does not have yet, from their templates.

    They have no policy yet. Raises Denied, Invalid for a phase that subjects of its kind do not have.
    """
    require(by, MANAGE, subject, to=f"make gates for this {kind_of(subject.kind).label}")
    known = list(templates_of(subject.kind))
    if phases is not None and not set(phases) <= set(known):
        raise Invalid("There is no such phase.")
    with log.transaction(by=by, purpose="make_gates"):
        subject_locks.lock_exclusive(subject)
        of = Gate.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
        there = set(of.values_list("phase", flat=True))
        wanted = [phase for phase in known if phases is None or phase in phases]
        made = [_gate(subject, phase, by) for phase in wanted if phase not in there]
        if made:
            facts = {"gates": ", ".join(gate.ref for gate in made), "wave": subject.ref}
            log.record("gate.made", subject=made[0], by=by, facts=facts)
            subject_locks.publish(GateCause.GATES_MADE, subject, by=by)
    return made


def reword_criterion(
    *, criterion: Criterion, title: str, why: str, owner: User | None, order: int, by: User
) -> Criterion:
    """Change a criterion's wording, owner or position. Its evaluation stays. Raises Denied, Invalid."""
    require(by, MANAGE, criterion.gate.subject, to="word the criteria of this gate")
    _words(title, why)
    with log.transaction(by=by, purpose="reword_criterion"):
        gate = locks.hold(criterion.gate, by)
        row = Criterion.objects.get(pk=criterion.pk)
        row.title, row.why, row.owner, row.order = title.strip(), why.strip(), owner, order
        row.save(update_fields=["title", "why", "owner", "order"])
        log.record("gate.criterion_reworded", subject=gate, by=by, facts={"criterion": row.code})
        subject_locks.publish(GateCause.CRITERION_REWORDED, gate.subject, by=by, about=gate.ref)
    return row


def change_criterion(*, criterion: Criterion, how: How, reason: str, seen: int, by: User) -> CriterionVersion:
    """Judge a criterion in another way from now on: a new version. ``seen`` is the version looked at.

    Raises Denied, Invalid (incomplete, or the same as it is), Stale.
    """
    require(by, MANAGE, criterion.gate.subject, to="change the criteria of this gate")
    _reason(reason)
    _check(how, criterion.gate)
    with log.transaction(by=by, purpose="change_criterion"):
        gate = locks.hold(criterion.gate, by)
        last = standing_version(criterion, seen)
        if all(getattr(last, name) == value for name, value in _row(how)):
            raise Invalid("No changes to save.")
        row = _version(last.criterion, how, versions.number_of(last) + 1, reason, by, timezone.now())
        facts = {"criterion": criterion.code, "version": row.version, "reason": reason.strip()}
        log.record("gate.criterion_changed", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.CRITERION_CHANGED, gate.subject, by=by, about=gate.ref)
    return row


def add_criterion(
    *, gate: Gate, code: str, title: str, how: How, reason: str, by: User, why: str = "", owner: User | None = None
) -> Criterion:
    """Ask for one thing more. Raises Denied, Invalid for a code that is taken or an incomplete criterion."""
    require(by, MANAGE, gate.subject, to="add criteria to this gate")
    _words(title, why)
    _reason(reason)
    _check(how, gate)
    if not _SLUG.fullmatch(code):
        raise Invalid("A criterion's short name holds at most 64 letters, digits, hyphens and underscores.")
    with log.transaction(by=by, purpose="add_criterion"):
        gate = locks.hold(gate, by)
        last = Criterion.objects.filter(gate=gate).order_by("-order").first()
        wanted = Wanted(code, title.strip(), why.strip(), how)
        try:
            with transaction.atomic():
                row = _criterion(gate, wanted, (last.order if last else 0) + 10, reason, by, owner)
        except IntegrityError:
            raise Invalid(f"{gate.ref} has, or had, a criterion “{code}”. Choose another short name.") from None
        log.record("gate.criterion_added", subject=gate, by=by, facts={"criterion": code, "reason": reason.strip()})
        subject_locks.publish(GateCause.CRITERION_ADDED, gate.subject, by=by, about=gate.ref)
    return row


def retire_criterion(*, criterion: Criterion, reason: str, by: User) -> Criterion:
    """Retire a criterion; its evaluations stay on record. Raises Denied, Invalid without a reason, Stale."""
    require(by, MANAGE, criterion.gate.subject, to="retire criteria of this gate")
    _reason(reason)
    with log.transaction(by=by, purpose="retire_criterion"):
        gate = locks.hold(criterion.gate, by)
        row = Criterion.objects.get(pk=criterion.pk)
        if row.retired_at is not None:
            raise Stale(f"“{row.title}” has been retired already.")
        row.retired_at = timezone.now()
        row.save(update_fields=["retired_at"])
        facts = {"criterion": row.code, "reason": reason.strip()}
        log.record("gate.criterion_retired", subject=gate, by=by, facts=facts)
        subject_locks.publish(GateCause.CRITERION_RETIRED, gate.subject, by=by, about=gate.ref)
    return row


def standing_version(criterion: Criterion, seen: int) -> CriterionVersion:
    """The current version of a criterion whose gate is held. Raises Stale for a retired one, or another than seen."""
    rows = CriterionVersion.objects.filter(criterion=criterion).select_related("criterion__gate__wave")
    last = versions.last_of(rows)
    if last is None or last.criterion.retired_at is not None:
        raise Stale(f"“{criterion.title}” has been retired.")
    versions.require_seen(last, seen, f"“{criterion.title}”")
    return last


def _gate(subject: Subject, phase: str, by: User) -> Gate:
    template = templates_of(subject.kind)[phase]
    gate = Gate.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        wave=subject.wave,
        phase=phase,
        title=template.title,
        template=template.name,
        made_by=by,
    )
    for place, wanted in enumerate(template.criteria, start=1):
        _criterion(gate, wanted, place * 10, f"From the template {template.name}.", by)
    return gate


def _criterion(gate: Gate, wanted: Wanted, order: int, reason: str, by: User, owner: User | None = None) -> Criterion:
    row = Criterion.objects.create(
        gate=gate, code=wanted.code, title=wanted.title, why=wanted.why, order=order, owner=owner
    )
    _version(row, wanted.how, 1, reason, by, timezone.now())
    return row


def _version(criterion: Criterion, how: How, version: int, reason: str, by: User, now: dt.datetime) -> CriterionVersion:
    said: dict[str, Any] = dict(_row(how))
    return CriterionVersion.objects.create(
        criterion=criterion, version=version, reason=reason.strip(), by=by, at=now, **said
    )


def _row(how: How) -> list[tuple[str, Any]]:
    """The columns of a version. What its kind does not judge by is left empty, so that equal means equal."""
    said = dataclasses.asdict(how) | {"operator": how.operator or ""}
    if how.kind not in MEASURED:
        said |= {"measure": "", "dimension": ""}
    else:
        said |= {"subject": ""}
    if how.kind not in (Kind.RATIO, Kind.WINDOW):
        said |= {"operator": "", "threshold": None}
    if how.kind != Kind.WINDOW:
        said |= {"interval": None, "consecutive": None, "coverage": 100}
    return list(said.items())


def _check(how: How, gate: Gate) -> None:
    """Raise Invalid unless a criterion could be evaluated in this way."""
    if how.kind in MEASURED and not how.measure:
        raise Invalid("Choose a measure.")
    if how.kind in (Kind.RATIO, Kind.WINDOW) and (how.operator is None or how.threshold is None):
        raise Invalid("Enter a comparison and a threshold.")
    if how.threshold is not None and (not how.threshold.is_finite() or abs(how.threshold) >= 10**18):
        raise Invalid("The threshold must be a number.")
    if how.kind == Kind.WINDOW and not (how.interval and how.consecutive):
        raise Invalid("Enter the interval length and the number of consecutive intervals.")
    if how.kind not in MEASURED and not how.subject.strip():
        raise Invalid("Enter the subject: control, earlier phase, statement or highest risk level.")
    if how.kind == Kind.RISK_CEILING and how.subject not in {"1", "2", "3"}:
        raise Invalid("The risk limit must be 1 (low), 2 (moderate) or 3 (high).")
    if how.kind == Kind.PRIOR_GATE and (
        how.subject not in templates_of(gate.subject_kind) or how.subject == gate.phase
    ):
        raise Invalid("Name the phase of another gate.")
    if min(how.min_samples, how.max_age) < 1 or not 1 <= how.coverage <= 100:
        raise Invalid("Minimum sample and maximum age must be at least 1. Coverage must be 1% to 100%.")


def _words(title: str, why: str) -> None:
    if not title.strip() or len(title) > 160 or len(why) > 400:
        raise Invalid("Enter a title (at most 160 characters) and a reason (at most 400).")


def _reason(reason: str) -> None:
    if not reason.strip() or len(reason) > 300:
        raise Invalid("Say why, in at most 300 characters.")
