"""The stream over real HTTP: whoever listens hears everything once, and whoever does not delays nobody."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial

import pytest

from tests.web.people import BEGUN
from tests.web.running import KHARKIV, KYIV, NOON, PATIENCE_S, SUMY, Listener, Running, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.channels.stream import Hub
from tocsin.clock import ReplayClock
from tocsin.intake.replay import Replay, Stretch
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

MORNING = 8 + BEGUN
"""The last seq of the small log (conftest.py)."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats every few milliseconds instead of every ten seconds."""
    monkeypatch.setattr("tocsin.app.Hub", partial(Hub, heartbeat_s=0.02))


def heard(listener: Listener, count: int) -> list[int | None]:
    return [listener.next("entry").id for _ in range(count)]


# --- the first word ------------------------------------------------------------------------------


def test_a_subscriber_without_a_past_gets_the_state_first_and_then_a_heartbeat(morning: Running) -> None:
    state = morning.get("/api/v1/state")
    with morning.listening() as listener:
        snapshot, heartbeat = listener.next(), listener.next()
    assert (snapshot.event, snapshot.id) == ("snapshot", MORNING)
    log, clock = morning.tocsin.store.identity, {"now": "2026-03-01T12:00:00Z", "rate": 1.0, "replay": None}
    assert snapshot.data == {**state, "log": log, "clock": clock}
    assert (heartbeat.event, heartbeat.id) == ("heartbeat", MORNING)
    assert heartbeat.data == {"seq": MORNING, "log": log, "clock": clock, "cut_off_since": None}


def test_an_answer_is_a_stream_that_no_cache_and_no_proxy_holds_back(morning: Running) -> None:
    connection = http.client.HTTPConnection(*morning.address, timeout=PATIENCE_S)
    with closing(connection):
        connection.request("GET", "/api/v1/stream")
        with connection.getresponse() as response:
            headers = {name: response.headers[name] for name in ("Content-Type", "Cache-Control", "X-Accel-Buffering")}
            first = response.readline()
    assert headers == {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    name, _, milliseconds = first.decode().partition(": ")
    assert (name, 1_000 <= int(milliseconds) <= 4_000) == ("retry", True)


# --- everything, once, in order ------------------------------------------------------------------


def test_every_entry_comes_in_order_with_its_seq_as_id_and_as_the_log_has_it(server: Running) -> None:
    with server.listening() as listener:
        assert listener.next().event == "snapshot"
        server.order("k1", zones=[KYIV, KHARKIV], cause='a "cause"\nof two lines')
        server.order("k2", type="release", zones=[KHARKIV])
        words = [listener.next("entry") for _ in range(3)]
    assert [word.id for word in words] == [5, 6, 7]
    assert [word.data for word in words] == server.get(f"/api/v1/events?after={BEGUN}")["events"]


@pytest.mark.parametrize("seen", [0, 3, 8, 11, 12])
def test_a_subscriber_that_comes_back_gets_exactly_what_it_missed(morning: Running, seen: int) -> None:
    events = morning.get("/api/v1/events")["events"]
    with morning.listening(last_event_id=seen) as listener:
        words = [listener.next() for _ in range(MORNING - seen + 1)]
    assert [word.data for word in words[:-1]] == events[seen:]
    assert (words[-1].event, words[-1].data["seq"]) == ("heartbeat", MORNING)


def test_whoever_resumed_or_started_anew_hears_what_follows_once(server: Running) -> None:
    server.order("k1")
    server.order("k2", zones=[KHARKIV])
    with server.listening() as anew, server.listening(after=5) as resumed, server.listening(after=6) as up_to_date:
        server.until(lambda: server.tocsin.hub.subscribers == 3)
        server.order("k3", zones=[SUMY])
        server.order("k4", type="release", zones=[SUMY])
        assert (heard(anew, 2), heard(resumed, 3), heard(up_to_date, 2)) == ([7, 8], [6, 7, 8], [7, 8])


def test_a_seq_may_be_said_in_the_query_and_the_header_goes_before_it(morning: Running) -> None:
    with morning.listening(after=6) as listener:
        assert [listener.next().id for _ in range(2)] == [7, 8]
    with morning.listening(after=2, last_event_id=7) as listener:
        assert listener.next().id == 8


@pytest.mark.parametrize("seen", [13, 9_999_999_999_999_999])
def test_a_subscriber_that_saw_what_has_not_been_yet_starts_anew(morning: Running, seen: int) -> None:
    with morning.listening(last_event_id=seen) as listener:
        assert (word := listener.next()).event == "snapshot"
        assert word.id == MORNING


def test_a_subscriber_that_comes_back_too_late_starts_anew(ukraine: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAM_BACKLOG_EVENTS", 3)
    with running(MemoryStore(), ukraine) as server:
        for number, zone in enumerate(server.get("/api/v1/zones?level=oblast")["zones"][:5]):
            server.order(f"k{number}", zones=[zone["id"]])
        with server.listening(after=6) as listener:
            assert [listener.next().id for _ in range(3)] == [7, 8, 9]
        with server.listening(after=5) as listener:
            assert [(word := listener.next()).event, word.id] == ["snapshot", 9]


def test_a_subscriber_resumes_across_a_restart_of_the_server(store: SQLiteStore, ukraine: Atlas) -> None:
    with running(store, ukraine) as server, server.listening() as listener:
        server.order("k1")
        log = listener.next("snapshot").data["log"]
        assert heard(listener, 1) == [5]
    with running(store, ukraine) as server:
        server.order("k2", zones=[KHARKIV])
        with server.listening(after=5) as listener:
            assert listener.next().id == 6
            assert listener.next("heartbeat").data["log"] == log
        with server.listening(after=0) as listener:
            assert [listener.next().id for _ in range(6)] == [1, 2, 3, 4, 5, 6], "what was before is there as well"


def test_the_state_and_the_stream_agree_at_every_seq(server: Running) -> None:
    """What a page holds after snapshot and entries is what the state says to whoever asks."""
    with server.listening() as listener:
        holds = {hold["id"] for hold in listener.next("snapshot").data["holds"]}
        for number, zone in enumerate([KYIV, KHARKIV, SUMY, KYIV, KHARKIV]):
            server.order(f"k{number}", zones=[zone], type="raise" if number < 3 else "release")
            word = listener.next("entry").data
            event = word["event"]
            holds = holds | {word["seq"]} if event["type"] == "hold_raised" else holds - {event["hold"]}
            assert holds == {hold["id"] for hold in server.get("/api/v1/state")["holds"]}


# --- quiet and cut off ---------------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
def test_a_quiet_stream_beats_with_the_seq_of_the_head(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine) as server, server.listening() as listener:
        assert listener.next().event == "snapshot"
        assert [listener.next().data["seq"] for _ in range(4)] == [4, 4, 4, 4]
        server.order("k1")
        assert heard(listener, 1) == [5]
        assert listener.next("heartbeat").data["seq"] == 5


def test_whoever_ends_says_goodbye_to_everyone_within_a_moment(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine) as server, ExitStack() as open_streams:
        server.order("k1")
        listeners = [open_streams.enter_context(server.listening()) for _ in range(5)]
        for listener in listeners:
            assert listener.next().event == "snapshot"
        server.stop()
        for listener in listeners:
            assert listener.next("goodbye").data == {"seq": 5}
            assert listener.ended()


# --- the clock -----------------------------------------------------------------------------------


@pytest.fixture
def replaying(ukraine: Atlas) -> Iterator[Running]:
    """A paused replay of an empty hour."""
    stretch = Stretch(since=NOON, until=NOON + timedelta(hours=1), title={"en": "An hour"})
    clock = ReplayClock(stretch.since, stretch.until, rate=0)
    with running(MemoryStore(), ukraine, clock, replay=Replay(stretch, [], clock)) as server:
        yield server


def test_a_change_of_the_clock_is_told_to_everyone(replaying: Running) -> None:
    with replaying.listening() as listener:
        assert listener.next("snapshot").data["clock"]["rate"] == 0
        answer = replaying.ask("/api/v1/replay", "PUT", body={"at": "2026-03-01T12:30:00Z"})
        told = listener.next("clock").data
        assert told == answer.json == replaying.get("/api/v1/clock")
        assert (told["now"], told["rate"]) == ("2026-03-01T12:30:00Z", 0.0)
        assert told["replay"] == {
            "from": "2026-03-01T12:00:00Z",
            "until": "2026-03-01T13:00:00Z",
            "title": {"en": "An hour"},
        }
        replaying.ask("/api/v1/replay", "PUT", body={"rate": 1200})
        assert listener.next("clock").data["rate"] == 1200
        end = listener.next("clock").data
        assert (end["now"], end["rate"]) == ("2026-03-01T13:00:00Z", 0.0), "at the end of the stretch it stands still"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"rate": 2}, "bad_request"),
        ({"rate": -1}, "bad_request"),
        ({"rate": "fast"}, "bad_request"),
        ({"rate": 1e999}, "bad_json"),
        ({"at": "2026-03-01T11:59:59Z"}, "bad_request"),
        ({"at": "2026-03-01T13:00:01Z"}, "bad_request"),
        ({"at": "2026-03-01T12:30:00"}, "bad_time"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "bad_request"),
        ({"at": "2026-03-01T12:30:00Z", "rate": 7}, "bad_request"),
        ({"speed": 60}, "bad_request"),
    ],
)
def test_a_replay_that_is_asked_for_the_impossible_goes_on_as_it_was(
    replaying: Running, asked: dict[str, object], code: str
) -> None:
    replaying.ask("/api/v1/replay", "PUT", body=asked).refused(400, code)
    clock = replaying.get("/api/v1/clock")
    assert (clock["now"], clock["rate"]) == ("2026-03-01T12:00:00Z", 0.0)


def test_a_replay_that_is_asked_for_nothing_says_where_it_is(replaying: Running) -> None:
    assert replaying.ask("/api/v1/replay", "PUT", body={}).json == replaying.get("/api/v1/clock")


# --- too many, and those who do not listen ---------------------------------------------------------


@pytest.mark.usefixtures("impatient")
def test_one_stream_too_many_is_refused_and_one_that_leaves_makes_room(
    ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAM_CONNECTIONS", 2)
    with running(MemoryStore(), ukraine) as server:
        with server.listening() as one, server.listening() as other:
            assert (one.next().event, other.next().event) == ("snapshot", "snapshot")
            answer = server.ask("/api/v1/stream")
            answer.refused(503, "too_many_connections")
            assert answer.headers["Retry-After"] == "5"
            assert server.order().status == 200, "orders are taken all the same"
        server.until(lambda: server.tocsin.hub.subscribers == 0)
        with server.listening() as again:
            assert again.next().event == "snapshot"


@pytest.mark.usefixtures("impatient")
def test_whoever_leaves_is_forgotten(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine) as server:
        for _ in range(20):
            with server.listening() as listener:
                assert listener.next().event == "snapshot"
        server.until(lambda: server.tocsin.hub.subscribers == 0)


def test_a_subscriber_that_never_reads_delays_nobody_and_is_let_go(
    ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STREAM_UNREAD_S", 0.2)
    zones = [zone.id for zone in ukraine.zones_of_level("hromada")][:800]  # less than would take two people
    with running(MemoryStore(), ukraine) as server, socket.socket() as deaf, server.listening() as listener:
        assert listener.next().event == "snapshot"
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        deaf.connect(server.address)
        deaf.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")
        server.until(lambda: server.tocsin.hub.subscribers == 2)
        for number in range(12):
            # Some twelve megabytes in all: more than the kernel keeps for one who does not read.
            kind = "release" if number % 2 else "raise"
            assert server.order(f"k{number}", type=kind, zones=zones, cause="c" * 1_000).status == 200
            first = BEGUN + number * len(zones) + 1
            assert heard(listener, len(zones)) == list(range(first, first + len(zones)))
        server.until(lambda: server.tocsin.hub.subscribers == 1)
        server.order("after")
        assert heard(listener, 1) == [BEGUN + 12 * len(zones) + 1]
