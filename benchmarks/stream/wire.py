"""What a listener of Tocsin hears, captured byte for byte, so that all the others can be had to say the same."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping

import msgspec

from benchmarks.stream.load import Talk

MARK = re.compile(rb"~\d{8}~")
FLUSH = b"\x00\x00\xff\xff"
"""How each piece of a packed stream ends (RFC 1951: an empty stored block)."""
QUIET_S = 0.3
"""So long nothing came: that was all."""
CAPTURES = 4


class Captured(msgspec.Struct, frozen=True):
    """First words and one event, as they came over the wire."""

    talk: Talk
    first: bytes
    """With the head of the answer."""
    event: bytes
    json: bytes
    """The event's data alone."""


def request(path: str, **headers: str) -> bytes:
    """A GET over a connection that stays; names of headers are written with _ for -."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode()


def listening(path: str, **headers: str) -> bytes:
    """A request as a browser's EventSource makes it."""
    return request(path, Accept="text/event-stream", **headers)


def websocket_request(path: str) -> bytes:
    return request(
        path,
        Upgrade="websocket",
        Connection="Upgrade",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )


def heard(connection: socket.socket, quiet_s: float = QUIET_S) -> bytes:
    """All that comes until it is quiet. Waits for the first of it."""
    said = b""
    connection.settimeout(10)
    while True:
        try:
            more = connection.recv(1 << 20)
        except TimeoutError:
            return said
        if not more:
            return said
        said += more
        connection.settimeout(quiet_s)


def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One answer that says how long it is: status, headers by their small names, body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request(path, **(headers or {})))
        said = b""
        while b"\r\n\r\n" not in said:
            said += connection.recv(65536)
        head, _, body = said.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        named = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(named.get("content-length", 0)):
            body += connection.recv(65536)
        return int(first.split()[1]), named, body


def capture(port: int, asked: bytes, say: Callable[[], object], pattern: bytes) -> Captured:
    """Listen to Tocsin: the first words, and then the event that ``say`` has said. Nothing has been said before."""
    firsts, events = [], []
    for _ in range(CAPTURES):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(asked)
            firsts.append(heard(connection))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(asked)
        heard(connection)
        for _ in range(CAPTURES):
            say()
            events.append(heard(connection))
    first, event = min(firsts, key=len), min(events, key=len)  # the others may hold a heartbeat as well
    data = re.search(rb"^data: (.*)$", event, re.MULTILINE)
    return Captured(
        talk=Talk(asked, pattern, first.count(pattern)),
        first=first,
        event=MARK.sub(b"~00000000~", event),
        json=MARK.sub(b"~00000000~", data[1]) if data else b"",
    )
