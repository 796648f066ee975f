"""Which tables the book watches, column by column, and which it does not, with the reason.

A column is digested unless it is named ``plain`` here, so a new column can never leak into the book by being forgotten.
Plain columns hold codes, states, counts, times and staff; never what may be said of a patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Governed:
    """One table whose row changes become entries.

    ``plain``: columns told in clear. ``quiet``: columns whose change alone is not worth an entry (progress counters).
    ``bulk``: an INSERT of more than 50 rows makes one entry. ``frozen``: the database refuses UPDATE, DELETE, TRUNCATE.
    ``subject``: prefix and column of the name that entries are found by.
    """

    table: str
    plain: tuple[str, ...]
    subject: tuple[str, str]
    quiet: tuple[str, ...] = ()
    key: str = "id"
    bulk: bool = False
    frozen: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def govern(
    table: str, plain: str, *, of: tuple[str, str] | None = None, quiet: str = "", key: str = "id", **flags: bool
) -> Governed:
    """Describe one governed table. ``of`` names what its entries are about, by default the row (``cases.queue:3``)."""
    return Governed(table, _words(plain), of or (f"{table.replace('_', '.', 1)}:", key), _words(quiet), key, **flags)


_CASE: Final = ("EX-", "case_id")
_USER: Final = ("people.user:", "user_id")
_COUNTS: Final = "lines opened known verified reopened returned rejected excerpts withdrawn checked_bytes"

GOVERNED: Final[tuple[Governed, ...]] = (
    # People, and what they may do
    govern(
        "people_user",
        "id username name kind is_active is_staff is_superuser last_login date_joined time_zone",
        quiet="preferences",
    ),
    govern("people_user_user_permissions", "id user_id permission_id", of=_USER),
    govern("people_user_groups", "id user_id group_id", of=_USER),
    govern(
        "people_rolegrant",
        "id user_id role scope_type_id scope_id granted_by_id granted_at revoked_by_id revoked_at",
        of=_USER,
    ),
    govern(
        "people_servicetoken",
        "id user_id name hint scopes created_by_id created_at expires_at revoked_at last_used_on",
        of=_USER,
        quiet="last_used_on",
    ),
    govern("auth_group", "id name"),
    govern("auth_group_permissions", "id group_id permission_id", of=("auth.group:", "group_id")),
    govern("guardian_userobjectpermission", "id permission_id content_type_id object_pk user_id", of=_USER),
    govern("guardian_groupobjectpermission", "id permission_id content_type_id object_pk group_id"),
    # Ways to sign in
    govern("account_emailaddress", "id user_id verified primary", of=_USER),
    govern("mfa_authenticator", "id user_id type created_at last_used_at", of=_USER, quiet="last_used_at"),
    govern("socialaccount_socialaccount", "id user_id provider last_login date_joined", of=_USER),
    govern("socialaccount_socialapp", "id provider provider_id name"),
    # Waves, sources, runs
    govern("waves_wave", "id slug name planned_for frozen_at frozen_because created_at"),
    govern("runs_source", "id name title kind path public_key active polled_at problem", quiet="polled_at"),
    govern(
        "runs_run",
        "id source_id wave_id run_id state origin manifest_digest signed started_at finished_at decisions_applied "
        f"announced_by_id announced_at loading_at settled_at recalled_at recalled_by_id lines_expected {_COUNTS}",
        quiet=f"lease_until lease_holder attempts rejected_by {_COUNTS}",
    ),
    # Queues and how cases reach them
    govern(
        "cases_queue",
        "id slug name kind order active lease_seconds undo_seconds escalates_to_id overlays_to_id",
    ),
    govern("cases_businesscalendar", "id name time_zone weekly holidays"),
    govern("cases_slapolicy", "id queue_id severity minutes calendar_id"),
    govern("cases_routingrule", "id order name kind conditions queue_id priority active"),
    govern("cases_savedview", "id owner_id shared"),
    # Cases and what people do to them
    govern(
        "cases_case",
        "id kind state queue_id wave_id severity size priority opened_at due_at wake_at opened_run_id "
        "latest_exception_id decision_id verified_run_id reopened revision",
        of=("EX-", "id"),
        bulk=True,
    ),
    govern("cases_exception", "id case_id run_id", of=_CASE, bulk=True, frozen=True),
    govern("cases_occurrence", "id case_id run_id exception_id file_id line_no", of=_CASE, bulk=True, frozen=True),
    govern("cases_claim", "case_id by_id taken_at expires_at", of=_CASE, key="case_id"),
    govern(
        "cases_decision",
        "id case_id role verdict reason by_id decided_at seen_revision seen_exception_id reverses_id release_at "
        "request_key receipt entry_id",
        of=_CASE,
        frozen=True,
    ),
    govern("cases_feeditem", "position decision_id released_at", key="position", frozen=True),
    govern("cases_acknowledgement", "id consumer_id through at"),
    govern(
        "cases_reopening",
        "id case_id run_id decision_id before_exception_id after_exception_id cause at",
        of=_CASE,
    ),
)

EXEMPT: Final[dict[str, str]] = {
    "audit_logentry": "the book itself: it takes no change that could be captured",
    "auth_permission": "a catalogue that migrations make from the code",
    "django_content_type": "a catalogue that migrations make from the code",
    "django_session": "comes and goes with every visit; signing in and out is booked",
    "account_emailconfirmation": "short-lived keys; the address that they confirm is governed",
    "socialaccount_socialtoken": "short-lived tokens of the identity provider",
    "runs_runfile": "progress of a job; every chunk is booked with its file, lines and digest",
    "runs_rejectedline": "read from bytes whose digest is booked with their chunk, and counted there",
    "runs_recordexcerpt": "patient data, read from bytes whose digest is booked with their chunk",
    "cases_heldrecord": "follows the claim, which is governed",
    "cases_queuetally": "counts derived from cases by trigger",
    "cases_releasedue": "a to-do list derived from decisions, which are governed and frozen",
}
