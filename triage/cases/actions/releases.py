"""The decision feed's other end: what the pipeline has read and applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from console.audit import log
from console.audit.log import Receipt
from console.errors import Denied
from console.people.models import User
from triage.cases import consumers, feed, queries, rules
from triage.cases.feed import FeedPage
from triage.cases.models import Acknowledgement, FeedItem
from triage.runs.models import Source


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledgement for a source and how many cases it moved; a repeat moves none."""

    source: str
    through: int
    cases: int
    repeat: bool


def acknowledge(*, source: Source, through: int, by: User) -> Acknowledged:
    """Take a consumer's word that it has applied the decisions of ``source`` up to ``through``.

    Cases that were decided on evidence of another source stay as they are. Raises Denied, Invalid.
    """
    with log.transaction(by=by, purpose="feed"):
        if not consumers.may_acknowledge(by, source):
            raise Denied("Your roles do not allow you to acknowledge the decisions of this source.")
        rules.acknowledge(through, queries.last_position()).require()
        _, new = Acknowledgement.objects.get_or_create(
            consumer=by, source=source, through=through, defaults={"at": timezone.now()}
        )
        if not new:
            return Acknowledged(source.name, through, 0, repeat=True)
        with connection.cursor() as cursor:
            cursor.execute(_ACKNOWLEDGE, {"source": source.pk, "through": through})
            moved = int(cursor.rowcount)
        facts = {"source": source.name, "through": through, "cases": moved}
        log.record("feed.acknowledged", subject=FeedItem(position=through), by=by, facts=facts)
    return Acknowledged(source.name, through, moved, repeat=False)


def read_feed(*, after: int, page: FeedPage, sources: list[Source] | None = None, by: User) -> Receipt | None:
    """Book that a consumer reads this page of the feed; answer only after this returns. An empty page shows nothing.

    ``sources``: those it reads decisions of; None for all. Raises Denied.
    """
    if not consumers.may_read(by, sources):
        raise Denied("Your roles do not allow you to read the decision feed.")
    if not page.items:
        return None
    facts: dict[str, Any] = {"after": after, "through": page.next, "items": len(page.items)}
    if sources is not None:
        facts["sources"] = [source.name for source in sources]
    return log.record_access("feed.read", subject=page.items[-1], by=by, facts=facts)


# What an earlier acknowledgement covered has been moved by it. Decisions are gathered by position first, so that the
# cost is that of the positions between the two and not of the cases that wait for an acknowledgement.
_ACKNOWLEDGE = f"""
WITH covered AS (
    SELECT coalesce(max(a.through), 0) AS through FROM cases_acknowledgement AS a
    WHERE (a.source_id = %(source)s OR a.source_id IS NULL) AND a.through < %(through)s
), applied AS MATERIALIZED (
    SELECT decided.id, decided.case_id FROM {feed.DECIDED} AS decided
    WHERE decided.position <= %(through)s AND decided.position > (SELECT through FROM covered)
      AND decided.source_id = %(source)s
)
UPDATE cases_case SET state = 'acknowledged'
WHERE id IN (
    SELECT c.id FROM applied JOIN cases_case AS c ON c.id = applied.case_id AND c.decision_id = applied.id
    WHERE c.state = 'released' ORDER BY c.id FOR UPDATE OF c
)
"""
