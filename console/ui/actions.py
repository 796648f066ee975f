"""Change a person's own display settings. Logged like every other change of a governed row."""

from __future__ import annotations

from collections.abc import Mapping

from console.audit import log
from console.people.models import User


def prefer(*, chosen: Mapping[str, str], time_zone: str, by: User) -> User:
    """Keep ``by``'s own display settings (``chosen``, checked by the form) and time zone; returns the changed user."""
    with log.transaction(by=by, purpose="preferences"):
        person = User.objects.select_for_update().get(pk=by.pk)
        person.preferences = {**person.preferences, **chosen}
        person.time_zone = time_zone
        person.save(update_fields=["preferences", "time_zone"])
        log.record("person.display_chosen", subject=person, by=by, facts={**chosen, "time_zone": time_zone})
    return person
