"""The WebSocket protocol as far as a stream needs it (RFC 6455): the handshake, and what clients may say."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from tocsin import limits

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
GOING_AWAY, PROTOCOL_ERROR, TOO_MUCH, TOO_LARGE, TRY_LATER = 1001, 1002, 1008, 1009, 1013


def accept(key: str) -> str:
    """The answer to a handshake's key (section 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key.encode("latin-1") + _MAGIC, usedforsecurity=False).digest()).decode()


def control(opcode: int, payload: bytes = b"") -> bytes:
    """A control frame as the server sends it (section 5.5)."""
    assert len(payload) <= 125
    return bytes((0x80 | opcode, len(payload))) + payload


def closing(code: int) -> bytes:
    return control(CLOSE, code.to_bytes(2, "big"))


_WRONG = closing(PROTOCOL_ERROR)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a client has said so far."""

    answers: bytes
    """Pongs to its pings, and the farewell if it is one."""
    over: bool
    """Whether the connection ends once the answers are out."""
    rest: bytes
    """The beginning of a frame that has not come whole."""


def hear(data: bytes) -> Heard:
    """Read frames (section 5.2). Messages are passed over; a breach of the protocol ends the connection."""
    answers, at = b"", 0
    while len(data) - at >= 2:
        first, second = data[at], data[at + 1]
        opcode, size, begin = first & 0x0F, second & 0x7F, at + 2
        is_control = opcode >= CLOSE
        wrong = (
            first & 0x70  # no extension was agreed on
            or not second & 0x80  # a client masks what it sends
            or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
            or (is_control and (size > 125 or not first & 0x80))
        )
        if wrong:
            return Heard(answers + _WRONG, True, b"")
        if size == 126:
            size, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
        elif size == 127:
            size, begin = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
        if len(data) >= begin and size > limits.WEBSOCKET_BYTES:
            return Heard(answers + closing(TOO_LARGE), True, b"")
        end = begin + 4 + size
        if len(data) < end:
            break
        if is_control and opcode != PONG:
            mask, masked = data[begin : begin + 4], data[begin + 4 : end]
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(masked))
            if opcode == CLOSE:
                return Heard(answers + (control(CLOSE, payload[:2]) if _may_close(payload) else _WRONG), True, b"")
            answers += control(PONG, payload)
        at = end
    return Heard(answers, False, data[at:])


def _may_close(payload: bytes) -> bool:
    """Whether a close frame says nothing, or a code that may go over the wire (section 7.4)."""
    code = int.from_bytes(payload[:2], "big")
    return not payload or (len(payload) >= 2 and 1000 <= code < 5000 and code not in (1004, 1005, 1006, 1015))
