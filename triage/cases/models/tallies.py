"""Counts of cases, kept as small deltas by database triggers and never scanned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

#: Where queues count the cases deferred past a cutover, beside the states.
PAST_CUTOVER = "past_cutover"


class QueueTally(models.Model):
    """Deltas of the number of cases by queue and state; their sum is the count. A trigger writes, beat folds.

    Cases deferred past a cutover count as ``deferred``, and once more as ``PAST_CUTOVER``.
    """

    id = models.BigAutoField(primary_key=True)
    queue_id = models.BigIntegerField()
    state = models.CharField(max_length=12)
    delta = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["queue_id", "state"], include=["delta"], name="cases_tally_sum")]


class WaveTally(models.Model):
    """Deltas of the number of cases by wave and what governance asks for; as ``QueueTally``. ``sql/wave_tally.sql``.

    ``phase`` is unresolved, settled, verified or withdrawn. ``became``: how many became an unresolved critical case.
    ``domain`` is empty for the domains of a wave that are not counted by name (``CountedDomain``).
    """

    id = models.BigAutoField(primary_key=True)
    wave_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    severity = models.PositiveSmallIntegerField()
    domain = models.CharField(max_length=64)
    phase = models.CharField(max_length=12)
    delta = models.BigIntegerField()
    became = models.BigIntegerField(default=0)
    past_cutover = models.BigIntegerField(
        default=0, db_default=0, help_text="Of the unresolved, those deferred past a cutover."
    )
    folded = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["wave_id", "phase", "severity"],
                include=["kind", "domain", "delta", "became"],
                name="cases_wavetally_sum",
            ),
            models.Index(fields=["id"], condition=Q(folded=False), name="cases_wavetally_unfolded"),
            models.Index(fields=["wave_id", "severity"], condition=~Q(past_cutover=0), name="cases_wavetally_cutover"),
        ]


#: So many domains of a wave are counted by name; the cases of all others together stand under the empty one.
COUNTED_DOMAINS = 200


class CountedDomain(models.Model):
    """A domain of a wave whose cases are counted by its name. Domains are free words: not all of them have one."""

    wave_id = models.BigIntegerField()
    domain = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["wave_id", "domain"], name="cases_counted_once")]
