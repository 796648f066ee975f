"""Who scored this what, when, under which scheme and why: at any past moment, over random histories."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
import time_machine
from django.db import InternalError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.people.models import User
from governance.risks import actions, queries
from governance.risks.models import RatingKind, RiskRating
from governance.risks.schemes import SCHEMES, Scheme
from tests import factories
from tests.risks.making import WORDS, make_risk

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_names = itertools.count(1)


def _words(scheme: Scheme) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({axis.code: st.sampled_from([w.code for w in axis.words]) for axis in scheme.axes})


_ratings = st.sampled_from(sorted(SCHEMES)).flatmap(
    lambda name: st.tuples(
        st.integers(0, 90),  # minutes since the one before; none at all happens
        st.sampled_from(RatingKind.values),
        st.just(name),
        _words(SCHEMES[name]),
        st.integers(0, 1),  # which steward
        st.text("abc ", min_size=1, max_size=8).filter(str.strip),
    )
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(_ratings, min_size=1, max_size=8), asked=st.lists(st.integers(-10, 800), min_size=1, max_size=6)
)
def test_every_score_of_every_moment_is_known(db: None, history: list[Any], asked: list[int]) -> None:
    point = transaction.savepoint()
    stewards = [factories.make_user(f"steward{next(_names)}", role="steward") for _ in range(2)]
    with time_machine.travel(START, tick=False):
        risk = make_risk(stewards[0], severity=None)
    at, kept = START, []
    for minutes, kind, scheme, factors, who, why in history:
        at += dt.timedelta(minutes=minutes)
        with time_machine.travel(at, tick=False):
            actions.rate(risk=risk, kind=kind, factors=factors, rationale=why, scheme=scheme, by=stewards[who])
        kept.append((at, kind, scheme, factors, str(stewards[who]), why.strip()))
    for minutes in (*asked, *((one[0] - START).total_seconds() // 60 for one in kept)):
        moment = START + dt.timedelta(minutes=minutes)
        for kind in RatingKind.values:
            expected = [one for one in kept if one[1] == kind and one[0] <= moment]
            found = dict(queries.scores_at(risk, moment))[RatingKind(kind)]
            if kind == RatingKind.INHERENT and not expected:
                assert (found is None) == (moment < START)
                continue
            if not expected:
                assert found is None
                continue
            assert found is not None
            when, _, scheme, factors, who, why = expected[-1]
            row = found.rating
            assert (row.rated_at, row.scheme, row.factors, found.who, row.rationale) == (
                when,
                scheme,
                factors,
                who,
                why,
            )
            outcome = SCHEMES[scheme].judge(factors)
            assert (row.level, row.rank, row.severity) == (
                outcome.level.word, outcome.level.rank, outcome.level.severity
            )  # fmt: skip
    transaction.savepoint_rollback(point)


def test_ratings_are_never_changed(stella: User) -> None:
    make_risk(stella)
    for change in ("UPDATE risks_riskrating SET severity = 1", "DELETE FROM risks_riskrating"):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert RiskRating.objects.filter(severity=4).exists()


def test_a_clock_that_was_set_back_brings_no_lower_rating_back(stella: User) -> None:
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
        risk = make_risk(stella, severity=1)
        actions.rate(risk=risk, kind="current", factors=WORDS[4], rationale="Worse.", by=stella)
    wave = risk.wave
    assert wave is not None
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        assert queries.open_risks_for([wave], dt.datetime(2026, 5, 1, tzinfo=dt.UTC))[0].severity == 4
        actions.rate(risk=risk, kind="current", factors=WORDS[2], rationale="Better.", by=stella)
        assert queries.open_risks_for([wave], dt.datetime(2026, 5, 1, tzinfo=dt.UTC))[0].severity == 2
