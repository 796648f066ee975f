"""Every entry point of the console, and an address that fits each."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

#: allauth tests its own entry points; ours start after the sign-in.
FOREIGN = ("accounts/",)
#: Views of the apps that only tests install are driven by their own tests.
TOYS = "tests."


@dataclass(frozen=True)
class EntryPoint:
    """One URL pattern: its full name and its route."""

    name: str
    route: str
    parameters: tuple[str, ...]


def entry_points() -> list[EntryPoint]:
    """All named patterns but allauth's."""
    return sorted(_walk(get_resolver(), "", ""), key=lambda entry: entry.name)


def _walk(resolver: URLResolver, prefix: str, space: str) -> list[EntryPoint]:
    found = []
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(FOREIGN):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += _walk(pattern, route, inner)
        elif isinstance(pattern, URLPattern) and not pattern.lookup_str.startswith(TOYS):
            name = f"{space}{pattern.name}" if pattern.name else route
            found.append(EntryPoint(name, route, tuple(pattern.pattern.converters)))
    return found
