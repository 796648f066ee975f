"""What offline verifiers share stands in each of them as it stands once, and makes a verifier of a few lines."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.sealing import composing, key, offline
from console.sealing.envelope import sealed

VERIFIER = f'''"""Check an exported release."""

from __future__ import annotations

{composing.BEGIN}{composing.END}

WHAT = "an exported release"


def verify(data: bytes, key: str) -> dict[str, Any]:
    return verify_file(data, key, format="release/1", what=WHAT, check=lambda body: {{"entries": len(body["entries"])}})


def report(found: dict[str, Any]) -> Iterator[str]:
    yield f"{{found['entries']}} entries"


if __name__ == "__main__":
    sys.exit(run(None, what=WHAT, verify=verify, report=report))
'''


@pytest.mark.parametrize("path", list(composing.verifiers()), ids=lambda path: path.name)
def test_every_verifier_holds_the_shared_text_as_it_is_now(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert composing.composed(text) == text, "Run `make verifiers`."


def test_the_decision_verifier_is_one_of_them() -> None:
    assert "verify_decision.py" in [path.name for path in composing.verifiers()]


def test_what_is_shared_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse(composing.SHARED.read_text(encoding="utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("body", "other_key", "status", "words"),
    [
        ({"entries": [1, 2]}, False, 0, "2 entries\nVERIFIED"),
        ({"entries": [1, 2]}, True, 1, "NOT VERIFIED: The file was signed with another key"),
        ({"rows": []}, False, 1, "NOT VERIFIED: The file does not have the parts of an exported release."),
    ],
)
def test_a_verifier_of_a_few_lines_checks_a_signed_file(
    tmp_path: Path, body: dict[str, object], other_key: bool, status: int, words: str
) -> None:
    script, file = tmp_path / "verify_release.py", tmp_path / "release.json"
    script.write_text(composing.composed(VERIFIER), encoding="utf-8")
    file.write_bytes(sealed("release/1", body))
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex() if other_key else key.public_key()
    command = [sys.executable, "-I", "-S", str(script), str(file), "--key", public]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/bin"})
    assert (done.returncode, done.stderr) == (status, "")
    assert done.stdout.startswith(words)


def test_a_changed_body_is_not_what_was_signed() -> None:
    file = sealed("release/1", {"entries": [1, 2]}).replace(b"[1,2]", b"[1,3]")
    with pytest.raises(offline.Wrong, match="Invalid signature"):
        offline.verify_file(file, key.public_key(), format="release/1", what="a release", check=dict)


def test_a_verifier_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        composing.composed("print()\n")


def test_its_ed25519_is_that_of_the_standard() -> None:
    """Against the library on random keys, and on what RFC 8032 wants refused."""
    for number in range(12):
        private = Ed25519PrivateKey.generate()
        public, message = private.public_key().public_bytes_raw(), os.urandom(number * 7)
        signature = private.sign(message)
        assert offline.ed25519(public, message, signature)
        assert not offline.ed25519(public, message + b"x", signature)
        assert not offline.ed25519(public, message, signature[:63])
        assert not offline.ed25519(bytes([public[0] ^ 1]) + public[1:], message, signature)
    small = (1).to_bytes(32, "little")  # the neutral point would verify anything
    assert not offline.ed25519(small, b"", small + bytes(32))
