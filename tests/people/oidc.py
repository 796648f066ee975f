"""A small OpenID Connect provider on this machine: discovery, tokens (with PKCE) and user information."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt

CLIENT, SECRET = "concord", "a-secret-of-the-client-that-is-long-enough"


@dataclass
class Provider:
    """Someone signed in at the provider; ``claims`` is what it says of them."""

    claims: dict[str, Any]
    url: str = ""
    challenges: dict[str, str] = field(default_factory=dict)

    def grant(self, query: dict[str, list[str]]) -> str:
        """What the browser brings back from the authorization page: a code bound to the PKCE challenge."""
        assert query["code_challenge_method"] == ["S256"]
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = query["code_challenge"][0]
        return code

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/.well-known/openid-configuration":
            body: dict[str, Any] = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        elif path == "/token":
            sent = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
            digest = hashlib.sha256(sent["code_verifier"][0].encode()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenges.pop(sent["code"][0])
            assert sent["client_secret"] == [SECRET]
            now = int(time.time())
            token = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
            body = {"access_token": "at", "token_type": "Bearer", "id_token": jwt.encode(token, SECRET, "HS256")}
        else:
            body = self.claims
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def provider(**claims: Any) -> Iterator[Provider]:
    """The provider at an address of its own until the block ends."""
    app = Provider(claims)
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    app.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
