"""Registries: named things that capabilities bring, each name once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Part(Protocol):
    """Something that a capability declares."""

    def install(self, owner: str) -> None:
        """Add it to its registry on behalf of the capability ``owner``. Raises ImproperlyConfigured."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A value for one registry, not yet added to it."""

    registry: Registry[T]
    value: T

    def install(self, owner: str) -> None:
        """Add it. Raises ImproperlyConfigured when another capability has taken its name."""
        self.registry.add(self.value, owner=owner)


class Registry(Generic[T]):
    """Values by name, in the order in which they were added.

    ``what`` names one of them in messages ("navigation entry"); ``name`` gives a value's name; ``brings`` gives the
    parts of other registries that come with a value.
    """

    def __init__(
        self, what: str, name: Callable[[T], str], brings: Callable[[T], Iterable[Part]] = lambda value: ()
    ) -> None:
        self.what = what
        self._name = name
        self._brings = brings
        self._values: dict[str, T] = {}
        self._owners: dict[str, str] = {}

    def part(self, value: T) -> Entry[T]:
        """``value`` as a part of a declaration."""
        return Entry(self, value)

    def add(self, value: T, *, owner: str) -> None:
        """Add ``value``. Adding the same again does nothing. Raises ImproperlyConfigured when its name is taken."""
        name = self._name(value)
        if not name:
            raise ImproperlyConfigured(f"{owner} declares a {self.what} without a name.")
        if name in self._values and (self._owners[name] != owner or self._values[name] != value):
            raise ImproperlyConfigured(
                f"{owner} declares the {self.what} {name!r}, which {self._owners[name]} has declared already."
            )
        self._values[name] = value
        self._owners[name] = owner
        for part in self._brings(value):
            part.install(owner)

    def get(self, name: str) -> T | None:
        """The value of that name, or None."""
        return self._values.get(name)

    def owner(self, name: str) -> str:
        """Which capability declared the value of that name. Raises KeyError."""
        return self._owners[name]

    def names(self) -> list[str]:
        """All names, in the order in which they were added."""
        return list(self._values)

    @contextmanager
    def holding(self, *values: T, only: bool = False) -> Iterator[None]:
        """Hold these values in place of those of their names (``only``: of all) until the block ends. For tests."""
        before = self._values, self._owners
        given = {self._name(value): value for value in values}
        self._values = given if only else {**self._values, **given}
        self._owners = {name: self._owners.get(name, "tests") for name in self._values}
        try:
            yield
        finally:
            self._values, self._owners = before

    def __getitem__(self, name: str) -> T:
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._values.values()))

    def __len__(self) -> int:
        return len(self._values)
