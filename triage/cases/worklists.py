"""The list that a reviewer works through: a queue, or all of theirs, and the filters on it.

It travels in the query of an address from page to page (``?queue=merges&severity=high``), so that the next case and the
place of a case are those of the list one looks at. Never patient data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from console.people import permissions
from console.people.models import User
from triage.cases import filters
from triage.cases.listing import Filters
from triage.queues import queries as queue_queries
from triage.queues.models import Queue

#: The parameter that names the queue of a list; ``ALL`` for the list of all queues.
QUEUE: Final = "queue"
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Worklist:
    """``queue`` is None for all queues that the person may see. ``words``: the filters in one spelling.

    ``filters`` are those of its open cases, which are worked, whichever states the list shows.
    """

    queue: Queue | None
    queues: tuple[Queue, ...]
    words: str
    filters: Filters

    @property
    def url(self) -> str:
        """The page of the list."""
        return self._with_words(
            reverse("cases:queue", args=[self.queue.slug]) if self.queue else reverse("cases:cases")
        )

    @property
    def next_url(self) -> str:
        """Where its next case is asked for."""
        return self._with_words(
            reverse("cases:next", args=[self.queue.slug]) if self.queue else reverse("cases:next_of_mine")
        )

    @property
    def name(self) -> str:
        """What a reviewer calls it in a sentence."""
        return f"“{self.queue}”" if self.queue else "your queues"

    @property
    def title(self) -> str:
        """What a page calls it."""
        title = str(self.queue) if self.queue else "All cases"
        return f"{title}, filtered" if filters.active(dict(parse_qsl(self.words))) else title

    def query_for(self, queue_id: int) -> str:
        """What the address of a case of that queue says of the list, with its “?”; the whole queue needs no words."""
        if self.queue and self.queue.pk == queue_id and not self.words:
            return ""
        named = urlencode({QUEUE: self.queue.slug if self.queue else ALL})
        return f"?{named}&{self.words}" if self.words else f"?{named}"

    def _with_words(self, url: str) -> str:
        return f"{url}?{self.words}" if self.words else url

    def workable(self, by: User) -> list[Queue]:
        """Of its queues, those that this person may work."""
        return [queue for queue in self.queues if permissions.may(by, queue_queries.WORK, queue)]


def of(by: User, queue: Queue | None, query: Mapping[str, Any]) -> Worklist:
    """The list of a queue (None: of all that ``by`` may see) by the filters of ``query``. Raises Invalid."""
    queues = [queue] if queue else queue_queries.visible_queues(by)
    return shown(queue, queues, query, filters.read(query, queues, me=by))


def shown(queue: Queue | None, queues: Iterable[Queue], query: Mapping[str, Any], wanted: Filters) -> Worklist:
    """The list that a page shows by filters that it has read already."""
    return Worklist(queue, tuple(queues), filters.tidy(query), replace(wanted, state="open", only=None))


def of_case(by: User, query: Mapping[str, Any], queue: Queue) -> Worklist:
    """The list that the address of a case names; the case's own ``queue`` where it names none. Raises Invalid, Missing.

    Words of a page that mean something else there are filters only beside the name of a queue.
    """
    named = str(query.get(QUEUE, ""))
    if not named:
        return of(by, queue, {})
    if named == ALL:
        return of(by, None, query)
    return of(by, queue if named == queue.slug else queue_queries.queue_for(by, named), query)


def kept(query: Mapping[str, Any]) -> dict[str, str]:
    """Of the parameters of an address, those that name the list."""
    if not query.get(QUEUE):
        return {}
    return {QUEUE: str(query[QUEUE])[:60], **dict(parse_qsl(filters.tidy(query)))}
