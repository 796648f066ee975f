"""Tables that the audit log captures, column by column; ``exempt`` has those that it does not.

A column is digested unless it is named ``plain`` here, so a forgotten new column can never
leak into the audit log.
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
    ``secret``: that a row was made is told by its action alone; the row itself would say too much too early.
    ``subject``: prefix and column of the name that entries are found by.
    """

    table: str
    plain: tuple[str, ...]
    subject: tuple[str, str]
    quiet: tuple[str, ...] = ()
    key: str = "id"
    bulk: bool = False
    frozen: bool = False
    secret: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def govern(
    table: str, plain: str, *, of: tuple[str, str] | None = None, quiet: str = "", key: str = "id", **flags: bool
) -> Governed:
    """Describe one governed table. ``of`` names what its entries are about, by default the row (``cases.queue:3``)."""
    return Governed(table, _words(plain), of or (f"{table.replace('_', '.', 1)}:", key), _words(quiet), key, **flags)


_CASE: Final = ("EX-", "case_id")
_USER: Final = ("people.user:", "user_id")
_RISK: Final = ("RISK-", "id")
_OF_RISK: Final = ("RISK-", "risk_id")
_GATE: Final = ("GATE-", "id")
_OF_GATE: Final = ("GATE-", "gate_id")
_PLAN: Final = ("rollback.rollbackplan:", "plan_id")
_PACKAGE: Final = ("gates.decisionpackage:", "package_id")
_VERSION: Final = ("gates.criterionversion:", "version_id")
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
    govern("waves_wave", "id slug name planned_for frozen_at frozen_because guarded_at created_at"),
    govern("runs_source", "id name title kind path public_key active field_rules polled_at problem", quiet="polled_at"),
    govern(
        "runs_run",
        "id source_id wave_id run_id state origin manifest_digest signed started_at finished_at decisions_applied "
        "purpose continues_id "
        f"announced_by_id announced_at loading_at settled_at recalled_at recalled_by_id lines_expected {_COUNTS}",
        quiet=f"populating lease_until lease_holder attempts rejected_by {_COUNTS}",
    ),
    # Queues and how cases reach them
    govern(
        "cases_queue",
        "id slug name kind order active lease_seconds undo_seconds hold_limit responsible_id deputy_id "
        "deputy_after_seconds leads_after_seconds",
    ),
    govern("cases_queuetarget", "id queue_id name to_id", of=("cases.queue:", "queue_id")),
    govern("cases_businesscalendar", "id name time_zone weekly holidays country subdivision"),
    govern("cases_slapolicy", "id queue_id severity minutes calendar_id"),
    govern("cases_routingrule", "id order name kind conditions queue_id priority active"),
    govern("cases_savedview", "id owner_id shared"),
    # Cases and what people do to them
    govern(
        "cases_case",
        "id kind state queue_id wave_id further_waves severity size priority opened_at due_at wake_at opened_run_id "
        "latest_exception_id decision_id verified_run_id reopened revision assignee_id assigned_at",
        of=("EX-", "id"),
        bulk=True,
    ),
    govern("cases_exception", "id case_id run_id", of=_CASE, bulk=True, frozen=True),
    govern("cases_occurrence", "id case_id run_id exception_id file_id line_no", of=_CASE, bulk=True, frozen=True),
    govern(
        "cases_reportedchange",
        "id case_id run_id at turn revision before_exception_id after_exception_id state_before state_after "
        "severity_before severity_after queue_before_id queue_after_id due_before due_after",
        of=_CASE,
        bulk=True,
        frozen=True,
    ),
    govern("cases_member", "id case_id run_id file_id line_no", of=_CASE, bulk=True, frozen=True),
    govern("cases_claim", "case_id by_id taken_at expires_at ahead", of=_CASE, key="case_id"),
    govern("overdue_escalationstep", "id case_id queue_id step due_at at told over_at", of=_CASE),
    govern("cases_handover", "id case_id before_id to_id by_id at", of=_CASE, frozen=True),
    govern(
        "cases_decision",
        "id case_id role verdict reason by_id claimed_at decided_at seen_revision seen_exception_id reverses_id "
        "release_at request_key wave_id due_at receipt entry_id",
        of=_CASE,
        frozen=True,
    ),
    govern("comments_comment", "id case_id by_id at mentions request_key", of=_CASE, frozen=True),
    govern(
        "comments_withdrawal", "comment_id at", of=("comments.comment:", "comment_id"), key="comment_id", frozen=True
    ),
    govern("questions_servicemailbox", "id slug name active"),
    govern("questions_membership", "id mailbox_id person_id", of=("questions.servicemailbox:", "mailbox_id")),
    govern(
        "questions_question",
        "id case_id decision_id by_id person_id mailbox_id asked_at due_at closed_at outcome answered_by_id",
        of=_CASE,
    ),
    govern("cases_feeditem", "position decision_id released_at", key="position", frozen=True),
    govern("cases_acknowledgement", "id consumer_id source_id through at"),
    govern(
        "cases_reopening", "id case_id run_id decision_id before_exception_id after_exception_id cause at", of=_CASE
    ),
    govern(
        "bulk_bulkchange",
        "id act by_id stage queue left_out more prepared_at started_at worked_at done_at",
        of=("bulk.bulkchange:", "id"),
        quiet="worked_at",
    ),
    govern("cases_replacement", "id case_id run_id followed", of=_CASE, bulk=True),
    # Measures
    govern(
        "measures_reportedmeasure", "id code title unit direction fresh_seconds keep_days active made_by_id made_at"
    ),
    # The risk register
    govern(
        "risks_risk",
        "id wave_id domain status detection_measure detection_operator detection_threshold detection_state owner_id "
        "mitigation_owner_id scheme review_on reassess_since reassess_because template made_by_id made_at closed_at",
        of=_RISK,
        bulk=True,
    ),
    govern(
        "risks_riskrating",
        "id risk_id kind scheme factors level rank severity rater_id rated_at",
        of=_OF_RISK,
        frozen=True,
    ),
    govern(
        "risks_riskacceptance",
        "id risk_id rating_id requested_by_id requested_at not_after taken_up_by_id taken_up_at decided_by_id "
        "decided_at granted revoked_by_id revoked_at expiry_noted_at",
        of=_OF_RISK,
    ),
    govern("risks_riskreview", "id risk_id by_id at", of=_OF_RISK, frozen=True),
    govern(
        "risks_riskcontrol",
        "id risk_id means made_by_id made_at in_place_by_id in_place_at closed_by_id closed_at",
        of=_OF_RISK,
    ),
    govern(
        "risks_risklink",
        "id risk_id kind target made_by_id made_at closed_by_id closed_at critical_since",
        of=_OF_RISK,
    ),
    govern("risks_escalation", "id risk_id step because due_at at acknowledged_by_id acknowledged_at", of=_OF_RISK),
    # Rollback
    govern(
        "rollback_rollbackplan",
        "id wave_id version authority_id deputy_id decide_within window_start window_end margin rto rpo mtd data_scope "
        "runbook_digest digest by_id at",
        of=("waves.wave:", "wave_id"),
        frozen=True,
    ),
    govern(
        "rollback_rollbacktrigger",
        "id plan_id code measure dimension operator threshold consecutive",
        of=_PLAN,
        frozen=True,
    ),
    govern(
        "rollback_rehearsal",
        "id plan_id digest kind started_at finished_at planned_minutes rollback_minutes records production_records "
        "succeeded by_id at",
        of=_PLAN,
        frozen=True,
    ),
    govern(
        "rollback_alarm",
        "id trigger_id at observed raised_by_id decide_by answer answered_by_id answered_at late_told_at cleared_at",
        of=("rollback.rollbacktrigger:", "trigger_id"),
    ),
    # Signatures on what is no gate
    govern(
        "signing_signature",
        "id subject digest place person_id printed_name seat_title signed_at local_time time_zone proof hash previous",
        frozen=True,
    ),
    # Gates
    govern("gates_gate", "id subject_kind subject_id wave_id phase title template made_by_id made_at", of=_GATE),
    govern("gates_criterion", "id gate_id code title owner_id order retired_at", of=_OF_GATE),
    govern(
        "gates_criterionversion",
        "id criterion_id version kind measure dimension operator threshold min_samples max_age interval consecutive "
        "coverage subject blocking waivable domain by_id at",
        of=("gates.criterion:", "criterion_id"),
        frozen=True,
    ),
    govern(
        "gates_policy",
        "id gate_id version quorum go_needed freezes poll_hours valid_hours by_id at",
        of=_OF_GATE,
        frozen=True,
    ),
    govern(
        "gates_seat",
        "id policy_id code title required chair vetoes holder_id alternate_id order",
        of=("gates.policy:", "policy_id"),
        frozen=True,
    ),
    govern(
        "gates_evaluation",
        "id version_id occasion result observed value numerator denominator samples data_as_of evaluated_at query "
        "query_version sentence",
        of=_VERSION,
        bulk=True,
        frozen=True,
    ),
    govern(
        "gates_attestation",
        "id criterion_id version_id statement by_id at withdrawn_by_id withdrawn_at",
        of=("gates.criterion:", "criterion_id"),
    ),
    govern(
        "gates_controltest",
        "id subject_kind subject_id wave_id control method satisfied population sample period_from period_to tested_at "
        "by_id at",
        of=("waves.wave:", "wave_id"),
        frozen=True,
    ),
    govern(
        "gates_waiver",
        "id version_id requested_by_id requested_at not_after decided_by_id decided_at granted revoked_by_id "
        "revoked_at",
        of=_VERSION,
    ),
    govern(
        "gates_decisionpackage",
        "id gate_id turn policy_id digest previous sealed_by_id sealed_at closes_at",
        of=_OF_GATE,
        frozen=True,
    ),
    # Voting is blind: the audit log holds a digest of each vote; the decision record holds it in clear once revealed.
    govern("gates_ballot", "id package_id seat_id person_id at request_key", of=_PACKAGE, frozen=True),
    # Only some ballots set conditions: that there is one would tell the choice. The signature's content holds them.
    govern("gates_condition", "id ballot_id owner_id due_at measure operator threshold met_by_id met_at", secret=True),
    govern(
        "gates_signature",
        "id package_id place act ballot_id person_id printed_name seat_title signed_at local_time time_zone proof hash "
        "previous",
        of=_PACKAGE,
        frozen=True,
    ),
    govern("gates_consolidation", "id package_id by_id at count", of=_PACKAGE, frozen=True),
    govern("gates_gatedecision", "id package_id outcome by_id at valid_until signature_id", of=_PACKAGE, frozen=True),
    govern("gates_supersession", "id package_id at by_id cause changes", of=_PACKAGE, frozen=True),
    govern("gates_revalidation", "id package_id at by_id passed findings", of=_PACKAGE, frozen=True),
)
