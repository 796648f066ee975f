"""API of the decision feed: read by pipelines, which acknowledge what they have applied. Every page read is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from console.people.models import User
from console.people.tokens import requires
from console.web.api_view import ApiView, asked, number
from console.web.problem import Problem
from triage.cases import actions, consumers, feed, filters
from triage.cases import serializers as shapes
from triage.cases.api import checked
from triage.cases.feed import Told, Wanted
from triage.cases.models import FeedItem
from triage.runs.models import Source

MOST: Final = 500
_REFUSALS: Final = dict.fromkeys((403, 422), Problem)
_PARAMETERS: Final = (
    number("after", description="Position to continue from: `next` of the page before."),
    number("limit", least=1, most=MOST, default=100, description="Number of items."),
    OpenApiParameter("source", str, description="Decisions on cases that this source reported."),
    OpenApiParameter("wave", str, description="Decisions on cases of this wave."),
    OpenApiParameter("kind", str, description="Decisions on cases of this type, by its code."),
)


class Feed(ApiView):
    """The decision feed."""

    permission_classes = (requires(*consumers.READ),)

    @extend_schema(
        operation_id="decisions_feed",
        summary="Read the decision feed",
        parameters=[*_PARAMETERS],
        responses={200: shapes.FeedPage, **_REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """Return released decisions after a position, in order. Continue from `next` to miss none.

        Filters leave positions as they are. An account that acts for some sources reads decisions of these alone.
        """
        by, query = cast(User, request.user), request.query_params
        after, limit = asked(request, "after", 0), asked(request, "limit", 100)
        sources = consumers.readable(by, query.get("source", ""))
        page = feed.page(after, limit, _wanted(query, sources))
        actions.read_feed(after=after, page=page, sources=sources, by=by)
        told = feed.tell(page.items)
        items = [_entry(item, told[item.position]) for item in page.items]
        shown = shapes.FeedPage({"items": items, "next": page.next, "more": page.more})
        return Response(shown.data, headers={"Cache-Control": "no-store"})


class Acknowledgements(ApiView):
    """The pipeline's word on what it has applied."""

    permission_classes = (requires(*consumers.ACKNOWLEDGE),)

    @extend_schema(
        operation_id="decisions_acknowledge",
        summary="Acknowledge decisions of a source",
        request=shapes.Through,
        responses={201: shapes.Acknowledged, 200: shapes.Acknowledged, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Every decision of `source` up to `through` has been applied. 201; 200 for a repeat."""
        by, sent = cast(User, request.user), checked(shapes.Through, request)
        source = consumers.acknowledgeable(by, sent["source"])
        done = actions.acknowledge(source=source, through=sent["through"], by=by)
        code = status.HTTP_200_OK if done.repeat else status.HTTP_201_CREATED
        return Response(shapes.Acknowledged(done).data, status=code)


def _wanted(query: Mapping[str, Any], sources: list[Source] | None) -> Wanted:
    """What the query asks for. Raises Invalid for a wave or kind that does not exist."""
    keys = None if sources is None else tuple(source.pk for source in sources)
    return Wanted(sources=keys, wave=filters.wave(query), kind=filters.kind(query))


def _entry(item: FeedItem, told: Told) -> dict[str, Any]:
    decision = item.decision
    reversed_item = getattr(decision.reverses, "feed_item", None) if decision.reverses_id else None
    return {
        "position": item.position,
        "decision": decision.pk,
        "case": decision.case.ref,
        "kind": decision.case.kind,
        "wave": decision.case.wave.slug,
        "source": told.source,
        "run": told.run,
        "line": told.line,
        "role": decision.role,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "decided_at": decision.decided_at,
        "released_at": item.released_at,
        "by": str(decision.by),
        "reverses": reversed_item.position if reversed_item else None,
        "receipt": decision.receipt,
        "content": decision.content,
        "outcome": told.outcome,
    }
