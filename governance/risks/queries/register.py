"""The register: the risks that a person may see, filtered, in pages by key; and the matrix of one scheme."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.numbers import whole
from console.people.models import User
from console.people.permissions import may, scoped
from console.waves.models import Wave
from governance.risks import schemes
from governance.risks.models import Domain, RatingKind, Risk, RiskAcceptance, RiskRating, RiskStatus
from governance.risks.queries.people import SEE
from governance.risks.queries.status import RiskStatusView, standing
from governance.risks.schemes import Band, Field, Scheme

GRAVEST: Final = keyset.Order(keyset.number("place", descending=True), keyset.number("pk"))
PROGRAMME: Final = "programme"
#: Risks without a current rating come first: their level is unknown.
UNRATED: Final = 5


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register shows. ``cell``: scheme, kind and the words of a row and a column of the matrix."""

    wave: str = ""
    domain: str = ""
    severity: str = ""
    status: str = ""
    overdue: bool = False
    scheme: str = ""
    kind: str = ""
    row: str = ""
    column: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out besides closed risks."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One cell of the matrix: what its place says, its risks, and the highest common severity among them (0: none)."""

    row: Band
    column: Band
    field: Field
    risks: tuple[Risk, ...]
    severity: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The matrix of a scheme for one kind of rating. Rows stand highest first. ``elsewhere``: risks not in it."""

    scheme: Scheme
    kind: str
    columns: tuple[Band, ...]
    rows: tuple[tuple[Band, tuple[HeatCell, ...]], ...]
    total: int
    elsewhere: int


def visible_risks(user: User) -> QuerySet[Risk]:
    """The risks that this person may see: all for who sees every wave, else those of the waves that they see."""
    if may(user, SEE):
        return Risk.objects.all()
    return Risk.objects.filter(wave__in=scoped(user, SEE, Wave.objects.all()))


def risk_for(user: User, ref: str) -> Risk:
    """The risk of that name with its wave and people, if this person may see it. Raises Missing."""
    number = whole(ref.removeprefix("RISK-")) if ref.startswith("RISK-") else None
    rows = visible_risks(user).select_related("wave", "owner", "mitigation_owner", "made_by")
    found = rows.filter(pk=number).first() if number is not None and ref == f"RISK-{number}" else None
    if found is None:
        raise Missing("There is no such risk, or you may not see it.")
    return found


def waves_for(user: User) -> list[Wave]:
    """The waves that this person may filter by."""
    return list(scoped(user, SEE, Wave.objects.order_by("slug"))[:500])


def read_filters(query: Mapping[str, Any]) -> Filters:
    """Filters from an address; what makes no sense is left out."""
    text = {name: str(query.get(name, ""))[:100].replace("\0", "") for name in Filters.__dataclass_fields__}
    allowed: dict[str, set[str]] = {
        "domain": set(Domain.values),
        "severity": {"1", "2", "3", "4", "unrated"},
        "status": {*RiskStatus.values, "all"},
        "scheme": set(schemes.SCHEMES),
        "kind": set(RatingKind.values),
    }
    kept = {name: value for name, value in text.items() if name not in allowed or value in allowed[name]}
    kept["overdue"] = "1" if text["overdue"] == "1" else ""
    if not (kept.get("scheme") and kept.get("kind")):
        kept |= {"scheme": "", "kind": "", "row": "", "column": ""}
    return Filters(**{**kept, "overdue": kept["overdue"] == "1"})  # type: ignore[arg-type]


def page_of_risks(
    user: User, filters: Filters, *, now: dt.datetime, place: Place = TOP, size: int = keyset.PAGE
) -> Page[RiskStatusView]:
    """One page: unrated risks first, then the highest common severity, then the oldest. Constant queries."""
    rows = _filtered(_ranked(visible_risks(user)), filters, now)
    found: Page[Risk] = keyset.page(rows.select_related("wave", "owner"), GRAVEST, place, size=size)
    return found.showing(lambda risks: standing(risks, now))


def heat_map(user: User, scheme: Scheme, kind: str, *, wave: str = "") -> HeatMap:
    """Where the open risks stand on the matrix of a scheme, by their latest rating of that kind. Two queries."""
    risks = {risk.pk: risk for risk in _of_wave(visible_risks(user).filter(closed_at__isnull=True), wave)}
    rows = RiskRating.objects.filter(risk__in=list(risks), kind=kind).order_by("risk_id", "-rated_at", "-id")
    placed: dict[tuple[str, str], list[RiskRating]] = defaultdict(list)
    for rating in rows.distinct("risk_id"):
        if rating.scheme == scheme.name:
            placed[str(rating.factors.get(scheme.row)), str(rating.factors.get(scheme.column))].append(rating)
    lines = [
        (row, tuple(_cell(scheme, row, column, placed, risks) for column in scheme.lines(scheme.column)))
        for row in reversed(scheme.lines(scheme.row))
    ]
    total = sum(len(cell.risks) for _, cells in lines for cell in cells)
    return HeatMap(scheme, kind, scheme.lines(scheme.column), tuple(lines), total, len(risks) - total)


def _cell(
    scheme: Scheme, row: Band, column: Band, placed: dict[tuple[str, str], list[RiskRating]], risks: dict[int, Risk]
) -> HeatCell:
    found = [rating for one in row.codes for other in column.codes for rating in placed.get((one, other), ())]
    found.sort(key=lambda rating: (-rating.severity, rating.risk_id))
    field = scheme.cell(row, column)
    highest = max((rating.severity for rating in found), default=0)
    return HeatCell(row, column, field, tuple(risks[rating.risk_id] for rating in found), highest)


def _latest(kind: str, field: str) -> Subquery:
    rows = RiskRating.objects.filter(risk=OuterRef("pk"), kind=kind).order_by("-rated_at", "-id")
    return Subquery(rows.values(field)[:1])


def _ranked(rows: QuerySet[Risk]) -> Any:
    place = Coalesce(_latest(RatingKind.CURRENT, "severity"), Value(UNRATED), output_field=IntegerField())
    return rows.annotate(place=place)


def _of_wave(rows: Any, wave: str) -> Any:
    if wave == PROGRAMME:
        return rows.filter(wave__isnull=True)
    return rows.filter(wave__slug=wave) if wave else rows


def _filtered(rows: Any, filters: Filters, now: dt.datetime) -> Any:
    rows = _of_status(_of_wave(rows, filters.wave), filters.status, now)
    if filters.domain:
        rows = rows.filter(domain=filters.domain)
    if filters.severity:
        rows = rows.filter(place=UNRATED if filters.severity == "unrated" else int(filters.severity))
    if filters.overdue:
        rows = rows.filter(closed_at__isnull=True, review_on__lte=now)
    if filters.scheme:
        scheme = schemes.get(filters.scheme)
        wanted = RiskRating.objects.filter(scheme=scheme.name)
        for axis, words in ((scheme.row, filters.row), (scheme.column, filters.column)):
            wanted = wanted.filter(**{f"factors__{axis}__in": words.split(",")}) if words else wanted
        rows = rows.annotate(shown=_latest(filters.kind, "pk")).filter(shown__in=wanted.values("pk"))
    return rows


def _of_status(rows: Any, status: str, now: dt.datetime) -> Any:
    """By the status as it reads now: acceptances show in it as long as they last."""
    if status == "all":
        return rows
    if status == RiskStatus.CLOSED:
        return rows.filter(closed_at__isnull=False)
    rows = rows.filter(closed_at__isnull=True)
    if not status:
        return rows
    alive = RiskAcceptance.objects.filter(risk=OuterRef("pk"), revoked_at__isnull=True, not_after__gt=now)
    held = Exists(alive.filter(granted=True, rating__severity__gte=OuterRef("place")))
    asked = Exists(alive.filter(granted__isnull=True))
    if status == RiskStatus.DEVIATION_APPROVED:
        return rows.filter(held)
    if status == RiskStatus.DEVIATION_REQUESTED:
        return rows.filter(asked).exclude(held)
    return rows.filter(status=status).exclude(held).exclude(asked)
