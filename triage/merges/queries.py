"""What patient matches read besides the case: the charts behind its records."""

from __future__ import annotations

from triage.cases.models import Case
from triage.merges import charts
from triage.merges.charts import Chart
from triage.runs.models import RecordExcerpt


def charts_of(case: Case) -> dict[int, Chart]:
    """The chart excerpts that runs have sent of the case's records, by record key; in one query."""
    stored = RecordExcerpt.objects.filter(record_key__in=case.record_keys).only("record_key", "payload")
    return {excerpt.record_key: charts.read(excerpt.payload.encode()) for excerpt in stored}
