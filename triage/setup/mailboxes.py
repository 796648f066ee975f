"""The section of a set-up that names the mailboxes which reviewers may ask."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from console.errors import Invalid
from console.people.models import User
from triage.questions import queries
from triage.questions.actions import save_mailbox
from triage.setup.files import MailboxEntry
from triage.setup.section import Section, Values


class Mailboxes(Section[MailboxEntry]):
    """Mailboxes by slug; their members by username."""

    name, identity, needed = "mailboxes", ("slug",), ("name", "members")
    defaults = {"purpose": "", "email": "", "active": True}

    def stored(self) -> dict[tuple[str, ...], Values]:
        """As ``Section.stored``."""
        fields = ("name", "purpose", "email", "active")
        return {
            (box.slug,): {name: getattr(box, name) for name in fields}
            | {"members": sorted(member.username for member in box.members.all())}
            for box in queries.mailboxes().order_by("slug")
        }

    def given(self, entry: MailboxEntry) -> Values:
        """As ``Section.given``; members in order, each once."""
        said = super().given(entry)
        return said | ({"members": sorted(set(said["members"]))} if "members" in said else {})

    def write(self, key: tuple[str, ...], values: Values, *, new: bool, by: User) -> None:
        """As ``Section.write``. Raises Invalid for what is no email address."""
        if values["email"]:
            try:
                validate_email(values["email"])
            except ValidationError:
                raise Invalid(f"“{values['email']}” is not an email address.") from None
        found = None if new else queries.mailbox_of(key[0])
        save_mailbox(mailbox=found, slug=key[0], by=by, **values)
