"""What a verdict carries besides its reason: groups, labels, chosen values; validated by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from console import schemas
from console.errors import Invalid
from console.sealing import canonical

#: A value of JSON.
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

#: The fields of a posted form.
Form = Mapping[str, str]

Shape = TypeVar("Shape", bound=msgspec.Struct)
Line = TypeVar("Line")


def nothing_plainer(_form: Form) -> tuple[str, str] | None:
    """For contents that no other verdict can say."""
    return None


@dataclass(frozen=True, slots=True)
class Content:
    """How the content of a verdict is read and shown. Make one with ``content_of``, which keeps it typed.

    ``read`` takes what was sent and the exact bytes of the line that the reviewer saw; it returns the content in
    canonical form or raises Invalid. ``from_form`` takes the value of ``read`` out of a form; None: nothing entered.
    ``describe`` says it in a sentence for the timeline. ``template`` draws its part of the form. ``missing`` is the
    refusal of a decision without it. ``plain``: free of patient data, so it is shown without a reveal. ``amounts_to``
    names the plainer verdict, and its reason, that says the same as what a form holds; None: none does. ``field``: the
    first field of its part of the form, which a refusal of ``missing`` leads to.
    """

    read: Callable[[object, bytes], Json]
    from_form: Callable[[Form], object]
    describe: Callable[[Json], str]
    schema: Callable[[], schemas.Schema]
    missing: str
    template: str = ""
    required: bool = True
    plain: bool = False
    amounts_to: Callable[[Form], tuple[str, str] | None] = nothing_plainer
    field: str = ""


def content_of(
    shape: type[Shape],
    *,
    decode: Callable[[bytes], Line],
    check: Callable[[Shape, Line], None],
    from_form: Callable[[Form], object],
    describe: Callable[[Shape], str],
    missing: str,
    template: str = "",
    required: bool = True,
    plain: bool = False,
    tidy: Callable[[Shape], Shape] | None = None,
    amounts_to: Callable[[Form], tuple[str, str] | None] = nothing_plainer,
    field: str = "",
) -> Content:
    """A content whose shape is a msgspec struct: its JSON Schema and its strict parser follow from the type.

    ``check`` compares it with the line and raises Invalid with a sentence; ``tidy`` then gives it its one order.
    Fractions are sent as text: what is logged by its digest must have one spelling.
    """

    def read(given: object, line: bytes) -> Json:
        value = _parsed(shape, given)
        check(value, decode(line))
        return _plain(tidy(value) if tidy else value)

    return Content(
        read=read,
        from_form=from_form,
        describe=lambda stored: describe(msgspec.convert(stored, shape)),
        schema=lambda: msgspec.json.schema(shape),
        missing=missing,
        template=template,
        required=required,
        plain=plain,
        amounts_to=amounts_to,
        field=field,
    )


def digest(content: Json) -> str:
    """SHA-256 (hex) of a content's canonical JSON: what the audit log keeps of it."""
    return canonical.digest(canonical.text(content))


def _parsed(shape: type[Shape], given: object) -> Shape:
    try:
        return msgspec.convert(given, shape, strict=True)
    except msgspec.ValidationError as error:
        raise Invalid(f"The content of the decision is not valid: {error}.") from None


def _plain(value: msgspec.Struct) -> Json:
    """The value as JSON keeps it. Raises Invalid for what has no single spelling."""
    try:
        found: Json = canonical.read(canonical.text(msgspec.to_builtins(value)))
    except ValueError as error:
        raise Invalid(f"The content of the decision is not valid: {error}") from None
    return found
