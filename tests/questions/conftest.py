"""A mailbox, and questions to it and to people."""

from __future__ import annotations

from typing import Any

import pytest

from console.people.models import User
from tests import factories
from triage.cases import actions as cases
from triage.cases.models import Case
from triage.questions.models import Question, ServiceMailbox

SECRET = "Grace Okello, born in Gulu"


@pytest.fixture
def clerk(db_ready: None) -> User:
    """Serves the records office and has no role."""
    return factories.make_user("clerk")


@pytest.fixture
def office(clerk: User) -> ServiceMailbox:
    """The records office, with an address."""
    return factories.make_mailbox("records", clerk, name="Clinic FPL records office", email="records@clinic.test")


def ask(by: User, of: str, case: Case | None = None, **fields: Any) -> Question:
    """Claim a case and ask about it."""
    case = cases.claim(case=case or factories.make_case(), by=by).case
    fields = {"reason": "paper_record_needed", "note": SECRET} | fields
    done = cases.decide(case=case, verdict="NEEDS_INFO", asked_of=of, seen=case.revision, by=by, **fields)
    return Question.objects.get(decision=done.decision)


def fresh(question: Question) -> Question:
    """The question as it is now, with its case."""
    return Question.objects.select_related("case").get(pk=question.pk)
