"""Shapes of the API's answers about runs, for its published description."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from triage.intake import stated
from triage.runs.models import RejectedLine, Run, RunFile


class RunItem(serializers.Serializer):
    """A run in a list. Counts of lines and cases grow while it loads."""

    id = serializers.IntegerField()
    run_id = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not DRF's attribute
    wave = serializers.CharField()
    state = serializers.CharField()
    problem = serializers.CharField()
    started_at = serializers.DateTimeField()
    announced_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    lines = serializers.IntegerField()
    lines_expected = serializers.IntegerField()
    opened = serializers.IntegerField()
    known = serializers.IntegerField()
    verified = serializers.IntegerField()
    reopened = serializers.IntegerField()
    rejected = serializers.IntegerField()


class RunPage(serializers.Serializer):
    """A page of runs; ``next`` goes into ``after`` for the following one and is empty on the last."""

    items = RunItem(many=True)
    next = serializers.CharField(allow_blank=True)


class SumShape(serializers.Serializer):
    """One figure of the manifest beside the figure found."""

    group = serializers.CharField()
    where = serializers.CharField()
    what = serializers.CharField()
    declared = serializers.CharField()
    found = serializers.CharField()
    fits = serializers.BooleanField()


class FileShape(serializers.Serializer):
    """One file and how far it has been taken in."""

    path = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    rows = serializers.IntegerField()
    lines = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rejected_kept = serializers.IntegerField(help_text="Rejected lines that are kept; the others are counted.")
    sha256 = serializers.CharField()


class ExaminedShape(serializers.Serializer):
    """Which records the run looked at; with population files, those they list."""

    systems = serializers.ListField(child=serializers.CharField())
    complete = serializers.BooleanField()


class SnapshotShape(serializers.Serializer):
    """The state of the source that was read."""

    reference = serializers.CharField()
    digest = serializers.CharField()


class OffsetsShape(serializers.Serializer):
    """Messages read of one topic of an interface: those after ``from``, up to and with ``to``."""

    interface = serializers.CharField()
    topic = serializers.CharField()
    to = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        """Add ``from``, which Python has a use for."""
        return super().get_fields() | {"from": serializers.IntegerField()}


class ValidatedShape(serializers.Serializer):
    """Records that passed the pipeline's own validation, and that did not."""

    passed = serializers.IntegerField()
    failed = serializers.IntegerField()


class CountsShape(serializers.Serializer):
    """What the pipeline counted besides its stages."""

    late = serializers.IntegerField(allow_null=True)
    duplicate_merges = serializers.IntegerField(allow_null=True)
    error_classes = serializers.DictField(child=serializers.IntegerField())
    validation = ValidatedShape(allow_null=True)


class RunDetail(RunItem):
    """One run in full. What its manifest does not state is null or empty."""

    manifest_digest = serializers.CharField()
    signed = serializers.BooleanField()
    decisions_applied = serializers.IntegerField(allow_null=True)
    finished_at = serializers.DateTimeField()
    returned = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    excerpts = serializers.IntegerField()
    repeated = serializers.IntegerField(help_text="Lines about the same records as another line of the run.")
    rejected_by = serializers.DictField(child=serializers.IntegerField())
    notes = serializers.ListField(child=serializers.CharField())
    sums = SumShape(many=True)
    files = FileShape(many=True)
    recall_reason = serializers.CharField(allow_blank=True)
    purpose = serializers.CharField(allow_blank=True)
    continues = serializers.CharField(allow_null=True)
    examined = ExaminedShape(allow_null=True)
    snapshot = SnapshotShape(allow_null=True)
    offsets = OffsetsShape(many=True)
    counts = CountsShape(allow_null=True)
    operator = serializers.CharField(allow_null=True)


class RejectedItem(serializers.Serializer):
    """A rejected line. The excerpt shows its shape: letters as x, digits as 9."""

    file = serializers.CharField()
    line_no = serializers.IntegerField()
    reason = serializers.CharField()
    detail = serializers.CharField()
    excerpt = serializers.CharField()


class RejectedPage(serializers.Serializer):
    """A page of rejected lines."""

    items = RejectedItem(many=True)
    next = serializers.CharField(allow_blank=True)


class Upload(serializers.Serializer):
    """A run package: either one archive, or its manifest and files (each by the name that the manifest gives it)."""

    package = serializers.FileField(required=False, help_text="The package as a zip or tar archive.")
    manifest = serializers.FileField(required=False)
    signature = serializers.FileField(required=False, help_text="Detached Ed25519 signature of the manifest.")
    files = serializers.ListField(child=serializers.FileField(), required=False)


def item(run: Run) -> dict[str, Any]:
    """A run as ``RunItem``."""
    own = ("run_id", "state", "problem", "started_at", "announced_at", "settled_at", "lines", "lines_expected")
    counts = ("opened", "known", "verified", "reopened", "rejected")
    return {
        "id": run.pk,
        "source": run.source.name,
        "wave": run.wave.slug,
        **{name: getattr(run, name) for name in own + counts},
    }


def detail(run: Run, files: list[RunFile]) -> dict[str, Any]:
    """A run as ``RunDetail``."""
    own = (
        "manifest_digest",
        "signed",
        "decisions_applied",
        "finished_at",
        "returned",
        "withdrawn",
        "excerpts",
        "repeated",
    )
    rest = ("rejected_by", "notes", "sums", "recall_reason")
    shown = ("path", "kind", "state", "rows", "lines", "rejected", "rejected_kept", "sha256")
    return {
        **item(run),
        **{name: getattr(run, name) for name in own + rest},
        **stated.of_api(run),
        "files": [{name: getattr(file, name) for name in shown} for file in files],
    }


def rejected(line: RejectedLine) -> dict[str, Any]:
    """A rejected line as ``RejectedItem``."""
    return {
        "file": line.file.path,
        "line_no": line.line_no,
        "reason": line.reason,
        "detail": line.detail,
        "excerpt": line.excerpt,
    }
