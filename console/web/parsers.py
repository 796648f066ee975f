"""How bodies of API requests are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from console import strict_json
from console.errors import Invalid


class MalformedBody(ParseError):
    """A body that is not JSON as this console reads it; the detail says why, without quoting it."""


class StrictJSONParser(JSONParser):
    """JSON in UTF-8, without what readers would take differently: see ``console.strict_json``."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """The body. Raises MalformedBody (400), or Invalid (422) for sound JSON with a NUL in it."""
        try:
            return strict_json.loads(stream.read())
        except strict_json.HoldsNul as error:
            raise Invalid(f"The body is not valid. {error.sentence}") from error
        except strict_json.NotStrict as error:
            raise MalformedBody(f"The body is not valid. {error.sentence}") from error
