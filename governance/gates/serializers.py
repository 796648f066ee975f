"""The shapes of the API's answers about gates; its OpenAPI schema is drawn from them."""

from __future__ import annotations

from rest_framework import serializers

from governance.gates.models.assessments import Result
from governance.gates.rules import GateState


class CriterionNow(serializers.Serializer):
    """One criterion as it stands now."""

    code = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.CharField()
    blocking = serializers.BooleanField()
    result = serializers.ChoiceField(choices=Result.choices)
    observed = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    permits = serializers.BooleanField(help_text="True if the criterion passes or has an active waiver.")
    basis = serializers.CharField(allow_blank=True, help_text="`pass`, `waiver:7`, or empty.")


class GateNow(serializers.Serializer):
    """A gate as it stands now. Holds no ballots: a poll is blind."""

    ref = serializers.CharField()
    title = serializers.CharField()
    phase = serializers.CharField()
    wave = serializers.CharField(help_text="Short name of its wave, or of another subject.")
    state = serializers.ChoiceField(choices=[state.value for state in GateState])
    at = serializers.DateTimeField(help_text="Evaluation time.")
    permits = serializers.BooleanField(help_text="Every blocking criterion permits a GO now.")
    blocks = serializers.ListField(child=serializers.CharField(), help_text="Reasons why GO is blocked.")
    criteria = CriterionNow(many=True)
    turn = serializers.IntegerField(allow_null=True, help_text="Latest round (sealed package number).")
    package = serializers.CharField(allow_blank=True, help_text="SHA-256 of the current package, or empty.")
    outcome = serializers.CharField(allow_blank=True, help_text="Decision on the current package, or empty.")
    valid_until = serializers.DateTimeField(allow_null=True, help_text="GO expires at this time.")


class SigningKey(serializers.Serializer):
    """The console's public key."""

    algorithm = serializers.CharField()
    key = serializers.CharField(help_text="64 hexadecimal digits.")
    id = serializers.CharField(help_text="The first 16 digits of the key's SHA-256.")
