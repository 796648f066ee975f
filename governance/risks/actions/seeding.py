"""Starting a register from a template: what every hospital that moves its records has to think about."""

from __future__ import annotations

from django.utils import timezone

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from console.waves import locks as wave_locks
from console.waves.models import Wave
from governance.risks import queries, templates
from governance.risks.actions.common import changed, tell
from governance.risks.actions.register import Said, Scored, make
from governance.risks.causes import RiskCause
from governance.risks.models import Risk, RiskControl
from governance.risks.templates import Seed


def use_template(*, wave: Wave | None, owner: User, by: User) -> list[Risk]:
    """Add every risk of the template that this wave (None: the whole programme) does not have yet.

    The ratings are the template's suggestions and say so; each risk is due for review
    as its level asks. Raises Denied, or Invalid when all are there.
    """
    require(by, queries.MANAGE, wave, to="start a risk register here")
    with log.transaction(by=by, purpose="risk"):
        wave_locks.lock_shared(None if wave is None else [wave.pk])
        names = Risk.objects.filter(wave=wave).exclude(template="").values_list("template", flat=True)
        there = {name.rpartition("/")[2] for name in names}  # whatever the version of the template they were made from
        made = [_make(seed, wave, owner, by=by) for seed in templates.SEEDS if seed.code not in there]
        if not made:
            raise Invalid("Every risk of the template is in this register already.")
        tell(made[0], [owner], "risk.owned", f"You own this risk and {len(made) - 1} more of the template.", by)
        facts = {"template": templates.NAME, "count": len(made), "wave": wave.slug if wave else "the whole programme"}
        log.record("risk.template_used", subject=made[0], by=by, facts=facts)
        changed(RiskCause.ADDED, made[0], by)
    return made


def _make(seed: Seed, wave: Wave | None, owner: User, *, by: User) -> Risk:
    said = Said(
        title=seed.title,
        domain=seed.domain,
        cause=seed.cause,
        hazard=seed.hazard,
        effect=seed.effect,
        harm=seed.harm,
        failure_mode=seed.failure_mode,
        detection_method=seed.detection,
        detection_measure=seed.measure,
        detection_operator=seed.operator,
        detection_threshold=seed.threshold,
        owner=owner,
        scheme=seed.scheme,
        mitigation=seed.mitigation,
    )
    because = f"Suggested by template {templates.NAME}. Reassess for this hospital."
    risk = make(said, wave, Scored(seed.inherent, because), Scored(seed.current, because), by, template=seed.name)
    now = timezone.now()
    RiskControl.objects.bulk_create(
        RiskControl(risk=risk, means=means, text=text, made_by=by, made_at=now) for means, text in seed.controls
    )
    return risk
