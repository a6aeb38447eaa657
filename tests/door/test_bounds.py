"""How many may come: streams, connections, connections from one address, filters, open files."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.door.line import (
    HANDSHAKE,
    STATE,
    STREAM,
    Line,
    door_of,
    fanout_of,
    forgotten,
    get,
    line,
    listening,
    unharmed,
)
from tests.web.running import KHARKIV, KYIV, PATIENCE_S, SUMY, Running, Server, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.door import Bounds
from tocsin.door.files import fitting
from tocsin.store.memory import MemoryStore

# --- streams and connections ------------------------------------------------------------------------


@contextmanager
def bounded(ukraine: Atlas, bounds: Bounds) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bounds, "usual", lambda: bounds)
        with running(MemoryStore(), ukraine) as server:
            yield server


@pytest.mark.parametrize("request_", [STREAM, HANDSHAKE, get("/api/v1/clock") + STREAM], ids=["sse", "ws", "later"])
def test_one_stream_too_many_is_refused_and_orders_are_taken(ukraine: Atlas, request_: bytes) -> None:
    with bounded(ukraine, Bounds(streams=4)) as server, unharmed(server), ExitStack() as opened:
        for _ in range(3):
            opened.enter_context(listening(server))
        with line(server) as found:
            found.send(request_)
            told = found.answer()
            if told.status == 200:
                told = found.answer()
            told.refused(503, "too_many_connections")
            assert told.headers["retry-after"] == "5"
            if "connection" in told.headers:
                assert found.rest() == b""
        assert server.order("taken").status == 200


def test_a_stream_that_ends_makes_room_for_another(ukraine: Atlas) -> None:
    with bounded(ukraine, Bounds(streams=1)) as server:
        for _ in range(5):
            with listening(server) as found:
                assert found.word()[0] == "snapshot"
            forgotten(server)


def test_one_address_has_so_many_connections_and_another_has_its_own(ukraine: Atlas) -> None:
    with bounded(ukraine, Bounds(streams=0, per_address=3)) as server, ExitStack() as opened:
        lines = [opened.enter_context(line(server)) for _ in range(3)]
        server.until(lambda: door_of(server).connections == 3)
        with line(server) as found:
            told = found.answer()
            told.refused(503, "too_many_connections")
            assert told.headers["retry-after"] == "5"
            assert found.rest() == b""
        with socket.create_connection(server.address, source_address=("127.0.0.2", 0), timeout=PATIENCE_S) as other:
            other.sendall(STATE)
            assert Line(other).answer().status == 200
        lines[0].sock.close()
        server.until(lambda: door_of(server)._of_address["127.0.0.1"] == 2)
        with line(server) as found:
            found.send(STATE)
            assert found.answer().status == 200


def test_a_connection_that_was_handed_over_counts_until_it_is_closed(ukraine: Atlas) -> None:
    with bounded(ukraine, Bounds(streams=0, per_address=2)) as server:
        with line(server) as clock, line(server) as stream:
            clock.send(get("/api/v1/clock"))
            assert clock.answer().status == 200
            stream.send(get("/api/v1/clock") + STREAM)
            assert stream.answer().status == 200
            assert stream.head().status == 200
            server.until(lambda: door_of(server)._of_address["127.0.0.1"] == 2)
            with line(server) as found:
                found.answer().refused(503, "too_many_connections")
        forgotten(server)


def test_whoever_is_silent_makes_room_for_whoever_comes(ukraine: Atlas) -> None:
    with bounded(ukraine, Bounds(streams=1, spare=5)) as server, unharmed(server), ExitStack() as opened:
        silent = [opened.enter_context(line(server)) for _ in range(20)]
        assert server.order("taken").status == 200
        assert silent[0].rest() == b"", "the first to come is the first to go"
        assert door_of(server).connections <= 6


def test_those_who_are_half_done_are_not_sent_away(ukraine: Atlas) -> None:
    with bounded(ukraine, Bounds(streams=1, spare=3)) as server, ExitStack() as opened:
        begun = [opened.enter_context(line(server)) for _ in range(4)]
        for found in begun:
            found.send(STATE[:20])
        server.until(lambda: sum(not one.idle for one in door_of(server)._asking.values()) == 4)
        with line(server) as found:
            found.answer().refused(503, "too_many_connections")
        for found in begun:
            found.send(STATE[20:])
            assert found.answer().status == 200


# --- filters ------------------------------------------------------------------------------------------


def test_a_filter_is_gone_with_the_last_who_listened_through_it(server: Running, ukraine: Atlas) -> None:
    names = [zone.id for zone in ukraine.zones]
    with unharmed(server):
        for number in range(0, 1_500, 3):
            with listening(server, get(f"/api/v1/stream?zones={','.join(names[number : number + 3])}")):
                pass
        with ExitStack() as opened:
            for number in range(100):
                for form in ([], ["Accept-Encoding: gzip"]):
                    request = get(f"/api/v1/stream?zones={names[number]},{names[number + 1]}", *form)
                    opened.enter_context(listening(server, request))
            server.until(lambda: server.tocsin.hub.subscribers == 201)
            assert len(server.tocsin.hub.ring._views) == 100
    forgotten(server)


def test_filters_that_nobody_hears_through_any_more_are_not_kept_by_what_was_said(
    server: Running, ukraine: Atlas
) -> None:
    """Pieces of bytes are kept for some time; they must not keep a filter's sets of zones."""
    names = [zone.id for zone in ukraine.zones]
    hub = server.tocsin.hub
    server.order("first")
    for number in range(0, 1_000, 2):
        chosen = ",".join(names[number : number + 2])
        with listening(server, get(f"/api/v1/stream?zones={chosen}&after={number % 5}")):
            pass
    forgotten(server)
    assert set(hub._pieces) <= {None}
    assert {view for view, _ in hub._starts} <= {None}
    assert hub._pieces_bytes == sum(len(made) + 200 for made in hub._pieces[None].values())
    assert hub._starts_bytes >= sum(len(made.bytes) for made in hub._starts.values())


def test_the_same_zones_in_another_order_are_the_same_filter(server: Running) -> None:
    said = [f"{KYIV},{SUMY}", f"{SUMY},{KYIV}", f"{SUMY},{KYIV},{KYIV}", f"iso3166_2%3AUA-30%2C{SUMY}", f"UA-30,{SUMY}"]
    with ExitStack() as opened:
        for zones in said:
            found = opened.enter_context(listening(server, get(f"/api/v1/stream?zones={zones}")))
            assert found.word()[2]["filter"] == sorted([KYIV, SUMY])
        server.until(lambda: server.tocsin.hub.subscribers == len(said))
        assert [view.zones for view in server.tocsin.hub.ring._views.values()] == [tuple(sorted([KYIV, SUMY]))]
    forgotten(server)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("zones=nowhere", 404, "unknown_zone"),
        (f"zones={KYIV},nowhere", 404, "unknown_zone"),
        (f"zones={KYIV},", 404, "unknown_zone"),
        ("zones=", 400, "bad_request"),
        ("zones=%ff%fe", 404, "unknown_zone"),
        ("zones=null", 400, "bad_request"),
        (f"zones={KYIV}&record=true", 400, "bad_request"),
        ("record=true&record=true", 400, "bad_request"),
        ("record=perhaps", 400, "bad_request"),
        ("zones=" + "a" * (limits.FILTER_CHARS + 1), 400, "bad_request"),
        (f"zones={KYIV}&zones={SUMY}", 400, "bad_request"),
        (f"zones={KYIV}&zone={SUMY}", 400, "bad_request"),
        ("after=1&after=2", 400, "bad_request"),
        ("after=-1", 400, "bad_request"),
        ("after=", 400, "bad_request"),
        ("after=1.5", 400, "bad_request"),
        ("after=many", 400, "bad_request"),
        (f"after={2**53 + 1}", 400, "bad_request"),
        ("after=" + "9" * 400, 400, "bad_request"),
        ("after=%31%00", 400, "bad_request"),
        ("before=1", 400, "bad_request"),
    ],
)
@pytest.mark.parametrize("kept", [b"", get("/api/v1/clock")], ids=["first", "later"])
def test_what_cannot_be_asked_of_the_stream_is_refused(
    server: Running, kept: bytes, query: str, status: int, code: str
) -> None:
    with line(server) as found:
        if kept:
            found.send(kept)
            assert found.answer().status == 200
        found.send(get(f"/api/v1/stream?{query}"))
        found.answer().refused(status, code)
    forgotten(server)


def test_a_filter_of_too_many_zones_is_refused_and_one_of_the_most_is_not(server: Running, ukraine: Atlas) -> None:
    names = [zone.id for zone in ukraine.zones][: limits.STREAM_ZONES + 1]
    with line(server) as found:
        found.send(get(f"/api/v1/stream?zones={','.join(names)}"))
        found.answer().refused(400, "bad_request")
    with listening(server, get(f"/api/v1/stream?zones={','.join(names[:-1])}")) as found:
        assert len(found.word()[2]["filter"]) == limits.STREAM_ZONES
    forgotten(server)


@pytest.mark.parametrize("after", ["5", "4000000", str(2**53)])
@pytest.mark.parametrize("zones", ["", f"&zones={KYIV}"])
def test_an_after_that_has_not_been_yet_starts_anew(server: Running, after: str, zones: str) -> None:
    with listening(server, get(f"/api/v1/stream?after={after}{zones}")) as found:
        assert found.word()[:2] == ("snapshot", 4)


def test_a_narrowed_stream_hears_of_its_zones_alone(server: Running) -> None:
    with listening(server, get(f"/api/v1/stream?zones={KHARKIV}")) as found:
        assert found.word()[0] == "snapshot"
        server.order("one", zones=[KYIV])
        server.order("two", zones=[KHARKIV])
        server.order("three", zones=[KHARKIV], type="release")
        told = [found.word() for _ in range(2)]
        assert [(name, seq) for name, seq, _ in told] == [("entry", 6), ("entry", 7)]
        assert told[0][2]["prev"] <= 5
        assert told[1][2]["prev"] == 6


# --- what the hub keeps in bytes --------------------------------------------------------------------------


def test_what_is_kept_in_bytes_is_bounded(server: Running, monkeypatch: pytest.MonkeyPatch, ukraine: Atlas) -> None:
    monkeypatch.setattr(limits, "PIECES_BYTES", 20_000)
    monkeypatch.setattr(limits, "STARTS_KEPT", 8)
    hub = server.tocsin.hub
    for number in range(30):
        server.order(f"k{number}", ref=str(number))
    with ExitStack() as opened:
        for number in range(120):
            zone = ukraine.zones[number].id
            opened.enter_context(listening(server, get(f"/api/v1/stream?zones={zone}&after={number % 30}")))
            opened.enter_context(listening(server, get(f"/api/v1/stream?zones={zone}")))
        server.until(lambda: hub.subscribers == 240)
        longest = max(len(made) for kept in hub._pieces.values() for made in kept.values())
        assert sum(len(made) for kept in hub._pieces.values() for made in kept.values()) <= 20_000 + longest
        assert len(hub._starts) <= 8
    forgotten(server)


def test_snapshots_kept_in_bytes_are_few_where_they_are_long(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PIECES_BYTES", 300_000)
    hub, country = server.tocsin.hub, server.tocsin.atlas.country.id
    with ExitStack() as opened:
        for zone in server.get("/api/v1/zones?level=oblast")["zones"]:
            opened.enter_context(listening(server, get(f"/api/v1/stream?zones={country},{zone['id']}")))
        assert 1 <= sum(len(made.bytes) for made in hub._starts.values()) <= 300_000
    forgotten(server)


def test_those_who_came_and_never_read_share_what_they_did_not_take(server: Running, ukraine: Atlas) -> None:
    zones = [zone.id for zone in ukraine.zones_of_level("hromada")][:800]
    assert server.order("much", zones=zones, cause="c" * 1_000).status == 200
    with ExitStack() as opened:
        for _ in range(12):
            found = opened.enter_context(line(server, room=4_096))
            found.send(STREAM)
        fanout = fanout_of(server)
        server.until(lambda: server.tocsin.hub.subscribers == 12)
        behind = list(fanout.behind.values())
        assert len(behind) == 12, "the whole country is more than a kernel keeps for one who does not read"
        assert len({id(one.rest) for one in behind}) <= 3


# --- open files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("streams", "files", "expected"),
    [
        (50_000, 100_000, (50_000, 1_000)),
        (50_000, 51_100, (50_000, 1_000)),
        (50_000, 51_099, (49_999, 1_000)),
        (50_000, 20_000, (18_900, 1_000)),
        (50_000, 1_024, (693, 231)),
        (10, 1_024, (10, 231)),
        (0, 20_000, (18_900, 1_000)),
        (50_000, 90, (2, 0)),
    ],
)
def test_there_are_as_many_streams_as_files_allow(streams: int, files: int, expected: tuple[int, int]) -> None:
    found = fitting(streams, 7, files)
    assert (found.streams, found.spare, found.per_address) == (*expected, 7)
    assert found.streams + found.spare <= max(2, files - limits.FILES_SPARE)


@contextmanager
def served(folder: Path, files: tuple[int, int], *options: str) -> Iterator[tuple[Server, Path]]:
    """`tocsin serve` where so many files can be open, soft and hard; and what it said on standard error."""

    lower = ["/bin/sh", "-c", f'ulimit -Sn {files[0]} && ulimit -Hn {files[1]} && exec "$@"', "sh"]
    serve = [sys.executable, "-m", "tocsin", "serve", "--database", str(folder / "live.db"), "--port", "0", *options]
    errors = folder / "errors"
    with (
        errors.open("w") as written,
        subprocess.Popen([*lower, *serve], stdout=subprocess.PIPE, stderr=written, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
            yield Server(url), errors
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)
    assert "Traceback" not in errors.read_text()
    assert process.returncode == 0


def test_the_limit_on_files_is_raised_and_what_it_leaves_is_said(tmp_path: Path) -> None:
    with served(tmp_path, (64, 300)) as (server, said), ExitStack() as opened:
        deadline = time.monotonic() + PATIENCE_S
        while not said.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert said.read_text().splitlines() == [
            "no more than 150 streams can be open at once: the system allows 300 open files (ulimit -n)"
        ]
        for _ in range(150):
            opened.enter_context(listening(server))
        with line(server) as found:
            found.send(STREAM)
            found.answer().refused(503, "too_many_connections")
        assert server.ask("/api/v1/clock").status == 200


def test_no_more_streams_are_opened_than_was_said(tmp_path: Path) -> None:
    with served(tmp_path, (400, 400), "--connections", "3", "--connections-per-address", "5") as (server, said):
        with ExitStack() as opened:
            for _ in range(3):
                opened.enter_context(listening(server))
            with line(server) as found:
                found.send(STREAM)
                found.answer().refused(503, "too_many_connections")
            for _ in range(2):
                opened.enter_context(line(server))
            with line(server) as found:
                found.answer().refused(503, "too_many_connections")
        assert said.read_text() == ""


def test_a_server_without_a_file_left_lives_on_and_takes_in_again(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """The process of the test itself has no file left for a moment."""
    taken: list[int] = []
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with unharmed(server):
        waiting = [socket.socket() for _ in range(5)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())) + 40, most[1]))
        try:
            with suppress(OSError):
                while True:
                    taken.append(os.dup(0))
            assert len(taken) >= 30
            for sock in waiting:
                sock.settimeout(PATIENCE_S)
                sock.connect(server.address)
                sock.sendall(STATE)
            time.sleep(0.05)
        finally:
            for number in taken:
                os.close(number)
            resource.setrlimit(resource.RLIMIT_NOFILE, most)
        for sock in waiting:
            assert Line(sock).answer().status == 200
            sock.close()
    forgotten(server)
    said = [record.getMessage() for record in caplog.records if record.name == "tocsin.door"]
    assert said == ["no more connections can be taken in: Too many open files"]
