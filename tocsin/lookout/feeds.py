"""Feeds that sign what they send: who they are, and that nothing of it was altered or sent before.

What a feed's key is made of besides its token is a signature that this server makes once at its start and tells nobody:
whoever has the log alone cannot sign for a feed.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import msgspec

from tocsin.access import Access, Caller, Token
from tocsin.access.callers import require_good
from tocsin.errors import NotFound, Unauthorised
from tocsin.intake.reports.signing import Nonces, feed_key, require_signed
from tocsin.model import Realm
from tocsin.store.heads import Signer


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came in."""

    feed: str
    path: str
    when: str
    nonce: str
    signature: str
    body: bytes


class Feeds:
    def __init__(self, realm: Realm, signer: Signer | None) -> None:
        """Without a signer, as in tests and demos, keys are good while this process lives."""
        vouched = secrets.token_bytes(32) if signer is None else signer.vouch(f"tocsin feed keys 1 {realm}".encode())
        self._secret = hashlib.sha256(vouched).digest()
        self._realm = realm
        self._nonces = Nonces()

    def key(self, token: Token) -> str:
        """With which the feed signs that has this token."""
        return feed_key(self._secret, self._realm, token.id, token.digest)

    def key_of(self, access: Access, caller: Caller) -> tuple[int, str]:
        """The number and the key of the feed that a caller's token makes. Errors: `NotFound`."""
        token = None if caller.token is None else access.token(caller.token)
        if token is None:
            raise NotFound("a feed has a token of its own")
        return token.id, self.key(token)

    def caller(self, access: Access, signed: Signed, now: datetime) -> Caller:
        """Who signed it. From now on the same request is refused, unless it `failed`.

        Errors: `BadRequest`, `BadTime`, `Replayed`, `TooOften`, `Unauthorised`, `TokenTakenBack`, `TokenExpired`.
        """
        number = int(signed.feed) if signed.feed.isascii() and signed.feed.isdigit() and len(signed.feed) < 17 else 0
        token = access.token(number)
        if token is None:
            raise Unauthorised("this request is not signed with the key of a feed")
        require_signed(self.key(token), signed.path, signed.when, signed.nonce, signed.body, signed.signature)
        require_good(token, now)
        self._nonces.take(number, signed.when, signed.nonce, now)
        return Caller(holder=token.holder, token=token.id, zones=token.zones)

    def failed(self, caller: Caller, signed: Signed) -> None:
        """Nothing of this request was taken: it may come again."""
        assert caller.token is not None, "a feed is known by its token"
        self._nonces.forget(caller.token, signed.nonce)
