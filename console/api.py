"""The API's routes under ``/api/``: those that each capability declares, the OpenAPI schema, published schemas."""

from __future__ import annotations

from typing import Any

from django.urls import include, path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from console import schemas
from console.capabilities.config import route_modules
from console.web.api_view import ApiView
from console.web.problem import Problem


class PublishedSchema(ApiView):
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


class PublishedSchemas(ApiView):
    """The names of all published JSON Schemas."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="published_schemas", summary="All published JSON Schemas", responses={200: OpenApiTypes.OBJECT}
    )
    def get(self, request: Request) -> Response:
        """Names and addresses."""
        return Response({"schemas": [reverse("api-published-schema", args=[name]) for name in schemas.names()]})


class Description(ApiView, SpectacularAPIView):
    """The OpenAPI description of this API."""

    @extend_schema(exclude=True, parameters=[OpenApiParameter("format", str, enum=["json", "yaml"])])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The description, as JSON or YAML."""
        found: Response = super().get(request, *args, **kwargs)
        return found


urlpatterns = [
    *(path("v1/", include(module)) for module in route_modules("api_urls")),
    path("v1/schemas/", PublishedSchemas.as_view(), name="api-schemas"),
    path("v1/schemas/<slug:name>.json", PublishedSchema.as_view(), name="api-published-schema"),
    path("schema/", Description.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
