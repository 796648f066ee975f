"""What governance asks a question about: a wave, or a thing of another kind that a capability registers."""

from __future__ import annotations

from governance.subjects.kinds import (
    WAVE,
    Subject,
    SubjectKind,
    any_of,
    as_subject,
    find,
    kind_of,
    load,
    may,
    may_on_waves,
    of_wave,
    others,
    register,
    require,
    resting_on,
)

__all__ = [
    "WAVE",
    "Subject",
    "SubjectKind",
    "any_of",
    "as_subject",
    "find",
    "kind_of",
    "load",
    "may",
    "may_on_waves",
    "of_wave",
    "others",
    "register",
    "require",
    "resting_on",
]
