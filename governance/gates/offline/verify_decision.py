#!/usr/bin/env python3
"""Check an exported decision without the console that made it.

    python verify_decision.py decision.json --key PUBLIC_KEY

PUBLIC_KEY is the console's public signing key (64 hexadecimal digits). Take it from where you trust it, such as the
printed board pack or the hospital's own records, never from the file itself.

Needs Python 3.8 or newer and nothing else: no packages, no network, no database. Exit status: 0 the decision is as it
was exported and holds together; 1 it does not; 2 it could not be checked (no such file, a key that is none).
"""

from __future__ import annotations

# --- Begin of what every offline verifier shares: console/sealing/offline.py, by `make verifiers` ---
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


# --- End of what every offline verifier shares ---

WHAT = "an exported decision"
FORMAT = "concord-decision/1"
PACKAGE = "concord-decision-package/1"
SIGNATURE = "concord-signature/1"


# --- What the file says -----------------------------------------------------------------------------------------------


def verify(data: bytes, key: str) -> dict[str, Any]:
    """Check the file's bytes against the public key (64 digits). Gives what it says; raises Wrong."""
    return verify_file(data, key, format=FORMAT, what=WHAT, check=_check)


def _check(body: dict[str, Any]) -> dict[str, Any]:
    demand(sha256(body["package"]["document"]) == body["package"]["digest"], "The package digest does not match.")
    package = read(body["package"]["document"], "The package")
    demand(package["format"] == PACKAGE, "The package has a format that this program does not know.")
    demand(
        package["turn"] == body["turn"] and package["gate"]["ref"] == body["gate"], "The package is of another gate."
    )
    contents = _chain(body, package)
    demand(bool(body["consolidation"]), "Voting is still open. There is nothing to verify yet.")
    poll = recount(package, body["ballots"], body["consolidation"]["count"])
    _counted(body, poll)
    _decision(body, package, contents, poll)
    return {"body": body, "package": package, "signatures": contents, "poll": poll}


def _chain(body: dict[str, Any], package: dict[str, Any]) -> list[dict[str, Any]]:
    """The signatures in their order: each with its own hash, the one before, and the ballot or decision it signed."""
    contents: list[dict[str, Any]] = []
    previous, used = "", []
    ballots = {(row["seat"], row["username"]): row for row in body["ballots"]}
    demand(len(ballots) == len(body["ballots"]), "A person's ballot stands in the file twice.")
    for place, row in enumerate(body["signatures"], 1):
        mark = f"Signature {place}"
        demand(sha256(row["content"]) == row["hash"], f"{mark}: hash mismatch.")
        said = read(row["content"], mark)
        demand(said["format"] == SIGNATURE, f"{mark} has a format that this program does not know.")
        demand(said["place"] == place and said["previous"] == previous, f"{mark}: broken hash chain.")
        demand(said["package"] == body["package"]["digest"], f"{mark} is on another package.")
        demand(said["gate"] == body["gate"] and said["turn"] == body["turn"], f"{mark} is on another gate.")
        seats = [seat for seat in package["policy"]["seats"] if seat["code"] == said["seat"]]
        people = [person for seat in seats for person in (seat["holder"], seat["alternate"])]
        entitled = [person["username"] for person in people if person]
        demand(said["username"] in entitled, f"{mark}: signer does not hold this seat.")
        demand(bool(said["meaning"] and said["printed_name"]), f"{mark} lacks its meaning or name.")
        if said["act"] == "ballot":
            name = (said["seat"], said["username"])
            demand(name in ballots and name not in used, f"{mark} fits no ballot.")
            _same_ballot(ballots[name], said, place)
            used.append(name)
        previous = row["hash"]
        contents.append(said)
    demand(len(used) == len(ballots), "A ballot in the file was never signed.")
    return contents


def _same_ballot(ballot: dict[str, Any], said: dict[str, Any], place: int) -> None:
    conditions = [{name: asked[name] for name in asked if name != "met"} for asked in ballot["conditions"]]
    same = (ballot["choice"], ballot["rationale"], conditions, ballot["at"], ballot["request_key"]) == (
        said["said"]["choice"],
        said["said"]["rationale"],
        said["said"]["conditions"],
        said["signed_at"],
        said["said"]["request_key"],
    )
    demand(same, f"Signature {place} says something else than its ballot.")


# --- The poll, counted again ------------------------------------------------------------------------------------------

APPROVING = ("go", "go-with-conditions")


def filled(policy: dict[str, Any], ballots: list[dict[str, Any]], able: list[str]) -> dict[str, str]:
    """Seat -> the user name that answers for it: its holder, or its alternate where the holder is recused or not able.

    One person fills one seat; an alternate of several takes the one they answered for, required seats first.
    """
    recused = {row["username"] for row in ballots if row["choice"] == "recused"}
    answered = {row["username"]: row["seat"] for row in ballots if row["choice"] != "recused"}
    may = set(able) - recused
    holders = {seat["holder"]["username"] for seat in policy["seats"]}
    taken = {seat["code"]: seat["holder"]["username"] for seat in policy["seats"] if seat["holder"]["username"] in may}
    for seat in sorted(policy["seats"], key=lambda seat: not seat["required"]):
        other = seat["alternate"] and seat["alternate"]["username"]
        if seat["code"] in taken or other not in may - holders or other in taken.values():
            continue
        if answered.get(other, seat["code"]) == seat["code"]:
            taken[seat["code"]] = other
    return taken


def recount(package: dict[str, Any], ballots: list[dict[str, Any]], kept: dict[str, Any]) -> dict[str, Any]:
    """What the poll comes to, by the policy in the package. ``kept``: what the console noted when it counted."""
    policy = package["policy"]
    able = kept.get("able", sorted({name for seat in policy["seats"] for name in seat["able"]}))
    barred = {row["username"] for row in package["may_not_approve"]} | {package["sealed"]["by"]["username"]}
    barred |= set(kept.get("may_not_approve", []))
    taken = filled(policy, ballots, able)
    heard = [row for row in ballots if taken.get(row["seat"]) == row["username"] and row["choice"] != "recused"]
    heard = [row for row in heard if [one["username"] for one in ballots].count(row["username"]) == 1]
    heard = [row for row in heard if row["choice"] not in APPROVING or row["username"] not in barred]
    approvals = [row for row in heard if row["choice"] in APPROVING]
    recused = {row["username"] for row in ballots if row["choice"] == "recused"}
    against = {(row["seat"], row["username"]) for row in ballots if row["choice"] == "no-go"} - {
        (row["seat"], row["username"]) for row in ballots if row["username"] in recused
    }
    vetoes = [seat["code"] for seat in policy["seats"] if seat["vetoes"] and seat["code"] in dict(against)]
    answered = {row["seat"] for row in heard}
    missing = [seat["code"] for seat in policy["seats"] if seat["required"] and seat["code"] not in answered]
    blocking = [row for row in package["criteria"] if row["blocking"]]
    blocked = [row["code"] for row in blocking if row["basis"] == ""]
    lawful = min(policy["quorum"], policy["go_needed"]) >= 2
    enough = len(heard) >= policy["quorum"] and len(approvals) >= policy["go_needed"]
    go = bool(blocking) and not blocked and not vetoes and not missing and lawful and enough
    bound = any(row["choice"] == "go-with-conditions" for row in approvals)
    return {
        "outcome": ("go-with-conditions" if bound else "go") if go else "no-go",
        "blocked": blocked,
        "present": len(heard),
        "go": len(approvals),
        "vetoes": vetoes,
        "missing": missing,
        "taken": taken,
    }


def _counted(body: dict[str, Any], poll: dict[str, Any]) -> None:
    """The count that the console kept agrees with ours. It may be stricter: it knew more than the package."""
    kept = body["consolidation"]["count"]
    for name in ("present", "go", "vetoes", "missing"):
        demand(kept[name] == poll[name], f"The count that was kept does not fit the ballots ({name}).")
    demand(kept["outcome"] in ("no-go", poll["outcome"]), "The recorded outcome is not supported by the votes.")


def _decision(
    body: dict[str, Any], package: dict[str, Any], contents: list[dict[str, Any]], poll: dict[str, Any]
) -> None:
    """The decision is the last signature, by the chair, and no more than the poll allows."""
    decision = body["decision"]
    signed = [said for said in contents if said["act"] == "decision"]
    demand(len(signed) == (1 if decision else 0), "The decision and its signature do not belong together.")
    if not decision:
        return
    said = signed[0]
    chair = next(seat["code"] for seat in package["policy"]["seats"] if seat["chair"])
    demand(said["seat"] == chair, "The decision is not signed by the chair.")
    demand(contents[-1] is said, "Something was signed after the decision.")
    demand(body["signatures"][-1]["hash"] == decision["signature"], "The decision names another signature.")
    for name in ("outcome", "statement", "dissent", "valid_until"):
        demand(said["said"][name] == decision[name], f"The decision says something else than was signed ({name}).")
    demand(
        said["username"] == decision["by"] and said["signed_at"] == decision["at"],
        "The decision names another person or time than its signature.",
    )
    if decision["outcome"] != "no-go":
        demand(poll["outcome"] != "no-go", "The ballots do not allow the GO that was decided.")
        demand(
            decision["outcome"] == "go-with-conditions" or poll["outcome"] == "go",
            "A GO was decided although a ballot sets conditions.",
        )


# --- In words ---------------------------------------------------------------------------------------------------------

OUTCOMES = {"go": "GO", "go-with-conditions": "GO with conditions", "no-go": "NO-GO"}


def report(said: dict[str, Any]) -> Iterator[str]:
    """What a person wants to know, line by line."""
    body, package, poll = said["body"], said["package"], said["poll"]
    gate, sealed = package["gate"], package["sealed"]
    # A package names its subject where the first ones named a wave; those of other kinds say which.
    subject = package["wave"]
    yield f"{gate['ref']} {gate['title']}, {subject.get('label', 'wave')} {subject['name']}, round {package['turn']}"
    yield f"Sealed {sealed['at']} by {sealed['by']['name']}. SHA-256 {body['package']['digest']}"
    blocked = ", ".join(poll["blocked"]) or "none"
    yield f"Criteria: {len(package['criteria'])}; required ones that did not permit a GO: {blocked}"
    yield "Signatures, in their order:"
    for line in said["signatures"]:
        yield from _signed(line)
    needed, vetoes, missing = package["policy"]["go_needed"], ", ".join(poll["vetoes"]), ", ".join(poll["missing"])
    yield f"Recount: {poll['present']} present, {poll['go']} for GO, {needed} needed."
    yield f"Vetoes: {vetoes or 'none'}. Required seats without a vote: {missing or 'none'}."
    yield from _outcome(body, said["signatures"])


def _signed(line: dict[str, Any]) -> Iterator[str]:
    """One signature: who, when, with which meaning, saying what."""
    seat = line["seat_title"] + ("" if line["seat_role"] == "holder" else " (alternate)")
    yield f"  {line['place']}. {line['printed_name']}, {seat}"
    yield f"     {line['signed_at']} (local time {line['local_time']}), identity confirmed by {line['proof']}"
    yield f"     Meaning: {line['meaning']}"
    for reason in (line["said"].get("rationale"), line["said"].get("statement")):
        if reason:
            yield "     Said: " + " ".join(reason.split())
    for asked in line["said"].get("conditions", []):
        yield f"     Condition: {asked['text']} ({asked['owner']['name']}, by {asked['due_at']})"


def _outcome(body: dict[str, Any], signatures: list[dict[str, Any]]) -> Iterator[str]:
    """What was decided, who dissented, and whether it still counted when it was exported."""
    decision, ended, check = body["decision"], body["supersession"], body["revalidation"]
    if decision:
        yield f"Decided {decision['at']}: {OUTCOMES[decision['outcome']]}."
        if decision["outcome"] != "no-go":
            yield f"To be started by {decision['valid_until']}."
        against = "no-go" if decision["outcome"] != "no-go" else "go"
        other = [line for line in signatures if line["act"] == "ballot" and line["said"]["choice"].startswith(against)]
        yield f"Voted otherwise: {', '.join(line['printed_name'] for line in other) or 'none'}"
    else:
        yield "Not decided when it was exported."
    if ended:
        yield f"INVALIDATED {ended['at']} ({ended['cause']}): signatures not valid from this time."
        for change in ended["changes"]:
            yield f"  {change.get('sentence', '')}"
    if check:
        yield f"T-0 check {check['at']}: {'passed, started' if check['passed'] else 'failed'}"
    yield f"Exported {body['exported']['at']}. What became of it afterwards is not in this file."


if __name__ == "__main__":
    sys.exit(run(None, what=WHAT, verify=verify, report=report))
