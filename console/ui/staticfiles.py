"""Static files under hashed names, so that browsers may keep them for ever: our JavaScript modules included."""

from __future__ import annotations

from typing import Any, ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

#: Only our own modules: Django's setting for all JavaScript stumbles over other packages' files.
_IMPORTS = ("js/*.js", ((r"""(?P<matched>from\s*["'](?P<url>\./[^"']+\.js)["'])""", 'from "%(url)s"'),))


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage that also follows ``import … from "./other.js"`` in ``static/js/``."""

    patterns: ClassVar[Any] = (*CompressedManifestStaticFilesStorage.patterns, _IMPORTS)
