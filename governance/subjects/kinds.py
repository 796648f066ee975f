"""What governance asks a question about: a wave, or a thing of another kind that a capability registers.

A gate, a measure and a signature name their subject by kind and number. A subject rests on the facts of its waves, of
which there may be none: they are locked, guarded and asked for permission in its place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q
from django.urls import reverse

from console.errors import Denied, Missing
from console.people import permissions
from console.people.models import User
from console.waves.models import Wave

WAVE: Final = "wave"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing a gate may be about. ``ref``: its stable name (a wave's slug, ``SYS-3``); ``name``: as people read it.

    ``waves``: those on whose facts it rests; ``planned_for``: the day of what the question allows, where there is one.
    """

    kind: str
    id: int
    ref: str
    name: str
    waves: tuple[Wave, ...] = field(default=(), compare=False)
    planned_for: dt.date | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.name

    @property
    def wave(self) -> Wave | None:
        """The wave that it is; None for a subject of another kind."""
        return self.waves[0] if self.kind == WAVE else None

    @property
    def page(self) -> str:
        """The address of its own page."""
        return kind_of(self.kind).page(self)

    @property
    def wave_ids(self) -> tuple[int, ...]:
        """The keys of the waves on whose facts it rests, ascending."""
        return tuple(sorted(wave.pk for wave in self.waves))


def may_on_waves(user: User, permission: str, subject: Subject) -> bool:
    """Return whether the user holds the permission on every wave of the subject; without waves, on the console."""
    if not subject.waves:
        return permissions.may(user, permission)
    return all(permissions.may(user, permission, wave) for wave in subject.waves)


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject. ``code`` is stored and never changes; ``label`` is the noun in a sentence ("this wave").

    ``load`` returns the subjects of these keys, and ``resting_on`` the keys of those that rest on the facts of these
    waves, each in a constant number of queries. ``page`` is the address of the subject's own page. ``may`` returns
    whether a person holds a permission on it.
    """

    code: str
    label: str
    load: Callable[[Collection[int]], Mapping[int, Subject]]
    resting_on: Callable[[Collection[int]], Collection[int]]
    page: Callable[[Subject], str]
    may: Callable[[User, str, Subject], bool] = may_on_waves


_kinds: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    """Add a kind of subject. Raises ValueError when its code is taken by another kind or is too long to store."""
    if not 0 < len(kind.code) <= 32 or _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"The kind of subject “{kind.code}” is registered already, or its code is too long.")
    _kinds[kind.code] = kind


def kind_of(code: str) -> SubjectKind:
    """Return the kind of that code. Raises Missing."""
    found = _kinds.get(code)
    if found is None:
        raise Missing(f"There is no kind of subject “{code}”.")
    return found


def others() -> list[SubjectKind]:
    """Return every registered kind but the wave, in the order of registration."""
    return [kind for kind in _kinds.values() if kind.code != WAVE]


def of_wave(wave: Wave) -> Subject:
    """Return the wave as a subject."""
    return Subject(WAVE, wave.pk, wave.slug, wave.name, (wave,), wave.planned_for)


def as_subject(about: Subject | Wave | None) -> Subject | None:
    """Return the subject of a wave, a subject as it is, and None for the whole programme."""
    return of_wave(about) if isinstance(about, Wave) else about


def load(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Return the subjects of these kinds and keys, with as many queries as there are kinds among them."""
    keys: dict[str, set[int]] = {}
    for kind, key in wanted:
        keys.setdefault(kind, set()).add(key)
    return {(code, key): one for code, ids in keys.items() for key, one in kind_of(code).load(ids).items()}


def find(kind: str, key: int) -> Subject:
    """Return one subject. Raises Missing."""
    found = kind_of(kind).load([key]).get(key)
    if found is None:
        raise Missing(f"There is no such {kind_of(kind).label}.")
    return found


def may(user: User, permission: str, subject: Subject) -> bool:
    """Return whether the user holds ``permission`` on the subject."""
    return permissions.is_system(user) or kind_of(subject.kind).may(user, permission, subject)


def require(user: User, permission: str, subject: Subject, *, to: str) -> None:
    """Raise Denied, naming what was attempted (``to``: "seal a package"), unless ``may`` returns true."""
    if not may(user, permission, subject):
        raise Denied(f"Your roles do not allow you to {to}.")


def any_of(asked: Iterable[Subject]) -> Q:
    """Return the condition on ``subject_kind`` and ``subject_id`` of rows about one of these subjects, of any kind.

    No rows for no subjects.
    """
    keys: dict[str, list[int]] = {}
    for subject in asked:
        keys.setdefault(subject.kind, []).append(subject.id)
    found = Q(pk__in=())
    for kind, ids in keys.items():
        found |= Q(subject_kind=kind, subject_id__in=ids)
    return found


def resting_on(waves: Collection[int], prefix: str = "") -> Q:
    """Return the condition on ``subject_kind`` and ``subject_id`` of rows whose subject rests on these waves.

    ``prefix``: the path to those columns, such as ``gate__``.
    """
    found = Q(**{f"{prefix}subject_kind": WAVE, f"{prefix}subject_id__in": waves})
    for kind in others():
        found |= Q(**{f"{prefix}subject_kind": kind.code, f"{prefix}subject_id__in": kind.resting_on(waves)})
    return found


register(
    SubjectKind(
        code=WAVE,
        label="wave",
        load=lambda keys: {wave.pk: of_wave(wave) for wave in Wave.objects.filter(pk__in=keys)},
        resting_on=lambda waves: waves,
        page=lambda subject: reverse("waves:wave", args=[subject.ref]),
    )
)
