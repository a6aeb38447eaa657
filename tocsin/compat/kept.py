"""Answers made once for all who ask: in bytes, packed, with the tag and the time by which a client knows them again."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import hdrs, web

from tocsin.door.heads import packs
from tocsin.engine import State

MOST = 4_096
"""Bodies kept at once."""


@dataclass(frozen=True, slots=True)
class Made:
    """A body as it goes out."""

    body: bytes
    packed: bytes
    etag: str
    modified: datetime
    """Whole seconds, and later with every change: a client that asks by it never takes an old body for a new one."""


class Kept:
    """The bodies of one dialect. A body is made anew when the state is another, and is another when its bytes are."""

    def __init__(self, state: Callable[[], State], now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now
        self._made: dict[Hashable, tuple[int, Hashable, Made]] = {}
        self._stands: State | None = None
        self._turn = 0
        """How many states there have been. Not their seq: an edge may come to know another log."""
        self._earliest = 0
        """No body is of an earlier second: a body that was forgotten may have been of the one before."""

    def get(self, key: Hashable, make: Callable[[State], bytes], beside: Hashable = None) -> Made:
        """The body of that name; ``make`` gives its bytes from a state and whatever else ``beside`` stands for."""
        state = self._state()
        if state is not self._stands:
            self._stands, self._turn = state, self._turn + 1
        turn, other, made = self._made.get(key, (-1, None, None))
        if made is not None and (turn, other) == (self._turn, beside):
            return made
        body = make(state)
        if made is None or body != made.body:
            # A clock that stands or steps back must not give two bodies one time.
            after = self._earliest if made is None else int(made.modified.timestamp()) + 1
            second = max(int(self._now().timestamp()), after)
            made = Made(
                body=body,
                packed=gzip.compress(body, 5, mtime=0),
                etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
                modified=datetime.fromtimestamp(second, UTC),
            )
        if len(self._made) >= MOST:
            self._earliest = max(int(one.modified.timestamp()) for _, _, one in self._made.values()) + 1
            self._made.clear()
        self._made[key] = self._turn, beside, made
        return made


def conditional(request: web.Request, made: Made, content_type: str = "application/json") -> web.Response:
    """The body, or 304 to whoever has it (RFC 9110, section 13.2.2). Last-Modified is on both."""
    headers: dict[str, str] = {
        hdrs.ETAG: made.etag,
        hdrs.LAST_MODIFIED: format_datetime(made.modified, usegmt=True),
        hdrs.CACHE_CONTROL: "no-cache",
        hdrs.VARY: "Accept-Encoding",
    }
    if _has(request, made):
        return web.Response(status=304, headers=headers)
    headers[hdrs.CONTENT_TYPE] = content_type
    if packs(request.headers.get(hdrs.ACCEPT_ENCODING, "")) and len(made.packed) < len(made.body):
        return web.Response(body=made.packed, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})
    return web.Response(body=made.body, headers=headers)


def _has(request: web.Request, made: Made) -> bool:
    if request.if_none_match:
        return any(tag.value in (made.etag.strip('"'), "*") for tag in request.if_none_match)
    asked = request.headers.get(hdrs.IF_MODIFIED_SINCE)
    if asked is None:
        return False
    try:
        # Only the very time that was told: a client whose clock is ahead of ours is given the body.
        return parsedate_to_datetime(asked) == made.modified
    except (TypeError, ValueError):
        return False
