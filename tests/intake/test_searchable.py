"""What runs bring is found by record numbers at once: new lines, known ones, renamed records, charts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import factories
from tests.intake import making
from tests.intake.test_examined import BOTH, EPR, PAS, take_in
from tests.intake.test_replaced import H2, pair, renumbered
from triage.cases.keys import record_key
from triage.cases.models import Case
from triage.desk import record_search
from triage.runs.models import RecordSystem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def found(text: str) -> list[str]:
    lead = factories.make_user(f"lead-{text}", role="lead")
    return [hit.aside for hit in record_search.find(lead, text, 10)]


def test_a_run_brings_its_systems(tmp_path: Path) -> None:
    take_in(tmp_path, "run-1", lines=[pair(*BOTH), pair(("Third HIS", "T-1"), BOTH[1])])
    assert set(RecordSystem.objects.values_list("name", flat=True)) == {PAS, EPR, "Third HIS"}
    both, third = (
        Case.objects.get(record_keys__contains=[record_key(*one)]) for one in (BOTH[0], ("Third HIS", "T-1"))
    )
    assert (found("rec-10"), found("T-1")) == ([both.ref], [third.ref])
    assert set(found("rec-11")) == {both.ref, third.ref}
    assert found("rec-1") == []


def test_systems_of_the_version_before_are_known_with_the_next_report(tmp_path: Path) -> None:
    take_in(tmp_path, "run-1", lines=[pair(*BOTH)])
    RecordSystem.objects.all().delete()
    take_in(tmp_path, "run-2", lines=[pair(*BOTH)])
    assert found("rec-10") == [Case.objects.get().ref]


def test_a_renamed_record_is_found_by_its_new_name(tmp_path: Path) -> None:
    take_in(tmp_path, "run-1", lines=[pair(*BOTH)])
    RecordSystem.objects.all().delete()
    renumbered(tmp_path, applied=0)
    assert found(H2[1]) == [Case.objects.get().ref]
    assert found(BOTH[0][1]) == []


def test_a_chart_makes_beginnings_of_its_number_known(tmp_path: Path) -> None:
    excerpt = {"system": PAS, "id": "rec-10", "encounters": 3}
    folder = tmp_path / "run-1"
    charts = making.lines_file(folder, [excerpt], "records.ndjson", "records")
    making.take_in(making.manifest(folder, [making.lines_file(folder, [pair(*BOTH)]), charts]))
    assert found("rec-1") == [Case.objects.get().ref]
