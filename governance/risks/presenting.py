"""How risks are shown: answers for buttons, cells with their addresses, links that lead to what they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from console.answers import Allowed, Answer
from console.people.models import User
from console.people.permissions import may
from governance.approvals.values import ApprovalState
from governance.risks import queries, rules, schemes
from governance.risks.models import (
    AcceptanceState,
    Escalation,
    LinkKind,
    RatingKind,
    Risk,
    RiskAcceptance,
    RiskLink,
)
from governance.risks.queries import Detail, Filters, HeatCell, HeatMap
from governance.risks.schemes import Band, Scheme


@dataclass(frozen=True, slots=True)
class Answers:
    """What this person may do with a risk; None where it is not theirs to do at all."""

    rate: Answer | None
    review: Answer | None
    ask: Answer | None
    close: Answer | None
    reopen: Answer | None


@dataclass(frozen=True, slots=True)
class AcceptanceShown:
    """An acceptance with its state and what this person may do with it."""

    row: RiskAcceptance
    state: AcceptanceState
    take_up: Answer | None
    decide: Answer | None
    revoke: Answer | None


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell with the address of the list of its risks."""

    cell: HeatCell
    address: str

    @property
    def tone(self) -> int:
        """The common severity that colours it: its place's own, or that of its gravest risk (0: none)."""
        return self.cell.field.severity or self.cell.severity


def severities() -> list[tuple[str, str]]:
    """The common scale for a filter, the highest first."""
    return [(str(number), word) for number, word in sorted(schemes.SEVERITIES.items(), reverse=True)]


def answers(risk: Risk, detail: Detail, user: User) -> Answers:
    """What this person may do with a risk, each with the reason why not."""
    if not may(user, queries.MANAGE, risk.wave):
        return Answers(None, None, None, None, None)
    if risk.closed_at is not None:
        return Answers(None, None, None, None, Allowed())
    critical = [link.target for link in detail.links if link.closed_at is None and link.critical_since is not None]
    because = risk.reassess_because if risk.reassess_since else ""
    current = queries.rated(detail.stands.current)
    residual = queries.rated(detail.stands.ratings.get(RatingKind.RESIDUAL))
    return Answers(
        rate=Allowed(),
        review=rules.may_review(risk.ref, because),
        ask=rules.may_ask(current, residual, [seen.state for seen in detail.acceptances]),
        close=rules.may_close(risk.ref, critical),
        reopen=None,
    )


def acceptances(detail: Detail, user: User) -> list[AcceptanceShown]:
    """Acceptances, the newest first, with what this person may do."""
    risk = detail.stands.risk
    board, steward = may(user, queries.ACCEPT, risk.wave), may(user, queries.MANAGE, risk.wave)
    shown = []
    for seen in detail.acceptances:
        row, state = seen.row, seen.state
        own = row.requested_by_id == user.pk
        waits, active = (
            state in {AcceptanceState.PROPOSED, AcceptanceState.UNDER_REVIEW},
            state == AcceptanceState.ACTIVE,
        )
        take_up = rules.may_take_up(state, requester=own) if state == AcceptanceState.PROPOSED and board else None
        reviewed = state == AcceptanceState.UNDER_REVIEW and board
        decide = rules.may_decide(ApprovalState.REQUESTED, taken_up=True, requester=own) if reviewed else None
        revokes = (active and board) or (waits and own and steward)
        shown.append(AcceptanceShown(row, state, take_up, decide, Allowed() if revokes else None))
    return shown


def owned(rows: Iterable[Escalation], risk: Risk) -> list[Escalation]:
    """Escalations with their risk at hand, which rules look at."""
    found = list(rows)
    for row in found:
        row.risk = risk
    return found


def links(rows: Iterable[RiskLink]) -> list[tuple[RiskLink, str]]:
    """Links with the address of what they name, where there is one."""
    return [(row, _address(row)) for row in rows]


def _address(row: RiskLink) -> str:
    try:
        return reverse("cases:case", args=[row.target]) if row.kind == LinkKind.CASE else ""
    except NoReverseMatch:
        return ""


def matrix(found: HeatMap, address: Callable[..., str]) -> list[tuple[Band, list[CellShown]]]:
    """The rows of the matrix; cells that hold risks lead to the list of them."""
    lines = []
    for row, cells in found.rows:
        shown = []
        for cell in cells:
            words = {"row": ",".join(cell.row.codes), "column": ",".join(cell.column.codes)}
            url = address(scheme=found.scheme.name, kind=found.kind, **words) if cell.risks else ""
            shown.append(CellShown(cell, url))
        lines.append((row, shown))
    return lines


def cell_words(filters: Filters) -> str:
    """Which cell of the matrix a list is narrowed to, in words; empty when it is not."""
    if not filters.scheme:
        return ""
    scheme = schemes.get(filters.scheme)
    rows, columns = _band(scheme, scheme.row, filters.row), _band(scheme, scheme.column, filters.column)
    places = " and ".join(part for part in (rows, columns) if part)
    return f"{RatingKind(filters.kind).label} rating under {scheme.title}" + (f": {places}" if places else "")


def _band(scheme: Scheme, axis: str, codes: str) -> str:
    if not codes:
        return ""
    bands = {",".join(band.codes): band.label for band in scheme.lines(axis)}
    return f"{scheme.axis(axis).label.lower()} {bands.get(codes, 'of another version').lower()}"
