"""Decision packages, votes, signatures, decisions and supersessions. All rows are immutable.

A package is one turn of its gate. Its course is recorded in rows that refer to it: a consolidation, a decision,
revalidations, a supersession. At most one package of a gate is live: not superseded, not started, not refused.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.gates.models.gate import Gate, Policy, Seat
from governance.signing.models import SignatureBase


class DecisionPackage(models.Model):
    """What the board is asked to sign: canonical JSON (RFC 8785) of everything it rests on, and its SHA-256."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="packages")
    turn = models.PositiveIntegerField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    document = models.TextField(help_text="The canonical JSON, byte for byte what was hashed.")
    digest = models.CharField(max_length=64, unique=True)
    previous = models.CharField(max_length=64, blank=True, help_text="The digest of the gate's package before.")
    material = models.JSONField(help_text="What must not change under the signatures, as it was at sealing.")
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sealed_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="Until when it may be voted on.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["gate", "turn"], name="gates_package_turn")]


class Choice(models.TextChoices):
    """What a ballot says."""

    GO = "go", "GO"
    NO_GO = "no-go", "NO-GO"
    GO_WITH_CONDITIONS = "go-with-conditions", "GO with conditions"
    ABSTAIN = "abstain", "Abstain"
    RECUSED = "recused", "Recused"


class Ballot(models.Model):
    """One person's answer to one package. Others see it once the poll is consolidated."""

    package = models.ForeignKey(DecisionPackage, on_delete=models.PROTECT, related_name="ballots")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=20, choices=Choice)
    rationale = models.TextField(blank=True)
    at = models.DateTimeField()
    request_key = models.UUIDField(default=uuid.uuid4, unique=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["package", "person"], name="gates_ballot_once"),
            # A seat has one answer; its holder's recusal leaves it to the alternate.
            models.UniqueConstraint(
                fields=["package", "seat"], condition=~Q(choice="recused"), name="gates_ballot_seat"
            ),
            models.CheckConstraint(condition=Q(choice="go") | ~Q(rationale=""), name="gates_ballot_reasoned"),
        ]


class Condition(models.Model):
    """What a ballot asks for before T-0. Met when its measure says so, or when the one who asked confirms it."""

    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=400)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    measure = models.CharField(max_length=64, blank=True)
    operator = models.CharField(max_length=2, blank=True)
    threshold = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    met_at = models.DateTimeField(null=True)
    met_note = models.CharField(max_length=400, blank=True)

    class Meta:
        default_permissions = ()


class Act(models.TextChoices):
    """What a signature does."""

    BALLOT = "ballot", "Ballot"
    DECISION = "decision", "Decision"


class Signature(SignatureBase):
    """A signature on a package: a ballot or the decision, chained within the package."""

    package = models.ForeignKey(DecisionPackage, on_delete=models.PROTECT, related_name="signatures")
    act = models.CharField(max_length=8, choices=Act)
    ballot = models.OneToOneField(Ballot, on_delete=models.PROTECT, null=True, related_name="signature")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["package", "place"], name="gates_signature_place"),
            models.CheckConstraint(
                condition=~Q(meaning="") & ~Q(printed_name="") & ~Q(proof=""), name="gates_signature_complete"
            ),
        ]


class Consolidation(models.Model):
    """The end of the blind poll: what it came to. From here on the ballots are seen."""

    package = models.OneToOneField(DecisionPackage, on_delete=models.PROTECT, related_name="consolidation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    count = models.JSONField(help_text="Ballots by choice, presence, quorum, vetoes, and why a GO is or is not open.")

    class Meta:
        default_permissions = ()


class Outcome(models.TextChoices):
    """What the board decided."""

    GO = "go", "GO"
    GO_WITH_CONDITIONS = "go-with-conditions", "GO with conditions"
    NO_GO = "no-go", "NO-GO"


class GateDecision(models.Model):
    """The board's decision on one package, signed by the chair; the dissent stands on it."""

    package = models.OneToOneField(DecisionPackage, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Outcome)
    statement = models.TextField(blank=True)
    dissent = models.JSONField(default=list, help_text="Who voted otherwise, and why.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    valid_until = models.DateTimeField(help_text="The GO expires if the step is not started by then.")
    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        default_permissions = ()


class Supersession(models.Model):
    """What invalidated a package before its step started: its signatures no longer count, but stay unchanged."""

    package = models.OneToOneField(DecisionPackage, on_delete=models.PROTECT, related_name="supersession")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=40)
    changes = models.JSONField(help_text="Each material change: code, sentence, then and now.")

    class Meta:
        default_permissions = ()


class Revalidation(models.Model):
    """T-0: everything was asked again. Passed: what the gate allowed begins. Not passed: the package is superseded."""

    package = models.OneToOneField(DecisionPackage, on_delete=models.PROTECT, related_name="revalidation")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField()
    findings = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
