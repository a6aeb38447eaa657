"""From an edge's file to what it tells: an earlier life, none, a damaged one, one of another log or another world."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.edge.edging import BEAT_S, Line, RunningEdge, edging, line
from tests.web.people import BEGUN
from tests.web.running import KHARKIV, KYIV, LVIV, SUMY, Running, running
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.errors import BadAtlas, BadSetting, StoreForeign, StoreLocked, TocsinError, WrongRealm
from tocsin.model import Realm, ZoneId
from tocsin.store.memory import MemoryStore
from tocsin.store.opening import connect
from tocsin.store.sqlite import SQLiteStore


def same(node: Running, edge: RunningEdge) -> bool:
    return bool(node.ask("/api/v1/state").json == edge.ask("/api/v1/state").json)


def test_an_edge_started_again_asks_only_for_what_it_lacks(
    node: Running, wire: Line, mirror: Path, ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        assert node.order("k1").status == 200
        edge.until_at(BEGUN + 1)
    assert node.order("k2", zones=[KHARKIV]).status == 200
    asked: list[int] = []
    read = node.tocsin.store.read

    def counted(after: int, limit: int) -> object:
        asked.append(after)
        return read(after, limit)

    with monkeypatch.context() as patch:
        patch.setattr(node.tocsin.store, "read", counted)
        with edging(wire.url, mirror, ukraine) as edge:
            edge.until_fresh()
            assert same(node, edge)
            assert asked == [BEGUN + 1]
            with edge.listening(after=BEGUN) as here:
                told = [here.next("message", "entry") for _ in range(4)]
            assert [word.event for word in told] == ["message", "entry"] * 2
            messages = node.get(f"/api/v1/messages?after={BEGUN}")["messages"]
            assert [word.data for word in told if word.event == "message"] == messages


def test_a_filling_that_was_broken_off_is_gone_on_with_and_nothing_is_told_before_its_end(
    node: Running, wire: Line, mirror: Path, ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, zone in enumerate((KYIV, KHARKIV, LVIV, SUMY)):
        assert node.order(f"k{number}", zones=[zone]).status == 200
    monkeypatch.setattr("tocsin.limits.EVENTS_PER_PAGE", 2)
    read = node.tocsin.store.read

    def failing(after: int, limit: int) -> object:
        if after >= 4:
            raise TocsinError("the disk is on fire")
        return read(after, limit)

    monkeypatch.setattr(node.tocsin.store, "read", failing)
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until(lambda: edge.edge.store.head() == 4)
        assert not edge.edge.known.is_set()
        assert edge.edge.hub.cut_off_since is not None
    monkeypatch.setattr(node.tocsin.store, "read", read)
    wire.cut()
    with edging(wire.url, mirror, ukraine) as edge:
        assert edge.edge.state.seq == 4
        assert not edge.edge.known.is_set(), "what stood after the first half never was all there was"
        wire.lead_to(node.url)
        edge.until_fresh()
        assert same(node, edge)


def test_the_mirror_of_another_log_is_replaced_and_everyone_starts_anew(
    node: Running, wire: Line, edge: RunningEdge, ukraine: Atlas, mirror: Path
) -> None:
    assert node.order("k1").status == 200
    edge.until_at(BEGUN + 1)
    before = edge.edge.store.identity
    with running(MemoryStore(), ukraine, SystemClock(), heartbeat_s=BEAT_S) as other, edge.listening() as here:
        assert here.next("snapshot").data["log"] == before
        assert other.order("k1", zones=[KHARKIV]).status == 200
        wire.cut()
        wire.lead_to(other.url)
        word = here.next("snapshot")
        assert word.data["log"] == other.tocsin.store.identity != before
        assert word.data["zones"][KYIV] == "clear"
        edge.until_fresh()
        assert edge.get("/api/v1/state")["zones"][KHARKIV] == "red"
        assert edge.edge.store.path == mirror
        assert other.order("k2", zones=[LVIV]).status == 200
        assert here.next("entry").id == BEGUN + 2
        edge.until_at(other.tocsin.state.seq)
        assert edge.get("/api/v1/events") == other.get("/api/v1/events")
    edge.until(lambda: not edge.edge.store.waiting)
    with closing(sqlite3.connect(f"file:{mirror}?mode=ro", uri=True)) as file:
        assert file.execute("SELECT value FROM note WHERE name = 'log'").fetchone()[0] == other.tocsin.store.identity


def test_a_mirror_of_another_log_is_told_as_stale_until_the_upstream_says_which_is_right(
    node: Running, wire: Line, ukraine: Atlas, mirror: Path
) -> None:
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
    with running(MemoryStore(), ukraine, SystemClock(), heartbeat_s=BEAT_S) as other:
        wire.lead_to(other.url)
        with edging(wire.url, mirror, ukraine) as edge:
            edge.until_fresh()
            assert edge.edge.store.identity == other.tocsin.store.identity


@contextmanager
def serving_log(path: Path, atlas: Atlas) -> Iterator[Running]:
    with (
        closing(SQLiteStore(path, Realm.LIVE, "UA")) as store,
        running(store, atlas, SystemClock(), heartbeat_s=BEAT_S) as node,
    ):
        yield node


def test_a_log_that_has_lost_its_end_is_followed_again_once_it_is_plain(
    tmp_path: Path, ukraine: Atlas, mirror: Path
) -> None:
    log, backup = tmp_path / "live.db", tmp_path / "backup.db"
    with line() as wire:
        with serving_log(log, ukraine) as node:
            assert node.order("k1").status == 200
        shutil.copy(log, backup)
        with serving_log(log, ukraine) as node:
            wire.lead_to(node.url)
            with edging(wire.url, mirror, ukraine) as edge:
                edge.until_fresh()
                assert node.order("k2", zones=[KHARKIV]).status == 200
                edge.until_at(BEGUN + 2)
        with serving_log(backup, ukraine) as node:
            wire.lead_to(node.url)
            with edging(wire.url, mirror, ukraine) as edge:
                assert edge.edge.state.seq == BEGUN + 2
                edge.until_at(BEGUN + 1)
                edge.until_fresh()
                assert same(node, edge)
                assert node.order("k3", zones=[LVIV]).status == 200
                edge.until_at(BEGUN + 2)
                assert same(node, edge)


def test_an_entry_that_is_not_what_it_was_is_seen_and_all_is_fetched_anew(
    node: Running, wire: Line, ukraine: Atlas, mirror: Path
) -> None:
    """A log put back from a backup that has grown past the end it lost, before the edge came back."""
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        assert node.order("k1", zones=[KYIV]).status == 200
        edge.until_at(BEGUN + 1)
    with closing(connect(mirror, wait_s=1)) as file:  # with checksums that agree
        file.execute("UPDATE entry SET told = replace(told, ?, ?) WHERE seq = ?", (KYIV, LVIV, BEGUN + 1))
    assert node.order("k2", zones=[KHARKIV]).status == 200
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        assert same(node, edge)
        assert edge.ask("/api/v1/state").headers["ETag"] != node.ask("/api/v1/state").headers["ETag"]
        assert edge.get("/api/v1/events") == node.get("/api/v1/events")


def test_a_state_that_differs_although_all_was_fetched_anew_is_never_told_as_sure(
    node: Running, wire: Line, edge: RunningEdge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As if the two were of versions that fold alike no more."""
    assert node.order("k1").status == 200
    edge.until_at(BEGUN + 1)
    body = node.tocsin._now

    def other() -> object:
        from tocsin.told import encoded, state_body

        state = node.tocsin.state
        told = state_body(state, Realm.LIVE)
        told.zones[ZoneId(LVIV)] = told.zones[ZoneId(KYIV)]
        return state, told, encoded(told)

    monkeypatch.setattr(node.tocsin, "_now", other)
    wire.cut()
    wire.lead_to(node.url)
    node.loop.call_soon_threadsafe(node.tocsin.hub.ring.clear, node.tocsin.state.seq)
    assert node.order("k2", zones=[KHARKIV]).status == 200
    node.loop.call_soon_threadsafe(node.tocsin.hub.ring.clear, node.tocsin.state.seq)
    wire.cut()
    wire.lead_to(node.url)
    edge.until(lambda: "the zones here are not those that the upstream tells" in caplog.text)
    edge.until_cut_off()
    assert edge.get("/api/v1/state")["zones"][KYIV] == "red"
    monkeypatch.setattr(node.tocsin, "_now", body)
    edge.until_fresh()
    assert same(node, edge)


@pytest.mark.parametrize("damage", ["a byte", "not a database", "half of it"])
def test_a_damaged_mirror_is_fetched_again(
    node: Running, wire: Line, ukraine: Atlas, mirror: Path, damage: str
) -> None:
    assert node.order("k1", zones=[KYIV, KHARKIV, SUMY]).status == 200
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
    content = bytearray(mirror.read_bytes())
    at = content.index(b"hold_raised")
    match damage:
        case "a byte":
            content[at] ^= 1
        case "half of it":
            del content[len(content) // 2 :]
        case _:
            content[at - 200 : at + 200] = bytes(400)
    mirror.write_bytes(content)
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        assert same(node, edge)
        assert edge.get("/api/v1/events") == node.get("/api/v1/events")


def test_two_edges_do_not_share_a_mirror(edge: RunningEdge, wire: Line, mirror: Path, ukraine: Atlas) -> None:
    with pytest.raises(StoreLocked), edging(wire.url, mirror, ukraine):
        pass


def test_a_mirror_of_the_other_realm_or_of_other_zones_is_refused(
    node: Running, wire: Line, mirror: Path, ukraine: Atlas
) -> None:
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
    with pytest.raises(StoreForeign), edging(wire.url, mirror, ukraine, realm=Realm.DRILL):
        pass
    with pytest.raises(StoreForeign), edging(wire.url, mirror, shipped("il")):
        pass


def test_a_log_is_not_taken_for_a_mirror_nor_touched(
    store: SQLiteStore, node: Running, wire: Line, tmp_path: Path, ukraine: Atlas
) -> None:
    log = tmp_path / "other.db"
    SQLiteStore(log, Realm.LIVE, "UA").close()
    before = log.read_bytes()
    with pytest.raises(StoreForeign), edging(wire.url, log, ukraine):
        pass
    assert log.read_bytes() == before


def test_an_upstream_of_the_other_realm_or_over_other_zones_is_refused(
    node: Running, wire: Line, mirror: Path, ukraine: Atlas
) -> None:
    with pytest.raises(WrongRealm), edging(wire.url, mirror, ukraine, realm=Realm.DRILL) as edge:
        edge.until_it_ends()
    mirror.unlink()
    with pytest.raises(BadAtlas), edging(wire.url, mirror, shipped("il")) as edge:
        edge.until_it_ends()


@pytest.mark.parametrize("url", ["node:8080", "ftp://node", "http://", "http://me:secret@node", "http://node/?x=1"])
def test_what_is_no_address_of_a_tocsin_is_no_upstream(mirror: Path, ukraine: Atlas, url: str) -> None:
    with pytest.raises(BadSetting), edging(url, mirror, ukraine):
        pass
    assert not mirror.exists()
