"""The shapes of the API's requests and answers; its OpenAPI schema is drawn from them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from triage.cases.kinds import REVERSE
from triage.cases.models import State
from triage.cases.models.decision import CUTOVER
from triage.cases.rules import NOTE_CHARACTERS, REASON_CHARACTERS


class CaseItem(serializers.Serializer):
    """A case in a list. Free of patient data."""

    ref = serializers.CharField()
    kind = serializers.CharField(help_text="Code of its type.")
    state = serializers.ChoiceField(choices=State.choices)
    queue = serializers.CharField(help_text="Short name of its queue.")
    wave = serializers.CharField()
    severity = serializers.CharField(help_text="critical, high, medium or low.")
    domain = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    facilities = serializers.ListField(
        child=serializers.CharField(), help_text="Of its records, as last reported; empty: not reported."
    )
    size = serializers.IntegerField(help_text="Number of source records.")
    score = serializers.FloatField(allow_null=True, help_text="Bits.")
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    past_cutover = serializers.BooleanField(help_text="Deferred until the first of its waves has cut over.")
    reopened = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="Send it back as `seen` with a decision.")
    assignee = serializers.CharField(allow_null=True, help_text="Username of the person it is assigned to.")


class CasePage(serializers.Serializer):
    """A page of cases."""

    items = CaseItem(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page; empty on the last.")


class ClaimFacts(serializers.Serializer):
    """Who holds a case."""

    by = serializers.CharField()
    expires_at = serializers.DateTimeField()


class DecisionFacts(serializers.Serializer):
    """A decision on a case."""

    id = serializers.IntegerField()
    role = serializers.CharField()
    verdict = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    by = serializers.CharField(help_text="Printed name.")
    decided_at = serializers.DateTimeField()
    release_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.CharField(help_text="SHA-256 of the audit log entry.")
    reverses = serializers.IntegerField(allow_null=True)
    until = serializers.CharField(
        allow_blank=True, help_text="Of a deferral: when it ends, a time or `cutover`; empty for other verdicts."
    )
    proposed = serializers.BooleanField(help_text="It defers nothing yet: another person must agree.")
    content = serializers.JSONField(
        allow_null=True,
        help_text="What the verdict carries. In a case, only with `?include=line` when it may quote patient data.",
    )


class CaseFull(CaseItem):
    """A case with its claim and decisions; ``line`` only on request, and for users who may see patient data."""

    claim = ClaimFacts(allow_null=True)
    decisions = DecisionFacts(many=True)
    line = serializers.JSONField(required=False, help_text="The exception's line, with `?include=line`.")


class HandOver(serializers.Serializer):
    """To whom a case is handed over, and why."""

    to = serializers.CharField(
        max_length=150, allow_null=True, help_text="Username of a colleague; null returns the case to its queue."
    )
    why = serializers.CharField(max_length=REASON_CHARACTERS, help_text="Shown on the page of the case.")


class HandedOver(serializers.Serializer):
    """Whose a case is now."""

    ref = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    assignee = serializers.CharField(allow_null=True, help_text="Username.")


class Claimed(serializers.Serializer):
    """A claim."""

    ref = serializers.CharField()
    queue = serializers.CharField()
    revision = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


@extend_schema_field({"oneOf": [{"type": "string", "format": "date-time"}, {"type": "string", "enum": [CUTOVER]}]})
class UntilField(serializers.DateTimeField):
    """A time, or the word for the cutover of the case's wave."""

    def to_internal_value(self, value: Any) -> Any:
        """The time, or the word. Raises ValidationError for neither."""
        return CUTOVER if value == CUTOVER else super().to_internal_value(value)


class Decide(serializers.Serializer):
    """A verdict. The same ``request_key`` sent again gives the first decision."""

    verdict = serializers.CharField(max_length=24)
    reason = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    note = serializers.CharField(
        max_length=NOTE_CHARACTERS, required=False, default="", allow_blank=True, trim_whitespace=False
    )
    seen = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="Revision shown to the reviewer.")
    until = UntilField(
        required=False,
        default=None,
        allow_null=True,
        help_text="Until when the case is deferred, a time or `cutover` (severe cases then wait for a second person); "
        "or when the answer to a question is due (left out: next working day of the queue).",
    )
    asked_of = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        allow_blank=True,
        help_text="Who is asked for information: a person's username, or the short name of a mailbox.",
    )
    content = serializers.JSONField(
        required=False,
        default=None,
        allow_null=True,
        help_text="What the verdict carries; its shape is that of the schema of the type and verdict.",
    )
    reverse = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        default=list,
        max_length=50,
        help_text="For adjudication: decisions on other cases that this one contradicts and reverses. `note`: why.",
    )
    confirm = serializers.BooleanField(
        source="confirmed",
        required=False,
        default=False,
        help_text="The reviewer has read the warning that refused this verdict before (a possible twin).",
    )
    request_key = serializers.UUIDField(required=False, default=None, allow_null=True)


class EarlierDecision(serializers.Serializer):
    """A settled decision that a verdict contradicts."""

    decision = serializers.IntegerField()
    case = serializers.CharField(source="ref")
    verdict = serializers.CharField()
    by = serializers.CharField(help_text="Printed name.")
    decided_at = serializers.DateTimeField()
    released = serializers.BooleanField()


class Contradiction(serializers.Serializer):
    """A refusal (409). `error` is `contradiction` for a verdict that contradicts settled decisions.

    Then the verdict was kept as `decision` but settled nothing; the case is in the queue `queue` for a third person.
    """

    error = serializers.CharField()
    detail = serializers.CharField()
    decision = serializers.IntegerField(required=False)
    queue = serializers.CharField(required=False)
    contradicts = EarlierDecision(many=True, required=False)


class FeedEntry(serializers.Serializer):
    """A released decision. Later positions override earlier ones about the same case."""

    position = serializers.IntegerField()
    decision = serializers.IntegerField()
    case = serializers.CharField()
    kind = serializers.CharField()
    wave = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]  # the metaclass takes declared fields away
        help_text="Source whose run reported the evidence that was decided on."
    )
    run = serializers.CharField(help_text="`run_id` of that run.")
    line = serializers.JSONField(allow_null=True, help_text="`id` of the line in that run; null for types without one.")
    role = serializers.CharField()
    verdict = serializers.CharField(help_text=f"`{REVERSE}` reverses the decision at position `reverses`.")
    reason = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Printed name.")
    reverses = serializers.IntegerField(allow_null=True, help_text="Position of the reversed decision.")
    receipt = serializers.CharField(help_text="SHA-256 of the audit log entry.")
    content = serializers.JSONField(allow_null=True, help_text="What the verdict carries, in canonical form.")
    outcome = serializers.JSONField(help_text="Instruction for the pipeline, by the type of case.")


class FeedPage(serializers.Serializer):
    """A page of the feed. ``next`` is the last position looked at: send it as ``after``. ``more``: ask at once."""

    items = FeedEntry(many=True)
    next = serializers.IntegerField()
    more = serializers.BooleanField()


class Through(serializers.Serializer):
    """The last position that was applied, of the decisions of a source."""

    source = serializers.CharField(  # type: ignore[assignment]  # as above
        max_length=100,
        required=False,
        default="",
        allow_blank=True,
        help_text="Name of the source. May be left out by an account that acts for only one source.",
    )
    through = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class Acknowledged(serializers.Serializer):
    """An acknowledgement taken down."""

    source = serializers.CharField()  # type: ignore[assignment]  # as above
    through = serializers.IntegerField()
    cases = serializers.IntegerField(help_text="Cases acknowledged.")


class QueueItem(serializers.Serializer):
    """A queue with its numbers of cases by state."""

    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    cases = serializers.DictField(child=serializers.IntegerField())
