"""A tour of every page with every role, which counts the queries of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client

from console.people.permissions import forget
from tests.architecture import baselines
from tests.architecture.entry_points import entry_points
from tests.architecture.queries import Shapes, counted, listed, more, most
from tests.architecture.world import World

#: Who looks at pages in the count: between them they may see all of them.
LOOKERS = ("reviewer", "lead", "operator", "compliance", "steward", "board", "administrator")


def client_of(world: World, role: str) -> Client:
    """Return a browser in which the holder of this role has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(world.people[role], backend="console.people.backends.ScopedPermissions")
    return client


def warm(world: World) -> None:
    """What a process asks once and keeps: content types, the state of the migrations."""
    for model in apps.get_models():
        ContentType.objects.get_for_model(model)
    client_of(world, "operator").get("/readyz")


@dataclass
class Counts:
    """What every page cost each role, by shape of query."""

    found: dict[str, dict[str, Shapes]]

    def totals(self) -> dict[str, dict[str, int]]:
        """Return page → role → queries."""
        return {page: {role: shapes.total() for role, shapes in roles.items()} for page, roles in self.found.items()}

    def shapes(self) -> dict[str, dict[str, int]]:
        """Return page → shape → how often it is sent, for the role with the most of it."""
        return {page: dict(most(roles.values())) for page, roles in self.found.items()}

    def explain(self, page: str, known: dict[str, int] | None, found: dict[str, int] | None) -> str:
        """Say of one page which role pays how many queries more or less, and for which shapes."""
        if known is None or found is None:
            return f"{page} " + ("is not in the baseline" if known is None else "answers no role any longer")
        before: Shapes = Counter(baselines.read("query_shapes").get(page, {}))
        lines = []
        for role in sorted({*known, *found}):
            if known.get(role) != found.get(role):
                lines.append(f"{page} for {role}: {known.get(role)} in the baseline, {found.get(role)} found")
                lines.append(listed(more(self.found[page].get(role, Counter()), before)))
        return "\n".join(lines)


def count(world: World) -> Counts:
    """Open every page with every role and count what it asks the database."""
    counts = Counts({})
    for role in LOOKERS:
        client = client_of(world, role)
        client.get("/me/")  # the session's first request does things that no later one does
        for entry in entry_points():
            cache.clear()
            forget(world.people[role])
            with counted() as shapes:
                answer = client.get(world.address(entry))
            assert answer.status_code < 500, f"{entry.name} does not answer {role}: {answer.status_code}"
            if answer.status_code == 200:
                counts.found.setdefault(entry.name, {})[role] = shapes
    return counts
