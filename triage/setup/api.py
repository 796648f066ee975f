"""API of the set-up: read it whole, and bring it in line with what is sent."""

from __future__ import annotations

from typing import Final, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from console.people.models import User
from console.people.tokens import requires
from console.web.api_view import ApiView, said_yes
from console.web.problem import Problem
from triage.setup import actions, files, queries

#: Held by operators and by leads of all queues; each change asks for its own permission besides.
_MAY: Final = ("cases.set_up_queues", "cases.manage_queue", "runs.manage_source", "waves.manage_wave")


class ChangeItem(serializers.Serializer):
    """One thing that was, or would be, created or changed."""

    section = serializers.CharField()
    name = serializers.CharField()
    created = serializers.BooleanField()
    changed = serializers.ListField(child=serializers.CharField(), source="fields", help_text="Names of fields.")


class SetUpResult(serializers.Serializer):
    """What a set-up changed: nothing when it was applied before. With ``dry_run``: what it would change."""

    dry_run = serializers.BooleanField()
    changes = ChangeItem(many=True)


class SetUp(ApiView):
    """Waves, sources, business calendars, queues, due times and routing."""

    permission_classes = (requires(*_MAY),)

    @extend_schema(
        operation_id="setup_read", summary="Read the set-up", responses={200: serializers.JSONField, 403: Problem}
    )
    def get(self, request: Request) -> Response:
        """The set-up as a file says it (`/api/v1/schemas/setup.json`)."""
        return Response(queries.export())

    @extend_schema(
        operation_id="setup_apply",
        summary="Apply a set-up",
        parameters=[OpenApiParameter("dry_run", bool, description="`1`: say what would change, and change nothing.")],
        request=serializers.JSONField,
        responses={200: SetUpResult, **dict.fromkeys((403, 409, 422), Problem)},
    )
    def put(self, request: Request) -> Response:
        """Create and change what the set-up names, all or nothing. What it does not name stays."""
        dry_run = said_yes(request, "dry_run")
        changes = actions.apply(setup=files.parse(request.data), dry_run=dry_run, by=cast(User, request.user))
        return Response(SetUpResult({"dry_run": dry_run, "changes": changes}).data)
