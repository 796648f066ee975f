"""The API's doors under ``/api/``: each capability's own, its OpenAPI schema, its documentation, published schemas."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console import schemas
from console.web.problem import Problem

#: Modules whose ``urlpatterns`` stand under ``/api/v1/``.
CAPABILITIES = (
    "console.people.api_urls",
    "console.audit.api_urls",
    "triage.cases.api_urls",
    "triage.intake.api_urls",
    "triage.merges.api_urls",
    "governance.measures.api_urls",
    "governance.risks.api_urls",
    "governance.gates.api_urls",
)


class PublishedSchema(APIView):
    """The JSON Schema of a manifest or of one kind of line, as pipelines check themselves against it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="published_schema",
        summary="A published JSON Schema",
        responses={200: OpenApiTypes.OBJECT, 404: Problem},
    )
    def get(self, request: Request, name: str) -> Response:
        """The schema called ``name``."""
        return Response(schemas.published(name))


class PublishedSchemas(APIView):
    """The names of all published JSON Schemas."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="published_schemas", summary="All published JSON Schemas", responses={200: OpenApiTypes.OBJECT}
    )
    def get(self, request: Request) -> Response:
        """Names and addresses."""
        return Response({"schemas": [f"/api/v1/schemas/{name}.json" for name in schemas.names()]})


urlpatterns = [
    *(path("v1/", include(module)) for module in CAPABILITIES if find_spec(module)),
    path("v1/schemas/", PublishedSchemas.as_view(), name="api-schemas"),
    path("v1/schemas/<slug:name>.json", PublishedSchema.as_view(), name="api-published-schema"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
