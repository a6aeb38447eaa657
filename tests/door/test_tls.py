"""TLS that the door ends itself: whatever is asked and told is as without it."""

from __future__ import annotations

import json
import os
import select
import socket
import ssl
import time
import zlib
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

import pytest

from tests.door.certificates import Files
from tests.door.line import HANDSHAKE, STATE, STREAM, door_of, fanout_of, forgotten, get, masked
from tests.door.secured import handshakes_of, line, nothing_left, plain, post, pumps_of, tls_of
from tests.web.running import Running, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.door.pump import Pumps
from tocsin.door.secured import Secured
from tocsin.door.wire import read
from tocsin.store.memory import MemoryStore

ORDER = {"key": "k", "order": {"type": "raise", "zones": ["UA80000000000093317"]}}


@pytest.fixture
def server(secured: Running) -> Running:
    return secured


# --- as without TLS ------------------------------------------------------------------------------


def test_the_address_says_https(server: Running) -> None:
    assert server.url.startswith("https://127.0.0.1:")


def test_state_orders_pages_and_refusals_are_as_without_tls(server: Running) -> None:
    with nothing_left(server):
        assert server.get("/api/v1/state")["holds"] == []
        assert server.order().status == 200
        assert len(server.get("/api/v1/state")["holds"]) == 1
        assert len(server.get("/api/v1/zones")["zones"]) > 1_000
        page = server.ask("/list")
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        server.ask("/api/v1/stream?zones=nowhere").refused(404, "unknown_zone")
        server.ask("/api/v1/nothing").refused(404, "not_found")
        server.order("other", token="x" * 40).refused(401, "unauthorised")


def test_many_requests_of_all_kinds_on_one_connection_are_answered_in_order(server: Running) -> None:
    with nothing_left(server), line(server) as found:
        for _ in range(3):
            found.send(STATE + STATE)
            assert [found.answer().json["holds"] for _ in range(2)] == [[], []]
        for _ in range(3):
            found.send(get("/api/v1/clock") + STATE + get("/api/v1/zones"))
            assert "now" in found.answer().json
            assert found.answer().json["holds"] == []
            assert len(found.answer().json["zones"]) > 1_000
        found.send(post(json.dumps(ORDER).encode()))
        assert found.answer().status == 200


def test_a_long_order_comes_through_whole(server: Running) -> None:
    zones = [zone.id for zone in server.tocsin.atlas.zones_of_level("hromada")][:20]
    body = json.dumps({"key": "long", "order": {"type": "raise", "zones": zones}}).encode() + b" " * 200_000
    with nothing_left(server), line(server) as found:
        found.send(post(body))
        assert found.answer().status == 200
        assert len(server.get("/api/v1/state")["holds"]) == len(zones)


def test_who_asks_is_known_by_the_address_of_the_connection(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    remotes = []
    begin = Pumps.begin

    def spied(self: Pumps, fd: int, tls: Secured, peer: str) -> tuple[socket.socket, object]:
        given, closed = begin(self, fd, tls, peer)
        remotes.append(given.getpeername()[0])
        return given, closed

    monkeypatch.setattr(Pumps, "begin", spied)
    server.get("/api/v1/clock")
    assert remotes == ["127.0.0.1"]
    forgotten(server)


# --- the stream ----------------------------------------------------------------------------------

BEFORE = [b"", STATE, get("/api/v1/clock"), get("/api/v1/zones"), STATE + get("/api/v1/zones?level=oblast") + STATE]


@pytest.mark.parametrize("before", BEFORE, ids=["first", "state", "clock", "zones", "several"])
def test_the_stream_is_told_on_a_connection_that_asked_for_other_things_first(server: Running, before: bytes) -> None:
    with nothing_left(server), line(server) as found:
        for request in before.split(b"GET ")[1:]:
            found.send(b"GET " + request)
            assert found.answer().status == 200
        found.send(STREAM)
        assert found.head().headers["content-type"] == "text/event-stream"
        assert found.word()[0] == "snapshot"
        assert door_of(server).connections == 2
        for number in range(3):
            server.order(f"order {number}", ref=f"{number}")
            assert found.word()[0] == "entry"
        server.until(lambda: pumps_of(server)._of == {})


def test_the_stream_is_told_gzipped(server: Running) -> None:
    with nothing_left(server), line(server) as found:
        found.send(get("/api/v1/stream", "Accept-Encoding: gzip"))
        assert found.head().headers["content-encoding"] == "gzip"
        server.order()
        unpacking, told = zlib.decompressobj(16 + zlib.MAX_WBITS), b""
        while b"event: entry" not in told:
            assert found.fill()
            told += unpacking.decompress(found.buffer)
            found.buffer = b""
        assert b"event: snapshot" in told


@pytest.mark.parametrize("before", [b"", get("/api/v1/clock")], ids=["first", "after a clock"])
def test_the_stream_is_told_over_a_websocket(server: Running, before: bytes) -> None:
    with nothing_left(server), line(server) as found:
        if before:
            found.send(before)
            assert found.answer().status == 200
        found.send(HANDSHAKE)
        assert found.head().status == 101
        assert found.message()["event"] == "snapshot"
        server.order()
        assert found.message()["event"] == "entry"
        found.send(masked(9, b"there?"))
        while (frame := found.frame()).opcode != 10:
            pass
        assert frame.payload == b"there?"
        found.send(masked(8, b"\x03\xe8"))
        assert found.closing() == 1000


def test_whoever_is_connected_is_told_goodbye_at_the_end(ukraine: Atlas, files: Files) -> None:
    with ExitStack() as lines:
        with running(MemoryStore(), ukraine, certificate=files.certificate()) as server:
            server.trusted = files.trusted()
            stream, socket_ = lines.enter_context(line(server)), lines.enter_context(line(server))
            idle, shaking = lines.enter_context(line(server)), lines.enter_context(plain(server))
            kept = lines.enter_context(line(server))
            stream.send(STREAM)
            socket_.send(HANDSHAKE)
            kept.send(get("/api/v1/clock"))
            assert kept.answer().status == 200
            stream.upto(b"event: snapshot")
            socket_.upto(b'"snapshot"')
            server.until(lambda: len(handshakes_of(server)._waiting) == 1)
        assert stream.rest().rstrip().split(b"\n")[-2] == b"event: goodbye"  # and TLS says that nothing was cut off
        assert b'"goodbye"' in socket_.rest()
        assert [each.rest() for each in (idle, kept, shaking)] == [b"", b"", b""]


def test_what_was_answered_before_the_end_is_sent(
    ukraine: Atlas, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as lines:
        with running(MemoryStore(), ukraine, certificate=files.certificate()) as server:
            server.trusted = files.trusted()
            found = lines.enter_context(line(server))
            monkeypatch.setattr(pumps_of(server), "ready", lambda fd: None)  # nothing moves but at the end
            found.send(get("/api/v1/clock"))

            def written() -> bool:
                inner = [pump.inner for pump in pumps_of(server)._of.values()]
                return bool(inner and select.select(inner, [], [], 0)[0])

            server.until(written)
        assert found.answer().status == 200
        assert found.rest() == b""


# --- slow readers --------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/api/v1/zones", "/api/v1/openapi.json", "/api/v1/state"])
def test_a_long_answer_to_a_slow_reader_comes_whole(server: Running, target: str) -> None:
    server.order(zones=[zone.id for zone in server.tocsin.atlas.zones_of_level("hromada")])
    expected = server.ask(target).body
    with nothing_left(server), line(server, room=4_096) as found:
        found.send(get(target) * 3)
        for _ in range(3):
            time.sleep(0.05)
            assert found.answer().body == expected


def test_a_stream_asked_for_behind_a_long_answer_begins_after_it(server: Running) -> None:
    with nothing_left(server), line(server, room=4_096) as found:
        found.send(get("/api/v1/zones") * 2 + STREAM)
        time.sleep(0.1)
        assert len(found.answer().json["zones"]) > 1_000
        assert len(found.answer().json["zones"]) > 1_000
        assert found.head().headers["content-type"] == "text/event-stream"
        assert found.word()[0] == "snapshot"


def test_what_a_reader_of_the_stream_left_unread_is_told_once_it_reads(server: Running) -> None:
    """Record by record, and the same one again where there was no room."""
    zones = [zone.id for zone in server.tocsin.atlas.zones_of_level("hromada")]
    with nothing_left(server), line(server, room=4_096) as found:
        found.send(STREAM)
        assert found.head().status == 200
        for number in range(30):
            server.order(f"order {number}", zones=zones[:200], ref=f"{number}")
            if fanout_of(server).behind:
                break
        server.until(lambda: bool(fanout_of(server).behind))
        server.order("last", zones=zones[:1], ref="last")
        head, seqs = server.get("/api/v1/state")["seq"], list[int]()
        while not seqs or seqs[-1] < head:
            name, seq, _ = found.word()
            assert seq is not None
            seqs = [*seqs, seq] if name == "entry" else [seq]
        assert seqs == list(range(seqs[0], head + 1))
        server.until(lambda: not fanout_of(server).behind)


def test_whoever_never_reads_is_let_go(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAM_UNREAD_S", 0.2)
    zones = [zone.id for zone in server.tocsin.atlas.zones_of_level("hromada")]
    with nothing_left(server), line(server, room=4_096) as found:
        found.send(STREAM)
        server.until(lambda: server.tocsin.hub.subscribers == 2)
        for number in range(200):
            server.order(f"order {number}", zones=zones[:200], ref=f"{number}")
            if fanout_of(server).behind or server.tocsin.hub.subscribers == 1:
                break
        server.until(lambda: server.tocsin.hub.subscribers == 1)


def test_a_pong_for_which_there_is_no_room_ends_a_websocket(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL would have to be given the same pong again; whatever came instead would be garbled."""
    with nothing_left(server), line(server) as found:
        found.send(HANDSHAKE)
        found.upto(b'"snapshot"')
        with monkeypatch.context() as patch:
            patch.setattr("tocsin.door.fanout.write", lambda fd, tls, words: 0)
            found.send(masked(9, b"there?"))
            server.until(lambda: server.tocsin.hub.subscribers == 1)


def test_whoever_would_have_to_be_answered_before_it_can_be_read_from_is_let_go() -> None:
    """A client may ask for new keys while it reads nothing: it would wake the door again and again."""

    class Full(Secured):
        def __init__(self) -> None:
            self.recv = self._full

        def _full(self, size: int) -> NoReturn:
            raise ssl.SSLWantWriteError

    with pytest.raises(ssl.SSLWantWriteError):
        read(-1, Full())


def test_nothing_gets_through_a_connection_that_is_closed(tmp_path: Path) -> None:
    """OpenSSL remembers the number of its file descriptor, which is somebody else's by then."""
    files = Files(tmp_path)
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    secured = Secured(ours, files.certificate().context)
    client = files.trusted().wrap_socket(theirs, server_hostname="127.0.0.1", do_handshake_on_connect=False)
    for step in (client, secured, client, secured):
        with suppress(ssl.SSLWantReadError):
            step.do_handshake()
    assert secured.send(b"before") == 6
    assert client.recv(100) == b"before"
    secured.close()
    for refused in (lambda: secured.send(b"after"), lambda: secured.recv(10), secured.unwrap, secured.do_handshake):
        with pytest.raises(OSError, match="the connection is closed"):
            refused()
    client.close()


def test_whoever_says_no_more_and_does_not_read_costs_nothing_while_it_waits(
    server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = 0
    ready = Pumps.ready

    def counted(self: Pumps, fd: int) -> None:
        nonlocal turns
        turns += 1
        ready(self, fd)

    with nothing_left(server), line(server, room=4_096) as found:
        found.send(get("/api/v1/zones") * 3)
        server.until(lambda: any(pump._outward for pump in pumps_of(server)._of.values()))
        found.sock.setblocking(False)
        with pytest.raises(ssl.SSLError):
            tls_of(found).unwrap()  # says that it has said all; the answer is not waited for
        with socket.socket(fileno=os.dup(found.sock.fileno())) as raw:
            raw.shutdown(socket.SHUT_WR)
        server.until(lambda: any(pump._deaf for pump in pumps_of(server)._of.values()))
        monkeypatch.setattr(Pumps, "ready", counted)
        time.sleep(0.2)
        assert turns < 20
        assert pumps_of(server)._of


def test_nothing_is_written_to_one_who_has_left(server: Running) -> None:
    """Its file descriptor may be somebody else's."""
    with nothing_left(server):
        with line(server) as found:
            found.send(STREAM)
            found.upto(b"event: snapshot")
            [_, subscriber] = door_of(server)._subscribers.values()
        server.until(lambda: subscriber.fd not in door_of(server)._subscribers)
        assert subscriber.send is not None
        with pytest.raises(ConnectionResetError):
            subscriber.send(b"words")
