"""Lines decoded so that a key given twice in one object is found, at the speed of intake.

msgspec takes the last of two values in silence. Here every key that may be left out is decoded with a mark where it was
left out, so what was decoded says exactly which keys the line has; each has two quotation marks, as has each string. A
line with just as many quotation marks has no key twice. Any other is read once more by a parser that tells each key:
it may hold escaped quotation marks, which is harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import UNSET, Struct, UnsetType

from triage.cases.kinds.staged import refuse_ambiguous, refuse_nul

T = TypeVar("T", bound=Struct)

_encode: Final = msgspec.json.Encoder().encode


def with_presence(kind: type[T]) -> type[T]:
    """The type of ``kind`` whose optional keys are UNSET where a line leaves them out; UNSET is false."""
    return cast("type[T]", _marked(kind, {}))


def decoder(kind: type[T]) -> Callable[[bytes], T]:
    """A strict decoder of lines of ``kind``; what was left out is UNSET in what it returns.

    It raises as msgspec does, and LineRefused. Texts, numbers and dates only: a type that is encoded otherwise than it
    was decoded would be read twice.
    """
    decode = msgspec.json.Decoder(with_presence(kind)).decode

    def strict(line: bytes) -> T:
        refuse_nul(line)
        found = decode(line)
        if line.count(b'"') != _encode(found).count(b'"'):
            refuse_ambiguous(line)
        return found

    return strict


def _marked(kind: type[Struct], known: dict[type[Struct], type[Struct]]) -> type[Struct]:
    if kind not in known:
        fields: list[Any] = []
        for field in msgspec.structs.fields(kind):
            inner = _deep(field.type, known)
            fields.append((field.name, inner) if field.required else (field.name, inner | UnsetType, UNSET))
        config = kind.__struct_config__
        known[kind] = msgspec.defstruct(
            kind.__name__,
            fields,
            bases=(kind,),
            frozen=config.frozen,
            forbid_unknown_fields=config.forbid_unknown_fields,
            gc=config.gc,
        )
    return known[kind]


def _deep(annotation: Any, known: dict[type[Struct], type[Struct]]) -> Any:
    """The annotation with every struct in it replaced by its marked one."""
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return _marked(annotation, known)
    if get_origin(annotation) is Annotated:
        inner, *notes = get_args(annotation)
        return Annotated[(_deep(inner, known), *notes)]
    if get_origin(annotation) is list:
        return list[_deep(get_args(annotation)[0], known)]  # type: ignore[misc]
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(_deep(one, known) for one in get_args(annotation))]  # noqa: UP007 - its parts are data
    return annotation
