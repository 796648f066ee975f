"""The database holds that a case's queue exists, without a foreign key."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from triage.cases.models import Case

pytestmark = pytest.mark.django_db


def _execute(statement: str, *values: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_case_comes_to_no_queue_that_is_not_there() -> None:
    case = factories.make_case()
    with pytest.raises(IntegrityError, match="does not exist"):
        _execute("UPDATE cases_case SET queue_id = -1 WHERE id = %s", case.pk)
    case.refresh_from_db()
    columns = {field.column: getattr(case, field.attname) for field in Case._meta.concrete_fields}
    columns |= {"id": None, "queue_id": -1, "fingerprint": case.evidence}
    with pytest.raises(IntegrityError, match="does not exist"), transaction.atomic():
        Case.objects.create(**columns)


def test_a_queue_with_cases_stays() -> None:
    case = factories.make_case()
    with pytest.raises(IntegrityError, match="has cases"):
        _execute("DELETE FROM cases_queue WHERE id = %s", case.queue_id)
    with pytest.raises(IntegrityError, match="has cases"):
        _execute("UPDATE cases_queue SET id = -1 WHERE id = %s", case.queue_id)


def test_cases_move_between_queues() -> None:
    case, other = factories.make_case(), factories.make_queue("other")
    before = case.queue_id
    _execute("UPDATE cases_case SET queue_id = %s WHERE queue_id = %s", other.pk, before)
    case.refresh_from_db()
    assert case.queue_id == other.pk
