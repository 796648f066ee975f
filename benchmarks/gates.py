"""Measure gates among ten thousand and a million open cases: evaluation, page, invalidation of signatures.

A gate is read live, every time, from counts that are kept as cases change. So what matters is that reading it costs the
same however many cases there are, and what a change pays for signatures that rest on it: the same decision on a case is
made while nothing is sealed, and while a package is. What withdraws signatures is timed besides.
"""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import engines, population
from benchmarks.figures import Figure, median, p95
from benchmarks.sizes import Sizes

RATIO, MS = 1.2, 100.0
BOARD = ("chair", "cmio", "cno")


def measure(sizes: Sizes, *, few: str, many: str) -> list[Figure]:
    """Standing and page of a gate on ``many`` over those on ``few``; decisions with and without a sealed package."""
    for name in (few, many):
        with engines.use(name):
            _prepare()
    read = _by_turns(sizes, (few, many), _standing)
    page = _by_turns(sizes, (few, many), _page)
    with engines.use(many):
        open_, sealed, fallen = _decisions(sizes)
    return [
        _ratio("gate evaluation", read, sizes, few, many),
        _ratio("the page of a gate", page, sizes, few, many),
        Figure(f"the page of a gate, p95 at {sizes.many:,} open", _late(page[many]) * 1000, "ms", MS),
        Figure(
            "a decision while a package is sealed / while none is",
            median(sealed) / median(open_),
            raw={"p50 ms sealed": median(sealed) * 1000, "none": median(open_) * 1000, "decisions": len(sealed)},
        ),
        Figure(
            "a reversal that withdraws signatures, with everything told",
            median(fallen) * 1000,
            "ms",
            raw={"p95 ms": p95(fallen) * 1000, "withdrawn": len(fallen)},
        ),
    ]


def _ratio(name: str, found: dict[str, list[list[float]]], sizes: Sizes, few: str, many: str) -> Figure:
    late = [_late(found[few]) * 1000, _late(found[many]) * 1000]
    middle = [median(median(times) for times in found[one]) * 1000 for one in (few, many)]
    title = f"{name}, p95 at {sizes.many:,} / {sizes.few:,} open"
    return Figure(title, late[1] / late[0], budget=RATIO, raw={"p95 ms": late, "p50 ms": middle})


def _late(rounds: Sequence[Sequence[float]]) -> float:
    return median(p95(times) for times in rounds)


def _by_turns(sizes: Sizes, names: Sequence[str], act: Callable[[int], list[float]]) -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = {name: [] for name in names}
    for number in range(sizes.rounds + 1):
        for name in names if number % 2 else reversed(names):
            with engines.use(name):
                times = act(max(4, sizes.requests // 2))
            if number:  # the first round warms up
                found[name].append(times)
    return found


def _prepare() -> None:
    """A steward, a board, and the cutover gate of the wave as its template has it."""
    from governance.gates import actions  # noqa: PLC0415
    from governance.subjects import of_wave  # noqa: PLC0415

    people = {name: population.person(name, "board") for name in BOARD}
    steward = population.person("steward-0", "steward")
    gate = actions.make_gates(subject=of_wave(_wave()), phases=["cutover"], by=steward)[0]
    places = [actions.Place(name, name.upper(), person, chair=name == "chair") for name, person in people.items()]
    actions.change_policy(gate=gate, places=places, quorum=2, go_needed=2, reason="Seated.", seen=0, by=steward)


def _wave() -> Any:
    from console.waves.models import Wave  # noqa: PLC0415

    return Wave.objects.get(slug="wave-1-outpatients")


def _gate() -> Any:
    from governance.gates.models import Gate  # noqa: PLC0415

    return Gate.objects.select_related("wave").get(phase="cutover")


def _user(name: str) -> Any:
    from console.people.models import User  # noqa: PLC0415

    return User.objects.get(username=name)


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _standing(count: int) -> list[float]:
    from django.utils import timezone  # noqa: PLC0415

    from governance.gates.queries import status  # noqa: PLC0415

    gate = _gate()
    return [_timed(lambda: status.of(gate, timezone.now())) for _ in range(count)]


def _page(count: int) -> list[float]:
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(_user("chair"), backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/gates/{_gate().ref}/"
    if client.get(address).status_code != 200:
        raise RuntimeError(f"{address} does not answer.")
    return [_timed(lambda: client.get(address)) for _ in range(count)]


def _decisions(sizes: Sizes) -> tuple[list[float], list[float], list[float]]:
    """Seconds of decisions while nothing is sealed, while a package is, and of reversals that withdraw signatures."""
    from governance.gates import actions  # noqa: PLC0415

    gate, steward = _gate(), _user("steward-0")
    free, bound, fallen = [], [], []
    for _ in range(max(2, sizes.rounds)):
        decided = _decide(max(2, sizes.decisions // 4), free)
        package = actions.seal(gate=gate, by=steward)
        for name in BOARD:
            actions.vote(
                package=package, choice="no-go", seen=package.digest, proof="password", rationale="No.", by=_user(name)
            )
        decided += _decide(max(2, sizes.decisions // 4), bound)
        fallen.append(_reverse_critical(decided))
        if not hasattr(type(package).objects.get(pk=package.pk), "supersession"):
            raise RuntimeError("A critical case was reversed and the signatures stand.")
    return free, bound, fallen


def _decide(count: int, seconds: list[float]) -> list[Any]:
    """Decide so many cases of the hot queue, the most severe first; returns them."""
    from triage.cases import actions  # noqa: PLC0415

    decided = []
    for person in itertools.islice(itertools.cycle(population.reviewers()), count):
        taken = actions.claim_next(queues=population.queues()[:1], by=person)
        if taken is None:
            raise RuntimeError("There are fewer open cases than decisions.")
        case = taken.case
        seconds.append(
            _timed(
                lambda case=case, person=person: actions.decide(
                    case=case, verdict="NO_MATCH", reason="namesakes", note="Common.", seen=case.revision, by=person
                )
            )
        )
        decided.append(case)
    return decided


def _reverse_critical(decided: Sequence[Any]) -> float:
    """Reverse the release of a critical case: it is unresolved again, and what was signed falls."""
    from django.utils import timezone  # noqa: PLC0415

    from console.people.queries import system  # noqa: PLC0415
    from triage.cases import actions, sequencer  # noqa: PLC0415
    from triage.cases.models import Case, State  # noqa: PLC0415
    from triage.queues.models import Severity  # noqa: PLC0415

    later = timezone.now() + dt.timedelta(days=1)
    while sequencer.release(by=system(), now=later, limit=1000).count:
        pass
    keys = [case.pk for case in decided]
    case = Case.objects.filter(pk__in=keys, severity=Severity.CRITICAL, state=State.RELEASED).order_by("-pk").first()
    if case is None:
        raise RuntimeError("None of the decided cases is critical.")
    return _timed(lambda: actions.reverse(case=case, reason="The paper record differs.", by=_user("lead-0")))
