"""How the API's schema describes a refusal."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Problem(serializers.Serializer):
    """A refusal: a code for programs and a sentence for people."""

    error = serializers.CharField()
    detail = serializers.CharField()


#: What any operation may answer before it is asked: a malformed address or body, no signed-in user, too many requests.
ALWAYS = {
    "400": "Malformed.",
    "401": "Not signed in.",
    "403": "Not allowed.",
    "413": "Too much.",
    "429": "Too many requests.",
}
_PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def documented(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A drf-spectacular hook: put the answers that every operation may give into the schema."""
    for path in result["paths"].values():
        for operation in path.values():
            for status, description in ALWAYS.items():
                operation["responses"].setdefault(status, {"content": _PROBLEM, "description": description})
    return result
