"""Tables that the audit log does not capture → why not."""

from __future__ import annotations

from typing import Final

EXEMPT: Final[dict[str, str]] = {
    "audit_logentry": "the audit log itself: it allows no change that could be captured",
    "auth_permission": "a catalogue that migrations make from the code",
    "django_content_type": "a catalogue that migrations make from the code",
    "django_session": "comes and goes with every visit; sign-in and sign-out are logged",
    "account_emailconfirmation": "short-lived keys; the address that they confirm is governed",
    "socialaccount_socialtoken": "short-lived tokens of the identity provider",
    "runs_runfile": "progress of a job; every chunk is logged with its file, lines and digest",
    "runs_examinedrecord": "read from bytes whose digest is logged with their chunk; gone when the run has ended",
    "runs_rejectedline": "read from bytes whose digest is logged with their chunk, and counted there",
    "runs_recordexcerpt": "patient data, read from bytes whose digest is logged with their chunk",
    "runs_recordsystem": "names of systems, read from bytes whose digest is logged with their chunk",
    "runs_reconciliation": "read from bytes whose digest is logged with their chunk",
    "cases_proof": "what a run proved and what not, derived from its files; the case that it verifies is governed",
    "bulk_bulkitem": "what a bulk change did to one case, which is governed and has an entry of its own",
    "cases_heldrecord": "follows the claim, which is governed",
    "cases_queuetally": "counts derived from cases by trigger",
    "days_queueflow": "counts derived from cases by trigger",
    "cases_wavetally": "counts derived from cases by trigger",
    "cases_counteddomain": "the domains that those counts name, derived from cases",
    "measures_sample": "telemetry; each report is logged with its digest; evaluations keep what a gate read",
    "notices_letter": "repeats an audit log entry for the service that it concerns",
    "notices_notice": "repeats an audit log entry for the people it concerns",
    "merges_goldenrecord": "derived from decisions, which are governed and frozen",
    "merges_recordidentity": "derived from decisions, which are governed and frozen",
    "merges_linkedpair": "what settled decisions assert, derived from them; constraints hold it consistent",
    "merges_keptapart": "what settled decisions assert, derived from them; constraints hold it consistent",
    "cases_releasedue": "a to-do list derived from decisions, which are governed and frozen",
}
