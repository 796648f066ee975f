"""That a wave has cut over, stated and retracted by hand."""

from __future__ import annotations

import pytest
from django.test import Client

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.waves import actions
from console.waves.models import Wave
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_operator_states_it_once_with_a_reason_and_retracts_it(omar) -> None:
    wave = factories.make_wave()
    for reason in ("", "  ", "x" * 301):
        with pytest.raises(Invalid):
            actions.state_cutover(wave=wave, reason=reason, by=omar)
    with pytest.raises(Stale):
        actions.retract_cutover(wave=wave, reason="Rolled back.", by=omar)
    actions.state_cutover(wave=wave, reason="Moved on Saturday.", by=omar)
    with pytest.raises(Stale, match="already: Moved on Saturday"):
        actions.state_cutover(wave=wave, reason="Again.", by=omar)
    actions.retract_cutover(wave=wave, reason="Rolled back.", by=omar)
    assert Wave.objects.get().cut_over_at is None
    verbs = LogEntry.objects.filter(verb__startswith="wave.cut").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["wave.cut_over", "wave.cutover_retracted"]


def test_a_reviewer_may_not(ana) -> None:
    wave = factories.make_wave()
    for act in (actions.state_cutover, actions.retract_cutover):
        with pytest.raises(Denied):
            act(wave=wave, reason="So.", by=ana)


def test_a_gate_states_it_only_once(omar) -> None:
    wave = factories.make_wave()
    assert actions.record_cutover(wave=wave, because="GATE-1 Exit", by=omar)
    assert not actions.record_cutover(wave=wave, because="GATE-2 Exit", by=omar)
    assert Wave.objects.get().cut_over_because == "GATE-1 Exit"


def test_its_pages(omar) -> None:
    wave = factories.make_wave()
    client = Client()
    client.force_login(omar)
    address = f"/waves/{wave.slug}/cutover/"
    assert "State: cut over" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    shown = client.post(address, {"reason": "Moved."}, follow=True).content.decode()
    assert "has cut over. Cases deferred past its cutover reopen." in shown
    assert "Moved." in client.get(f"/waves/{wave.slug}/").content.decode()
    assert "State: not cut over" in client.get(address).content.decode()
    assert "has not cut over" in client.post(address, {"reason": "Mistake."}, follow=True).content.decode()
