"""What came into each queue and went out of it, hour by hour, and how old what waits there is: kept, never scanned."""

from __future__ import annotations

from django.db import models


class QueueFlow(models.Model):
    """Cases that began (``came``) and ceased (``went``) to wait in a queue: open or in progress there.

    ``opened`` is the hour in which the cases were opened: the sum of ``came - went`` by it says how old those are that
    wait now. ``at`` is the hour in which they came and went: the sums by it are the inflow and the outflow. Hours are
    of UTC. A trigger writes rows with both (``sql/flow.sql``); beat folds them into rows that have one of the two.
    """

    id = models.BigAutoField(primary_key=True)
    queue_id = models.BigIntegerField()
    opened = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    came = models.BigIntegerField(default=0)
    went = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["queue_id"], include=["opened", "at", "came", "went"], name="days_flow_queue"),
        ]
