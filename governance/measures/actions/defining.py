"""Define measures, and change their description and thresholds."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from governance.measures import builtin, rules
from governance.measures.models import ReportedMeasure
from governance.measures.standard import STANDARD

MANAGE = "waves.manage_measures"


def define_measure(
    *,
    code: str,
    title: str,
    unit: str,
    direction: str,
    fresh_seconds: int,
    why: str = "",
    noun: str = "",
    keep_days: int = 400,
    by: User,
) -> ReportedMeasure:
    """Define a measure that an outside system will report. Its code and unit stay. Raises Denied or Invalid."""
    require(by, MANAGE, to="define measures")
    rules.may_be_code(code).require()
    rules.may_be_described(title=title, why=why, noun=noun, fresh_seconds=fresh_seconds, keep_days=keep_days).require()
    rules.may_be_evaluated(unit=unit, direction=direction).require()
    if code in STANDARD or builtin.get(code):
        raise Invalid(f"“{code}” is a measure that Concord knows already.")
    with log.transaction(by=by, purpose="define_measure"):
        try:
            with transaction.atomic():
                made = ReportedMeasure.objects.create(
                    code=code,
                    title=title.strip(),
                    why=why.strip(),
                    noun=noun.strip(),
                    unit=unit,
                    direction=direction,
                    fresh_seconds=fresh_seconds,
                    keep_days=keep_days,
                    made_by=by,
                )
        except IntegrityError:
            raise Invalid(f"There is a measure “{code}” already.") from None
        log.record("measure.defined", subject=made, by=by, facts={"code": code, "unit": unit})
    return made


def change_measure(
    *,
    measure: ReportedMeasure,
    title: str,
    direction: str,
    fresh_seconds: int,
    keep_days: int,
    why: str = "",
    noun: str = "",
    active: bool = True,
    by: User,
) -> ReportedMeasure:
    """Edit a measure, or stop its reports. Its past values stay. Raises Denied or Invalid."""
    require(by, MANAGE, to="change measures")
    rules.may_be_described(title=title, why=why, noun=noun, fresh_seconds=fresh_seconds, keep_days=keep_days).require()
    rules.may_be_evaluated(unit=measure.unit, direction=direction).require()
    wanted: dict[str, Any] = {
        "title": title.strip(),
        "why": why.strip(),
        "noun": noun.strip(),
        "direction": direction,
        "fresh_seconds": fresh_seconds,
        "keep_days": keep_days,
        "active": active,
    }
    with log.transaction(by=by, purpose="change_measure"):
        locked = ReportedMeasure.objects.select_for_update().get(pk=measure.pk)
        fields = sorted(name for name, value in wanted.items() if getattr(locked, name) != value)
        if not fields:
            return locked
        for name in fields:
            setattr(locked, name, wanted[name])
        locked.save(update_fields=fields)
        log.record("measure.changed", subject=locked, by=by, facts={"code": locked.code, "fields": fields})
    return locked
