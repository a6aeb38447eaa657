"""A feed's requests are signed: HMAC-SHA256 (RFC 2104) over what is sent, when, and a nonce that is used once.

A feed's key is made from its token and a secret of this server, so that the log holds nothing with which to sign, and
the token itself is never sent with a report. What is signed cannot be altered, and cannot be sent a second time to any
effect: its moment must be near the server's, its nonce new, and its reports count once whatever comes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from datetime import UTC, datetime

from tocsin import limits
from tocsin.errors import BadRequest, BadTime, Replayed, TooOften, Unauthorised
from tocsin.model import Realm

NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
WHEN = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")


def feed_key(secret: bytes, realm: Realm, token: int, digest: str) -> str:
    """The key of the feed that is known by a token, hexadecimal; another for each token, realm and server."""
    return hmac.new(secret, f"tocsin feed {realm} {token} {digest}".encode(), hashlib.sha256).hexdigest()


def signature(key: str, path: str, when: str, nonce: str, body: bytes) -> str:
    """What a feed sends along: the HMAC, hexadecimal, of these five lines."""
    said = "\n".join(("tocsin-feed-1", path, when, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(bytes.fromhex(key), said.encode(), hashlib.sha256).hexdigest()


def require_signed(key: str, path: str, when: str, nonce: str, body: bytes, shown: str) -> None:
    """Errors: `BadRequest`, `Unauthorised`."""
    if not NONCE.fullmatch(nonce):
        raise BadRequest("a nonce is 16 to 64 letters, digits, hyphens and underscores")
    if not hmac.compare_digest(signature(key, path, when, nonce, body).encode(), shown.encode("utf-8", "replace")):
        raise Unauthorised("this request is not signed with the key of this feed")


class Nonces:
    """Which requests were taken lately, by feed."""

    def __init__(self) -> None:
        self._seen: dict[int, OrderedDict[str, datetime]] = {}

    def take(self, feed: int, when: str, nonce: str, now: datetime) -> None:
        """Note a request with a good signature that is neither old nor seen before.

        Errors: `BadTime`, `Replayed`, `TooOften`.
        """
        if not WHEN.fullmatch(when):
            raise BadTime("the moment of a request is in UTC, such as 2026-02-22T03:15:00Z")
        try:
            off_s = abs((datetime.fromisoformat(when).astimezone(UTC) - now).total_seconds())
        except ValueError as error:
            raise BadTime(f"there is no such moment: {when}") from error
        if off_s > limits.FEED_WINDOW_S:
            raise BadTime(
                f"the request was signed {off_s:,.0f} s from now; at most {limits.FEED_WINDOW_S} s are taken",
                now=now.isoformat(),
            )
        seen = self._seen.setdefault(feed, OrderedDict())
        # Twice the window: what was signed ahead of the server's clock stays good for so long.
        while seen and (now - next(iter(seen.values()))).total_seconds() > 2 * limits.FEED_WINDOW_S:
            seen.popitem(last=False)
        if nonce in seen:
            raise Replayed("this very request was received before; nothing is taken of it again", nonce=nonce)
        if len(seen) >= limits.FEED_NONCES:
            raise TooOften(f"at most {limits.FEED_NONCES:,} requests of one feed in {2 * limits.FEED_WINDOW_S} s")
        seen[nonce] = now

    def forget(self, feed: int, nonce: str) -> None:
        """Nothing of this request was taken."""
        self._seen.get(feed, OrderedDict[str, datetime]()).pop(nonce, None)
