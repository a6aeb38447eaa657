"""Server-sent events (WHATWG HTML, section 9.2), taken apart as they come in, in any pieces.

Strict: what no Tocsin sends is `Garbled`, not passed over, since whoever passes over what it cannot read shows calm
where there may be none. Pure: bytes in, words out. Nothing grows past a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from tocsin import limits

_ID = re.compile(rb"[0-9]{1,15}")
_MS = re.compile(rb"[0-9]{1,9}")
_NAME = re.compile(rb"[a-z][a-z0-9_]{0,39}")


class Word(msgspec.Struct, frozen=True):
    """One thing the server said."""

    event: str
    """``snapshot``, ``entry``, ``message``, ``heartbeat``, ``clock``, ``stale`` or ``goodbye``."""
    id: int | None
    """The seq to resume after, where one is given."""
    data: bytes
    """JSON."""


class Garbled(Exception):
    """What came is not what a Tocsin sends."""


class Parser:
    """One connection's words. After `Garbled` it is of no more use."""

    def __init__(self, most_bytes: int = limits.CLIENT_WORD_BYTES) -> None:
        """``most_bytes`` one word may be long, with its fields' names."""
        self._most = most_bytes
        self._rest = bytearray()
        self._looked = 0
        self._pending = 0
        self._event: str | None = None
        self._id: int | None = None
        self._data: list[bytes] = []
        self.retry_s: float | None = None
        """How long the server asks to wait before coming back."""

    def feed(self, piece: bytes) -> Iterator[Word]:
        """The words that this piece completes. Errors: `Garbled`."""
        self._rest += piece
        begin = 0
        while (end := self._rest.find(b"\n", max(begin, self._looked))) >= 0:
            line = bytes(self._rest[begin:end])
            begin = end + 1
            self._pending += len(line) + 1
            self._bounded(self._pending)
            word = self._line(line.removesuffix(b"\r"))
            if word is not None:
                yield word
        del self._rest[:begin]
        self._looked = len(self._rest)
        self._bounded(self._pending + len(self._rest))

    def _bounded(self, size: int) -> None:
        if size > self._most:
            raise Garbled(f"one word is longer than {self._most} bytes")

    def _line(self, line: bytes) -> Word | None:
        if not line:
            return self._dispatched()
        if line.startswith(b":"):
            return None  # a comment
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        match name:
            case b"data":
                if b"\r" in value:
                    raise Garbled("there is a carriage return within a line")
                self._data.append(value)
            case b"event" if _NAME.fullmatch(value):
                self._event = value.decode()
            case b"id" if _ID.fullmatch(value):
                self._id = int(value)
            case b"retry" if _MS.fullmatch(value):
                self.retry_s = int(value) / 1000
            case _:
                raise Garbled(f"there is a line that no Tocsin sends: {line[:60]!r}")
        return None

    def _dispatched(self) -> Word | None:
        event, id, data = self._event, self._id, b"\n".join(self._data)
        self._event, self._id, self._data, self._pending = None, None, [], 0
        if event is None and id is None and not data:
            return None  # what stood there was about the connection: `retry`, or a comment
        if event is None or not data:
            raise Garbled("there is a word without a name or without content")
        return Word(event, id, data)
