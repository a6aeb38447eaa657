"""An edge tells what its upstream tells: the same entries and the same words, through breaks, restarts and resets."""

from __future__ import annotations

import http.client
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from tests.edge.edging import BEAT_S, Line, RunningEdge, edging, line
from tests.web.people import BEGUN, TOKEN
from tests.web.running import KHARKIV, KYIV, LVIV, SUMY, Listener, Running, Word, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.channels.frames import Form
from tocsin.clock import SystemClock
from tocsin.edge.mirror import Mirror
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore


def entries(listener: Listener, upto: int) -> list[Word]:
    """All messages and entries up to one."""
    words: list[Word] = []
    while not words or words[-1].id != upto:
        words.append(listener.next("message", "entry"))
    return words


def release(node: Running, zone: str, key: str) -> None:
    assert node.command({"type": "release", "zones": [zone]}, key).status == 200


def same_state(node: Running, edge: RunningEdge) -> bool:
    return bool(node.ask("/api/v1/state").body == edge.ask("/api/v1/state").body)


def test_an_edge_tells_on_what_its_upstream_tells_word_for_word(node: Running, edge: RunningEdge) -> None:
    with node.listening() as there, edge.listening() as here:
        assert there.next().event == here.next().event == "snapshot"
        assert node.order("k1", zones=[KYIV, KHARKIV], cause="x").status == 200
        release(node, KYIV, "k2")
        told = entries(there, BEGUN + 3)
        assert entries(here, BEGUN + 3) == told
        assert [word.event for word in told].count("message") == 2
    assert edge.get("/api/v1/state")["zones"][KHARKIV] == "red"


def test_the_very_bytes_of_the_upstream_are_told_on(node: Running, edge: RunningEdge) -> None:
    assert node.order("k1").status == 200
    edge.until_at(BEGUN + 1)

    async def there() -> bytes:
        return node.tocsin.hub.news(BEGUN, None, Form.SSE)[1]

    async def here() -> bytes:
        return edge.edge.hub.news(BEGUN, None, Form.SSE)[1]

    assert edge.call(here) == node.call(there)


def test_a_filtered_stream_of_an_edge_is_that_of_its_upstream(node: Running, edge: RunningEdge) -> None:
    for number, zone in enumerate((KYIV, KHARKIV, KYIV)):
        assert node.order(f"k{number}", zones=[zone], ref=str(number)).status == 200
    edge.until_at(BEGUN + 3)
    path = f"/api/v1/stream?zones={KYIV}&after={BEGUN}"
    told = []
    for server in (node, edge):
        connection, listener = opened(server, path)
        with connection:
            told.append(entries(listener, BEGUN + 3))
    assert told[0] == told[1]
    assert [word.id for word in told[0] if word.event == "entry"] == [BEGUN + 1, BEGUN + 3]


def opened(server: Running, path: str) -> tuple[ExitStack, Listener]:
    stack = ExitStack()
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    stack.callback(connection.close)
    connection.request("GET", path)
    response = connection.getresponse()
    assert response.status == 200
    stack.enter_context(response)
    return stack, Listener(response)


def test_what_is_not_public_is_told_on_as_internal(node: Running, edge: RunningEdge) -> None:
    with edge.listening() as here:
        assert here.next().event == "snapshot"
        order = {"type": "revoke_token", "token": 1}
        assert node.command(order, "k1").status in (200, 202)
        word = here.next("entry")
        assert word.data["event"] == {"type": "internal"}
        assert word.data["order"] == ""
    edge.until_at(node.tocsin.state.seq)
    assert same_state(node, edge)


def test_an_edge_resumes_where_it_was_when_its_line_breaks(node: Running, wire: Line, edge: RunningEdge) -> None:
    with edge.listening() as here:
        assert here.next().event == "snapshot"
        wire.cut()
        assert node.order("k1", cause="while nobody heard").status == 200
        wire.lead_to(node.url)
        words = entries(here, BEGUN + 1)
    assert [word.event for word in words] == ["message", "entry"], "nobody was reset"
    edge.until_fresh()
    assert same_state(node, edge)


def test_an_edge_goes_on_when_its_upstream_is_started_again(store: SQLiteStore, ukraine: Atlas, mirror: Path) -> None:
    with line() as wire, ExitStack() as edges:
        with running(store, ukraine, SystemClock(), heartbeat_s=BEAT_S) as node:
            wire.lead_to(node.url)
            edge = edges.enter_context(edging(wire.url, mirror, ukraine))
            edge.until_fresh()
            assert node.order("k1").status == 200
            edge.until_at(BEGUN + 1)
        wire.cut()
        with running(store, ukraine, SystemClock(), heartbeat_s=BEAT_S) as node:
            assert node.order("k2", zones=[KHARKIV]).status == 200
            wire.lead_to(node.url)
            edge.until_at(BEGUN + 2)
            edge.until_fresh()
            assert same_state(node, edge)


def test_an_edge_that_was_away_for_too_long_is_reset_by_a_snapshot_and_misses_nothing(
    node: Running, wire: Line, edge: RunningEdge
) -> None:
    assert node.order("k0", zones=[SUMY]).status == 200
    edge.until_at(BEGUN + 1)
    wire.cut()
    assert node.order("k1", zones=[KYIV, KHARKIV]).status == 200
    assert node.order("k2", zones=[LVIV]).status == 200

    async def forget() -> None:
        node.tocsin.hub.ring.clear(node.tocsin.state.seq)

    node.call(forget)
    with edge.listening(after=BEGUN + 1) as here:
        wire.lead_to(node.url)
        words = entries(here, BEGUN + 4)
    assert [word.event for word in words] == ["entry", "message", "entry", "message", "entry"], "an order is one thing"
    edge.until_fresh()
    assert same_state(node, edge)
    told = node.get(f"/api/v1/messages?after={BEGUN + 1}")["messages"]
    assert [word.data for word in words if word.event == "message"] == told


def test_what_is_too_much_to_be_told_one_by_one_is_taken_in_at_once(
    node: Running, wire: Line, edge: RunningEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.cut()
    for number, zone in enumerate((KYIV, KHARKIV, LVIV)):
        assert node.order(f"k{number}", zones=[zone]).status == 200

    async def forget() -> None:
        node.tocsin.hub.ring.clear(node.tocsin.state.seq)

    node.call(forget)
    with edge.listening(after=BEGUN) as here, monkeypatch.context() as patch:
        patch.setattr(limits, "STREAM_BACKLOG_EVENTS", 2)
        wire.lead_to(node.url)
        word = here.next("snapshot", "entry")
        assert (word.event, word.id) == ("snapshot", BEGUN + 3)
        edge.until_fresh()
    assert same_state(node, edge)


def test_an_edge_of_an_edge_tells_the_same(node: Running, edge: RunningEdge, ukraine: Atlas, tmp_path: Path) -> None:
    with edging(edge.url, tmp_path / "second.db", ukraine) as second, second.listening() as here:
        second.until_fresh()
        with node.listening() as there:
            assert there.next().event == "snapshot"
            assert node.order("k1", cause="x").status == 200
            told = entries(there, BEGUN + 1)
            assert entries(here, BEGUN + 1) == told
        assert same_state(node, second)


def test_the_mirror_holds_what_everyone_is_told_and_nothing_else(
    node: Running, edge: RunningEdge, mirror: Path
) -> None:
    assert node.order("k1").status == 200
    edge.until_at(BEGUN + 1)
    edge.until(lambda: not edge.edge.store.waiting)
    raw = mirror.read_bytes() + mirror.with_name(mirror.name + "-wal").read_bytes()
    assert b"hold_raised" in raw
    for secret in (b"alice", b"grant_given", b"token_issued", TOKEN.encode()):
        assert secret not in raw
    told = edge.edge.store.read(0, 100)
    assert [entry.seq for entry in told] == [1, 2, 3, 4, 5]
    assert msgspec.to_builtins(told[0].event) == {"type": "internal"}
    assert isinstance(edge.edge.store, Mirror)
    assert edge.edge.store.realm is Realm.LIVE
