"""The table of moves, the rules that read it, and the page drawn from it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings

from console.errors import Denied, Invalid, Stale
from triage.cases import rules
from triage.cases.diagram import document
from triage.cases.kinds import Then, Verdict
from triage.cases.machine import MOVES, after
from triage.cases.models import State
from triage.cases.rules import Holder

NOW = dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC)


def test_the_page_of_states_is_fresh() -> None:
    written = (settings.BASE_DIR / "docs" / "reference" / "case-states.md").read_text(encoding="utf-8")
    assert written == document(), "Run manage.py case_states."


def test_every_state_can_be_reached_and_left() -> None:
    reached, todo = {State.OPEN}, [State.OPEN]
    while todo:
        state = todo.pop()
        for verb in MOVES:
            end = after(state, verb)
            if end and end not in reached:
                reached.add(end)
                todo.append(end)
    assert reached == set(State)
    assert all(any(after(state, verb) for verb in MOVES) for state in State)


@pytest.mark.parametrize("state", State)
def test_only_an_open_case_or_a_lapsed_claim_can_be_claimed(state: State) -> None:
    answer = rules.claim("EX-1", state, holder=None, me=1, works=True, escalated_by_me=False)
    assert bool(answer) == (state in {State.OPEN, State.CLAIMED})


def test_claim_refusals_say_who_and_why() -> None:
    held = Holder(2, "Ben", NOW)
    assert (
        "Ben has already claimed EX-1"
        in rules.claim("EX-1", "claimed", holder=held, me=1, works=True, escalated_by_me=False).reason
    )
    assert "You have" in rules.claim("EX-1", "claimed", holder=held, me=2, works=True, escalated_by_me=False).reason
    with pytest.raises(Denied, match="Another reviewer"):
        rules.claim("EX-1", "open", holder=None, me=1, works=True, escalated_by_me=True).require()
    with pytest.raises(Denied, match="roles"):
        rules.claim("EX-1", "open", holder=None, me=1, works=False, escalated_by_me=False).require()


def test_a_claim_ends_to_the_second() -> None:
    held = Holder(1, "Ana", NOW)
    assert rules.hold("EX-1", held, me=1, now=NOW - dt.timedelta(seconds=1))
    with pytest.raises(Stale, match="has expired"):
        rules.hold("EX-1", held, me=1, now=NOW).require()


LINK = Verdict("LINK", "Same person", "1", "", Then.SETTLE, "linked", reason_required=False)
DEFER = Verdict("DEFER", "Defer", "3", "", Then.DEFER, "deferred")
ASK = Verdict("NEEDS_INFO", "Needs information", "4", "", Then.ASK, "asked")


@pytest.mark.parametrize(
    ("spec", "changes", "sentence"),
    [
        (None, {}, "not a valid verdict"),
        (LINK, {"severe": True}, "needs a reason"),
        (LINK, {"reason": "made_up"}, "not a valid reason"),
        (LINK, {"note": "x" * 4001}, "longer than"),
        (DEFER, {"reason": "other"}, "within the next 12 months"),
        (DEFER, {"reason": "other", "until": NOW}, "within the next 12 months"),
        (DEFER, {"reason": "other", "until": NOW + dt.timedelta(days=367)}, "within the next 12 months"),
        (ASK, {"reason": "other", "asked_of": " "}, "who should provide"),
        (ASK, {"asked_of": "clinic"}, "needs a reason"),
    ],
)
def test_an_incomplete_verdict_is_refused_in_one_sentence(spec, changes, sentence) -> None:
    facts = {"reason": "", "note": "", "severe": False, "until": None, "asked_of": ""} | changes
    answer = rules.verdict(spec, "X", reasons=["other"], content=False, now=NOW, **facts)
    assert not answer
    assert answer.error is Invalid
    assert sentence in answer.reason.lower() or sentence in answer.reason


def test_complete_verdicts_are_allowed() -> None:
    plain = {"note": "", "severe": False, "asked_of": "", "now": NOW, "reasons": ["other"], "content": False}
    assert rules.verdict(LINK, "LINK", reason="", until=None, **plain)
    assert rules.verdict(DEFER, "DEFER", reason="other", until=NOW + dt.timedelta(days=1), **plain)
