"""What is read of queues: which a person may see, work or set up."""

from __future__ import annotations

from django.db.models import QuerySet

from console.errors import Denied, Missing
from console.people import permissions
from console.people.models import User
from triage.queues.models import Queue, QueueTarget

SEE, WORK, MANAGE = "cases.see_queue", "cases.work_queue", "cases.manage_queue"


def queue_for(user: User, slug: str) -> Queue:
    """The queue of that name, if this person may see its cases. Raises Missing."""
    found = Queue.objects.filter(slug=slug).first()
    if found is None or not permissions.may(user, SEE, found):
        raise Missing("There is no queue of that name that you may see.")
    return found


def visible_queues(user: User) -> list[Queue]:
    """The active queues whose cases this person may see, in order."""
    return [q for q in active_queues() if permissions.may(user, SEE, q)]


def active_queues() -> QuerySet[Queue]:
    """Every queue that is in use, in order."""
    return Queue.objects.filter(active=True).select_related("responsible").order_by("order", "slug")


def targets(queue: Queue) -> dict[str, Queue]:
    """The active queues that cases of a queue are sent on to, by the target's name."""
    found = QueueTarget.objects.filter(queue=queue, to__active=True).select_related("to")
    return {target.name: target.to for target in found}


def target(queue: Queue, name: str) -> Queue | None:
    """The active queue behind one target; None when the queue has none of that name."""
    return targets(queue).get(name)


def leads_all(user: User) -> bool:
    """True for a lead of all queues, False for a lead of some. Raises Denied for everyone else."""
    if not permissions.may_anywhere(user, MANAGE, Queue):
        raise Denied("Your roles do not allow you to set up queues.")
    return permissions.may(user, MANAGE)
