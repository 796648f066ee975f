"""What the page of a case says of runs that proved its decision, or did not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.people.models import User
from tests.intake import making
from tests.intake.test_examined import BOTH, EPR, PAS, population, said, take_in
from tests.intake.test_proof_and_recall import release
from tests.intake.test_replaced import H2, pair, renumbered
from triage.cases.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    making.world()


@pytest.fixture
def decided(tmp_path: Path, ben: User) -> Case:
    take_in(tmp_path, "run-1", lines=[pair(*BOTH)])
    release(Case.objects.get(), "NO_MATCH", 1, ben)
    return Case.objects.get()


def page(client: Any, user: User, case: Case) -> str:
    client.force_login(user)
    text: str = client.get(f"/cases/{case.ref}/").content.decode()
    return text


SAID = {
    "proved": (
        said(PAS, EPR, complete=True), None,
        "verified the decision: it had applied decisions up to position 1, examined every record of LEGACY-PAS and "
        "CLINIC-EPR, and did not report the case",
    ),
    "proved by a list": (
        said(PAS, EPR, complete=False), population(*BOTH), "examined the records of its population file, and did not",
    ),
    "one vanished": (
        said(PAS, EPR, complete=True), population(BOTH[1]),
        "but did not verify the decision: LEGACY-PAS ••• no longer exists in its system",
    ),
    "one was not in the run": (
        said(PAS, EPR, complete=False), population(BOTH[1]), "LEGACY-PAS ••• was not examined",
    ),
    "another system": (said("LAB", complete=True), None, "it did not examine the records of this case"),
    "no statement": ({"decisions_applied": 1}, None, "the manifest does not state which records the run examined"),
    "a rehearsal": (said(PAS, EPR, complete=True, purpose="rehearsal"), None, "the purpose of the run is “rehearsal”"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_case_says_what_the_last_run_proved(tmp_path: Path, client: Any, ana: User, decided: Case, name: str) -> None:
    manifest, listed, sentence = SAID[name]
    take_in(tmp_path, listed=listed, **manifest)
    text = page(client, ana, decided)
    assert "Run run-2" in text
    beginning, _, rest = sentence.partition("•••")
    assert beginning in text
    assert rest in text
    assert "rec-10" not in text


def test_a_run_that_reported_it_again_says_so(tmp_path: Path, client: Any, ana: User, decided: Case) -> None:
    take_in(tmp_path, lines=[pair(*BOTH)], **said(PAS, EPR, complete=True))
    assert "had applied decisions up to position 1 and reported the case again" in page(client, ana, decided)


def test_a_replaced_record_is_named(tmp_path: Path, client: Any, ana: User, decided: Case) -> None:
    renumbered(tmp_path)
    text = page(client, ana, decided)
    assert "replaced LEGACY-PAS" in text
    assert ": the case followed" in text
    assert "was replaced by another record" in text
    assert H2[1] not in text
