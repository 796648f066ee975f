"""API of cases, claims and decisions. Access to patient-linked data is logged first."""

from __future__ import annotations

import json
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from console import keyset
from console.errors import Invalid, Missing
from console.keyset import Place
from console.people.models import User
from console.people.tokens import persons_only, requires
from console.waves.models import Wave
from console.web.api_view import ApiView, asked, number
from console.web.problem import Problem
from triage.cases import actions, colleagues, contradictions, filters, kinds, listing, queries
from triage.cases import serializers as shapes
from triage.cases.kinds import Json
from triage.cases.models import Case, Decision, MigrationException
from triage.cases.rows import Row
from triage.queues import queries as queue_queries
from triage.queues.models import SEVERITIES, Queue, Severity

MOST = 200
_LIMIT = number("limit", least=1, most=MOST, default=keyset.PAGE)
_WORDS = (
    OpenApiParameter("queue", str),
    OpenApiParameter("kind", str),
    OpenApiParameter("state", str, enum=list(listing.GROUPS)),
    OpenApiParameter("severity", str, enum=list(SEVERITIES)),
    OpenApiParameter("wave", str),
    OpenApiParameter("domain", str),
    OpenApiParameter("reason", str),
    OpenApiParameter("facility", str, description="Cases with a record of this facility, in any spelling of case."),
    OpenApiParameter("run", str, description="Cases that a run of this `run_id` reported."),
    OpenApiParameter("source", str, description="Cases that this source reported."),
    OpenApiParameter("assignee", str, description="Cases assigned to this username; `me`, or `none` for no person."),
    OpenApiParameter("overdue", bool),
    OpenApiParameter("sort", str, enum=list(listing.SORTS)),
    OpenApiParameter("after", str),
)
#: The API's answer to a pipeline that would settle what it could not: docs/how-to/pipeline.md says so in these words.
_DECIDERS = persons_only("A service account never decides. A person signs in and decides.")
_NO_STORE = {"Cache-Control": "no-store"}
_REFUSALS = dict.fromkeys((403, 404, 409, 422), Problem)


def _person(request: Request) -> User:
    return cast(User, request.user)


def checked(shape: type[Serializer], request: Request) -> dict[str, Any]:
    """The request's body in its shape. Raises Invalid, naming each field that is wrong."""
    body = shape(data=request.data)
    if not body.is_valid():
        wrong = "; ".join(f"{name}: {' '.join(map(str, why))}" for name, why in body.errors.items())
        raise Invalid(f"The request is not complete. {wrong}")
    return cast(dict[str, Any], body.validated_data)


def _item(row: Row | Case, queue: str, wave: str, assignee: str | None) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "kind": row.kind,
        "state": row.state,
        "queue": queue,
        "wave": wave,
        "severity": Severity(row.severity).word,
        "domain": row.domain,
        "reasons": row.reasons,
        "facilities": row.facilities or [],
        "size": row.size,
        "score": row.score,
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "past_cutover": row.past_cutover,
        "reopened": row.reopened,
        "revision": row.revision,
        "assignee": assignee,
    }


class Cases(ApiView):
    """Cases of the queues one may see."""

    permission_classes = (requires("cases.see_queue"),)

    @extend_schema(
        operation_id="cases_list",
        summary="List cases",
        parameters=[*_WORDS, _LIMIT],
        responses={200: shapes.CasePage, **_REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """A page of cases in their order, without patient data."""
        by, query = _person(request), request.query_params
        queues = queue_queries.visible_queues(by)
        if query.get("queue"):
            queues = [queue for queue in queues if queue.slug == query["queue"]]
            if not queues:
                raise Missing("There is no queue of that name that you may see.")
        wanted = filters.read({word.name: query.get(word.name, "") for word in _WORDS}, queues, me=by)
        page = listing.page(
            wanted,
            place=Place(after=query.get("after", "")),
            size=asked(request, "limit", keyset.PAGE),
            now=timezone.now(),
        )
        actions.listed(queues=queues, query=filters.tidy(query), by=by)
        slugs = {queue.pk: queue.slug for queue in queues}
        waves = dict(Wave.objects.filter(pk__in={row.wave_id for row in page.items}).values_list("pk", "slug"))
        people = colleagues.usernames(row.assignee_id for row in page.items)
        items = [
            _item(row, slugs[row.queue_id], waves[row.wave_id], people.get(row.assignee_id or 0)) for row in page.items
        ]
        return Response(shapes.CasePage({"items": items, "next": page.next}).data, headers=_NO_STORE)


class OneCase(ApiView):
    """One case."""

    permission_classes = (requires("cases.see_queue"),)

    @extend_schema(
        operation_id="cases_read",
        summary="Read a case",
        parameters=[
            OpenApiParameter(
                "include", str, enum=["line"], description="`line` for the exception's line; logged as a reveal."
            )
        ],
        responses={200: shapes.CaseFull, **_REFUSALS},
    )
    def get(self, request: Request, ref: str) -> Response:
        """Its state, claim and decisions; its line for those who may reveal patient fields and ask for it."""
        by = _person(request)
        case = queries.whole_case_for(by, ref)
        unmasked = request.query_params.get("include") == "line"
        if unmasked:
            actions.reveal(case=case, by=by)
        else:
            actions.opened(case=case, by=by, via="api")
        claim = queries.claim_on(case, timezone.now())
        facts = _item(case, case.queue.slug, case.wave.slug, _assignee(case))
        facts["claim"] = {"by": str(claim.by), "expires_at": claim.expires_at} if claim else None
        decisions = queries.earlier_decisions(case)
        facts["decisions"] = [_decision(decision, _shown(case, decision, unmasked=unmasked)) for decision in decisions]
        if unmasked:
            payload = MigrationException.objects.values_list("payload", flat=True).get(pk=case.latest_exception_id)
            facts["line"] = json.loads(payload)
        return Response(shapes.CaseFull(facts).data, headers=_NO_STORE)


class ClaimCase(ApiView):
    """The claim on one case."""

    permission_classes = (_DECIDERS, requires("cases.work_queue"))

    @extend_schema(
        operation_id="cases_claim", summary="Claim a case", request=None, responses={200: shapes.Claimed, **_REFUSALS}
    )
    def post(self, request: Request, ref: str) -> Response:
        """Claim the case; 409 while it, or a case about the same record, is claimed."""
        by = _person(request)
        return Response(_claimed(actions.claim(case=queries.case_for(by, ref), by=by)))


class HandOver(ApiView):
    """Whose case it is."""

    permission_classes = (_DECIDERS, requires("cases.work_queue"))

    @extend_schema(
        operation_id="cases_hand_over",
        summary="Hand a case over",
        request=shapes.HandOver,
        responses={200: shapes.HandedOver, **_REFUSALS},
    )
    def post(self, request: Request, ref: str) -> Response:
        """Hand the case to a colleague, or back to its queue. 409 when it is not open or was handed over meanwhile."""
        by = _person(request)
        body, case = checked(shapes.HandOver, request), queries.case_for(by, ref)
        name = body.pop("to")
        if name is None:
            case = actions.take_back(case=case, why=body["why"], by=by)
        else:
            case = actions.hand_over(case=case, to=colleagues.colleague(name), why=body["why"], by=by)
        facts = {"ref": case.ref, "state": case.state, "assignee": _assignee(case)}
        return Response(shapes.HandedOver(facts).data)


class ClaimNext(ApiView):
    """The most pressing case of a queue."""

    permission_classes = (_DECIDERS, requires("cases.work_queue"))

    @extend_schema(
        operation_id="queues_next",
        summary="Claim the next case of a queue",
        request=None,
        responses={200: shapes.Claimed, 204: None, **_REFUSALS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Claim it; 204 when no case is waiting."""
        by = _person(request)
        found = actions.claim_next(queues=[queue_queries.queue_for(by, slug)], by=by)
        return Response(_claimed(found)) if found else Response(status=status.HTTP_204_NO_CONTENT)


class Decisions(ApiView):
    """Decisions on one case."""

    permission_classes = (_DECIDERS, requires("cases.work_queue"))

    @extend_schema(
        operation_id="cases_decide",
        summary="Decide a case",
        request=shapes.Decide,
        responses={201: shapes.DecisionFacts, 200: shapes.DecisionFacts, **_REFUSALS, 409: shapes.Contradiction},
    )
    def post(self, request: Request, ref: str) -> Response:
        """Decide a case one has claimed. 201; 200 for a repeat; 409 when the claim or the case is no longer as seen,
        or when the verdict contradicts settled decisions.
        """
        by = _person(request)
        done = actions.decide(case=queries.case_for(by, ref), by=by, **checked(shapes.Decide, request))
        if done.contradicts:
            return _contradiction(done)
        code = status.HTTP_200_OK if done.repeat else status.HTTP_201_CREATED
        return Response(shapes.DecisionFacts(_decision(done.decision, done.decision.content)).data, status=code)


def _assignee(case: Case) -> str | None:
    return case.assignee.username if case.assignee else None


def _contradiction(done: actions.Decided) -> Response:
    """What the verdict contradicts, and where the case has gone."""
    earlier = contradictions.named(done.contradicts)
    facts = {
        "error": "contradiction",
        "detail": contradictions.sentence(done.decision, done.case, earlier),
        "decision": done.decision.pk,
        "queue": done.case.queue.slug,
        "contradicts": earlier,
    }
    return Response(shapes.Contradiction(facts).data, status=status.HTTP_409_CONFLICT)


def _claimed(found: actions.Claimed) -> dict[str, Any]:
    case = found.case
    facts = {"ref": case.ref, "queue": case.queue.slug, "revision": case.revision, "expires_at": found.expires_at}
    return dict(shapes.Claimed(facts).data)


def _shown(case: Case, decision: Decision, *, unmasked: bool) -> Json:
    """The content of a decision, unless it may quote patient data and these are masked."""
    spec = kinds.get(case.kind).verdict(decision.verdict)
    plain = spec is not None and spec.content is not None and spec.content.plain
    content: Json = decision.content if unmasked or plain else None
    return content


def _decision(decision: Decision, content: Json) -> dict[str, Any]:
    return {
        "id": decision.pk,
        "role": decision.role,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "by": str(decision.by),
        "decided_at": decision.decided_at,
        "release_at": decision.release_at,
        "receipt": decision.receipt,
        "reverses": decision.reverses_id,
        "until": decision.details.get("until", ""),
        "proposed": decision.proposes,
        "content": content,
    }


class Queues(ApiView):
    """The queues one may see."""

    permission_classes = (requires("cases.see_queue"),)

    @extend_schema(operation_id="queues_list", summary="List queues", responses={200: shapes.QueueItem(many=True)})
    def get(self, request: Request) -> Response:
        """Each with its numbers of cases by state."""
        queues: list[Queue] = queue_queries.visible_queues(_person(request))
        counts = queries.tally(queues)
        rows = [{"slug": q.slug, "name": q.name, "kind": q.kind, "cases": counts[q.pk]} for q in queues]
        return Response(shapes.QueueItem(rows, many=True).data)
