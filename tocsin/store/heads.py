"""Signed heads: how far the log's chain of hashes had come, vouched for by whoever keeps the log. Pure.

What is signed (Ed25519) is the line ``tocsin signed head 1`` with its line break, so that the signature means
nothing anywhere else, and the JSON array of realm, log, seq, hash and moment, without spaces. A head kept elsewhere
tells later whether the log still is what it was then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.errors import BadFile, BadSignature, WrongRealm
from tocsin.limits import NAME_CHARS
from tocsin.model import Realm
from tocsin.store.chain import stamp
from tocsin.store.contract import Link

PREFIX = b"tocsin signed head 1\n"

Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
"""32 bytes, hexadecimal."""
Hex64 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$", max_length=128)]

_json = msgspec.json.Encoder()


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    realm: Realm
    log: Annotated[str, msgspec.Meta(max_length=NAME_CHARS)]
    """The identity of the log."""
    seq: Annotated[int, msgspec.Meta(ge=0)]
    hash: Hex32
    """The hash of entry ``seq``, which covers all before it."""
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    """When it was signed."""
    key: Hex32
    """The public key."""
    signature: Hex64


_head = msgspec.json.Decoder(SignedHead)


def signed_bytes(realm: Realm, log: str, seq: int, hash: str, at: datetime) -> bytes:
    return PREFIX + _json.encode((realm, log, seq, hash, stamp(at)))


class Signer:
    """Signs the heads of one realm's logs."""

    def __init__(self, realm: Realm, private_key: bytes) -> None:
        """``private_key`` is 32 bytes (RFC 8032)."""
        self.realm = realm
        self._private = Ed25519PrivateKey.from_private_bytes(private_key)
        self.key = self._private.public_key().public_bytes_raw().hex()
        """The public key, to be made known wherever heads are checked."""

    def vouch(self, content: bytes) -> bytes:
        """The signature of something else; it begins with what it is, so that it means nothing anywhere else."""
        assert not content.startswith(PREFIX), "each kind has a prefix of its own"
        return self._private.sign(content)

    def sign(self, log: str, link: Link, at: datetime) -> SignedHead:
        hash = link.hash.hex()
        signature = self._private.sign(signed_bytes(self.realm, log, link.seq, hash, at)).hex()
        return SignedHead(realm=self.realm, log=log, seq=link.seq, hash=hash, at=at, key=self.key, signature=signature)


def check(head: SignedHead, key: str | None = None) -> None:
    """Whether it was signed as it stands, and by ``key`` where that is given. Errors: `BadSignature`."""
    if key is not None and head.key != key:
        raise BadSignature(
            f"the head for entry {head.seq} was signed by another key, {head.key}", seq=head.seq, key=head.key
        )
    try:
        said = signed_bytes(head.realm, head.log, head.seq, head.hash, head.at)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key)).verify(bytes.fromhex(head.signature), said)
    except (InvalidSignature, ValueError, OverflowError) as error:
        raise BadSignature(
            f"the signature under the head for entry {head.seq} does not hold: it was altered, or never signed",
            seq=head.seq,
            key=head.key,
        ) from error


def require_realm(head: SignedHead, realm: Realm) -> None:
    """Errors: `WrongRealm`."""
    if head.realm is not realm:
        raise WrongRealm(
            f"the head for entry {head.seq} is of the {head.realm} realm, not of {realm}",
            realm=head.realm,
            wanted=realm,
        )


def heads_from(raw: bytes) -> Sequence[SignedHead]:
    """One head as JSON, or several, each on its line. Errors: `BadFile`."""
    try:
        return [_head.decode(raw)]
    except msgspec.DecodeError:
        lines = raw.splitlines()
    heads = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                heads.append(_head.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadFile(f"line {number} is not a signed head: {error}", line=number) from error
    if not heads:
        raise BadFile("there is no signed head in it")
    return heads
