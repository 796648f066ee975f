"""The declaration of a capability, and how it is taken in when the console starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

from console.capabilities import parts
from console.capabilities.registry import Entry, Part, Registry

T = TypeVar("T")
#: What the audit log says: verb, sentence after the actor's name, icon.
VerbRow = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Everything that one app brings to the console.

    ``urls`` and ``api_urls`` are dotted modules of page routes and of API routes (under ``/api/v1/``). ``families``
    names each family of ``verbs``. ``states`` are the looks of stored states. ``parts`` go to registries of other
    capabilities, as ``REGISTRY.part(value)``. ``connect`` functions are called once, after all parts are in.
    """

    urls: str = ""
    api_urls: str = ""
    navigation: tuple[parts.NavItem, ...] = ()
    commands: tuple[parts.Command, ...] = ()
    search: tuple[parts.SearchSource, ...] = ()
    steps: tuple[parts.Step, ...] = ()
    home: tuple[parts.HomePart, ...] = ()
    wave_parts: tuple[parts.WavePart, ...] = ()
    wave_links: tuple[parts.WaveLink, ...] = ()
    verbs: tuple[VerbRow, ...] = ()
    families: Mapping[str, str] | None = None
    states: Mapping[str, parts.Look] | None = None
    permissions: tuple[parts.Permission, ...] = ()
    gauges: tuple[parts.Gauge, ...] = ()
    schemas: tuple[parts.PublishedSchema, ...] = ()
    frame: tuple[parts.FrameValue, ...] = ()
    entrance: tuple[parts.EntrancePart, ...] = ()
    checks: tuple[parts.Check, ...] = ()
    parts: tuple[Part, ...] = ()
    connect: tuple[Callable[[], None], ...] = ()

    def install(self, owner: str) -> None:
        """Add all parts to their registries for the app ``owner`` (``governance.gates``), then connect what listens.

        Raises ImproperlyConfigured, naming the app and the part, for a part that is misspelt, missing or taken.
        """
        _check_routes(owner, {"urls": self.urls, "api_urls": self.api_urls})
        for part in self._all_parts():
            part.install(owner)
        for connect in self.connect:
            connect()

    def _all_parts(self) -> Iterator[Part]:
        yield from _entries(parts.NAVIGATION, self.navigation)
        yield from _entries(parts.COMMANDS, self.commands)
        yield from _entries(parts.SEARCH_SOURCES, self.search)
        yield from _entries(parts.STEPS, self.steps)
        yield from _entries(parts.HOME, self.home)
        yield from _entries(parts.WAVE_PARTS, self.wave_parts)
        yield from _entries(parts.WAVE_LINKS, self.wave_links)
        yield from _entries(parts.VERBS, (parts.Verb(*row) for row in self.verbs))
        yield from _entries(parts.FAMILIES, (parts.Family(*item) for item in (self.families or {}).items()))
        yield from _entries(parts.STATES, (parts.State(*item) for item in (self.states or {}).items()))
        yield from _entries(parts.PERMISSIONS, self.permissions)
        yield from _entries(parts.GAUGES, self.gauges)
        yield from _entries(parts.SCHEMAS, self.schemas)
        yield from _entries(parts.FRAME, self.frame)
        yield from _entries(parts.ENTRANCE, self.entrance)
        yield from _entries(parts.CHECKS, self.checks)
        yield from self.parts


def _entries(registry: Registry[T], values: Iterable[T]) -> Iterator[Entry[T]]:
    return (registry.part(value) for value in values)


def _check_routes(owner: str, declared: Mapping[str, str]) -> None:
    """A declared module must exist; a module of that name in the app's folder must be declared."""
    for part, module in declared.items():
        if module and not _exists(module):
            raise ImproperlyConfigured(f"{owner} declares {part}={module!r}, and there is no such module.")
        if not module and _exists(f"{owner}.{part}"):
            raise ImproperlyConfigured(f"{owner} has a module {part} and does not declare it in its registration.")


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
