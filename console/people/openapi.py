"""How the API's schema describes a service account's token."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class TokenScheme(OpenApiAuthenticationExtension):
    """A bearer token."""

    target_class = "console.people.tokens.TokenAuthentication"
    name = "serviceToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The security scheme of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "description": "A service account's token: Bearer cnc_…"}
