"""Write what every offline verifier shares into each of them, as ``make verifiers`` does.

A verifier is any ``offline/verify_*.py``. What stands between its two marks is the text of ``offline.py`` from its
imports on; the rest of the file is its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SHARED: Final = Path(__file__).with_name("offline.py")
BEGIN: Final = (
    "# --- Begin of what every offline verifier shares: console/sealing/offline.py, by `make verifiers` ---\n"
)
END: Final = "# --- End of what every offline verifier shares ---\n"
_START: Final = "from __future__ import annotations\n"


def composed(verifier: str) -> str:
    """Return the text of a verifier with the shared text as it is now. Raises ValueError unless it has both marks."""
    before, begin, rest = verifier.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("A verifier marks where the shared text stands: see console/sealing/composing.py.")
    shared = SHARED.read_text(encoding="utf-8").partition(_START)[2].strip()
    return f"{before}{begin}{shared}\n\n\n{end}{after}"


def verifiers() -> Iterator[Path]:
    """Yield every verifier of the console."""
    for app in ("console", "triage", "governance"):
        yield from sorted((ROOT / app).glob("**/offline/verify_*.py"))


def main() -> None:
    """Compose every verifier."""
    for path in verifiers():
        path.write_text(composed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
