"""One thing said to subscribers, in each of the forms in which it travels. Made once, shared by all who hear it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

PACKED_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""How a packed stream begins (RFC 1952, section 2.3): deflate, no name, no time."""


class Form(Enum):
    """How a subscriber hears."""

    SSE = "sse"
    """Server-sent events (WHATWG HTML, section 9.2)."""
    PACKED = "packed"
    """The same in gzip."""
    WEBSOCKET = "websocket"
    """A text message each (RFC 6455)."""

    __hash__ = object.__hash__  # an Enum's own is written in Python, and everything here is kept by form


class Said(NamedTuple):
    """An event's name, its JSON, and the seq from which to resume after it, if it has one."""

    event: str
    data: bytes
    seq: int | None = None


def piece(words: Iterable[Said], form: Form) -> bytes:
    """All of it as it goes over the wire. Pieces made apart can be sent one after another to anyone of that form."""
    if form is Form.WEBSOCKET:
        return b"".join(_message(said) for said in words)
    lines = b"".join(_sse(said) for said in words)
    return _packed(lines) if form is Form.PACKED and lines else lines


class Front(NamedTuple):
    """How an event begins, and that packed: what does not change is not packed again for what follows it."""

    lines: bytes
    packed: bytes


def packed_behind(said: Said, size: int, before: Front | None) -> tuple[bytes, Front]:
    """The piece of one event in gzip, and its front: all but what comes after the first ``size`` bytes of its data.

    ``before`` is the front of an earlier one, and is used again where this one begins alike.
    """
    lines = _sse(said)
    cut = lines.index(b"\ndata: ") + len(b"\ndata: ") + size
    front = before if before is not None and before.lines == lines[:cut] else Front(lines[:cut], _packed(lines[:cut]))
    return front.packed + _packed(lines[cut:]), front


def opening(form: Form, retry_ms: int) -> bytes:
    """What comes before the first piece: after how long to come back if the line breaks."""
    if form is Form.WEBSOCKET:
        return b""
    retry = b"retry: %d\n\n" % retry_ms
    return PACKED_HEAD + _stored(retry) if form is Form.PACKED else retry


def _sse(said: Said) -> bytes:
    if said.seq is None:
        return b"event: %b\ndata: %b\n\n" % (said.event.encode(), said.data)
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (said.seq, said.event.encode(), said.data)


def _message(said: Said) -> bytes:
    seq = b"null" if said.seq is None else b"%d" % said.seq
    return text_frame(b'{"event":"%b","id":%b,"data":%b}' % (said.event.encode(), seq, said.data))


def text_frame(payload: bytes) -> bytes:
    """A whole text message in one frame, unmasked as a server sends it (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def _stored(lines: bytes) -> bytes:
    """As `_packed`, but as it is (RFC 1951, section 3.2.4): for what is too short to be worth the work."""
    return b"\0" + len(lines).to_bytes(2, "little") + (len(lines) ^ 0xFFFF).to_bytes(2, "little") + lines


def _packed(lines: bytes) -> bytes:
    """Deflated up to a full flush: it ends on a byte and refers to nothing before it, so it can follow anything."""
    press = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return press.compress(lines) + press.flush(zlib.Z_FULL_FLUSH)
