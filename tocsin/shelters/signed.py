"""The signature under a bundle of shelters. It needs none of what makes or reads the rest of one."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tocsin.errors import BadFile, BadSignature
from tocsin.shelters.sections import header_of
from tocsin.store.heads import Signer

MAGIC = b"TOCSINB1"
PREFIX = b"tocsin shelter bundle 1\n"
START = 72
"""Where the header begins."""


def sealed(packed: bytes, signer: Signer) -> bytes:
    """A bundle of what `sections` packed."""
    return MAGIC + signer.vouch(PREFIX + hashlib.sha256(packed).digest()) + packed


def require_signed(content: bytes, key: str | None = None) -> dict[str, Any]:
    """The header, once the signature holds; by ``key`` where that is given. Errors: `BadFile`, `BadSignature`."""
    if content[:7] != MAGIC[:7] or len(content) < START + 4:
        raise BadFile("this is no bundle of shelters")
    if content[:8] != MAGIC:
        raise BadFile("this bundle is of another version")
    packed = content[START:]
    header = header_of(packed)
    said = header.get("key")
    if key is not None and said != key:
        raise BadSignature(f"the bundle was signed by another key, {said}", key=said)
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(said)))
        public.verify(content[8:START], PREFIX + hashlib.sha256(packed).digest())
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("the signature under the bundle does not hold: it was altered or cut short") from error
    return header
