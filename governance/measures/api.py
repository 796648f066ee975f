"""API of measures: report values, read the current value of every measure."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from console.errors import Invalid
from console.people.models import User
from console.people.permissions import require
from console.people.tokens import requires
from console.waves.queries import wave_seen_by
from console.web.api_view import ApiView
from console.web.problem import Problem
from governance.measures import actions, queries
from governance.measures import serializers as shapes
from governance.measures.actions.reporting import REPORT
from governance.measures.queries import Stated

VIEW = "waves.view_wave"
_EXAMPLE = {
    "measures": [
        {
            "measure": "login-success",
            "wave": "wave-1",
            "numerator": 12345,
            "denominator": 12445,
            "as_of": "2026-11-21T08:05:00Z",
        },
        {"measure": "chart-open-p95", "wave": "wave-1", "value": 1.24, "samples": 480, "as_of": "2026-11-21T08:05:00Z"},
    ]
}


class Measures(ApiView):
    """Measures: report them, read them."""

    def get_permissions(self) -> list[BasePermission]:
        """Reporting and seeing are two permissions."""
        return [requires(REPORT if self.request.method == "POST" else VIEW)()]

    @extend_schema(
        operation_id="measures_list",
        summary="List current measure values",
        parameters=[OpenApiParameter("wave", str, description="Slug; left out for the programme as a whole.")],
        responses={200: shapes.MeasureList, **dict.fromkeys((401, 403, 404), Problem)},
    )
    def get(self, request: Request) -> Response:
        """The latest value of each measure with its state: fresh, stale, or missing."""
        by = cast(User, request.user)
        slug = request.query_params.get("wave", "")[:100]
        if not slug:
            require(by, VIEW, to="see measures of the whole programme")
        wave = wave_seen_by(by, slug) if slug else None
        return Response({"wave": slug, "items": [_item(each) for each in queries.stated(wave)]})

    @extend_schema(
        operation_id="measures_report",
        summary="Report values of measures",
        request=shapes.Report,
        responses={200: shapes.ReportDone, 422: shapes.ReportRefused, **dict.fromkeys((401, 403), Problem)},
        examples=[OpenApiExample("Two values", _EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Keep the values, all or none. What is known already is ignored, so a report may be sent again."""
        by = cast(User, request.user)
        given = request.data.get("measures") if isinstance(request.data, dict) else None
        if not isinstance(given, list):
            raise Invalid("Send an object with a list under “measures”.")
        done = actions.report(lines=given, source=f"api:{by.username}", by=by)
        return Response(
            {"kept": done.kept, "repeated": done.repeated, "corrected": done.corrected, "receipt": done.receipt}
        )


def _item(each: Stated) -> dict[str, Any]:
    reading = each.reading
    return {
        "measure": each.definition.code,
        "title": each.definition.title,
        "unit": each.definition.unit,
        "state": each.state,
        "value": None if reading.value is None else float(reading.value),
        "numerator": reading.numerator,
        "denominator": reading.denominator,
        "samples": reading.samples,
        "as_of": reading.as_of,
        "source": reading.source,
        "query": reading.query,
        "query_version": reading.query_version,
        "missing": reading.missing,
    }
