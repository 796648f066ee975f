"""What intake tells the book, and the sentences people read."""

from __future__ import annotations

from console.audit.verbs import register

VERBS = (
    ("run.announced", "received run {run} from {source}: {files} files", "megaphone"),
    ("run.sent_again", "sent the files of run {run} again", "megaphone"),
    ("run.checked", "checked run {run}: all {sums} sums add up", "list-checks"),
    ("run.quarantined", "quarantined run {run}: {wrong}", "shield-alert"),
    ("run.chunk_loaded", "loaded lines {first} to {last} of {file} ({run}): {opened} opened, {known} known", "loader"),
    ("run.loaded", "finished run {run}: {lines} lines, {opened} cases opened, {verified} verified", "circle-check"),
    ("run.failed", "run {run} failed: {problem}", "circle-x"),
    ("run.retried", "retried run {run}", "rotate-cw"),
    ("run.recalled", "recalled run {run}: {withdrawn} cases withdrawn, {unverified} no longer verified", "undo-2"),
    ("source.made", "made the source {name}", "plus"),
    ("source.changed", "changed the source {name}", "pencil"),
    ("source.polled", "polled the source {name}: {problem}", "folder-search"),
)


def teach() -> None:
    """Register the verbs. Called once when the app is ready; a second time does no harm."""
    for code, sentence, icon in VERBS:
        register(code, sentence, icon)
