"""The parts that any capability may declare to the console, and the registries that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.capabilities.registry import Registry

#: Pairs of label values and the figure.
Figures = Callable[[], Iterable[tuple[tuple[str, ...], float]]]
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation. ``key`` is a keyboard sequence such as ``g q``.

    ``permission`` empty means anybody signed in. ``model`` (``app.Model``) also lets in those who hold the permission
    on at least one object of it. ``group`` is the heading it stands under; entries are sorted by ``order``.
    """

    label: str
    url_name: str
    icon: str = "circle"
    key: str = ""
    permission: str = ""
    order: int = 100
    group: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to do or a page to open, by its words in the search. Entries of the navigation are commands already.

    ``post``: it is sent with POST, as the button that it stands for. ``permission`` and ``model`` as in ``NavItem``.
    """

    label: str
    url_name: str
    icon: str = "circle"
    key: str = ""
    permission: str = ""
    order: int = 100
    model: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something found: where it leads, and what tells it from others. Never patient data but under its mask.

    ``state`` is a declared state, drawn as a badge with ``word`` in place of its own; ``aside`` stands beside it.
    ``masked``: the title holds masked values. ``keys``: its keyboard sequence. ``post``: it is sent with POST.
    """

    title: str
    url: str
    detail: str = ""
    state: str = ""
    word: str = ""
    aside: str = ""
    masked: bool = False
    keys: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """A kind of thing that the search finds. ``find(user, text, limit)``: what this person may open, the best first.

    ``find`` costs a constant number of queries, by index or in a table that does not grow with cases; the text is free
    of control characters, not empty and at most 200 characters long. ``sign``: text that begins with it is asked of
    such sources alone. ``least``: shorter texts are not asked. ``patients``: what it finds are records of patients, so
    that asking it is logged; ``leaves`` says of a text that it is not asked unless the person narrows to it.
    """

    code: str
    label: str
    find: Callable[[Any, str, int], Sequence[Hit]]
    icon: str = "circle"
    permission: str = ""
    order: int = 100
    model: str = ""
    sign: str = ""
    least: int = 1
    note: str = ""
    patients: bool = False
    leaves: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up in a new console. ``done`` must be a cheap question."""

    title: str
    why: str
    url_name: str
    permission: str
    done: Callable[[], bool]
    order: int = 100


@dataclass(frozen=True, slots=True)
class HomePart:
    """A fragment of the home page, by URL name, for those who hold ``permission`` anywhere.

    A part with ``urgent`` is shown only while ``urgent(user)`` is true, and then before all others. ``place``: across
    the page and before the rest (``first``), in its main column, or in the narrow one beside it (``side``).
    """

    url_name: str
    permission: str = ""
    order: int = 100
    place: Literal["first", "main", "side"] = "main"
    urgent: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class WavePart:
    """A fragment of a wave's page, by the name of a URL that takes the wave's slug; ``label`` shows while it loads."""

    url_name: str
    label: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class WaveLink:
    """A link in the header of a wave's page, by the name of a URL that takes the wave's slug."""

    url_name: str
    label: str
    icon: str
    order: int = 100


@dataclass(frozen=True, slots=True)
class Verb:
    """What the audit log can say. ``code`` is ``family.what``; ``sentence`` follows the actor: "decided {subject}"."""

    code: str
    sentence: str
    icon: str

    @property
    def family(self) -> str:
        """What kind of thing it happens to."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Family:
    """The verbs of one kind of thing, as the audit log's filter names them."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Look:
    """A word for people, the icon beside it, and the tone (a ``badge--…`` modifier) that repeats it in colour."""

    word: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class State:
    """How a stored state looks. Capabilities may share a state; then they must agree on its look."""

    code: str
    look: Look


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission of objects of ``scope`` (``waves.Wave``), held on one of them or on the console as a whole."""

    scope: str
    codename: str
    label: str

    @property
    def name(self) -> str:
        """As roles, navigation and views name it: ``waves.manage_gates``."""
        return f"{self.scope.partition('.')[0]}.{self.codename}"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure of ``/metrics``. ``read`` returns pairs of label values and the figure; it must not scan tables."""

    name: str
    help_text: str
    read: Figures
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedSchema:
    """A JSON Schema under ``/api/v1/schemas/<name>.json`` and ``docs/schemas/``."""

    name: str
    title: str
    make: Callable[[], Schema]


@dataclass(frozen=True, slots=True)
class FrameValue:
    """A value that the frame of every page shows, worked out for its person only where a template asks for it."""

    name: str
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class EntrancePart:
    """A fragment of the sign-in page. ``read`` returns what the template knows as ``offered``; None leaves it out."""

    template: str
    read: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule over all declarations. ``problems()`` returns a sentence for each that is broken."""

    name: str
    problems: Callable[[], Iterable[str]]


NAVIGATION: Final = Registry[NavItem]("navigation entry", lambda item: item.url_name)
COMMANDS: Final = Registry[Command]("command", lambda command: command.url_name)
SEARCH_SOURCES: Final = Registry[SearchSource]("search source", lambda source: source.code)
STEPS: Final = Registry[Step]("set-up step", lambda step: step.title)
HOME: Final = Registry[HomePart]("part of the home page", lambda part: part.url_name)
WAVE_PARTS: Final = Registry[WavePart]("part of a wave's page", lambda part: part.url_name)
WAVE_LINKS: Final = Registry[WaveLink]("link of a wave's page", lambda link: link.url_name)
VERBS: Final = Registry[Verb]("verb of the audit log", lambda verb: verb.code)
FAMILIES: Final = Registry[Family]("family of verbs", lambda family: family.code)
PERMISSIONS: Final = Registry[Permission]("permission", lambda permission: permission.name)
GAUGES: Final = Registry[Gauge]("gauge", lambda gauge: gauge.name)
SCHEMAS: Final = Registry[PublishedSchema]("published schema", lambda schema: schema.name)
FRAME: Final = Registry[FrameValue]("value of the page frame", lambda value: value.name)
ENTRANCE: Final = Registry[EntrancePart]("part of the sign-in page", lambda part: part.template)
CHECKS: Final = Registry[Check]("check of declarations", lambda check: check.name)


class _States(Registry[State]):
    """States are shared words: a second capability may declare one of the same look."""

    def add(self, value: State, *, owner: str) -> None:
        """Add ``value``. Raises ImproperlyConfigured when its code looks otherwise elsewhere."""
        if self.get(value.code) != value:
            super().add(value, owner=owner)


STATES: Final = _States("state", lambda state: state.code)
