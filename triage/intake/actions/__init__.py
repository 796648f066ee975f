"""Change sources and runs. Every verb is one transaction and one audit log entry; only leases have none."""

from __future__ import annotations

from triage.intake.actions.chunks import land
from triage.intake.actions.leases import Lease, lease_file, lease_run, release_file, renew_file, renew_run
from triage.intake.actions.progress import fail, pass_check, populate, quarantine, settle
from triage.intake.actions.recalls import recall, retry
from triage.intake.actions.runs import Announced, announce
from triage.intake.actions.sources import change_source, make_source, note_poll

__all__ = [
    "Announced",
    "Lease",
    "announce",
    "change_source",
    "fail",
    "land",
    "lease_file",
    "lease_run",
    "make_source",
    "note_poll",
    "pass_check",
    "populate",
    "quarantine",
    "recall",
    "release_file",
    "renew_file",
    "renew_run",
    "retry",
    "settle",
]
