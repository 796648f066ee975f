"""The only writers of waves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from console.waves import locks as wave_locks
from console.waves import rules
from console.waves.causes import WaveCause
from console.waves.models import Wave


def make_wave(*, slug: str, name: str, description: str = "", planned_for: dt.date | None = None, by: User) -> Wave:
    """Make a wave; manifests call it by its slug. Raises Denied, or Invalid for a slug that is taken or malformed."""
    require(by, "waves.manage_wave", to="make waves")
    _check(slug, name)
    with log.transaction(by=by, purpose="make_wave"):
        wave, made = Wave.objects.get_or_create(
            slug=slug, defaults={"name": name, "description": description, "planned_for": planned_for}
        )
        if not made:
            raise Invalid("There is a wave of that slug already.")
        log.record("wave.made", subject=wave, by=by, facts={"slug": slug})
    return wave


def describe_wave(
    *, wave: Wave, name: str, description: str = "", planned_for: dt.date | None = None, by: User
) -> Wave:
    """Change a wave's name, description and planned day; its slug stays. Raises Denied while it is frozen."""
    require(by, "waves.manage_wave", wave, to="describe this wave")
    _check(wave.slug, name)
    with log.transaction(by=by, purpose="describe_wave"):
        wave_locks.lock_shared([wave.pk])
        locked = Wave.objects.select_for_update().get(pk=wave.pk)
        rules.may_describe(locked).require()
        locked.name, locked.description, locked.planned_for = name, description, planned_for
        locked.save(update_fields=["name", "description", "planned_for"])
        log.record("wave.described", subject=locked, by=by, facts={"slug": locked.slug})
        fact_changes.publish(WaveCause.DESCRIBED, waves=[locked.pk], by=by, about=locked.slug)
    return locked


def guard(*, wave: Wave, freeze: str = "", by: User) -> None:
    """From now on a sealed package rests on this wave; ``freeze`` says why its cases and description stand still.

    For the action that seals: it locks the wave (``locks.lock_exclusive``), asks its rules and books its own entry.
    """
    now = timezone.now()
    changes: dict[str, Any] = {"guarded_at": wave.guarded_at or now}
    if freeze:
        changes |= {"frozen_at": wave.frozen_at or now, "frozen_because": freeze[:300]}
    with log.transaction(by=by, purpose="guard"):
        Wave.objects.filter(pk=wave.pk).update(**changes)


def unguard(*, wave: Wave, guarded: bool, frozen: bool, by: User) -> None:
    """A package ended: the wave stays ``guarded`` or ``frozen`` if another one still rests on it. As ``guard``."""
    changes: dict[str, Any] = {} if guarded else {"guarded_at": None}
    if not frozen:
        changes |= {"frozen_at": None, "frozen_because": ""}
    if changes:
        with log.transaction(by=by, purpose="unguard"):
            Wave.objects.filter(pk=wave.pk).update(**changes)


def record_cutover(*, wave: Wave, because: str, by: User) -> bool:
    """State in the caller's transaction that the wave has cut over; False, and nothing changed, if it had before.

    For the action that makes it true: it asks its rules, and its own entry says so. As ``guard``.
    """
    with log.transaction(by=by, purpose="cut_over"):
        wave_locks.lock_shared([wave.pk])
        locked = Wave.objects.select_for_update().get(pk=wave.pk)
        if locked.cut_over_at:
            return False
        _cut_over(locked, because, by)
    return True


def state_cutover(*, wave: Wave, reason: str, by: User) -> Wave:
    """State by hand that a wave has cut over. Raises Denied, Invalid without a reason, Stale when it had before."""
    require(by, "waves.manage_wave", wave, to="state the cutover of this wave")
    with log.transaction(by=by, purpose="cut_over"):
        wave_locks.lock_shared([wave.pk])
        locked = Wave.objects.select_for_update().get(pk=wave.pk)
        rules.may_state_cutover(locked, reason).require()
        _cut_over(locked, reason.strip(), by)
        log.record("wave.cut_over", subject=locked, by=by, facts={"slug": locked.slug, "reason": reason.strip()})
    return locked


def retract_cutover(*, wave: Wave, reason: str, by: User) -> Wave:
    """State that a wave has not cut over after all: it was rolled back, or stated wrongly. Raises as above.

    Cases that were woken stay open.
    """
    require(by, "waves.manage_wave", wave, to="state the cutover of this wave")
    with log.transaction(by=by, purpose="cut_over"):
        wave_locks.lock_shared([wave.pk])
        locked = Wave.objects.select_for_update().get(pk=wave.pk)
        rules.may_retract_cutover(locked, reason).require()
        locked.cut_over_at, locked.cut_over_because = None, ""
        locked.save(update_fields=["cut_over_at", "cut_over_because"])
        facts = {"slug": locked.slug, "reason": reason.strip()}
        log.record("wave.cutover_retracted", subject=locked, by=by, facts=facts)
        fact_changes.publish(WaveCause.CUTOVER_RETRACTED, waves=[locked.pk], by=by, about=locked.slug)
    return locked


def _cut_over(wave: Wave, because: str, by: User) -> None:
    wave.cut_over_at, wave.cut_over_because = timezone.now(), because[: rules.REASON_CHARACTERS]
    wave.save(update_fields=["cut_over_at", "cut_over_because"])
    fact_changes.publish(WaveCause.CUT_OVER, waves=[wave.pk], by=by, about=wave.slug)


def _check(slug: str, name: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        raise Invalid("A slug holds letters, digits, hyphens and underscores only.") from None
    if not name.strip() or len(name) > 200 or len(slug) > 100:
        raise Invalid("A wave needs a name of at most 200 characters and a slug of at most 100.")
