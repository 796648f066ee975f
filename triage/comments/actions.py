"""Write and withdraw comments. The text stands in no entry, notice or mail: it may name a patient."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils import timezone

from console.audit import log
from console.errors import Invalid
from console.notices import actions as notices
from console.people import permissions
from console.people.models import User
from triage.cases import queries as cases
from triage.cases.models import Case
from triage.comments import queries, rules
from triage.comments.models import Comment, Withdrawal

MENTIONED = "case.mentioned"


def write(*, case: Case, text: str, by: User, request_key: uuid.UUID | None = None) -> Comment:
    """Comment on a case, and notify those whom the text mentions with “@username”.

    The same ``request_key`` sent again gives the first comment. Raises Denied for those who neither work nor manage the
    queue, Invalid for an empty or long text, and for a mention of a person who is unknown or may not see the queue.
    """
    with log.transaction(by=by, purpose="comment"):
        case = cases.case_for(by, case.ref)
        known = Comment.objects.filter(request_key=request_key).first() if request_key else None
        if known:
            return _repeated(known, case, by)
        rules.write(case.ref, text, works=queries.works(by, case.queue)).require()
        people = queries.mentioned(text, case.queue)
        comment, made = Comment.objects.get_or_create(
            request_key=request_key or uuid.uuid4(),
            defaults={
                "case": case,
                "by": by,
                "at": timezone.now(),
                "text": text.strip(),
                "mentions": sorted(person.pk for person in people),
            },
        )
        if not made:
            return _repeated(comment, case, by)
        facts = {"comment": comment.pk, "mentions": sorted(person.username for person in people)}
        log.record("case.commented", subject=case, by=by, facts=facts)
        notices.tell(
            to=[person for person in people if person != by],
            kind=MENTIONED,
            subject=case.ref,
            sentence=f"{by} mentioned you in a comment.",
            path=reverse("cases:case", args=[case.ref]),
            by=by,
        )
    return comment


def withdraw(*, comment: Comment, by: User) -> Withdrawal:
    """Withdraw one's own comment: pages show it no longer, its text stays for compliance. Again does nothing.

    Raises Denied for another person's, or when the queue may no longer be seen.
    """
    with log.transaction(by=by, purpose="comment"):
        case = Case.objects.select_related("queue").get(pk=comment.case_id)
        permissions.require(by, queries.SEE, case.queue, to="withdraw comments of this queue")
        rules.withdraw(mine=comment.by_id == by.pk).require()
        found, made = Withdrawal.objects.get_or_create(comment=comment, defaults={"at": timezone.now()})
        if made:
            log.record("case.comment_withdrawn", subject=case, by=by, facts={"comment": comment.pk})
    return found


def _repeated(known: Comment, case: Case, by: User) -> Comment:
    """The comment that this request made before. Raises Invalid for a key used for something else."""
    if (known.case_id, known.by_id) != (case.pk, by.pk):
        raise Invalid("This request key was used for another comment. Reload the page and try again.")
    return known
