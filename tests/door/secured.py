"""Connections under TLS, as a client makes them that checks everything."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from tests.door.line import STREAM, Line, door_of, forgotten
from tests.web.people import TOKEN
from tests.web.running import PATIENCE_S, Running
from tocsin.door.pump import Pumps
from tocsin.door.tls import Handshakes


@contextmanager
def plain(server: Running, room: int | None = None) -> Iterator[Line]:
    """A connection before its handshake."""
    with socket.socket() as sock:
        sock.settimeout(PATIENCE_S)
        if room is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        sock.connect(server.address)
        yield Line(sock)


@contextmanager
def line(server: Running, trusted: ssl.SSLContext | None = None, *, room: int | None = None) -> Iterator[Line]:
    with plain(server, room) as found:
        context = trusted or server.trusted
        assert context is not None
        with context.wrap_socket(found.sock, server_hostname=server.address[0], suppress_ragged_eofs=False) as sock:
            yield Line(sock)


def tls_of(found: Line) -> ssl.SSLSocket:
    assert isinstance(found.sock, ssl.SSLSocket)
    return found.sock


def post(body: bytes, *headers: str) -> bytes:
    lines = ["POST /api/v1/commands HTTP/1.1", "Host: x", "Content-Type: application/json"]
    lines += [f"Authorization: Bearer {TOKEN}"]
    return "\r\n".join([*lines, *headers, f"Content-Length: {len(body)}", "", ""]).encode() + body


def pumps_of(server: Running) -> Pumps:
    return door_of(server)._pumps


def handshakes_of(server: Running) -> Handshakes:
    found = door_of(server)._handshakes
    assert found is not None
    return found


@contextmanager
def nothing_left(server: Running) -> Iterator[None]:
    """Somebody else is told what happens after the block, and whoever was there in it is forgotten."""
    with line(server) as neighbour:
        neighbour.send(STREAM)
        assert neighbour.head().status == 200
        assert neighbour.word()[0] == "snapshot"
        yield
        assert server.order(os.urandom(4).hex(), ref=os.urandom(4).hex()).status == 200
        assert neighbour.word()[0] == "entry"
    forgotten(server)
    handshakes = handshakes_of(server)
    assert (handshakes._waiting, list(handshakes._new), list(handshakes._begun)) == ({}, [], [])
    server.until(lambda: (pumps_of(server)._of, pumps_of(server)._given) == ({}, {}))
