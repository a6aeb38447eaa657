"""The plainest client there can be: a connection, the bytes that go into it, and those that come out."""

from __future__ import annotations

import gzip
import json
import os
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from tests.web.running import PATIENCE_S, Running, Server
from tocsin.door.door import Door
from tocsin.door.fanout import Fanout

STATE = b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\n\r\n"
STREAM = b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n"
HANDSHAKE = (
    b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def get(target: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {target} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


class Told(NamedTuple):
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    """By name in small letters."""
    body: bytes

    @property
    def json(self) -> Any:
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return json.loads(body)

    def refused(self, status: int, code: str) -> Any:
        """The detail of an error in the one shape."""
        assert self.headers["content-type"].startswith("application/json"), self
        assert self.headers["tocsin-realm"] == "live"
        error = self.json["error"]
        assert list(error) == ["code", "message", "detail"]
        assert (self.status, error["code"]) == (status, code), error
        return error["detail"]


class Frame(NamedTuple):
    opcode: int
    payload: bytes


class Line:
    """One connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.buffer = b""
        self._until = time.monotonic() + 2 * PATIENCE_S
        """Nothing is waited for after that, though heartbeats come."""

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.sock.sendall(piece)

    def fill(self) -> bool:
        """Wait for more; whether anything came before the end."""
        assert time.monotonic() < self._until, "what was waited for never came"
        try:
            data = self.sock.recv(1 << 20)
        except ConnectionError:
            return False
        self.buffer += data
        return bool(data)

    def upto(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            if not self.fill():
                raise EOFError(self.buffer[-300:])
        found, _, self.buffer = self.buffer.partition(mark)
        return found + mark

    def take(self, size: int) -> bytes:
        while len(self.buffer) < size:
            if not self.fill():
                raise EOFError(self.buffer[-300:])
        found, self.buffer = self.buffer[:size], self.buffer[size:]
        return found

    def rest(self) -> bytes:
        """All that comes until the other side ends."""
        while self.fill():
            pass
        found, self.buffer = self.buffer, b""
        return found

    def head(self) -> Told:
        """The next answer but for its body."""
        first, *lines = self.upto(b"\r\n\r\n").decode("latin-1").rstrip("\r\n").split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        headers = {name.lower(): value for name, value in pairs}
        assert len(headers) == len(pairs), "no header comes twice"
        assert first.startswith("HTTP/1."), first
        return Told(int(first.split()[1]), headers, b"")

    def answer(self) -> Told:
        """The next answer."""
        told = self.head()
        return told._replace(body=b"" if told.status == 304 else self.take(int(told.headers["content-length"])))

    def word(self) -> tuple[str, int | None, Any]:
        """The next server-sent event that is none of those that come by themselves: name, id and data."""
        while True:
            fields = dict(line.split(": ", 1) for line in self.upto(b"\n\n").decode().rstrip("\n").split("\n"))
            if fields.get("event") not in (None, "heartbeat", "message"):
                return fields["event"], int(fields["id"]) if "id" in fields else None, json.loads(fields["data"])

    def frame(self) -> Frame:
        """The next frame of a WebSocket."""
        first, second = self.take(2)
        assert first & 0x80, "frames are whole"
        assert not second & 0x80, "a server does not mask"
        size = second
        if size == 126:
            size = int.from_bytes(self.take(2), "big")
        elif size == 127:
            size = int.from_bytes(self.take(8), "big")
        return Frame(first & 0x0F, self.take(size))

    def message(self) -> dict[str, Any]:
        """The next thing said in a WebSocket that is none of those that come by themselves."""
        while True:
            frame = self.frame()
            assert frame.opcode == 1, frame
            said: dict[str, Any] = json.loads(frame.payload)
            if said["event"] not in ("heartbeat", "message"):
                return said

    def closing(self) -> int | None:
        """The code with which the server closes a WebSocket, whatever it says before; nothing comes after it."""
        while True:
            frame = self.frame()
            if frame.opcode == 8:
                assert self.rest() == b""
                return int.from_bytes(frame.payload[:2], "big") if frame.payload else None

    def reset(self) -> None:
        """End it as a machine does that crashed."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


@contextmanager
def line(server: Server, *, room: int | None = None) -> Iterator[Line]:
    """A connection; ``room`` is what its own kernel keeps for it unread."""
    with socket.socket() as sock:
        sock.settimeout(PATIENCE_S)
        if room is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        sock.connect(server.address)
        yield Line(sock)


@contextmanager
def listening(server: Server, request: bytes = STREAM) -> Iterator[Line]:
    """A stream that has been opened."""
    with line(server) as found:
        found.send(request)
        told = found.head()
        assert told.status == 200, told
        yield found


@contextmanager
def talking(server: Server, request: bytes = HANDSHAKE) -> Iterator[Line]:
    """A WebSocket that has been opened."""
    with line(server) as found:
        found.send(request)
        told = found.head()
        assert told.status == 101, told
        assert told.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        yield found


def masked(
    opcode: int, payload: bytes = b"", *, last: bool = True, reserved: int = 0, size: int | None = None
) -> bytes:
    """A frame as a client sends it; ``size`` is what it says of itself."""
    told = len(payload) if size is None else size
    length = bytes((0x80 | min(told, 125),))
    if told > 125:
        length = b"\xfe" + told.to_bytes(2, "big") if told <= 0xFFFF else b"\xff" + told.to_bytes(8, "big")
    mask = os.urandom(4)
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes(((0x80 if last else 0) | reserved << 4 | opcode,)) + length + mask + body


@contextmanager
def unharmed(server: Running) -> Iterator[None]:
    """Whatever happens in the block: somebody else hears the order that is given after it, and the state has it."""
    with listening(server) as neighbour:
        assert neighbour.word()[0] == "snapshot"
        yield
        raised = server.order(f"unharmed {os.urandom(8).hex()}", ref=os.urandom(4).hex())
        assert raised.status == 200, raised.body
        head = server.get("/api/v1/state")["seq"]
        while (word := neighbour.word())[1] != head:
            assert word[0] == "entry"


def fanout_of(server: Running) -> Fanout:
    [ear] = [ear for ear in server.tocsin.hub._ears if isinstance(ear, Fanout)]
    return ear


def door_of(server: Running) -> Door:
    found = fanout_of(server)._gone.__self__  # type: ignore[attr-defined]  # the door's own method
    assert isinstance(found, Door)
    return found


def forgotten(server: Running) -> None:
    """Wait until nobody is at the door any more, and nothing of them is left."""
    door, fanout, ring = door_of(server), fanout_of(server), server.tocsin.hub.ring
    server.until(lambda: door.connections == 0)
    assert server.tocsin.hub.subscribers == 0
    assert (door._asking, door._subscribers, dict(door._of_address)) == ({}, {}, {})
    assert (fanout.behind, ring._views, dict(ring._naming), dict(ring._under)) == ({}, {}, {}, {})
    assert {view for view, _ in fanout._groups} <= {None}
    assert set(fanout._of_view) <= {None}
    assert [one for group in fanout._groups.values() for one in (*group.members.values(), *group.late)] == []


def unpacked(data: bytes) -> bytes:
    """A gzip stream that has not ended."""
    return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data)


def quietly(line: Line, data: bytes) -> None:
    """Send to one that may have left."""
    with suppress(ConnectionError):
        line.sock.sendall(data)
