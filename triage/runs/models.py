"""Sources and runs: what a pipeline sent, how far its intake has come, and which lines were rejected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate

from console.waves.models import Wave


class SourceKind(models.TextChoices):
    """How the packages of a source reach Concord."""

    DIRECTORY = "directory", "Directory"
    PUSH = "push", "Pushed by API"


class Source(models.Model):
    """Where runs come from. ``name`` is what manifests call it."""

    name = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=SourceKind, default=SourceKind.PUSH)
    path = models.CharField(max_length=500, blank=True, help_text="Folder below the inbox that is polled.")
    public_key = models.CharField(
        max_length=64, blank=True, help_text="Ed25519 key (hex). Set: manifests must be signed."
    )
    active = models.BooleanField(default=True)
    field_rules = models.JSONField(
        default=dict,
        blank=True,
        help_text="How its columns are read: canonical names, placeholders, country (triage.desk.field_rules).",
    )
    polled_at = models.DateTimeField(null=True, blank=True, help_text="When a poll last changed what is said here.")
    problem = models.CharField(max_length=500, blank=True, help_text="What the last poll could not take in, and why.")

    class Meta:
        ordering = ["name"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.title


class RunState(models.TextChoices):
    """How far the intake of a run has come."""

    ANNOUNCED = "announced", "Announced"
    CHECKING = "checking", "Checking the manifest"
    LOADING = "loading", "Loading"
    LOADED = "loaded", "Loaded"
    QUARANTINED = "quarantined", "Quarantined"
    FAILED = "failed", "Failed"
    RECALLED = "recalled", "Recalled"


class Run(models.Model):
    """One execution of a migration pipeline. Counts of lines are kept as the chunks commit."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="runs")
    run_id = models.CharField(max_length=100)
    state = models.CharField(max_length=12, choices=RunState, default=RunState.ANNOUNCED)
    package = models.CharField(max_length=500, help_text="Folder of the package below the package root.")
    origin = models.CharField(
        max_length=500, blank=True, help_text="How it came: api, command, or a folder of the inbox."
    )
    manifest = models.JSONField()
    manifest_digest = models.CharField(max_length=64)
    signed = models.BooleanField(default=False)
    started_at = models.DateTimeField(help_text="When the pipeline started it.")
    finished_at = models.DateTimeField(help_text="When the pipeline finished it.")
    decisions_applied = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=12, blank=True, help_text="Why it was made; empty when it does not say.")
    continues = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="continued_by",
        help_text="The run of the same source that it follows, once its check has passed.",
    )  # fmt: skip
    populating = models.BooleanField(
        default=False, help_text="Its population files are being taken in; all other files wait for them."
    )
    announced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(auto_now_add=True)
    loading_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="When intake ended, well or not.")
    problem = models.TextField(blank=True, help_text="Why it is quarantined or failed, in one sentence.")
    sums = models.JSONField(default=list, help_text="What the manifest declares beside what was found.")
    notes = models.JSONField(default=list, help_text="Sentences worth knowing that stop nothing: unlisted files.")
    checked_bytes = models.BigIntegerField(default=0, help_text="How far the check of the files has come.")
    lease_until = models.DateTimeField(null=True, help_text="Until then a worker is checking the files.")
    lease_holder = models.CharField(max_length=100, blank=True)
    attempts = models.IntegerField(default=0, help_text="How often the check was started.")
    lines = models.BigIntegerField(default=0)
    lines_expected = models.BigIntegerField(default=0)
    opened = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    verified = models.BigIntegerField(default=0)
    reopened = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0, help_text="Withdrawn cases that this run brought back.")
    rejected = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0, help_text="Lines about what another line of the run is about too.")
    rejected_by = models.JSONField(default=dict, help_text="Rejected lines by reason, so that no page has to count.")
    excerpts = models.BigIntegerField(default=0)
    withdrawn = models.BigIntegerField(default=0)
    recalled_at = models.DateTimeField(null=True)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recall_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["source", "run_id"], name="runs_run_once")]
        indexes = [
            models.Index(fields=["state", "-id"], name="runs_run_state"),
            # For the search: that identifier, whatever the source, or one that begins so.
            models.Index(fields=["run_id"], opclasses=["varchar_pattern_ops"], name="runs_run_name"),
        ]

    def __str__(self) -> str:
        return self.run_id


class FileState(models.TextChoices):
    """How far the intake of one file has come."""

    WAITING = "waiting", "Waiting"
    LOADING = "loading", "Loading"
    LOADED = "loaded", "Loaded"
    KEPT = "kept", "Kept, not worked"


class RunFile(models.Model):
    """One file of a run and how far it has been taken in. The row is the job: Celery only wakes a worker for it."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=300)
    kind = models.CharField(max_length=16)
    rows = models.BigIntegerField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=FileState, default=FileState.WAITING)
    lines = models.BigIntegerField(default=0, help_text="Lines taken in so far: the next chunk starts after them.")
    opened = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    reopened = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    rejected_kept = models.BigIntegerField(default=0, help_text="Of those, how many are kept with what is wrong.")
    lease_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=100, blank=True)
    attempts = models.IntegerField(default=0, help_text="How often it was started since a chunk last committed.")

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "path"], name="runs_file_once"),
            models.CheckConstraint(condition=Q(lines__gte=0), name="runs_file_lines"),
        ]


class RejectedLine(models.Model):
    """A line that could not be taken in: where it stands, why, and an excerpt without patient data."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="rejected_lines", db_index=False)
    file = models.ForeignKey(RunFile, on_delete=models.PROTECT, related_name="rejected_lines", db_index=False)
    line_no = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=300)
    excerpt = models.CharField(max_length=200, help_text="Shape of the line with letters and digits blotted out.")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["run", "id"], name="runs_rejected_run"),
            models.Index(fields=["run", "reason", "id"], name="runs_rejected_reason"),
        ]


class RecordExcerpt(models.Model):
    """The latest chart excerpt of a source record: what would move with a link."""

    record_key = models.BigIntegerField(primary_key=True, help_text="Hash of system and id (triage.cases.keys).")
    system = models.CharField(max_length=200)
    record_id = models.CharField(max_length=200)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    payload = models.TextField()

    class Meta:
        default_permissions = ()
        # Byte order, whatever the database's own: numbers that begin alike stand together.
        indexes = [models.Index(Collate("record_id", "C"), name="runs_excerpt_number")]


class RecordSystem(models.Model):
    """A system that source records come from, as lines name it. A record's key is a hash of system and number."""

    name = models.CharField(max_length=200, primary_key=True)

    class Meta:
        default_permissions = ()


class ExaminedRecord(models.Model):
    """A source record that a run under way says it examined. Rows go when the run has ended: they only prove.

    Written by COPY and read once, from end to end: records have no index, and the same one may stand here twice. Names
    are kept of records that replace others, for the cases that follow them.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    record_key = models.BigIntegerField(help_text="Hash of system and id (triage.cases.keys).")
    replaces_key = models.BigIntegerField(null=True, help_text="The key that the record had before.")
    system = models.CharField(max_length=200, blank=True)
    record_id = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["run", "replaces_key"], condition=Q(replaces_key__isnull=False), name="runs_examined_replaces"
            )
        ]


class Layer(models.TextChoices):
    """What a reconciliation compares: stored bytes, shapes, the content of records, or what people can do with them."""

    STORAGE = "storage", "Storage"
    SCHEMA = "schema", "Schema"
    RECORD = "record", "Record"
    WORKFLOW = "workflow", "Workflow"


class Reconciliation(models.Model):
    """One check that a run made of what it moved: of ``expected`` units, ``matched`` were found as they should be."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="reconciliations", db_index=False)
    layer = models.CharField(max_length=8, choices=Layer)
    domain = models.CharField(max_length=64)
    check_name = models.CharField(max_length=120, db_column="check")
    expected = models.BigIntegerField()
    matched = models.BigIntegerField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(expected__gte=0, matched__gte=0, matched__lte=models.F("expected")),
                name="runs_reconciliation_counts",
            ),
            # One word on one check: a second line about it would count its units twice.
            models.UniqueConstraint(fields=["run", "layer", "domain", "check_name"], name="runs_reconciliation_once"),
        ]
