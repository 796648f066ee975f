"""Bulk changes: one act of a lead on many cases, and what came of it for each. These rows are the truth of a job."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.cases.models import Case


class Stage(models.TextChoices):
    """How far a bulk change is. A draft is a selection and its preview: nothing has happened to any case."""

    DRAFT = "draft", "Preview"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    UNDOING = "undoing", "Being undone"


class Result(models.TextChoices):
    """What a bulk change does, or did, to one case."""

    UNKNOWN = "unknown", "Not previewed"
    WILL = "will", "Will change"
    DONE = "done", "Changed"
    ALREADY = "already", "Unchanged"
    REFUSED = "refused", "Refused"


class Undo(models.TextChoices):
    """Whether what was done to one case has been undone since."""

    NONE = "", "Not asked"
    ASKED = "asked", "Waiting"
    DONE = "done", "Undone"
    REFUSED = "refused", "Not undone"


class BulkChange(models.Model):
    """One act of one person on many cases. ``wanted`` holds what the act needs, by name; never patient data.

    ``words`` are the filters of the list that the cases were selected in, and ``queue`` its queue (empty: all queues).
    ``left_out``: how many were selected that are not this person's to manage, or that do not exist.
    """

    id = models.BigAutoField(primary_key=True)
    act = models.CharField(max_length=24)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.DRAFT)
    wanted = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    queue = models.SlugField(max_length=60, blank=True, db_index=False)
    words = models.CharField(max_length=2000, blank=True)
    left_out = models.PositiveIntegerField(default=0)
    more = models.BooleanField(default=False, help_text="The list had further cases than one change takes.")
    prepared_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True, help_text="When a worker last came on with it.")
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["by", "-id"], name="bulk_change_by"),
            models.Index(fields=["worked_at"], condition=Q(stage__in=["running", "undoing"]), name="bulk_change_work"),
            models.Index(fields=["prepared_at"], condition=Q(stage="draft"), name="bulk_change_draft"),
        ]


class BulkItem(models.Model):
    """One case of a bulk change. ``before`` is what stood when it was previewed, ``after`` what the change left."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    result = models.CharField(max_length=12, choices=Result, default=Result.UNKNOWN)
    sentence = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often its case was locked elsewhere.")
    undo = models.CharField(max_length=12, choices=Undo, default=Undo.NONE, blank=True)
    undo_sentence = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["change", "case"], name="bulk_item_once")]
        indexes = [
            models.Index(fields=["change", "result", "id"], name="bulk_item_result"),
            models.Index(fields=["change", "attempts", "case"], condition=Q(result="will"), name="bulk_item_waiting"),
            models.Index(fields=["change", "attempts", "case"], condition=Q(undo="asked"), name="bulk_item_undoing"),
        ]

    @property
    def word(self) -> str:
        """Its result in a word."""
        return str(Result(self.result).label)

    @property
    def look(self) -> tuple[str, str]:
        """The tone and the icon of its badge."""
        return _LOOKS[Result(self.result)]


_LOOKS: Final = {
    Result.UNKNOWN: ("outline", "circle-dashed"),
    Result.WILL: ("info", "circle-dot"),
    Result.DONE: ("success", "circle-check"),
    Result.ALREADY: ("outline", "equal"),
    Result.REFUSED: ("alarm", "circle-x"),
}
