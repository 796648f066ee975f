"""Signatures on whatever has a digest: chained, frozen, with proof, and counting only for the digest signed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.people.models import UserKind
from console.sealing import canonical
from governance.signing.actions import sign
from governance.signing.models import Signature
from governance.signing.queries import counting
from tests import factories

DIGEST, OTHER = "a" * 64, "b" * 64


def signed(by: Any, **more: Any) -> Signature:
    said = {"subject": "DICT-7", "digest": DIGEST, "seen": DIGEST, "meaning": "I release it.", "seat": "Steward"}
    return sign(by=by, **(said | {"proof": "password"} | more))


@pytest.mark.django_db
def test_signatures_on_a_subject_are_chained_and_hold_what_was_signed() -> None:
    ada, bo = factories.make_user("ada"), factories.make_user("bo")
    first, second, elsewhere = signed(ada), signed(bo), signed(ada, subject="DICT-8")
    assert [(row.place, row.previous) for row in (first, second, elsewhere)] == [(1, ""), (2, first.hash), (1, "")]
    content = canonical.read(second.content)
    assert canonical.digest(second.content) == second.hash
    assert (content["subject"], content["digest"], content["meaning"]) == ("DICT-7", DIGEST, "I release it.")
    assert (content["username"], content["previous"], content["proof"]) == ("bo", first.hash, "password")


@pytest.mark.django_db
def test_a_signature_counts_only_while_its_subject_has_the_digest_signed() -> None:
    row = signed(factories.make_user("ada"))
    assert list(counting("DICT-7", DIGEST)) == [row]
    assert list(counting("DICT-7", OTHER)) == []


@pytest.mark.django_db
def test_the_same_signature_given_twice_is_one() -> None:
    ada, bo = factories.make_user("ada"), factories.make_user("bo")
    row = signed(ada)
    assert signed(ada) == row
    assert {signed(bo), signed(ada, meaning="I have read it."), signed(ada, digest=OTHER, seen=OTHER)}.isdisjoint({row})
    assert Signature.objects.count() == 4
    assert LogEntry.objects.filter(verb="signature.given", subject="DICT-7").count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "refusal"),
    [({"proof": ""}, Denied), ({"seen": OTHER}, Stale), ({"meaning": " "}, Invalid), ({"meaning": "x" * 301}, Invalid)],
)
def test_what_is_not_signed(more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        signed(factories.make_user("ada"), **more)
    assert not Signature.objects.exists()


@pytest.mark.django_db
def test_a_service_account_does_not_sign() -> None:
    with pytest.raises(Denied):
        signed(factories.make_user("pipe", kind=UserKind.SERVICE))


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_signature() -> None:
    row = signed(factories.make_user("ada"))
    for change in (
        lambda: Signature.objects.filter(pk=row.pk).update(meaning="I do not."),
        lambda: Signature.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
