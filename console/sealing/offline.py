"""What every offline verifier shares: canonical JSON, digests, Ed25519, the signed file, the report.

An auditor downloads one file, reads it and runs it with Python 3.8 or newer and nothing else. So this text is written
into each verifier, between two marks (``composing``); nothing here may import more than the standard library.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Wrong(Exception):
    """The file is not what it says it is. Carries one sentence."""


def demand(holds: object, sentence: str) -> None:
    """Raise Wrong unless it holds."""
    if not holds:
        raise Wrong(sentence)


# --- Canonical JSON (RFC 8785): strings, whole numbers, booleans, null, lists and objects -----------------------------


def canonical(value: Any) -> str:
    """The one text of a value."""
    return json.dumps(_ordered(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _ordered(value: Any) -> Any:
    """The same value with the names of every object in the order of their UTF-16 code units."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _refuse(number: str) -> Any:
    raise Wrong(f"The file holds a number that no signed document may hold: {number[:40]}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    demand(len(found) == len(pairs), "The file names something twice.")
    return found


def read(text: str, what: str) -> Any:
    """The value of a canonical text."""
    try:
        value = json.loads(text, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_object)
        same = canonical(value).encode("utf-8") == text.encode("utf-8")
    except (ValueError, RecursionError):
        raise Wrong(f"{what} is not readable JSON.") from None
    demand(same, f"{what} is not canonical JSON: it has been re-encoded.")
    return value


def sha256(text: str) -> str:
    """SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# --- Ed25519 (RFC 8032, section 5.1.7) --------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


class Point(NamedTuple):
    """A point of the curve in extended coordinates."""

    x: int
    y: int
    z: int
    t: int


NOTHING = Point(0, 1, 1, 0)


def _add(one: Point, two: Point) -> Point:
    a = (one.y - one.x) * (two.y - two.x) % P
    b = (one.y + one.x) * (two.y + two.x) % P
    c = 2 * one.t * two.t * D % P
    d = 2 * one.z * two.z % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return Point(e * f % P, g * h % P, f * g % P, e * h % P)


def _sum(first: int, one: Point, second: int, two: Point) -> Point:
    """first * one + second * two, in one walk over both numbers' bits."""
    both = _add(one, two)
    steps = (NOTHING, one, two, both)
    found = NOTHING
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        found = _add(found, found)
        step = (first >> bit & 1) | (second >> bit & 1) << 1
        if step:
            found = _add(found, steps[step])
    return found


def _same(one: Point, two: Point) -> bool:
    return (one.x * two.z - two.x * one.z) % P == 0 and (one.y * two.z - two.y * one.z) % P == 0


def _point(data: bytes) -> Point | None:
    """The point of 32 bytes; None when they are the canonical form of none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return Point(x, y, 1, x * y % P)


BASE: Any = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the signature of the key's owner over exactly these bytes."""
    key, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L or len(signature) != 64:
        return False
    if _same(_sum(8, key, 0, NOTHING), NOTHING):  # a key of small order would fit anything
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = Point(-key.x % P, key.y, 1, -key.t % P)
    return _same(_sum(s, BASE, h, minus), r)


# --- The signed file: {"format", "key", "body", "signature"} ----------------------------------------------------------


def verify_file(
    data: bytes, key: str, *, format: str, what: str, check: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """Check a file's bytes against the public key (64 digits). Returns what ``check`` finds in its body; raises Wrong.

    ``what`` names such a file: "an exported decision". The signature, which takes longest, is checked last.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong("The file is not text in UTF-8.") from None
    file = read(text, "The file")
    try:
        demand(file["format"] == format, f"This is not {what} of a format that this program knows.")
        demand(set(file) == {"format", "key", "body", "signature"}, f"The file has other parts than {what}.")
        demand(file["key"]["public"] == key, "The file was signed with another key than the one you gave.")
        found = check(file["body"])
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        raise Wrong(f"The file does not have the parts of {what}.") from None
    _signed_by(file, key)
    return found


def _signed_by(file: dict[str, Any], key: str) -> None:
    """Demand the key's signature over the canonical text of everything else in the file."""
    signed = canonical({name: file[name] for name in file if name != "signature"}).encode("utf-8")
    signature = file["signature"]
    demand(
        isinstance(signature, str) and len(signature) == 128 and set(signature) <= set("0123456789abcdef"),
        "The console's signature is not written as one.",
    )
    demand(
        ed25519(bytes.fromhex(key), signed, bytes.fromhex(signature)),
        "Invalid signature: the file was altered or signed with a different key.",
    )


# --- The report -------------------------------------------------------------------------------------------------------


def say(line: str) -> None:
    """Print a line on whatever terminal this is."""
    kind = sys.stdout.encoding or "ascii"
    sys.stdout.write(line.encode(kind, "backslashreplace").decode(kind) + "\n")


def run(
    arguments: list[str] | None,
    *,
    what: str,
    verify: Callable[[bytes, str], dict[str, Any]],
    report: Callable[[dict[str, Any]], Iterator[str]],
) -> int:
    """Check the file that the command line names and report line by line. Returns the exit status: 0, 1 or 2."""
    parser = argparse.ArgumentParser(description=f"Check {what} offline.")
    parser.add_argument("file", help=what)
    parser.add_argument("--key", required=True, help="the console's public signing key, 64 hexadecimal digits")
    given = parser.parse_args(arguments)
    key = given.key.strip().lower()
    if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
        say("NOT CHECKED: the key must be 64 hexadecimal digits.")
        return 2
    try:
        with open(given.file, "rb") as file:
            data = file.read()
    except OSError as error:
        say(f"NOT CHECKED: {error}.")
        return 2
    try:
        found = verify(data, key)
    except Wrong as wrong:
        say(f"NOT VERIFIED: {wrong}")
        return 1
    for line in report(found):
        say(line)
    say("VERIFIED: the file is authentic and internally consistent.")
    return 0
