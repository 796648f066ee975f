"""API of runs: push a package, follow its intake, read rejected lines."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from console import keyset
from console.people.models import User
from console.people.tokens import requires
from console.web.api_view import ApiView, asked, number
from console.web.problem import Problem
from console.web.refusals import body
from triage.intake import actions, queries, store, uploads
from triage.intake import serializers as shapes
from triage.intake.unpacking import TooLarge
from triage.runs.models import RunState

MOST = 200
_LIMIT = number("limit", least=1, most=MOST, default=keyset.PAGE)
_OVERHEAD = 1024 * 1024  # of the multipart form around the files
_REFUSALS = dict.fromkeys((401, 403, 404), Problem)


def _person(request: Request) -> User:
    return cast(User, request.user)


class Runs(ApiView):
    """Runs: list them, or push one."""

    parser_classes = (MultiPartParser,)
    takes_uploads = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse a body that is too large before anything of it is read."""
        length = request.META.get("CONTENT_LENGTH") or ""
        if length.isdigit() and int(length) > settings.INTAKE_UPLOAD_BYTES + _OVERHEAD:
            most = f"{settings.INTAKE_UPLOAD_BYTES:,}"
            refusal = TooLarge(f"A package may have at most {most} bytes; this request has {int(length):,}.")
            return JsonResponse(body(refusal), status=refusal.status)
        return super().dispatch(request, *args, **kwargs)

    def get_permissions(self) -> list[BasePermission]:
        """Pushing and seeing are two permissions."""
        return [requires("runs.push_run" if self.request.method == "POST" else "runs.view_runs")()]

    @extend_schema(
        operation_id="runs_list",
        summary="List runs, the newest first",
        parameters=[
            OpenApiParameter("state", str, enum=RunState.values),
            *(OpenApiParameter(name, str) for name in ("source", "wave", "after")),
            _LIMIT,
        ],
        responses={200: shapes.RunPage, **_REFUSALS},
    )
    def get(self, request: Request) -> Response:
        """A page of runs."""
        wanted = queries.RunFilter(
            **{name: request.query_params.get(name, "")[:100] for name in ("state", "source", "wave")}
        )
        page = queries.page_of_runs(
            _person(request),
            wanted,
            place=keyset.asked(request.query_params, strict=True),
            size=asked(request, "limit", keyset.PAGE),
        )
        return Response({"items": [shapes.item(run) for run in page.items], "next": page.next})

    @extend_schema(
        operation_id="runs_push",
        summary="Push a run package",
        request={"multipart/form-data": shapes.Upload},
        responses={
            201: shapes.RunDetail,
            200: shapes.RunDetail,
            **dict.fromkeys((401, 403, 409, 411, 413, 422), Problem),
        },
    )
    def post(self, request: Request) -> Response:
        """Take in a package. 201: a new run; 200: the same content was known; its state says what became of it."""
        files = request.FILES
        sent = uploads.Sent(files.get("package"), files.get("manifest"), files.get("signature"), files.getlist("files"))
        with store.incoming() as folder:
            package = uploads.receive(sent, folder)
            announced = actions.announce(package=package, origin="api", by=_person(request))
        run = announced.run
        return Response(
            shapes.detail(run, queries.files_of(run)),
            status=201 if announced.new else 200,
            headers={"Location": reverse("api-run", args=[run.pk])},
        )


class RunView(ApiView):
    """One run."""

    permission_classes = (requires("runs.view_runs"),)

    @extend_schema(operation_id="runs_read", summary="Read one run", responses={200: shapes.RunDetail, **_REFUSALS})
    def get(self, request: Request, pk: int) -> Response:
        """The run with its counts, sums and files."""
        run = queries.run_for(_person(request), pk)
        return Response(shapes.detail(run, queries.files_of(run)))


class RejectedLines(ApiView):
    """The lines of a run that could not be taken in."""

    permission_classes = (requires("runs.view_runs"),)

    @extend_schema(
        operation_id="runs_rejected",
        summary="List a run's rejected lines",
        parameters=[OpenApiParameter("reason", str), OpenApiParameter("after", str), _LIMIT],
        responses={200: shapes.RejectedPage, **_REFUSALS},
    )
    def get(self, request: Request, pk: int) -> Response:
        """A page of rejected lines, in the order of their intake."""
        run = queries.run_for(_person(request), pk)
        query = request.query_params
        page = queries.rejected_lines(
            run,
            reason=query.get("reason", "")[:40],
            place=keyset.asked(query, strict=True),
            size=asked(request, "limit", keyset.PAGE),
        )
        return Response({"items": [shapes.rejected(line) for line in page.items], "next": page.next})
