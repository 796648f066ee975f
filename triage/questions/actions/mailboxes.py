"""Set up the mailboxes of services that can be asked."""

from __future__ import annotations

from collections.abc import Iterable

from console.audit import log
from console.people.models import User, UserKind
from triage.questions import rules
from triage.questions.actions import returning
from triage.questions.models import Membership, ServiceMailbox
from triage.queues.actions.queues import require_console


def save_mailbox(
    *,
    mailbox: ServiceMailbox | None,
    slug: str,
    name: str,
    members: Iterable[str],
    purpose: str = "",
    email: str = "",
    active: bool = True,
    by: User,
) -> ServiceMailbox:
    """Make a mailbox, or change one. ``members``: usernames of those who answer for it.

    Open questions that no one is left to answer go back to who asked. Raises Denied, or Invalid for a short name that
    is taken, an unknown member, or an active mailbox without members.
    """
    with log.transaction(by=by, purpose="set up"):
        require_console(by, "set up mailboxes")
        found = ServiceMailbox.objects.select_for_update().get(pk=mailbox.pk) if mailbox else ServiceMailbox()
        people, unknown = _people(members, of=found)
        taken = ServiceMailbox.objects.filter(slug__iexact=slug).exclude(pk=found.pk).exists()
        rules.mailbox(slug, taken=taken, active=active, members=len(people), unknown=unknown).require()
        fields = {"slug": slug, "name": name, "purpose": purpose, "email": email, "active": active}
        changed = sorted(field for field, value in fields.items() if not mailbox or getattr(found, field) != value)
        for field, value in fields.items():
            setattr(found, field, value)
        if changed:
            found.save()
        if _serve(found, people):
            changed.append("members")
        if changed:
            verb = "mailbox.changed" if mailbox else "mailbox.made"
            facts = {"mailbox": slug, "fields": changed, "members": sorted(one.username for one in people)}
            log.record(verb, subject=found, by=by, facts=facts)
        if mailbox and changed:
            returning.of_mailbox(found, by=by)
    return found


def _people(names: Iterable[str], *, of: ServiceMailbox) -> tuple[list[User], list[str]]:
    """The people of these usernames, and the names that are none's. A member who was deactivated since stays one."""
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    found = {one.username: one for one in User.objects.filter(username__in=wanted, kind=UserKind.PERSON)}
    serving = set(of.memberships.values_list("person_id", flat=True)) if of.pk else set()
    known = {name: one for name, one in found.items() if one.is_active or one.pk in serving}
    return list(known.values()), [name for name in wanted if name not in known]


def _serve(mailbox: ServiceMailbox, people: Iterable[User]) -> bool:
    """Let exactly these people serve the mailbox. True if that changed anything."""
    wanted = {one.pk for one in people}
    now = set(mailbox.memberships.values_list("person_id", flat=True))
    mailbox.memberships.exclude(person__in=wanted).delete()
    for person in sorted(wanted - now):
        Membership.objects.create(mailbox=mailbox, person_id=person)
    return wanted != now
