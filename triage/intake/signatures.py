"""Detached Ed25519 signatures of manifests: raw, or as hexadecimal or base64 text."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from console.errors import Invalid
from triage.intake.packages import SIGNATURE

SIGNATURE_BYTES = 64


def check(*, public_key: str, raw: bytes, signature: bytes | None) -> bool:
    """True if the manifest's exact bytes are signed with the source's key, False if the source has no key.

    Raises Invalid when the source has a key and the signature is missing, malformed or of other bytes.
    """
    if not public_key:
        return False
    if signature is None:
        raise Invalid(f"This source signs its manifests, but the package has no {SIGNATURE}.")
    try:
        parse_key(public_key).verify(_parse(signature), raw)
    except InvalidSignature as error:
        raise Invalid(f"{SIGNATURE} is not a signature of this manifest.json by the source's key.") from error
    return True


def parse_key(text: str) -> Ed25519PublicKey:
    """An Ed25519 public key from 64 hexadecimal digits. Raises Invalid."""
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    except ValueError as error:
        raise Invalid("The public key is not an Ed25519 key of 64 hexadecimal digits.") from error


def _parse(signature: bytes) -> bytes:
    if len(signature) == SIGNATURE_BYTES:
        return signature
    text = signature.strip()
    try:
        is_hex = len(text) == 2 * SIGNATURE_BYTES
        found = bytes.fromhex(text.decode("ascii")) if is_hex else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Invalid(f"{SIGNATURE} is neither 64 bytes nor their hexadecimal or base64 form.") from error
    if len(found) != SIGNATURE_BYTES:
        raise Invalid(f"{SIGNATURE} holds {len(found)} bytes; an Ed25519 signature has {SIGNATURE_BYTES}.")
    return found
