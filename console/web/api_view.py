"""The base of every endpoint of the API: what an address asks for is checked against what its schema declares.

A misspelt filter that is passed over answers a question that was not asked, so unknown query parameters are refused, as
are those given twice and those whose value is not of the declared type. An endpoint declares them once, in
``extend_schema(parameters=…)``; the published description and this check read the same declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.errors import Invalid, Refusal
from console.numbers import BIGGEST, whole

_YES: Final = frozenset({"true", "1"})
_NO: Final = frozenset({"false", "0"})


class BadParameter(Refusal):
    """A query parameter that the address does not take, or not like this (400)."""

    code = "bad_parameter"


class ApiView(APIView):
    """An endpoint that takes the query parameters of its schema and no others."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, then what is asked. Raises BadParameter."""
        super().initial(request, *args, **kwargs)
        _check(request, self._declared(request))

    def handle_exception(self, error: Exception) -> Response:
        """Answer with 400 where a value of the query makes no sense: a request that only reads sends nothing else."""
        if isinstance(error, Invalid) and self.request.method in SAFE_METHODS:
            error = BadParameter(error.sentence, **error.details)
        return super().handle_exception(error)

    def _declared(self, request: Request) -> Mapping[str, OpenApiParameter]:
        handler = getattr(self, (request.method or "").lower(), None)
        described = getattr(handler, "kwargs", {}).get("schema")
        if described is None:
            return {}
        schema = described()
        schema.view, schema.method = self, request.method
        found = schema.get_override_parameters()
        return {one.name: one for one in found if one.location == OpenApiParameter.QUERY}


def number(
    name: str, *, least: int = 0, most: int = BIGGEST, default: int | None = None, description: str = ""
) -> OpenApiParameter:
    """Declare a parameter that is a whole number within bounds."""
    kind: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    if default is not None:
        kind["default"] = default
    return OpenApiParameter(name, kind, description=description)


def asked(request: Request, name: str, default: int) -> int:
    """The value of a parameter that was declared as a number and is checked already."""
    return int(request.query_params.get(name, default))


def said_yes(request: Request, name: str) -> bool:
    """Whether a parameter that was declared as true or false is true."""
    return request.query_params.get(name, "").lower() in _YES


def _check(request: Request, declared: Mapping[str, OpenApiParameter]) -> None:
    unknown = [name for name in request.query_params if name not in declared]
    if unknown:
        takes = f"this address takes {', '.join(declared)}" if declared else "this address takes none"
        named = ", ".join(f"“{_shown(name)}”" for name in unknown[:5])
        raise BadParameter(f"Unknown query parameter {named}: {takes}.")
    for name, values in request.query_params.lists():
        if len(values) > 1:
            raise BadParameter(f"“{name}” is given {len(values)} times.")
        if wrong := _wrong(declared[name], values[0]):
            raise BadParameter(f"“{name}” must be {wrong}.")


def _wrong(parameter: OpenApiParameter, value: str) -> str:
    """What the value should be; empty when it is."""
    kind = parameter.type
    if kind in (int, OpenApiTypes.INT):
        return "" if whole(value) is not None else "a whole number"
    if isinstance(kind, dict) and kind.get("type") == "integer":
        found, least, most = whole(value), kind["minimum"], kind["maximum"]
        return "" if found is not None and least <= found <= most else f"a whole number from {least} to {most}"
    if kind in (bool, OpenApiTypes.BOOL):
        return "" if value.lower() in _YES | _NO else "true or false"
    if parameter.enum and value not in parameter.enum:
        return f"one of: {', '.join(map(str, parameter.enum))}"
    return ""


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name)[:60]
