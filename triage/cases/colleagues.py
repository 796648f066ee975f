"""People as cases name them: to whom one may be handed over, and to whom some are assigned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from console.errors import Invalid
from console.people import queries as people
from console.people.models import User, UserKind
from triage.cases.models import Case, Claim


def colleague(username: str) -> User:
    """The person of that username. Raises Invalid."""
    found = User.objects.filter(username=username.replace("\0", "")[:150], kind=UserKind.PERSON).first()
    if found is None:
        raise Invalid("There is no person of that username.", field="to")
    return found


def who_may_work(case: Case, now: dt.datetime) -> list[User]:
    """Those who may work a case's queue, but for its holder, each with how many cases they hold (``holds``)."""
    running = Claim.objects.filter(by=OuterRef("pk"), expires_at__gt=now, ahead=False).order_by()
    counted = running.values("by").annotate(number=Count("pk")).values("number")
    holder = Claim.objects.filter(case=case, expires_at__gt=now).values("by")
    found = people.able("cases.work_queue", case.queue).exclude(pk__in=holder)
    return list(found.annotate(holds=Coalesce(Subquery(counted), 0))[:200])


def assignees() -> QuerySet[User]:
    """Everyone to whom a case is assigned: one step of the index a person, however many cases they have."""
    return User.objects.filter(pk__in=RawSQL(_ASSIGNEES, []))  # noqa: S611  # a constant of ours


def usernames(numbers: Iterable[int | None]) -> dict[int, str]:
    """The usernames of these people by number."""
    return dict(User.objects.filter(pk__in={one for one in numbers if one}).values_list("pk", "username"))


def printed_names(numbers: Iterable[int | None]) -> dict[int, str]:
    """The printed names of these people by number."""
    return {one.pk: str(one) for one in User.objects.filter(pk__in={key for key in numbers if key})}


_ASSIGNEES = """
WITH RECURSIVE found (person) AS (
    (SELECT assignee_id FROM cases_case WHERE assignee_id IS NOT NULL ORDER BY assignee_id LIMIT 1)
    UNION ALL
    SELECT (SELECT assignee_id FROM cases_case WHERE assignee_id > found.person ORDER BY assignee_id LIMIT 1)
    FROM found WHERE found.person IS NOT NULL
)
SELECT person FROM found WHERE person IS NOT NULL
"""
