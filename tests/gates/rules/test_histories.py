"""What must never happen, over more than ten thousand random histories of a gate; and proof that it would be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.gates import rules
from governance.gates.models.assessments import Result
from governance.gates.rules import duties, evaluating, measuring, polling, waiving
from governance.gates.rules.parts import MATERIAL
from governance.gates.rules.values import Evaluated
from tests.gates.rules.histories import Unsafe
from tests.gates.rules.living import live

HISTORIES = 8_000


def test_ten_thousand_histories_let_nothing_unsafe_through() -> None:
    """Every GO, ballot and beginning is looked at by a witness who knows the truth: see ``histories.witness``."""
    happened: Counter[str] = Counter()
    for seed in range(HISTORIES):
        try:
            live(seed, happened)
        except Unsafe as problem:
            raise AssertionError(f"history {seed}: {problem}") from problem
    for what, least in {
        "sealed": HISTORIES // 2,
        "voted": HISTORIES,
        "go": 200,
        "go-with-conditions": 100,
        "no-go": 200,
        "begun": 50,
        "waived": 200,
        "superseded": 1_000,
        "cosmetic": 500,
    }.items():
        assert happened[what] >= least, f"{what} was reached {happened[what]} times only: little is proven of it"


@settings(max_examples=2_500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(HISTORIES, 2**62))
def test_and_no_other_history_either(seed: int) -> None:
    live(seed, Counter())


def _live_many(histories: int) -> None:
    for seed in range(histories):
        live(seed, Counter())


def _always(result: Result) -> Callable[..., Evaluated]:
    return lambda *_: Evaluated(result, "", "")


def _barely(spec: Any, seen: Any, now: Any) -> Evaluated:
    """A ratio that is rounded before it is compared."""
    found = measuring.ratio(spec, seen, now)
    close = seen.reading and seen.reading.numerator == 994_999 and found.result == "fail"
    return found._replace(result=Result.PASS) if close else found


def _never_differs(name: str) -> Any:
    """A material part whose changes are not seen."""
    return replace(MATERIAL[name], compare=lambda *_: ())


#: what is broken → every place where it must be broken, since one rule often stands behind another
MUTANTS: dict[str, list[tuple[Any, str, Any]]] = {
    "missing, empty and NaN pass": [(where, "unknown", _always(Result.PASS)) for where in (measuring, evaluating)],
    "nothing is ever stale": [(where, "doubt", lambda *_: None) for where in (measuring, evaluating)],
    "a ratio is rounded": [(evaluating._KINDS, "ratio", _barely)],
    "waivers never expire": [(where, "is_active", lambda waiver, now: True) for where in (evaluating, rules)],
    "what no one waives is waived": [(where, "is_waivable", lambda spec: True) for where in (evaluating, waiving)],
    "no vetoes": [(polling, "_vetoes", lambda seats, cast: [])],
    "one GO is enough": [(polling, "_too_few", lambda *_, **__: []), (polling, "_escalations", lambda *_: [])],
    "a quorum of none": [(polling, "_unlawful", lambda policy: []), (duties, "FEWEST", 0)],
    "approvals of the barred count": [
        (rules, "count", lambda *given, **more: polling.count(*given, **(more | {"barred": ()}))),
        (rules, "may_vote", lambda *given, **more: duties.may_vote(*given, **(more | {"barred": {}}))),
        (rules, "may_decide", lambda *given, **more: duties.may_decide(*given, **(more | {"barred": {}}))),
    ],
    "signatures outlive their ground": [(rules, "compare", lambda then, now, signers: ([], []))],
    "every change withdraws signatures": [(rules, "compare", lambda then, now, _: ([1] if then != now else [], []))],
    "the requester may grant": [(rules, "may_decide_waiver", lambda *_, **__: True)],
    "anybody may vote": [(rules, "may_vote", lambda *_, **__: True)],
    "anybody decides": [(rules, "may_decide", lambda *_, **__: True)],
    "nothing is asked again at T-0": [
        (MATERIAL._values, "criteria", _never_differs("criteria")),
        (MATERIAL._values, "waivers", _never_differs("waivers")),
        (rules, "findings", lambda *_: ()),
    ],
}


@pytest.mark.parametrize("name", list(MUTANTS))
def test_the_witness_would_see_a_broken_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for where, attribute, mutant in MUTANTS[name]:
        if isinstance(where, dict):
            monkeypatch.setitem(where, attribute, mutant)
        else:
            monkeypatch.setattr(where, attribute, mutant)
    with pytest.raises((Unsafe, AttributeError)):
        _live_many(1_500)
