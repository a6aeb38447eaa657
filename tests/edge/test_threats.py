"""Threats at an edge: what the upstream lets everybody know, to the byte, and nothing once that is not confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.edge.edging import BEAT_S, PATIENT, QUICK, Line, RunningEdge, edging, line
from tests.web.running import Running, StandingClock, running
from tests.web.test_reports import report, sighting
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.edge import threats as module
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore

SEEN: dict[str, Any] = {"places": [{"zone": "UA-59"}], "course_deg": 200, "text": "secret words", "count": 7}
UNSEEN: dict[str, Any] = {"kinds": ["tactical_aviation"], "places": [{"zone": "UA-63"}]}


OFTEN = msgspec.structs.replace(PATIENT, threats_every_s=0.1)


@pytest.fixture
def node(ukraine: Atlas) -> Iterator[Running]:
    with running(MemoryStore(Realm.LIVE), ukraine, StandingClock(), signed=True, heartbeat_s=BEAT_S) as node:
        yield node


@pytest.fixture
def wire(node: Running) -> Iterator[Line]:
    with line(node.url) as wire:
        yield wire


@pytest.fixture
def edge(wire: Line, ukraine: Atlas, tmp_path: Path) -> Iterator[RunningEdge]:
    with edging(wire.url, tmp_path / "mirror.db", ukraine, times=OFTEN) as edge:
        edge.until_fresh()
        edge.until(lambda: edge.edge.threats is not None)
        yield edge


def hear(node: Running, *said: dict[str, Any], key: str = "one") -> None:
    seq = report(node, *said, key=key).json["seq"]
    node.until(lambda: node.tocsin.watching.view().seq >= seq and bool(node.tocsin.watching.view().threats))


def until_same(node: Running, edge: RunningEdge) -> Any:
    there = node.ask("/api/v1/threats")
    edge.until(lambda: (told := edge.edge.threats_now) is not None and told.content == there.body)
    here = edge.ask("/api/v1/threats")
    assert (here.status, here.headers["ETag"]) == (200, there.headers["ETag"])
    return here.json


def test_an_edge_tells_what_everybody_is_told_and_nothing_else(node: Running, edge: RunningEdge) -> None:
    assert until_same(node, edge)["zones"] == []
    hear(node, sighting(**SEEN), sighting(**UNSEEN))
    told = until_same(node, edge)
    assert {one["threat"] for one in told["zones"]} == {"drones"}, "the policy keeps the other to officers"
    same = edge.ask("/api/v1/threats", headers={"If-None-Match": edge.ask("/api/v1/threats").headers["ETag"]})
    assert (same.status, same.body) == (304, b"")
    everything = edge.ask("/api/v1/threats").body + edge.ask("/threats?lang=en").body
    assert b"secret" not in everything
    assert b"tactical" not in everything


def test_its_page_shows_the_zones_and_nobody_signs_in(node: Running, edge: RunningEdge) -> None:
    hear(node, sighting(**SEEN))
    told = until_same(node, edge)
    page = edge.ask("/threats?lang=en")
    assert page.status == 200
    words = page.body.decode()
    name = edge.edge.atlas.zone(told["zones"][0]["zone"]).names["en"]
    assert name in words
    assert 'class="flat risks"' in words
    assert 'name="token"' not in words
    for path in ("/threats/enter", "/threats/decide", "/api/v1/threats/accept", "/api/v1/reports"):
        edge.ask(path, "POST", body={}).refused(403, "read_only")
    edge.ask("/api/v1/threats/full").refused(403, "read_only")


def test_nobody_who_asks_an_edge_makes_it_ask_its_node(wire: Line, ukraine: Atlas, tmp_path: Path) -> None:
    with edging(wire.url, tmp_path / "mirror.db", ukraine) as edge:
        edge.until(lambda: edge.edge.threats is not None and edge.edge.shelters is not None)
        asked = wire.asked
        for _ in range(3):
            assert edge.ask("/api/v1/threats").status == 200
            assert edge.ask("/threats").status == 200
        assert wire.asked == asked


def test_what_is_not_confirmed_is_told_no_more_and_nobody_is_told_calm(
    node: Running, wire: Line, ukraine: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EDGE_THREATS_OLD_S", 1.0)
    often = msgspec.structs.replace(QUICK, threats_every_s=0.1)
    with edging(wire.url, tmp_path / "mirror.db", ukraine, times=often) as edge:
        edge.until_fresh()
        hear(node, sighting(**SEEN))
        assert until_same(node, edge)["zones"]
        wire.cut()
        edge.until(lambda: edge.edge.threats_now is None)
        edge.ask("/api/v1/threats").refused(503, "nothing_known")
        page = edge.ask("/threats?lang=en").body.decode()
        assert "It is not known here now" in page
        assert "No zone is known to be at risk" not in page
        wire.lead_to(node.url)
        assert until_same(node, edge)["zones"]


def test_an_edge_of_an_edge_tells_it_too(node: Running, edge: RunningEdge, ukraine: Atlas, tmp_path: Path) -> None:
    with edging(edge.url, tmp_path / "second.db", ukraine, times=OFTEN) as second:
        second.until_fresh()
        hear(node, sighting(**SEEN))
        assert until_same(node, second)["zones"]


def test_it_goes_with_the_clock_of_its_node(node: Running, edge: RunningEdge) -> None:
    hear(node, sighting(**SEEN))
    first = until_same(node, edge)
    clock = node.tocsin.clock
    assert isinstance(clock, StandingClock)
    clock.at += timedelta(minutes=3)
    hear(node, sighting(places=[{"zone": "UA-53"}]), key="two")
    assert until_same(node, edge)["at"] > first["at"]
    assert limits.EDGE_THREATS_EVERY_S < limits.EDGE_THREATS_OLD_S
