"""The kinds that have registered themselves, by code and by kind of file."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ImproperlyConfigured

from console.capabilities.parts import SCHEMAS, Look, PublishedSchema
from console.capabilities.registry import Registry
from console.errors import Invalid
from console.ui.labels import look_of
from triage.cases.kinds import checks
from triage.cases.kinds.kind import AnyKind
from triage.cases.kinds.verdicts import RESERVED, Verdict
from triage.queues.kinds import QUEUE_KINDS, QueueKind


class Kinds(Registry[AnyKind]):
    """The register of kinds; a faulty declaration stops the start of the console."""

    def add(self, value: AnyKind, *, owner: str) -> None:
        """Add a kind. Raises ImproperlyConfigured for a fault, or for a code or file kind that another kind has."""
        faults = checks.wrong(value)
        for other in self:
            if other.code != value.code and other.file_kind == value.file_kind:
                faults.append(f"{type(other).__qualname__} takes the lines of {value.file_kind} files already")
        if faults:
            raise ImproperlyConfigured(f"{owner}: {'; '.join(faults)}.")
        super().add(value, owner=owner)


#: Every kind, which a capability declares as a part: ``KINDS.part(MergeKind())``.
KINDS: Final = Kinds(
    "kind of case",
    lambda kind: kind.code,
    lambda kind: [
        SCHEMAS.part(PublishedSchema(kind.file_kind, f"One line of a {kind.file_kind} file", kind.schema)),
        QUEUE_KINDS.part(QueueKind(kind.code, kind.label, kind.standard, kind.targets)),
    ],
)


def registered() -> list[AnyKind]:
    """Every kind, in the order of their codes."""
    return sorted(KINDS, key=lambda kind: kind.code)


def find(code: str) -> AnyKind | None:
    """The kind of that code; None when no kind has registered it."""
    return KINDS.get(code)


def get(code: str) -> AnyKind:
    """The kind of that code. Raises Invalid for one that no kind has registered."""
    found = find(code)
    if found is None:
        raise Invalid(f"“{code}” is not a type of case in this console.")
    return found


def known(code: str) -> bool:
    """True for the code of a registered kind."""
    return code in KINDS


def by_file_kind(file_kind: str) -> AnyKind | None:
    """The kind whose lines stand in files of this kind; None when no kind takes them."""
    return next((kind for kind in KINDS if kind.file_kind == file_kind), None)


def verdict_of(code: str, verdict: str) -> Verdict | None:
    """The verdict of a kind, by both codes; None for a reserved one and for one that no kind has."""
    found = find(code)
    return found.verdict(verdict) if found else None


def look(code: str, verdict: str) -> Look:
    """How a verdict looks: a reserved one as cases show it, any other as its kind says; an unknown one plainly."""
    spec = verdict_of(code, verdict)
    return spec.look if spec else look_of(verdict, RESERVED, unknown_icon="gavel")


def reason_label(code: str, reason: str) -> str:
    """A reason's words for people; its code in words when the kind does not know it."""
    found = find(code)
    words = {one.code: one.label for one in found.reasons} if found else {}
    return words.get(reason, reason.replace("_", " "))


def refusal_words() -> dict[str, str]:
    """Words for the reason codes with which kinds refuse lines."""
    return {code: words for kind in registered() for code, words in kind.refusals.items()}
