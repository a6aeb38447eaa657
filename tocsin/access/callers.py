"""Who is calling: tokens, and who stands behind them.

A token is opaque: 256 random bits, with the realm before them for people who mix two up. Here only its SHA-256 is
known; with that much chance in it there is nothing to guess, so no slow hash is needed and a look-up gives nothing
away. Whoever starts Tocsin on the machine that keeps the log acts as `LOCAL`, without a token.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import msgspec

from tocsin.access.standing import Access, Token
from tocsin.errors import TokenExpired, TokenTakenBack, Unauthorised, WrongRealm
from tocsin.model import Realm, ZoneId


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Someone whose identity is established."""

    holder: str
    token: int | None = None
    """Which token showed it."""
    zones: tuple[ZoneId, ...] = ()
    """Where the token is good; wherever its holder's grants are, if there are none."""
    local: bool = False


LOCAL = Caller(holder="local", local=True)


def new_token(realm: Realm) -> str:
    """256 bits of chance."""
    return f"tocsin_{realm}_{secrets.token_urlsafe(32)}"


def token_digest(token: str) -> str:
    """What is kept of a token: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def authenticate(access: Access, authorization: str | None, realm: Realm, now: datetime) -> Caller:
    """Who shows this ``Authorization: Bearer`` header.

    Errors: `Unauthorised`, `TokenExpired`, `TokenTakenBack`, `WrongRealm`. Whatever the scheme says before the
    token is not repeated in any of them.
    """
    scheme, _, shown = (authorization or "").partition(" ")
    shown = shown.strip()
    if scheme.lower() != "bearer" or not shown:
        raise Unauthorised("this needs the header Authorization: Bearer TOKEN")
    for other in Realm:
        if other is not realm and shown.startswith(f"tocsin_{other}_"):
            raise WrongRealm(f"this is a token of the {other} realm, and here is {realm}", realm=realm, token=other)
    token = require_good(access.tokens.get(token_digest(shown)), now)
    return Caller(holder=token.holder, token=token.id, zones=token.zones)


def require_good(token: Token | None, now: datetime) -> Token:
    """The token, if it is good now. Errors: `Unauthorised`, `TokenExpired`, `TokenTakenBack`."""
    if token is None:
        raise Unauthorised("this token is not known here")
    if token.revoked:
        raise TokenTakenBack("this token was taken back", token=token.id, holder=token.holder)
    if now >= token.expires:
        raise TokenExpired(
            f"this token was good until {token.expires.isoformat()}",
            token=token.id,
            holder=token.holder,
            expires=token.expires.isoformat(),
        )
    return token
