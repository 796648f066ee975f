"""How the API's schema describes a refusal."""

from __future__ import annotations

from rest_framework import serializers


class Problem(serializers.Serializer):
    """A refusal: a code for programs and a sentence for people."""

    error = serializers.CharField()
    detail = serializers.CharField()
