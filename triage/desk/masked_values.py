"""Field values for display, masked or revealed."""

from __future__ import annotations

from dataclasses import dataclass

from triage.desk.characters import Parts, whole
from triage.desk.fields import shown
from triage.desk.masking import mask


@dataclass(frozen=True, slots=True)
class Value:
    """What a page shows of one value: parts ``(text, differs)``, none when it is missing; ``hidden`` under a mask."""

    parts: Parts
    hidden: bool

    @property
    def marked(self) -> bool:
        """True if a part of it differs from what it is compared with."""
        return any(differs for _, differs in self.parts)

    @property
    def spoken(self) -> str:
        """What a screen reader says in place of a masked value."""
        return "masked, differs in part" if self.marked else "masked"


@dataclass(frozen=True, slots=True)
class MaskedValue:
    """How a page shows values: everything that names a patient is masked, unless ``lifted`` by a logged reveal."""

    lifted: bool

    def parts(self, field: str, parts: Parts) -> Value:
        """A compared value of ``field``."""
        return Value(parts, False) if self.lifted else Value(mask(field, parts), True)

    def value(self, field: str, text: str | None) -> Value:
        """A value of ``field`` as extracted, compared with nothing."""
        return self.parts(field, whole(shown(field, text)))

    def identifier(self, text: str) -> Value:
        """The id of a source record."""
        return self.parts("record_id", whole(shown("record_id", text)))

    def prose(self, text: str) -> str:
        """Free text that may name a patient: shown as it is or not at all."""
        return text if self.lifted else ""
