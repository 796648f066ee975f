"""Lines about what a run reconciled, and lines that a line handler of another capability takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console import schemas
from console.audit.models import LogEntry
from console.fact_changes import Cause
from tests import factories
from tests.intake import making
from tests.triage import one_wave as facts
from triage import line_handlers
from triage.intake import actions, loader, presenting
from triage.line_handlers import LINE_HANDLERS, LineHandler, LineRefused
from triage.runs.models import FileState, Reconciliation, RejectedLine, Run, RunState

pytestmark = pytest.mark.django_db
GOOD = {"layer": "record", "domain": "orders", "check": "fields-equal", "expected": 100, "matched": 93}


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    settings.INBOX_ROOT.mkdir()
    making.world()


def package(tmp_path: Path, run_id: str, lines: list[Any], kind: str = "reconciliation", **changes: Any) -> Path:
    folder = tmp_path / run_id
    folder.mkdir()
    return making.manifest(folder, [making.lines_file(folder, lines, f"{kind}.ndjson", kind)], **changes)


def test_checks_are_kept_with_their_units(tmp_path) -> None:
    lines = [
        GOOD | {"note": "Seven orders lack a route."},
        GOOD | {"layer": "storage", "check": "rows", "matched": 100},
    ]
    run = making.take_in(package(tmp_path, "r1", lines))
    assert (run.state, run.lines, run.rejected, run.files.get().state) == (RunState.LOADED, 2, 0, FileState.LOADED)
    rows = {row.layer: row for row in Reconciliation.objects.all()}
    assert (rows["record"].matched, rows["record"].expected, rows["record"].note) == (93, 100, lines[0]["note"])
    assert facts.reconciliation(run.wave_id, layer="record") == facts.Ratio(93, 100, run.finished_at)
    entry = LogEntry.objects.get(verb="run.chunk_loaded")
    assert (entry.facts["first"], entry.facts["last"], entry.facts["rejected"]) == (1, 2, 0)


BAD = [
    (GOOD | {"layer": "soul"}, "schema"),
    (GOOD | {"expected": -1}, "schema"),
    (GOOD | {"expected": 0, "matched": 1}, "matched"),
    (GOOD | {"matched": 101}, "matched"),
    (GOOD | {"matched": 92.5}, "schema"),
    (GOOD | {"expected": 10**13, "matched": 0}, "schema"),
    (GOOD | {"expected": True}, "schema"),
    (GOOD | {"check": "Mr Okello"}, "schema"),
    (GOOD | {"check": ""}, "schema"),
    (GOOD | {"domain": "x" * 65}, "schema"),
    (GOOD | {"note": "x" * 501}, "schema"),
    (GOOD | {"note": "a\u0000b"}, "nul"),
    (GOOD | {"who": "me"}, "schema"),
    ({name: value for name, value in GOOD.items() if name != "expected"}, "schema"),
    (b'{"layer": "record", "matched": NaN}', "json"),
    (b'{"matched": Infinity}', "json"),
    (b"\xff\xfe", "utf8"),
    (b"[]", "schema"),
    (b"", "empty"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_a_line_that_makes_no_sense_is_rejected_and_stops_nothing(tmp_path, number) -> None:
    line, reason = BAD[number]
    run = making.take_in(package(tmp_path, "r1", [GOOD, line, GOOD | {"check": "other", "matched": 100}]))
    assert (run.state, run.rejected, run.rejected_by) == (RunState.LOADED, 1, {reason: 1})
    rejected = RejectedLine.objects.get()
    assert (rejected.line_no, rejected.reason) == (2, reason)
    assert "Okello" not in rejected.detail + rejected.excerpt
    assert facts.reconciliation(run.wave_id) == facts.Ratio(193, 200, run.finished_at)
    assert facts.rejected_lines(run.wave_id) == facts.Ratio(1, 3, run.finished_at)


def test_nothing_expected_and_nothing_found_is_no_rate(tmp_path) -> None:
    run = making.take_in(package(tmp_path, "r1", [GOOD | {"expected": 0, "matched": 0}]))
    assert facts.reconciliation(run.wave_id) == facts.Ratio(0, 0, run.finished_at)


def test_a_check_is_never_counted_twice(tmp_path, settings) -> None:
    """Neither within a chunk, nor over chunks, nor when a worker comes twice; another run speaks for itself."""
    settings.INTAKE_CHUNK_LINES = 2
    lines = [GOOD, GOOD | {"matched": 100}, GOOD | {"matched": 50}, GOOD | {"domain": "allergies"}]
    run = making.take_in(package(tmp_path, "r1", lines))
    assert [(row.line_no, row.reason) for row in RejectedLine.objects.order_by("line_no")] == [
        (2, "twice"),
        (3, "twice"),
    ]
    assert "xxxxxx" in RejectedLine.objects.order_by("line_no")[0].excerpt
    assert facts.reconciliation(run.wave_id) == facts.Ratio(186, 200, run.finished_at)
    assert loader.load(run.files.get().pk) is False
    assert Reconciliation.objects.count() == 2
    making.take_in(package(tmp_path, "r2", [GOOD], finished_at="2026-09-02T09:00:00Z"))
    assert facts.reconciliation(run.wave_id).denominator == 100


def test_a_run_that_is_recalled_has_reconciled_nothing(tmp_path, omar) -> None:
    run = making.take_in(package(tmp_path, "r1", [GOOD]))
    actions.recall(run=run, reason="Compared with the wrong day.", by=omar)
    assert facts.reconciliation(run.wave_id) is None


def test_shares_are_never_rounded_up() -> None:
    def share(matched: int, expected: int) -> str:
        return presenting.ReconciledRow("Record", "orders", "equal", expected, matched, "").share

    assert [share(1, 1), share(999_999, 1_000_000), share(2, 3), share(0, 5), share(0, 0)] == [
        "100%",
        "99.9%",
        "66.6%",
        "0.0%",
        "",
    ]


def test_the_run_page_shows_what_was_reconciled(tmp_path, client, omar) -> None:
    run = making.take_in(package(tmp_path, "r1", [GOOD | {"note": "Seven orders lack a route."}]))
    client.force_login(omar)
    text = client.get(f"/runs/{run.pk}/").content.decode()
    for said in ("fields-equal", "Seven orders lack a route.", "93.0%", "Reconciliation"):
        assert said in text
    assert "Reconciliation" not in client.get(f"/runs/{factories.make_run().pk}/").content.decode()


def test_the_schema_is_published_and_says_what_is_taken() -> None:
    schema = schemas.published("reconciliation")
    shape = schema["$defs"]["ReconciliationLine"]
    assert set(shape["required"]) == {"layer", "domain", "check", "expected", "matched"}
    assert shape["additionalProperties"] is False


# Line handlers of other capabilities


class Arrived(Cause):
    NUMBERS = "numbers_arrived"


class Number(msgspec.Struct):
    value: int


@pytest.fixture
def handler():
    """A line handler for measures that refuses thirteen and keeps the rest."""
    kept: list[tuple[str, int, int]] = []

    def keep(*, run, lines, by):
        kept.extend((run.run_id, number, line.value) for number, line in lines if line.value != 13)
        why = LineRefused("unlucky", "Thirteen is not taken.")
        return {number: why for number, line in lines if line.value == 13}

    decode = msgspec.json.Decoder(Number).decode
    with LINE_HANDLERS.holding(
        LineHandler("measures", "A number", decode, keep, lambda: msgspec.json.schema(Number), Arrived.NUMBERS)
    ):
        yield kept


def test_a_line_handler_keeps_its_lines_once_and_says_which_it_refuses(tmp_path, handler, settings) -> None:
    settings.INTAKE_CHUNK_LINES = 2
    lines = [{"value": 1}, {"value": 13}, b"{", {"value": 4}, {"value": 5}]
    run = making.take_in(package(tmp_path, "r1", lines, "measures"))
    assert handler == [("r1", 1, 1), ("r1", 4, 4), ("r1", 5, 5)]
    assert (run.state, run.lines, run.rejected_by) == (RunState.LOADED, 5, {"unlucky": 1, "json": 1})
    rows = RejectedLine.objects.order_by("line_no").values_list("line_no", "reason", "excerpt")
    assert list(rows) == [(2, "unlucky", '{"xxxxx": 99}'), (3, "json", "{")]


def test_a_kind_that_no_one_takes_is_kept_and_said(tmp_path) -> None:
    run = making.take_in(package(tmp_path, "r1", [{"value": 1}], "codes"))
    assert (run.state, run.lines, run.files.get().state) == (RunState.LOADED, 0, FileState.KEPT)


def test_a_line_handler_that_has_gone_fails_the_run_and_never_passes_lines_off_as_charts(tmp_path, handler) -> None:
    run = making.announce(package(tmp_path, "r1", [{"value": 1}], "measures")).run
    loader.check(run.pk)
    with LINE_HANDLERS.holding(only=True):
        assert loader.load(run.files.get().pk) is False
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "Files of kind “measures” are not supported" in run.problem


def test_what_a_line_handler_raises_loses_nothing(tmp_path, handler) -> None:
    run = making.announce(package(tmp_path, "r1", [{"value": 1}], "measures")).run
    loader.check(run.pk)
    sound = line_handlers.by_file_kind("measures")

    def torn(**given: Any) -> dict[int, LineRefused]:
        raise RuntimeError("no ink")

    broken = LineHandler("measures", "A number", sound.decode, torn, sound.schema, sound.arrived)
    file = run.files.get()
    with LINE_HANDLERS.holding(broken), pytest.raises(RuntimeError):
        loader.load(file.pk)
    file.refresh_from_db()
    assert (file.lines, Run.objects.get().rejected) == (0, 0)
    assert loader.load(file.pk) is True
    assert handler == [("r1", 1, 1)]
    assert json.dumps(LogEntry.objects.get(verb="run.chunk_loaded").facts["rejected"]) == "0"
