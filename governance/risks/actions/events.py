"""What makes a rating old before its time: events that ask for a new one, heard in the transaction that made them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import Q
from django.utils import timezone

from console.audit import log
from console.fact_changes import Change
from console.people.models import User
from console.waves.causes import WaveCause
from governance.risks.actions.common import tell
from governance.risks.models import LinkKind, Risk, RiskLink
from triage import facts
from triage.causes import CaseFacts, RunCause

_BECAUSE: Final = 300


def hear(change: Change) -> None:
    """React to changes of a wave: opened cases, runs of another transformation, an edited scope."""
    if change.cause is WaveCause.DESCRIBED:
        _force_reassessment(waves=change.waves, because="The wave was edited.", by=change.by)
    elif isinstance(change.cause, CaseFacts):
        _notice_criticals(change=change, by=change.by)
        if change.cause is RunCause.LOADED:
            _look_at_transformations(change)


def _notice_criticals(*, change: Change, by: User) -> int:
    """Look at the cases that open risks of these waves are linked with; each newly critical one asks for a new rating.

    Costs one query where no risk is linked with a case. Returns how many risks it asked for.
    """
    links = _links(change)
    if not links:
        return 0
    critical = facts.critical_of({link.target for link in links})
    turned = [link for link in links if (link.target in critical) == (link.critical_since is None)]
    if not turned:
        return 0
    with log.transaction(by=by, purpose="risk"):
        risks = _lock({link.risk_id for link in turned})
        now, asked = timezone.now(), []
        for link in turned:
            opens = link.target in critical
            RiskLink.objects.filter(pk=link.pk).update(critical_since=now if opens else None)
            if opens and link.risk_id in risks:
                because = f"The critical case {link.target}, linked with it, is unresolved."
                asked.append(ask_for_rating(risks[link.risk_id], because, by).ref)
        if asked:
            log.record("risk.reassess_forced", subject=asked[0], by=by, facts={"risks": asked, "cause": change.cause})
    return len(asked)


def _force_reassessment(*, waves: Iterable[int] | None, because: str, by: User) -> int:
    """Ask for new ratings of all open risks of these waves (None: of every wave). Returns how many there are."""
    rows = Risk.objects.filter(closed_at__isnull=True, wave__isnull=False)
    rows = rows if waves is None else rows.filter(wave__in=list(waves))
    keys = set(rows.values_list("pk", flat=True))
    if not keys:
        return 0
    with log.transaction(by=by, purpose="risk"):
        risks = _lock(keys)
        asked = [ask_for_rating(risk, because, by).ref for risk in risks.values()]
        if asked:
            log.record("risk.reassess_forced", subject=asked[0], by=by, facts={"risks": asked[:50], "cause": because})
    return len(asked)


def ask_for_rating(risk: Risk, because: str, by: User) -> Risk:
    """Due at once, until a current rating says how it stands now. Inside the caller's transaction, on a locked row.

    The first reason stays until then; its owner is told of each.
    """
    now = timezone.now()
    if risk.reassess_since is None:
        risk.reassess_since, risk.reassess_because = now, because[:_BECAUSE]
        risk.review_on = min(risk.review_on, now)
        risk.save(update_fields=["reassess_since", "reassess_because", "review_on"])
    tell(risk, [risk.owner], "risk.reassess", f"Reassess this risk: {because}", by, oneself=True)
    return risk


def _links(change: Change) -> Sequence[RiskLink]:
    """Open links of open risks with the case that it is about, or with any case when it is about more."""
    rows = RiskLink.objects.filter(kind=LinkKind.CASE, closed_at__isnull=True, risk__closed_at__isnull=True)
    if change.about.startswith("EX-"):
        rows = rows.filter(target=change.about)
    elif change.waves is not None:
        rows = rows.filter(Q(risk__wave__in=change.waves) | Q(risk__wave__isnull=True))
    return list(rows.order_by("risk_id", "pk"))


def _lock(keys: Iterable[int]) -> dict[int, Risk]:
    rows = Risk.objects.select_for_update(of=("self",)).select_related("owner", "wave")
    return {risk.pk: risk for risk in rows.filter(pk__in=keys, closed_at__isnull=True).order_by("pk")}


def _look_at_transformations(change: Change) -> None:
    """A run made by another transformation than the one before it is another vendor's or another version's work."""
    for wave, runs in facts.runs(change.waves or (), limit=10).items():
        loaded = [run for run in runs if not run.recalled][:2]
        if len(loaded) > 1 and loaded[0].transformation != loaded[1].transformation:
            because = f"Run {loaded[0].run_id} was made by another transformation than the one before it."
            _force_reassessment(waves=[wave], because=because, by=change.by)
