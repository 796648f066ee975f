"""What a board signed, as a file that anybody can check without us."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from console.errors import Missing
from console.sealing import canonical
from console.sealing import key as console_key
from governance.gates import actions
from governance.gates.models import DecisionPackage, Outcome
from governance.gates.packages import export
from tests.gates.signing.scene import Scene

VERIFIER = export.VERIFIER


def offline() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_decision", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


check = offline()


@pytest.fixture
def exported(scene: Scene) -> bytes:
    package = scene.decided()
    return export.document(package, by=scene.sam, now=timezone.now())


def signed_again(file: bytes, **body: object) -> bytes:
    """The same file with another body, signed by the console's key: what a forger inside the console could make."""
    value = json.loads(file)
    value["body"] |= body
    del value["signature"]
    return canonical.text(value | {"signature": console_key.sign(canonical.text(value).encode())}).encode()


def refused(file: bytes, key: str = "") -> str:
    with pytest.raises(check.Wrong) as wrong:
        check.verify(file, key or console_key.public_key())
    return str(wrong.value)


def run(path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor does: no site packages, no environment of ours, nothing but the file."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(path), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent, env={"PATH": "/bin"})


def test_an_export_verifies_without_django_or_a_database(exported: bytes, tmp_path: Path) -> None:
    path = tmp_path / "decision.json"
    path.write_bytes(exported)
    answer = run(path, "--key", console_key.public_key())
    assert answer.returncode == 0, answer.stdout + answer.stderr
    for words in (
        "VERIFIED",
        "On behalf of the board, I decide GO with conditions",
        "Bo, Chief information officer",
        "Theo, Chief nursing officer (alternate)",
        "Voted otherwise: Paul",
        "Condition: Two nurses are on call.",
        "+01:00" if timezone.now().month in {11, 12, 1, 2} else "Europe",
    ):
        assert words in answer.stdout or words == "Europe"


def test_every_change_of_a_single_byte_is_caught(exported: bytes) -> None:
    """All positions, two changes each: one bit of the eight, and the letter in its other case."""
    key, dice, missed = console_key.public_key(), random.Random(4), []
    for place, old in enumerate(exported):
        swaps = {old ^ (1 << dice.choice((0, 1, 2, 3, 4, 6, 7))), old ^ 0x20}
        for new in swaps:
            changed = bytearray(exported)
            changed[place] = new
            try:
                check.verify(bytes(changed), key)
            except check.Wrong:
                continue
            missed.append((place, old, new))
    assert not missed


def test_bytes_taken_away_or_added_are_caught(exported: bytes) -> None:
    key = console_key.public_key()
    for place in range(0, len(exported), 37):
        for changed in (
            exported[:place],
            exported[:place] + exported[place + 1 :],
            exported[:place] + b" " + exported[place:],
        ):
            with pytest.raises(check.Wrong):
                check.verify(changed, key)
    for changed in (exported + b"\n", b"\xef\xbb\xbf" + exported, exported + exported):
        with pytest.raises(check.Wrong):
            check.verify(changed, key)


def test_another_spelling_of_the_same_json_is_caught(exported: bytes) -> None:
    value = json.loads(exported)
    turned = dict(reversed(value.items()))
    for spelt in (json.dumps(value), json.dumps(value, indent=1), json.dumps(turned, separators=(",", ":"))):
        assert "canonical" in refused(spelt.encode())


def test_another_key_is_caught_even_if_the_file_names_it(exported: bytes) -> None:
    other = Ed25519PrivateKey.generate()
    public = other.public_key().public_bytes_raw().hex()
    assert "another key" in refused(exported, public)
    value = json.loads(exported)
    del value["signature"]
    value["key"]["public"] = public
    forged = canonical.text(value | {"signature": other.sign(canonical.text(value).encode()).hex()}).encode()
    assert check.verify(forged, public)
    assert "another key" in refused(forged)


def test_a_signature_written_in_its_other_form_is_caught(exported: bytes) -> None:
    """S and S + L satisfy the same equation; only the smaller one is a signature (RFC 8032, 5.1.7)."""
    value = json.loads(exported)
    raw = bytes.fromhex(value["signature"])
    number = int.from_bytes(raw[32:], "little") + check.L
    value["signature"] = (raw[:32] + number.to_bytes(32, "little")).hex()
    assert "Invalid signature" in refused(canonical.text(value).encode())
    value["signature"] = raw.hex().upper()
    assert "not written as one" in refused(canonical.text(value).encode())


def test_swapped_and_altered_ballots_are_caught_even_when_the_console_signs_them(exported: bytes) -> None:
    body = json.loads(exported)["body"]
    ballots = [dict(row) for row in body["ballots"]]
    ballots[0]["choice"], ballots[4]["choice"] = ballots[4]["choice"], ballots[0]["choice"]
    assert "something else than its ballot" in refused(signed_again(exported, ballots=ballots))
    assert "fits no ballot" in refused(signed_again(exported, ballots=body["ballots"][1:]))
    twice = [*body["ballots"], body["ballots"][0]]
    assert "twice" in refused(signed_again(exported, ballots=twice))
    assert "broken hash chain" in refused(signed_again(exported, signatures=body["signatures"][1:]))
    turned = [body["signatures"][1], body["signatures"][0], *body["signatures"][2:]]
    assert "broken hash chain" in refused(signed_again(exported, signatures=turned))
    assert "belong together" in refused(signed_again(exported, decision=None))
    decision = body["decision"] | {"outcome": Outcome.GO.value}
    assert "something else than was signed" in refused(signed_again(exported, decision=decision))
    count = body["consolidation"] | {"count": body["consolidation"]["count"] | {"go": 4}}
    assert "does not fit the ballots" in refused(signed_again(exported, consolidation=count))


def test_the_poll_is_counted_again_by_the_policy_alone(exported: bytes) -> None:
    said = check.verify(exported, console_key.public_key())
    assert said["poll"]["outcome"] == "go-with-conditions"
    assert (said["poll"]["present"], said["poll"]["go"], said["poll"]["missing"]) == (4, 3, [])
    assert said["poll"]["taken"]["cno"] == "theo"


def test_a_blind_poll_is_not_exported(scene: Scene) -> None:
    package = scene.seal()
    scene.vote(package, scene.bo)
    with pytest.raises(Missing):
        export.document(DecisionPackage.objects.get(pk=package.pk), by=scene.sam, now=timezone.now())


def test_what_was_superseded_says_so(scene: Scene, tmp_path: Path) -> None:
    package = scene.decided()
    actions.withdraw(package=package, reason="The ward floods.", by=scene.sam)
    path = tmp_path / "decision.json"
    again = DecisionPackage.objects.get(pk=package.pk)
    path.write_bytes(export.document(again, by=scene.sam, now=timezone.now()))
    answer = run(path, "--key", console_key.public_key())
    assert answer.returncode == 0, answer.stdout
    assert "INVALIDATED" in answer.stdout
    assert "signatures not valid from this time" in answer.stdout


@pytest.mark.parametrize(
    ("spoil", "status", "words"),
    [
        (lambda data: data.replace(b"Paul", b"Pavl", 1), 1, "NOT VERIFIED"),
        (lambda data: data[:-40], 1, "NOT VERIFIED"),
        (lambda data: b"", 1, "NOT VERIFIED"),
        (lambda data: b"[" * 100_000, 1, "NOT VERIFIED"),
        (lambda data: b"[1e400]", 1, "NOT VERIFIED"),
        (lambda data: b'{"format":"concord-decision/1"}', 1, "NOT VERIFIED"),
    ],
)
def test_it_says_in_a_sentence_what_is_wrong(
    exported: bytes, tmp_path: Path, spoil: object, status: int, words: str
) -> None:
    path = tmp_path / "decision.json"
    path.write_bytes(spoil(exported))  # type: ignore[operator]
    answer = run(path, "--key", console_key.public_key())
    assert (answer.returncode, answer.stderr) == (status, "")
    assert answer.stdout.startswith(words)


def test_it_says_when_it_could_not_check(tmp_path: Path) -> None:
    missing = run(tmp_path / "none.json", "--key", console_key.public_key())
    assert missing.returncode == 2
    assert run(tmp_path / "none.json", "--key", "abc").returncode == 2
    assert run(tmp_path / "none.json").returncode == 2


def test_the_file_it_serves_is_the_file_that_was_tested() -> None:
    source, digest = export.verifier()
    assert hashlib.sha256(source).hexdigest() == digest
    assert b"import django" not in source
