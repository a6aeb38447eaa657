"""Whatever comes over the line that is no honest request: bounded, refused in the one shape or closed, and nobody else
harmed."""

from __future__ import annotations

import asyncio
import select
import socket
import time

import pytest

from tests.door.line import (
    HANDSHAKE,
    STATE,
    STREAM,
    Line,
    door_of,
    forgotten,
    get,
    line,
    listening,
    quietly,
    unharmed,
)
from tests.web.people import TOKEN
from tests.web.running import PATIENCE_S, Running
from tocsin import limits
from tocsin.web.server import Connection

BEGINNINGS = [
    pytest.param(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n", id="the stream"),
    pytest.param(b"GET /api/v1/state HTTP/1.1\r\nHost: x\r\n", id="the state"),
    pytest.param(b"GET /api/v1/clock HTTP/1.1\r\nHost: x\r\n", id="another path"),
]


# --- heads that are too long ---------------------------------------------------------------------


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize(
    "padding",
    [
        pytest.param(b"X-Long: " + b"a" * 40_000, id="one long header"),
        pytest.param(b"\r\n".join(b"X-%d: a" % number for number in range(10_000)), id="many headers"),
        pytest.param(b"a" * 200_000, id="no header"),
    ],
)
def test_a_head_that_is_too_long_is_refused_whole_or_not(server: Running, beginning: bytes, padding: bytes) -> None:
    with unharmed(server):
        for ending in (b"\r\n\r\n", b""):
            with line(server) as found:
                quietly(found, beginning + padding + ending)
                found.answer().refused(400, "bad_request")
                assert found.rest() == b""
    forgotten(server)


@pytest.mark.parametrize("path", [b"/api/v1/stream?after=", b"/api/v1/state?", b"/api/v1/clock?"])
def test_a_line_that_does_not_end_is_refused(server: Running, path: bytes) -> None:
    with unharmed(server), line(server) as found:
        quietly(found, b"GET " + path + b"1" * 100_000)
        found.answer().refused(400, "bad_request")
        assert found.rest() == b""
    forgotten(server)


def test_a_head_is_held_only_up_to_its_limit(server: Running) -> None:
    with unharmed(server), line(server) as found:
        found.send(STREAM[:-2] + b"X: " + b"a" * (limits.HEADER_BYTES - 100))
        server.until(lambda: any(len(one._data) > 16_000 for one in door_of(server)._asking.values()))
        quietly(found, b"a" * 100 + b"\r\nY: " + b"a" * 1_000)
        server.until(lambda: not door_of(server)._asking)
        quietly(found, b"a" * limits.HEADER_BYTES)
        found.answer().refused(400, "bad_request")


# --- slowly, or not at all -----------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little time for a head, and little between two requests."""
    monkeypatch.setattr(limits, "HEAD_S", 0.15)
    monkeypatch.setattr(limits, "IDLE_S", 0.3)
    monkeypatch.setattr("tocsin.door.door.SHARES", 1_000)  # the door looks every hundredth of a second


def dripped(found: Line, data: bytes) -> bool:
    """Byte by byte, for longer than there is time; whether the other side has said or ended anything meanwhile."""
    until = time.monotonic() + 1
    for byte in data * 1_000:
        if time.monotonic() > until:
            return False
        try:
            found.sock.send(bytes((byte,)))
        except ConnectionError:
            return True
        if select.select([found.sock], [], [], 0.005)[0]:
            return True
    return False


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("kept", [b"", STATE, get("/api/v1/clock")], ids=["first", "after a state", "after a clock"])
def test_a_head_that_comes_byte_by_byte_is_not_waited_for(server: Running, beginning: bytes, kept: bytes) -> None:
    with unharmed(server), line(server) as found:
        if kept:
            found.send(kept)
            assert found.answer().status == 200
        assert dripped(found, beginning + b"X-Slow: " + b"a" * 1_000)
        if found.fill():
            found.answer().refused(408, "request_timeout")
        assert found.rest() == b""
    forgotten(server)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_whoever_stops_in_the_middle_of_a_head_is_told_so(server: Running, beginning: bytes) -> None:
    with unharmed(server), line(server) as found:
        found.send(beginning)
        found.answer().refused(408, "request_timeout")
        assert found.rest() == b""
    forgotten(server)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("kept", [b"", STATE, get("/api/v1/clock")], ids=["nothing", "a state", "a clock"])
def test_whoever_says_nothing_any_more_is_let_go_without_a_word(server: Running, kept: bytes) -> None:
    with unharmed(server), line(server) as found:
        if kept:
            found.send(kept)
            assert found.answer().status == 200
        assert found.rest() == b""
    forgotten(server)


@pytest.mark.usefixtures("hurried")
def test_many_who_say_nothing_are_let_go(server: Running) -> None:
    with unharmed(server):
        silent = [socket.create_connection(server.address, timeout=PATIENCE_S) for _ in range(300)]
        for sock in silent:
            assert sock.recv(1) == b""
            sock.close()
        server.until(lambda: door_of(server).connections == 1)


@pytest.mark.usefixtures("hurried")
def test_whoever_asks_and_never_reads_is_let_go(server: Running) -> None:
    with unharmed(server), line(server, room=4_096) as found:
        found.send(STATE * 400)
        server.until(lambda: any(not one.idle for one in door_of(server)._asking.values()))
        server.until(lambda: not door_of(server)._asking)
        told = found.rest()
        assert b"request_timeout" not in told, "nothing is said in the middle of an answer"
    forgotten(server)


def test_whoever_asks_and_does_not_read_costs_nothing_while_it_waits(server: Running) -> None:
    turns = 0

    def counted(number: int, events: int) -> list[tuple[int, int]]:
        nonlocal turns
        turns += 1
        return poll(number, events)

    class Counting:
        def __init__(self) -> None:
            self.register, self.modify = epoll.register, epoll.modify
            self.unregister, self.fileno, self.close = epoll.unregister, epoll.fileno, epoll.close
            self.poll = counted

    door = door_of(server)
    epoll, poll = door._epoll, door._epoll.poll
    with line(server, room=4_096) as found:
        found.send(STATE * 400)
        server.until(lambda: any(one._rest is not None for one in door._asking.values()))
        found.send(STATE * 100)
        door._epoll = Counting()  # type: ignore[assignment]  # the same, and counted
        before = turns
        time.sleep(0.1)
        assert turns - before < 20
        door._epoll = epoll


# --- half of a connection ------------------------------------------------------------------------


def test_whoever_ends_its_half_after_asking_is_answered(server: Running) -> None:
    with unharmed(server), line(server, room=4_096) as found:
        found.send(STATE * 20)
        found.sock.shutdown(socket.SHUT_WR)
        assert [found.answer().status for _ in range(20)] == [200] * 20
        assert found.rest() == b""
    forgotten(server)


@pytest.mark.parametrize("said", [b"", STREAM[:20], STREAM[:-1], b"GET /api/v1/clo"])
def test_whoever_ends_its_half_before_it_has_asked_is_let_go(server: Running, said: bytes) -> None:
    with unharmed(server), line(server) as found:
        found.send(said)
        found.sock.shutdown(socket.SHUT_WR)
        if found.fill():
            found.answer().refused(400, "bad_request")
        assert found.rest() == b""
    forgotten(server)


@pytest.mark.parametrize("request_", [STREAM, HANDSHAKE], ids=["sse", "websocket"])
def test_a_subscriber_that_ends_its_half_is_let_go(server: Running, request_: bytes) -> None:
    with unharmed(server), line(server) as found:
        found.send(request_)
        found.upto(b"snapshot")
        found.sock.shutdown(socket.SHUT_WR)
        found.rest()
    forgotten(server)


@pytest.mark.parametrize(
    "said", [b"", b"GET", STREAM[:-2], STATE * 300, STREAM, HANDSHAKE, get("/api/v1/zones"), b"POST /api/v1/commands "]
)
def test_a_line_that_breaks_anywhere_leaves_nothing_behind(server: Running, said: bytes) -> None:
    with unharmed(server):
        for wait in (False, True):
            with line(server, room=4_096) as found:
                found.send(said)
                if wait:
                    server.until(lambda: door_of(server).connections >= 2)
                found.reset()
    forgotten(server)


# --- no HTTP -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        b"\x00" * 100 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2,
        b"GET /api/v1/stream HTTP/1.1\r\nHost x\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /api/v1/stream HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.1\r\n: x\r\n\r\n",
        b"GET /api/v1/state HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /api/v1/st\xff\xfe HTTP/1.1\r\nHo\x01st: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /api/v1/stream HTTP/1.1\r\r\n\r\n\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused_and_the_line_closed(server: Running, said: bytes) -> None:
    with unharmed(server), line(server) as found:
        found.send(said)
        found.answer().refused(400, "bad_request")
        assert found.rest() == b""
    forgotten(server)


def test_a_subscriber_that_talks_is_let_go(server: Running) -> None:
    with unharmed(server), listening(server) as found:
        assert found.word()[0] == "snapshot"
        found.send(b"a" * limits.SAID_BYTES)
        server.order("heard")
        assert found.word()[0] == "entry", "a little is passed over"
        quietly(found, b"a" * 10)
        found.rest()
    forgotten(server)


# --- more than one request -----------------------------------------------------------------------


def test_a_thousand_questions_in_one_breath_are_answered_one_after_the_other(server: Running) -> None:
    with unharmed(server), line(server) as found:
        found.send(STATE * 1_000)
        answers = [found.answer() for _ in range(1_000)]
        assert {told.status for told in answers} == {200}
        assert len({told.body for told in answers}) == 1
    forgotten(server)


@pytest.mark.parametrize("asked", [1, 3, 200])
def test_states_and_then_an_order_in_one_breath_are_all_answered(server: Running, asked: int) -> None:
    order = b'{"key": "breath", "order": {"type": "raise", "zones": ["UA80000000000093317"], "cause": "%b"}}' % (
        b"c" * 999
    )
    post = (
        b"POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b" % (TOKEN.encode(), len(order), order)
    )
    with line(server, room=8_192) as found:
        found.send(STATE * asked + post + STATE)
        for _ in range(asked):
            assert found.answer().json["holds"] == []
        assert found.answer().status == 200
        assert len(found.answer().json["holds"]) == 1
    forgotten(server)


def test_what_comes_while_an_answer_waits_for_room_is_not_lost(server: Running) -> None:
    """The door hands over what it has read, and reads nothing that is not its any more."""
    body = b'{"key": "late", "order": {"type": "raise", "zones": ["UA80000000000093317"]}}'
    head = b"POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n" % (TOKEN.encode(), len(body))
    for _ in range(20):
        with line(server, room=4_096) as found:
            found.send(STATE * 40 + head)
            server.until(lambda: any(one._rest is not None for one in door_of(server)._asking.values()))
            found.send(body)
            for _ in range(40):
                assert found.answer().status == 200
            assert found.answer().status == 200
    forgotten(server)


@pytest.mark.parametrize("more", [STATE, get("/api/v1/clock"), STREAM])
@pytest.mark.parametrize("before", [b"", STATE, get("/api/v1/clock"), get("/api/v1/zones?level=oblast")])
def test_after_the_stream_is_asked_for_nothing_else_is_answered(server: Running, before: bytes, more: bytes) -> None:
    with unharmed(server), line(server) as found:
        found.send(before + STREAM + more)
        if before:
            assert found.answer().status == 200
        assert found.head().headers["content-type"] == "text/event-stream"
        assert found.word()[0] == "snapshot"
        server.order("then")
        assert found.word()[0] == "entry"
    forgotten(server)


def test_a_stream_asked_for_behind_a_long_answer_begins_after_it(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first words do not come in between, though the answer waits in the transport."""
    made = Connection.connection_made

    def patient(connection: Connection, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(10_000_000)
        made(connection, transport)

    monkeypatch.setattr(Connection, "connection_made", patient)
    with unharmed(server), line(server, room=4_096) as found:
        found.send(get("/api/v1/zones") + STREAM)
        time.sleep(0.05)
        assert len(found.answer().json["zones"]) > 1_000
        assert found.head().headers["content-type"] == "text/event-stream"
        assert found.word()[0] == "snapshot"
    forgotten(server)
