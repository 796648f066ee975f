"""What every page needs to draw its shell: entries, preferences, session times, banners."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from console.capabilities.parts import ENTRANCE, FRAME
from console.people import middleware
from console.ui.nav import entries_for

PREFERENCES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("auto", "light", "dark"),
    "density": ("compact", "comfortable"),
    "keys": ("on", "off"),
    "mail": ("on", "urgent", "off"),
}


def preferences_of(user: Any) -> dict[str, str]:
    """The person's own choices, each one of its allowed values; the first value where nothing (valid) was chosen."""
    chosen: dict[str, str] = getattr(user, "preferences", None) or {}
    return {name: chosen[name] if chosen.get(name) in allowed else allowed[0] for name, allowed in PREFERENCES.items()}


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor of the shell. Entries are worked out only if a template asks for them."""
    user: Any = getattr(request, "user", None)
    return {
        "shell": {
            "entries": SimpleLazyObject(partial(entries_for, request)),
            "preferences": preferences_of(user),
            **{value.name: partial(value.read, user) for value in FRAME},
            "entrance": ENTRANCE,
            "demo": getattr(settings, "DEMO", False),
            "place": getattr(settings, "PLACE_NAME", ""),
            "ended": middleware.ENDED.get(request.GET.get("ended", ""), ""),
            "idle_seconds": settings.SESSION_IDLE_SECONDS,
            "limit_seconds": middleware.remaining(request)["limit_seconds"] if user and user.is_authenticated else 0,
        }
    }
