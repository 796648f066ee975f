"""Events that make a rating old before its time, heard in the transaction that made them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from console import fact_changes
from console.audit.models import LogEntry
from console.errors import Stale
from console.fact_changes import Cause
from console.people.models import User, UserKind
from console.waves.actions import describe_wave
from governance.risks import actions, queries
from governance.risks.models import Risk, RiskLink, RiskStatus
from tests import factories, listening
from tests.risks.making import make_risk, rate
from triage.cases import actions as cases
from triage.cases import sequencer
from triage.cases.causes import CaseCause
from triage.cases.models import Case, State
from triage.causes import CaseFacts, RunCause
from triage.merges.causes import MergeCause
from triage.queues.models import Severity


class KindToCome(CaseFacts):
    """The causes of a kind of case that risks know nothing about."""

    OPENED = "kind_to_come_opened"


def _system() -> User:
    return User.objects.get(kind=UserKind.SYSTEM)


def _tell(cause: Cause, risk: Risk, about: str = "") -> None:
    with transaction.atomic():
        fact_changes.publish(cause, waves=[risk.wave_id] if risk.wave_id else None, by=_system(), about=about)


def _fresh(risk: Risk) -> Risk:
    return Risk.objects.get(pk=risk.pk)


def test_a_linked_critical_case_that_opens_asks_for_a_rating(stella: User, bo: User) -> None:
    risk, other = make_risk(stella, owner=bo), make_risk(stella)
    case = factories.make_case(severity=Severity.CRITICAL, state=State.WITHDRAWN)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    assert _fresh(risk).reassess_since is None, "It is settled."
    Case.objects.update(state=State.OPEN)
    _tell(CaseCause.REVERSED, risk, case.ref)
    found = _fresh(risk)
    assert found.reassess_since is not None
    assert case.ref in found.reassess_because
    assert found.review_on <= timezone.now()
    assert _fresh(other).reassess_since is None
    assert bo.notices.filter(kind="risk.reassess").count() == 1
    wave = risk.wave
    assert wave is not None
    assert [one.reassess for one in queries.open_risks_for([wave], timezone.now())] == [True, False]


def test_it_asks_once_for_each_time_that_the_case_opens(stella: User) -> None:
    risk = make_risk(stella)
    case = factories.make_case(severity=Severity.CRITICAL)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    assert _fresh(risk).reassess_since is not None, "Linking an unresolved critical case is such an event."
    rate(risk, 4, stella)
    assert _fresh(risk).reassess_since is None
    _tell(RunCause.LOADED, risk)
    assert _fresh(risk).reassess_since is None, "Anyone who rated it knew of the case."
    Case.objects.update(state=State.WITHDRAWN)
    _tell(CaseCause.DECIDED, risk, case.ref)
    assert RiskLink.objects.get().critical_since is None
    Case.objects.update(state=State.OPEN)
    _tell(RunCause.LOADED, risk)
    assert _fresh(risk).reassess_since is not None


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.MEDIUM, Severity.LOW])
def test_lesser_cases_ask_for_nothing(stella: User, severity: Severity) -> None:
    risk, case = make_risk(stella), factories.make_case(severity=severity)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    _tell(KindToCome.OPENED, risk, case.ref)
    assert _fresh(risk).reassess_since is None


def test_a_programme_risk_hears_of_cases_of_every_wave(stella: User) -> None:
    risk, near = make_risk(stella, programme=True), make_risk(stella)
    case = factories.make_case(severity=Severity.CRITICAL, state=State.WITHDRAWN)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    Case.objects.update(state=State.CLAIMED)
    _tell(RunCause.LOADED, near)
    assert _fresh(risk).reassess_since is not None


def test_only_a_current_rating_answers(stella: User) -> None:
    risk, case = make_risk(stella), factories.make_case(severity=Severity.CRITICAL)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    rate(risk, 2, stella, "residual")
    assert _fresh(risk).reassess_since is not None
    with pytest.raises(Stale, match="needs a new rating"):
        actions.review(risk=risk, note="Seen.", by=stella)
    rate(risk, 4, stella)
    assert _fresh(risk).reassess_since is None


def test_the_first_reason_stays_until_it_is_answered(stella: User, omar: User) -> None:
    risk, case = make_risk(stella), factories.make_case(severity=Severity.CRITICAL)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    first = _fresh(risk)
    assert risk.wave is not None
    describe_wave(wave=risk.wave, name="Cardiology and intensive care", by=omar)
    again = _fresh(risk)
    assert (again.reassess_since, again.reassess_because) == (first.reassess_since, first.reassess_because)


def test_an_edited_wave_asks_for_its_risks(stella: User, omar: User) -> None:
    risk, programme = make_risk(stella), make_risk(stella, programme=True)
    elsewhere = make_risk(stella, wave=factories.make_wave("wave-2"))
    closed = actions.close(risk=make_risk(stella), reason="Over.", by=stella)
    assert risk.wave is not None
    describe_wave(wave=risk.wave, name="Cardiology and intensive care", by=omar)
    asked = set(Risk.objects.filter(reassess_since__isnull=False))
    assert asked == {risk}, (programme, elsewhere, closed)
    assert LogEntry.objects.filter(verb="risk.reassess_forced", actor=omar).count() == 1


def test_runs_of_another_transformation_ask_for_the_risks(stella: User) -> None:
    risk = make_risk(stella)
    early = timezone.now() - dt.timedelta(days=1)
    for number, digest in enumerate(("a", "a", "b")):
        run = factories.make_run(f"r{number}", wave=risk.wave)
        type(run).objects.filter(pk=run.pk).update(
            manifest={"transformation": {"name": "map", "version": digest, "digest": digest * 64}},
            finished_at=early + dt.timedelta(hours=number),
        )
        _tell(RunCause.LOADED, risk)
        assert (_fresh(risk).reassess_since is not None) == (digest == "b"), digest
    assert "r2" in _fresh(risk).reassess_because


def test_a_reversal_reaches_the_risk_in_its_own_transaction(stella: User, ana: User, lena: User) -> None:
    """Through triage's own actions: claimed, decided, released, then reversed."""
    risk = make_risk(stella)
    case = cases.claim(case=factories.make_case(severity=Severity.CRITICAL), by=ana).case
    case = cases.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=case.revision, by=ana).case
    sequencer.release(by=_system(), now=timezone.now() + dt.timedelta(days=1))
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    assert _fresh(risk).reassess_since is None
    cases.reverse(case=Case.objects.get(pk=case.pk), reason="The paper record differs.", by=lena)
    assert case.ref in _fresh(risk).reassess_because
    assert LogEntry.objects.get(verb="risk.reassess_forced").actor == lena


def test_every_cause_of_cases_is_listened_to(stella: User) -> None:
    """Also those of kinds that risks have never heard of."""
    risk = make_risk(stella)
    case = factories.make_case(severity=Severity.CRITICAL, state=State.WITHDRAWN)
    link = actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    every = list(fact_changes.causes(CaseFacts))
    assert {CaseCause.DECIDED, RunCause.EXCEPTIONS_ARRIVED, MergeCause.ARRIVED, KindToCome.OPENED} <= set(every)
    for cause in every:
        for state, opens in ((State.OPEN, True), (State.WITHDRAWN, False)):
            Case.objects.update(state=state)
            _tell(cause, risk, case.ref)
            assert (RiskLink.objects.get(pk=link.pk).critical_since is not None) is opens, cause


def test_it_falls_with_the_transaction_that_set_it_off(stella: User) -> None:
    risk = make_risk(stella)
    case = factories.make_case(severity=Severity.CRITICAL, state=State.WITHDRAWN)
    actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    point = transaction.savepoint()
    Case.objects.update(state=State.OPEN)
    fact_changes.publish(CaseCause.REVERSED, waves=[case.wave_id], by=_system(), about=case.ref)
    assert _fresh(risk).reassess_since is not None
    transaction.savepoint_rollback(point)
    assert _fresh(risk).reassess_since is None


def test_a_risk_stays_open_while_its_critical_cases_are(stella: User) -> None:
    risk, case = make_risk(stella), factories.make_case(severity=Severity.CRITICAL)
    link = actions.link(risk=risk, kind="case", target=case.ref, by=stella)
    with pytest.raises(Stale, match=case.ref):
        actions.close(risk=risk, reason="Done.", by=stella)
    actions.unlink(link=link, by=stella)
    assert actions.close(risk=risk, reason="Done.", by=stella).status == RiskStatus.CLOSED
    with pytest.raises(Stale):
        rate(risk, 1, stella)
    wave = risk.wave
    assert wave is not None
    assert queries.open_risks_for([wave], timezone.now()) == []
    again = actions.reopen(risk=risk, reason="It came back.", by=stella)
    assert again.reassess_since is not None
    assert len(queries.open_risks_for([wave], timezone.now())) == 1


def test_every_change_is_told_inside_its_transaction(stella: User, bo: User, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, tuple[int, ...] | None]] = []
    listening.only(monkeypatch, lambda change: heard.append((change.cause, change.waves)))
    risk, programme = make_risk(stella), make_risk(stella, programme=True)
    rate(risk, 4, stella)
    rate(programme, 4, stella)
    here = (risk.wave_id,)
    assert heard == [("risk_added", here), ("risk_added", None), ("risk_rated", here), ("risk_rated", None)]
