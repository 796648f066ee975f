"""The API of procedures: one as it stands."""

from __future__ import annotations

from typing import cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.people.models import User
from console.people.tokens import requires
from console.web.problem import Problem
from tests.architecture.toy_capability import queries


class ProcedureFacts(serializers.Serializer):
    """A procedure with the version that counts, who signed it, and the wards that need not follow it."""

    ref = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    digest = serializers.CharField()
    signed_by = serializers.ListField(child=serializers.CharField())
    exempt = serializers.ListField(child=serializers.CharField())


class OneProcedure(APIView):
    """One procedure."""

    permission_classes = (requires(queries.SEE),)

    @extend_schema(
        operation_id="procedure",
        summary="A downtime procedure",
        responses={200: ProcedureFacts, 403: Problem, 404: Problem},
    )
    def get(self, request: Request, ref: str) -> Response:
        """Return a procedure as it stands now."""
        found = queries.detail(queries.procedure_for(cast(User, request.user), ref), timezone.now())
        facts = {
            "ref": found.procedure.ref,
            "title": found.procedure.title,
            "version": found.version.version,
            "digest": found.version.digest,
            "signed_by": [row.printed_name for row in found.signatures],
            "exempt": found.exempt,
        }
        return Response(ProcedureFacts(facts).data)
