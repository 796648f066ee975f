"""Who may do what with a gate. Each answers with ``Allowed`` or ``Forbidden`` and a sentence for the person.

``able`` says whether the person holds the permission of the act on this wave; nobody's role goes past any other rule.
``barred`` maps those who may not approve this package to why, continuing "You ": ``{7: "sealed this package"}``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from console.answers import Answer
from governance.gates.models.bearing import Result
from governance.gates.rules.values import ConditionSeen, PackageSeen, WaiverSeen
from governance.gates.terms import Counted, Judged, PolicySeen, Spec


def may_seal(
    latest: PackageSeen | None,
    policy: PolicySeen | None,
    judged: Iterable[Judged],
    *,
    able: bool,
    now: dt.datetime,
    rolled_back: bool = False,
) -> Answer:
    """Whether a package may be sealed. A red gate may: a board may want to say NO-GO on the record."""
    raise NotImplementedError


def may_withdraw(package: PackageSeen | None, *, able: bool, reason: str, now: dt.datetime) -> Answer:
    """Whether the live package may be withdrawn, for this reason."""
    raise NotImplementedError


def may_vote(
    package: PackageSeen | None,
    *,
    me: int,
    able: bool,
    choice: str,
    rationale: str,
    conditions: int,
    barred: Mapping[int, str],
    now: dt.datetime,
) -> Answer:
    """Whether this person may cast this ballot. ``choice`` empty asks whether they may cast any."""
    raise NotImplementedError


def may_consolidate(package: PackageSeen | None, *, me: int, now: dt.datetime) -> Answer:
    """Whether this person may end the blind poll: the chair or the sealer, once every seat answered or it closed."""
    raise NotImplementedError


def may_decide(
    package: PackageSeen | None,
    counted: Counted | None,
    *,
    me: int,
    able: bool,
    outcome: str,
    statement: str,
    barred: Mapping[int, str],
    now: dt.datetime,
) -> Answer:
    """Whether the chair may sign this outcome: only what the count allows; NO-GO always. Empty asks about any."""
    raise NotImplementedError


def may_begin(package: PackageSeen | None, *, able: bool, now: dt.datetime) -> Answer:
    """Whether what the gate allowed may be begun, before everything is asked again (see ``polling.findings``)."""
    raise NotImplementedError


def may_ask_waiver(
    spec: Spec,
    result: Result,
    *,
    able: bool,
    standing: bool,
    reason: str,
    compensating_control: str,
    not_after: dt.datetime | None,
    now: dt.datetime,
) -> Answer:
    """Whether a waiver may be asked for. ``standing``: one is asked for or active already. Empty texts: not yet."""
    raise NotImplementedError


def may_decide_waiver(
    waiver: WaiverSeen, spec: Spec, policy: PolicySeen | None, *, me: int, able: bool, reason: str, now: dt.datetime
) -> Answer:
    """Whether this person may grant or refuse this waiver."""
    raise NotImplementedError


def may_meet_condition(condition: ConditionSeen, *, me: int, now: dt.datetime) -> Answer:
    """Whether this person may confirm that a condition is met: who asked for it, and only what no measure decides."""
    raise NotImplementedError
