"""What a run's page says in figures: how far it has come, its stages beside the check, its sums. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from triage import line_handlers
from triage.cases import kinds
from triage.intake.parsing import REASONS
from triage.intake.rules import UNSETTLED
from triage.runs.models import FileState, Layer, Reconciliation, Run, RunFile, RunState


def words() -> dict[str, str]:
    """Reasons for which lines are rejected, in words: those of kinds and line handlers, and intake's own."""
    own = {code: sentence.rstrip(".") for code, sentence in REASONS.items()}
    return kinds.refusal_words() | line_handlers.refusal_words() | own


@dataclass(frozen=True, slots=True)
class Progress:
    """A progress bar: ``rate`` in units a second, ``eta`` in seconds, ``status`` running, done or failed."""

    label: str
    value: int
    total: int
    unit: str
    status: str
    rate: float | None = None
    eta: float | None = None


def progress_of(run: Run, files: Sequence[RunFile], now: dt.datetime) -> Progress:
    """How far the run has come: bytes while it is checked, lines while it loads."""
    if run.state in {RunState.ANNOUNCED, RunState.CHECKING}:
        label = "Checking the files" if run.state == RunState.CHECKING else "Waiting for a worker"
        return Progress(label, run.checked_bytes, sum(file.bytes for file in files), "bytes", "running")
    if run.state == RunState.LOADING:
        seconds = (now - run.loading_at).total_seconds() if run.loading_at else 0.0
        rate = run.lines / seconds if seconds >= 1 and run.lines else None
        eta = (run.lines_expected - run.lines) / rate if rate else None
        return Progress("Loading lines", run.lines, run.lines_expected, "lines", "running", rate, eta)
    failed = run.state in {RunState.QUARANTINED, RunState.FAILED}
    return Progress("Lines loaded", run.lines, run.lines_expected, "lines", "failed" if failed else "done")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file on the run's page."""

    file: RunFile
    word: str
    state: str
    percent: int


def file_rows(files: Sequence[RunFile]) -> list[FileRow]:
    """The files with a state that the vocabulary of badges knows."""
    states = {FileState.WAITING: "pending", FileState.LOADING: "loading", FileState.LOADED: "loaded"}
    return [
        FileRow(
            file,
            "Stored, not processed" if file.state == FileState.KEPT else "",
            states.get(FileState(file.state), "inactive"),
            min(100, file.lines * 100 // file.rows) if file.rows else 100,
        )
        for file in files
    ]


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage of the pipeline; ``wrong`` says which of its sums do not hold, ``checked`` whether anybody looked."""

    stage: str
    domain: str
    taken: int
    out: int
    rejected: int
    hash_total: str
    checked: bool
    wrong: list[str]


def stage_rows(manifest: dict[str, Any], sums: Sequence[dict[str, Any]]) -> list[StageRow]:
    """The stages as the manifest declares them, each with what the check found wrong."""
    checked = any(item["group"] == "stage" for item in sums)
    rows = []
    for stage in manifest.get("stages", ()):
        where = f"{stage['stage']} of {stage['domain']}"
        wrong = [
            f"{item['what']}: {item['declared']} against {item['found']}"
            for item in sums
            if item["group"] == "stage" and item["where"] == where and not item["fits"]
        ]
        hash_total = stage.get("hash_total") or ""
        figures = (stage["in"], stage["out"], stage["rejected"])
        rows.append(StageRow(stage["stage"], stage["domain"], *figures, hash_total, checked, wrong))
    return rows


@dataclass(frozen=True, slots=True)
class ReconciledRow:
    """One check of a run, for people."""

    layer: str
    domain: str
    check: str
    expected: int
    matched: int
    note: str

    @property
    def missing(self) -> int:
        """Units that were not found as they should be."""
        return self.expected - self.matched

    @property
    def share(self) -> str:
        """Percent to one digit, cut off and never rounded up: one missing of a million is 99.9%. None of nothing."""
        if not self.expected:
            return ""
        tenths = self.matched * 1000 // self.expected
        return f"{tenths // 10}.{tenths % 10}%" if tenths < 1000 else "100%"


def reconciled_rows(found: Iterable[Reconciliation]) -> list[ReconciledRow]:
    """What a run reconciled, in the order given."""
    return [
        ReconciledRow(Layer(row.layer).label, row.domain, row.check_name, row.expected, row.matched, row.note)
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """How many lines were rejected for one reason."""

    code: str
    words: str
    count: int


def reason_rows(run: Run) -> list[ReasonRow]:
    """Rejected lines by reason, the most frequent first."""
    known = words()
    counts = sorted(run.rejected_by.items(), key=lambda item: (-item[1], item[0]))
    return [ReasonRow(code, known.get(code, code.replace("_", " ").capitalize()), count) for code, count in counts]


def is_live(run: Run) -> bool:
    """True while the run's page should look again."""
    return run.state in UNSETTLED
