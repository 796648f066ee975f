"""The shapes of the API's answers about risks; its OpenAPI schema is drawn from them."""

from __future__ import annotations

from rest_framework import serializers

from governance.risks.models import AcceptanceState, Domain, LinkKind, RatingKind, RiskStatus


class RatingFacts(serializers.Serializer):
    """One rating: who scored it what, when, under which scheme, and why."""

    kind = serializers.ChoiceField(choices=RatingKind.choices)
    scheme = serializers.CharField(help_text="Name and version, as in dcb0129-1.")
    factors = serializers.DictField(child=serializers.CharField(), help_text="Words on the scheme's axes.")
    level = serializers.CharField(help_text="Looked up by the scheme.")
    rank = serializers.IntegerField(help_text="The level's place within its scheme.")
    severity = serializers.IntegerField(help_text="On the scale of all schemes: 1 low to 4 unacceptable.")
    rationale = serializers.CharField()
    rater = serializers.CharField(help_text="Printed name.")
    rated_at = serializers.DateTimeField()


class RiskItem(serializers.Serializer):
    """A risk in a list."""

    ref = serializers.CharField()
    title = serializers.CharField()
    domain = serializers.ChoiceField(choices=Domain.choices)
    wave = serializers.CharField(allow_null=True, help_text="Slug; null for the whole programme.")
    status = serializers.ChoiceField(choices=RiskStatus.choices, help_text="OSCAL risk status.")
    owner = serializers.CharField()
    severity = serializers.IntegerField(allow_null=True, help_text="Of its current rating; null without one.")
    level = serializers.CharField(allow_blank=True)
    accepted_until = serializers.DateTimeField(allow_null=True, help_text="Null unless an acceptance is in force now.")
    review_on = serializers.DateTimeField()
    overdue = serializers.BooleanField()
    reassess_because = serializers.CharField(allow_blank=True, help_text="Why an event requires a new rating.")


class RiskList(serializers.Serializer):
    """A page of risks."""

    items = RiskItem(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page; empty on the last.")


class AcceptanceFacts(serializers.Serializer):
    """An acceptance, with its state at the moment of the answer."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AcceptanceState.choices)
    level = serializers.CharField()
    reason = serializers.CharField()
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    not_after = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class LinkFacts(serializers.Serializer):
    """Something that a risk is tied to."""

    kind = serializers.ChoiceField(choices=LinkKind.choices)
    target = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class RiskFull(RiskItem):
    """A risk with its chain, its ratings and what was decided about it."""

    cause = serializers.CharField()
    hazard = serializers.CharField()
    effect = serializers.CharField()
    harm = serializers.CharField()
    failure_mode = serializers.CharField()
    detection_method = serializers.CharField()
    detection_measure = serializers.CharField(allow_blank=True)
    detection_state = serializers.CharField(allow_blank=True, help_text="sound, failing or silent now.")
    mitigation = serializers.CharField(allow_blank=True)
    ratings = RatingFacts(many=True, help_text="The newest first, 100 at most.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="The moment that was asked about, if any.")
    scores = RatingFacts(many=True, help_text="The rating of each kind that held then (now without `as_of`).")
    acceptances = AcceptanceFacts(many=True)
    links = LinkFacts(many=True)
