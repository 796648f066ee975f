"""The decision feed's other end: what the pipeline has read and applied."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from console.audit import log
from console.audit.log import Receipt
from console.people import permissions
from console.people.models import User
from triage.cases import queries, rules
from triage.cases.models import Acknowledgement, FeedItem


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledgement and how many cases it moved; a repeat moves none."""

    through: int
    cases: int
    repeat: bool


def acknowledge(*, through: int, by: User) -> Acknowledged:
    """Take a consumer's word that it has applied the feed up to ``through``. Raises Denied, Invalid."""
    with log.transaction(by=by, purpose="feed"):
        permissions.require(by, "cases.acknowledge_feed", to="acknowledge the decision feed")
        rules.acknowledge(through, queries.last_position()).require()
        _, new = Acknowledgement.objects.get_or_create(consumer=by, through=through, defaults={"at": timezone.now()})
        if not new:
            return Acknowledged(through, 0, repeat=True)
        with connection.cursor() as cursor:
            cursor.execute(_ACKNOWLEDGE, {"through": through})
            moved = int(cursor.rowcount)
        item = FeedItem.objects.get(pk=through)
        log.record("feed.acknowledged", subject=item, by=by, facts={"through": through, "cases": moved})
    return Acknowledged(through, moved, repeat=False)


def read_feed(*, after: int, items: list[FeedItem], by: User) -> Receipt | None:
    """Book that a consumer reads this page of the feed; answer only after this returns. An empty page shows nothing.

    Raises Denied.
    """
    permissions.require(by, "cases.read_feed", to="read the decision feed")
    if not items:
        return None
    facts = {"after": after, "through": items[-1].position, "items": len(items)}
    return log.record_access("feed.read", subject=items[-1], by=by, facts=facts)


# What an earlier acknowledgement covered has been moved by it.
_ACKNOWLEDGE = """
UPDATE cases_case SET state = 'acknowledged'
WHERE id IN (
    SELECT c.id FROM cases_feeditem AS f
    JOIN cases_decision AS d ON d.id = f.decision_id
    JOIN cases_case AS c ON c.id = d.case_id AND c.decision_id = d.id
    WHERE f.position <= %(through)s AND c.state = 'released'
      AND f.position > coalesce(
          (SELECT max(a.through) FROM cases_acknowledgement AS a WHERE a.through < %(through)s), 0)
    ORDER BY c.id FOR UPDATE OF c
)
"""
