"""The shapes of the API's requests and answers; its OpenAPI schema is drawn from them."""

from __future__ import annotations

from rest_framework import serializers

from console.web.problem import Problem
from governance.measures.models import Unit
from governance.measures.values import Freshness


class Value(serializers.Serializer):
    """One value: a ratio by numerator and denominator, anything else by value; an event needs neither."""

    measure = serializers.CharField(help_text="The measure's code.")
    as_of = serializers.DateTimeField(help_text="Time of the data, with UTC offset.")
    wave = serializers.CharField(required=False, help_text="Wave ID. Omit for the whole programme.")
    dimension = serializers.CharField(required=False, help_text="Dimension, such as a ward.")
    value = serializers.DecimalField(max_digits=24, decimal_places=6, required=False)
    numerator = serializers.IntegerField(required=False, min_value=0)
    denominator = serializers.IntegerField(required=False, min_value=0)
    samples = serializers.IntegerField(required=False, min_value=0, help_text="Observations behind the value.")


class Report(serializers.Serializer):
    """Up to 1,000 values, kept all or none."""

    measures = Value(many=True)


class ReportDone(serializers.Serializer):
    """What became of a report."""

    kept = serializers.IntegerField()
    repeated = serializers.IntegerField(help_text="Duplicates ignored.")
    corrected = serializers.IntegerField(help_text="Kept in place of another value of the same time.")
    receipt = serializers.CharField(
        allow_blank=True, help_text="Hash of the audit log entry; empty when nothing was recorded."
    )


class BadLine(serializers.Serializer):
    """A line that cannot be believed."""

    line = serializers.IntegerField(help_text="From 1.")
    detail = serializers.CharField()


class ReportRefused(Problem):
    """Nothing was kept; every bad line is listed."""

    lines = BadLine(many=True, required=False)


class MeasureItem(serializers.Serializer):
    """What one measure says now."""

    measure = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    state = serializers.ChoiceField(choices=[(state.value, state.value) for state in Freshness])
    value = serializers.FloatField(allow_null=True, help_text="Null if there is no value; see `missing`.")
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    samples = serializers.IntegerField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True, help_text="The time of the data.")
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    query = serializers.CharField(allow_blank=True)
    query_version = serializers.IntegerField()
    missing = serializers.CharField(allow_blank=True)


class MeasureList(serializers.Serializer):
    """What every measure says now of a wave, or of the programme as a whole."""

    wave = serializers.CharField(allow_blank=True)
    items = MeasureItem(many=True)
