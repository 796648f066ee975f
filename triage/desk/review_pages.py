"""The review page that a kind declares, and the registry of these pages.

A kind's template extends ``desk/review.html`` and fills its blocks; the desk draws the rest: the head, the decide form
or what may be done instead, related cases, timeline and runs. A kind declares its page beside itself::

    parts=(KINDS.part(kind), REVIEW_PAGES.part(ReviewPage(kind=kind, template="toys/review.html", show=show)))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from console.capabilities.parts import Look
from console.capabilities.registry import Registry
from console.errors import Invalid
from triage.cases.kinds import KINDS, Kind
from triage.cases.models import Case
from triage.desk.effects import Effect
from triage.desk.field_rules import PLAIN, FieldRules, read_rules
from triage.desk.harms import NONE, Harms
from triage.desk.masked_values import MaskedValue
from triage.desk.queries import Dossier
from triage.desk.rules import ViewerState

Line = TypeVar("Line")

#: Addresses are logged by proxies: a chosen value is a short name, never text that a person typed.
_CHOICE: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Viewing(Generic[Line]):
    """What a kind's page is made from: a case, its decoded lines, and who looks at it.

    ``before`` is an earlier line, when another one holds now; ``since`` says of when it is. ``masks`` shows
    values as this viewer may see them. ``chosen`` holds the query parameters that the page declares, ``typed`` the
    fields of a decision that was refused. ``rules`` say how the columns of the line's source are read.
    """

    case: Case
    line: Line
    before: Line | None
    since: str
    masks: MaskedValue
    viewer: ViewerState
    chosen: Mapping[str, str]
    typed: Mapping[str, str] = field(default_factory=dict)
    rules: FieldRules = PLAIN


@dataclass(frozen=True, slots=True)
class Shown:
    """What a kind adds to the page. ``evidence`` stands under that name in its template.

    ``facts`` open the line of the case's name ("2 records"); ``badges`` stand beside the name; ``harms`` is the strip
    above the evidence; ``effects`` say what verdicts do on this case, by their codes. They are visible to everyone who
    may see the case, so they name no patient.
    """

    evidence: object
    facts: tuple[str, ...] = ()
    badges: tuple[Look, ...] = ()
    harms: Harms = NONE
    effects: Mapping[str, Effect] = field(default_factory=dict)


class AnyReviewPage(Protocol):
    """A review page as the desk knows it: lines are bytes here, never the kind's own types."""

    @property
    def code(self) -> str:
        """The code of its kind."""

    @property
    def template(self) -> str:
        """The template, which extends ``desk/review.html``."""

    @property
    def chooses(self) -> tuple[str, ...]:
        """Query parameters that choose what the page shows, and stay when a reveal sends the reviewer back."""

    def shown(
        self,
        dossier: Dossier,
        *,
        viewer: ViewerState,
        masks: MaskedValue,
        chosen: Mapping[str, str],
        typed: Mapping[str, str],
    ) -> Shown:
        """What the kind adds for this viewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage(Generic[Line]):
    """The review page of one kind. ``chooses``: as ``AnyReviewPage.chooses``.

    ``show`` may read what belongs to the case besides its lines, in a constant number of queries.
    """

    kind: Kind[Line]
    template: str
    show: Callable[[Viewing[Line]], Shown]
    chooses: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code of its kind."""
        return self.kind.code

    def shown(
        self,
        dossier: Dossier,
        *,
        viewer: ViewerState,
        masks: MaskedValue,
        chosen: Mapping[str, str],
        typed: Mapping[str, str],
    ) -> Shown:
        """Decode the lines of a dossier and let the kind show them."""
        return self.show(
            Viewing(
                case=dossier.case,
                line=self.kind.decode(dossier.line),
                before=self.kind.decode(dossier.before) if dossier.before else None,
                since=dossier.since,
                masks=masks,
                viewer=viewer,
                chosen=chosen,
                typed=typed,
                rules=read_rules(dossier.run.source.field_rules),
            )
        )


#: The review page of every kind, which a capability declares as a part beside its kind.
REVIEW_PAGES: Final = Registry[AnyReviewPage]("review page", lambda page: page.code)


def page_of(case: Case) -> AnyReviewPage:
    """The page that shows a case. Raises Invalid when no capability brings the case's kind."""
    found = REVIEW_PAGES.get(case.kind)
    if found is None:
        raise Invalid(f"“{case.kind}” is not a type of case in this console.")
    return found


def chosen(page: AnyReviewPage, given: Mapping[str, str]) -> dict[str, str]:
    """Of the query or form parameters ``given``, those that the page declares and that are short names."""
    found = {name: given.get(name, "") for name in page.chooses}
    return {name: value for name, value in found.items() if _CHOICE.match(value)}


def problems() -> Iterator[str]:
    """A sentence for each kind without a page, each page without its kind, and each template that cannot be read."""
    for code in KINDS.names():
        if code not in REVIEW_PAGES:
            yield f"{KINDS.owner(code)} declares the kind of case {code!r} without a review page."
    for page in REVIEW_PAGES:
        owner = REVIEW_PAGES.owner(page.code)
        if page.code not in KINDS:
            yield f"{owner} declares a review page for {page.code!r}, which is no kind of case."
        try:
            get_template(page.template)
        except (TemplateDoesNotExist, TemplateSyntaxError) as error:
            yield f"{owner} declares the review page {page.template!r}, which cannot be read: {error}."
