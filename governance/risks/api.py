"""API of risks: a list, and one risk with its ratings at any time. Neither holds patient data."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from console import keyset
from console.errors import Invalid
from console.people.models import User
from console.people.tokens import requires
from console.web.api_view import ApiView, asked, number, said_yes
from console.web.problem import Problem
from governance.risks import queries
from governance.risks import serializers as shapes
from governance.risks.models import Domain, RiskRating, RiskStatus
from governance.risks.queries import Detail, RiskStatusView

MOST = 200
_LIMIT = number("limit", least=1, most=MOST, default=keyset.PAGE)
_WORDS = (
    OpenApiParameter("wave", str),
    OpenApiParameter("domain", str, enum=Domain.values),
    OpenApiParameter("severity", str, enum=["1", "2", "3", "4", "unrated"]),
    OpenApiParameter("status", str, enum=[*RiskStatus.values, "all"]),
    OpenApiParameter("overdue", bool),
    OpenApiParameter("after", str),
)
_REFUSALS = dict.fromkeys((403, 404, 422), Problem)


class Risks(ApiView):
    """The register."""

    permission_classes = (requires(queries.SEE),)

    @extend_schema(
        operation_id="risks_list",
        summary="List risks",
        parameters=[*_WORDS, _LIMIT],
        responses={200: shapes.RiskList, **_REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """A page of the risks that one may see: those not rated first, then the gravest."""
        query = request.query_params
        words = {word.name: query.get(word.name, "") for word in _WORDS}
        words["overdue"] = "1" if said_yes(request, "overdue") else ""
        page = queries.page_of_risks(
            cast(User, request.user),
            queries.read_filters(words),
            now=timezone.now(),
            place=keyset.asked(query, strict=True),
            size=asked(request, "limit", keyset.PAGE),
        )
        body = {"items": [_item(stands) for stands in page.items], "next": page.next}
        return Response(shapes.RiskList(body).data)


class OneRisk(ApiView):
    """One risk."""

    permission_classes = (requires(queries.SEE),)

    @extend_schema(
        operation_id="risks_get",
        summary="Get a risk with its rating history",
        parameters=[
            OpenApiParameter("as_of", OpenApiTypes.DATETIME, description="A past moment, with its offset from UTC.")
        ],
        responses={200: shapes.RiskFull, **_REFUSALS},
    )
    def get(self, request: Request, ref: str) -> Response:
        """The chain from cause to harm, every rating, and the ratings that held at `as_of`."""
        risk = queries.risk_for(cast(User, request.user), ref)
        now, asked = timezone.now(), request.query_params.get("as_of", "")
        at = _moment(asked) if asked else None
        scores = [found.rating for _, found in queries.scores_at(risk, at or now) if found is not None]
        body = _item(queries.standing([risk], now)[0]) | _full(queries.detail(risk, now))
        body |= {"as_of": at, "scores": [_rating(row) for row in scores]}
        return Response(shapes.RiskFull(body).data)


def _moment(text: str) -> Any:
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise Invalid("`as_of` is a date and time with its offset, as 2026-11-20T14:30:00+00:00.")
    return found


def _item(stands: RiskStatusView) -> dict[str, Any]:
    risk, current = stands.risk, stands.current
    return {
        "ref": risk.ref,
        "title": risk.title,
        "domain": risk.domain,
        "wave": risk.wave.slug if risk.wave else None,
        "status": stands.status,
        "owner": str(risk.owner),
        "severity": current.severity if current else None,
        "level": current.level if current else "",
        "accepted_until": stands.acceptance.not_after if stands.acceptance else None,
        "review_on": risk.review_on,
        "overdue": stands.overdue,
        "reassess_because": risk.reassess_because,
    }


def _full(detail: Detail) -> dict[str, Any]:
    risk = detail.stands.risk
    texts = ("cause", "hazard", "effect", "harm", "failure_mode", "detection_method", "detection_measure", "mitigation")
    return {name: getattr(risk, name) for name in texts} | {
        "detection_state": detail.detected.state if detail.detected else "",
        "ratings": [_rating(score.rating) for score in detail.ratings],
        "acceptances": [_acceptance(seen) for seen in detail.acceptances],
        "links": [{"kind": one.kind, "target": one.target, "closed_at": one.closed_at} for one in detail.links],
    }


def _acceptance(seen: queries.AcceptanceData) -> dict[str, Any]:
    row = seen.row
    return {
        "id": row.pk,
        "state": seen.state,
        "level": row.rating.level,
        "reason": row.reason,
        "requested_by": str(row.requested_by),
        "requested_at": row.requested_at,
        "not_after": row.not_after,
        "decided_by": str(row.decided_by) if row.decided_by else None,
        "decided_at": row.decided_at,
    }


def _rating(row: RiskRating) -> dict[str, Any]:
    names = ("kind", "scheme", "factors", "level", "rank", "severity", "rationale", "rated_at")
    return {name: getattr(row, name) for name in names} | {"rater": str(row.rater)}
