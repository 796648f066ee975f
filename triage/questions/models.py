"""Questions about cases: to a named person, or to a mailbox that several people serve."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.cases.models import Case, Decision


class ServiceMailbox(models.Model):
    """A service that can be asked: a records office, a clinic's front desk. Its members answer for it.

    Questions are sent by email to ``email`` as well, if there is one; never with patient data.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300, blank=True)
    email = models.EmailField(blank=True)
    active = models.BooleanField(default=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="mailboxes")

    class Meta:
        ordering = ["name", "slug"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """That a person answers for a mailbox."""

    mailbox = models.ForeignKey(ServiceMailbox, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["mailbox", "person"], name="questions_member_once")]


class Outcome(models.TextChoices):
    """How a question ended; empty while it is open."""

    ANSWERED = "answered", "Answered"
    NOT_ANSWERED = "not_answered", "Not answered in time"
    RESUMED = "resumed", "Resumed before an answer"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RETURNED = "returned", "Returned: no one can answer it"
    OVERTAKEN = "overtaken", "Overtaken: the case stopped waiting"


class Question(models.Model):
    """What a decision asked of a person or a mailbox. Its words are the reason and the note of the decision."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions", db_index=False)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="question")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    mailbox = models.ForeignKey(ServiceMailbox, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at__isnull=True), name="questions_open_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, mailbox__isnull=False) | Q(person__isnull=False, mailbox__isnull=True),
                name="questions_of_one",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="questions_closed_somehow",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="answered", answered_by__isnull=False) & ~Q(answer=""))
                | (~Q(outcome="answered") & Q(answered_by__isnull=True, answer="")),
                name="questions_answered_by",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-id"], name="questions_case"),
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="questions_due"),
            models.Index(
                fields=["person", "due_at", "id"], condition=Q(closed_at__isnull=True), name="questions_person_open"
            ),
            models.Index(
                fields=["mailbox", "due_at", "id"], condition=Q(closed_at__isnull=True), name="questions_mailbox_open"
            ),
            models.Index(fields=["person", "-id"], name="questions_person"),
            models.Index(fields=["mailbox", "-id"], name="questions_mailbox"),
            models.Index(fields=["by", "-closed_at"], condition=Q(outcome="answered"), name="questions_answered"),
        ]

    @property
    def asked_of(self) -> str:
        """The printed name of the person or the mailbox."""
        return str(self.mailbox or self.person)
