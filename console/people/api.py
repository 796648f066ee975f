"""The API's word on who is asking."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from console.people import queries
from console.people.models import ServiceToken, User
from console.web.api_view import ApiView


class MeSerializer(serializers.Serializer):
    """Who is asking, and what they may do."""

    name = serializers.CharField()
    kind = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField())
    token = serializers.CharField(allow_null=True, help_text="Name of the token that was sent.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When that token ends.")


class Me(ApiView):
    """Who the caller is: a quick test of a new token."""

    @extend_schema(operation_id="me", summary="Who is asking", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The account, its permissions as far as this token allows them, and the token's end."""
        user = cast(User, request.user)
        token = request.auth if isinstance(request.auth, ServiceToken) else None
        held = queries.held(user)
        facts = {
            "name": user.username,
            "kind": user.kind,
            "permissions": sorted(held if token is None else held & set(token.scopes)),
            "token": token.name if token else None,
            "expires_at": token.expires_at if token else None,
        }
        return Response(MeSerializer(facts).data)
