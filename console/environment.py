"""What the environment says, read strictly: a value that is neither yes nor no is refused, not guessed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from console.engines import addresses


@dataclass(frozen=True, slots=True)
class Engines:
    """Where the engines answer. URLs are those of the environment, or of the embedded engines under ``home``."""

    home: Path
    database_url: str
    owner_url: str
    admin_url: str
    redis_url: str
    secret_key: str


def engines(base: Path) -> Engines:
    """Settle the engines' addresses: the environment's first, then the embedded engines' own file."""
    home = Path(os.environ.get("CONCORD_HOME") or base / "var")
    own = addresses.read(home)
    database_url = value("DATABASE_URL") or own.database_url
    external = bool(value("DATABASE_URL"))
    return Engines(
        home=home,
        database_url=database_url,
        owner_url=value("DATABASE_OWNER_URL") or (database_url if external else own.owner_url),
        admin_url=value("DATABASE_ADMIN_URL") or ("" if external else own.admin_url),
        redis_url=value("REDIS_URL") or own.redis_url,
        secret_key=value("CONCORD_SECRET_KEY") or own.secret_key or "unset-until-the-supervisor-writes-one",
    )


def value(name: str) -> str:
    """A setting, or the content of the file that ``NAME_FILE`` points to; empty when neither is set."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text().strip() if path else os.environ.get(name, "")


def flag(name: str, *, default: bool) -> bool:
    """A yes-or-no setting. Raises ImproperlyConfigured for anything but 1/0, true/false, yes/no."""
    given = os.environ.get(name, "").lower()
    if given in {"1", "true", "yes"}:
        return True
    if given in {"0", "false", "no"}:
        return False
    if given == "":
        return default
    raise ImproperlyConfigured(f"{name} must be 1 or 0; see .env.example.")


def number(name: str, *, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured for anything else."""
    given = os.environ.get(name, "")
    if not given:
        return default
    if not given.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number; see .env.example.")
    return int(given)


def words(name: str, *, default: str) -> list[str]:
    """A list of words parted by spaces."""
    return os.environ.get(name, default).split()


def folder(path: Path) -> Path:
    """The path, made if it is not there yet (owner only)."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL over TCP or a Unix socket; an empty one names no server yet."""
    if not url:
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "concord"}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL begins with postgresql://; see .env.example.")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "concord",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "concord", **query},
    }


def broker_url(redis_url: str) -> str:
    """The address in Celery's spelling, logical database 0."""
    if redis_url.startswith("unix://"):
        return redis_url.replace("unix://", "redis+socket://", 1).split("?")[0] + "?virtual_host=0"
    return redis_url or "redis://localhost/0"


def cache_url(redis_url: str) -> str:
    """The same server, logical database 1, for the cache."""
    parts = urlsplit(redis_url or "redis://localhost/0")
    changed = parts._replace(query="db=1") if parts.scheme == "unix" else parts._replace(path="/1")
    return changed.geturl()


def staticfiles_backend(*, debug: bool) -> str:
    """Hashed names in service, plain files while developing."""
    if debug:
        return "django.contrib.staticfiles.storage.StaticFilesStorage"
    return "console.ui.staticfiles.Storage"


def origin(url: str) -> str:
    """Scheme and host of an address, as a Content-Security-Policy names them; empty for none."""
    found = urlsplit(url)
    return f"{found.scheme}://{found.netloc}" if found.netloc else ""


def console_url(origins: list[str]) -> str:
    """Where people reach the console: CONCORD_URL, else its first origin, else this machine. No slash at its end."""
    given = value("CONCORD_URL")
    if given and not origin(given):
        raise ImproperlyConfigured("CONCORD_URL is an address such as https://concord.example.org; see .env.example.")
    return (given or next(iter(origins), "") or f"http://localhost:{number('PORT', default=8000)}").rstrip("/")


def mail_backend(host: str) -> str:
    """Django's SMTP backend when there is a server, else the one that writes mail to the output."""
    return f"django.core.mail.backends.{'smtp' if host else 'console'}.EmailBackend"


def mail_encryption(name: str) -> tuple[bool, bool]:
    """Whether STARTTLS and whether TLS from the first byte are on: ``starttls`` (the default), ``tls`` or ``none``."""
    given = os.environ.get(name, "").lower() or "starttls"
    if given not in {"starttls", "tls", "none"}:
        raise ImproperlyConfigured(f"{name} must be starttls, tls or none; see .env.example.")
    return given == "starttls", given == "tls"


def openid_connect() -> dict[str, Any]:
    """Single sign-on from OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_NAME; nothing when unset."""
    issuer = value("OIDC_ISSUER")
    if not issuer:
        return {}
    app = {
        "provider_id": "sso",
        "name": value("OIDC_NAME") or "Single sign-on",
        "client_id": value("OIDC_CLIENT_ID"),
        "secret": value("OIDC_CLIENT_SECRET"),
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
