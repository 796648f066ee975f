"""Form fields of the set-up pages: lengths of time as people write them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from console.ui import formatting, lengths


class LengthField(forms.CharField):
    """A length of time with its units, as whole ``unit`` seconds.

    ``working``: it counts hours in which people work, so it is written in hours and minutes, without days.
    """

    def __init__(self, *, unit: int = 1, working: bool = False, **kwargs: Any) -> None:
        self.unit, self.working = unit, working
        example = "For example 4 hours, or 1 hour 30 minutes." if working else "For example 15 minutes."
        kwargs.setdefault("help_text", example)
        super().__init__(max_length=60, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return a stored number in words; what was typed as it was typed."""
        if not isinstance(value, int):
            return value
        return lengths.hours(value * self.unit) if self.working else formatting.duration(value * self.unit)

    def to_python(self, value: Any) -> Any:
        """Return the number. Raises ValidationError."""
        text = super().to_python(value)
        if not text:
            return text
        try:
            found, rest = divmod(lengths.seconds(text, days=not self.working), self.unit)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if rest:
            raise ValidationError("Write whole minutes.")
        return found

    def run_validators(self, value: Any) -> None:
        """Nothing: the value is a number by now, and the action knows its bounds."""
