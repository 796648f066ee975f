"""The audit log for machines: entries in order, with their exact bytes and hashes."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from console.audit.models import LogEntry
from console.audit_pages import actions, queries, rules
from console.audit_pages.queries import VIEW, Filters
from console.people.models import User
from console.people.permissions import require
from console.web.api_view import ApiView, asked, number, said_yes

LARGEST_PAGE = 1000


class EntrySerializer(serializers.Serializer):
    """One entry. ``exact`` is the text that was hashed; everything else repeats parts of it."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField(source="timestamp")
    verb = serializers.CharField()
    subject = serializers.CharField()
    actor = serializers.CharField(source="actor.username", allow_null=True, default=None)
    purpose = serializers.CharField()
    correlation_id = serializers.CharField(source="cid")
    db_user = serializers.CharField()
    transaction = serializers.IntegerField(source="txid")
    facts = serializers.JSONField()
    exact = serializers.SerializerMethodField()
    leaf_hash = serializers.SerializerMethodField()

    def get_exact(self, row: LogEntry) -> str:
        """The exact bytes as text (UTF-8)."""
        return bytes(row.bytes).decode()

    def get_leaf_hash(self, row: LogEntry) -> str:
        """SHA-256 of 0x00 and those bytes, in hexadecimal digits."""
        return bytes(row.leaf_hash).hex()


class BookPageSerializer(serializers.Serializer):
    """A page of entries and the cursor of the next."""

    entries = EntrySerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="Send it as `after`; null: there is no more yet.")


class Book(ApiView):
    """List audit log entries"""

    @extend_schema(
        operation_id="book",
        summary="List audit log entries",
        description="Entries become visible when their transaction commits, so IDs may appear out of order.",
        parameters=[
            number("after", description="Entries with higher numbers only."),
            number("limit", least=1, most=LARGEST_PAGE, default=100),
            OpenApiParameter("about", str, description="One subject, such as EX-1042."),
            OpenApiParameter("rows", bool, description="true: row changes instead of what people and tasks did."),
        ],
        responses=BookPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """One page."""
        user = cast(User, request.user)
        require(user, VIEW, to="read the audit log")
        after, limit = asked(request, "after", 0), asked(request, "limit", 100)
        subject = request.query_params.get("about", "")
        if subject:
            rules.is_subject(subject).require()
        rows = said_yes(request, "rows")
        actions.look(by=user, at="api", facts={"after": after, "limit": limit, "about": subject, "rows": rows})
        page = queries.forward(Filters(family=queries.ROWS if rows else "", subject=subject), after=after, size=limit)
        answer: dict[str, Any] = {"entries": page.items, "next": page.next or None}
        return Response(BookPageSerializer(answer).data)
