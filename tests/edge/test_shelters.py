"""Shelters at an edge: what the upstream says of them, to the byte, fetched when it changes and never for a reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.edging import BEAT_S, Line, RunningEdge, edging, line
from tests.shelters.towns import degrees, shelter, town
from tests.web.running import Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.commands import CloseShelters, Command, ImportShelters, OpenShelters
from tocsin.model import SourceId
from tocsin.shelters.areas import Areas
from tocsin.shelters.bundle import read_bundle
from tocsin.store.memory import MemoryStore

PATHS = (
    "/api/v1/shelters",
    "/api/v1/shelters?limit=1",
    "/api/v1/shelters?after=town:1&limit=1",
    "/api/v1/shelters?dataset=town",
    "/api/v1/shelters?dataset=other",
    "/api/v1/shelters?limit=0",
    "/api/v1/shelters/words",
    "/api/v1/shelters/words?after=2",
    "/api/v1/shelters/words?after=x",
    "/api/v1/shelters/town/bundle",
    "/api/v1/shelters/atlantis/bundle",
    "/api/v1/shelters/town/bundle?x=1",
)


def give(node: Running, *orders: ImportShelters | CloseShelters | OpenShelters) -> int:
    """The seq after it."""
    for order in orders:
        key = f"k{node.tocsin.service.state.seq}"
        node.tocsin.service.submit(
            [Command(key=key, actor="local", source=SourceId("town"), order=order)], LOCAL, together=True
        )
    return node.tocsin.state.seq


def bring(*numbers: int) -> ImportShelters:
    known = tuple(shelter(number, 400.0 * number, name=f"Cellar {number}", capacity=10) for number in numbers)
    return ImportShelters(dataset="town", attribution="Shelters: the town", shelters=known)


def until_copied(edge: RunningEdge, seq: int) -> None:
    edge.until(lambda: edge.edge.shelters is not None and edge.edge.shelters.seq == seq)


@pytest.fixture
def node(ukraine: Atlas) -> Iterator[Running]:
    clock = StandingClock()
    clock.rate = 0.0
    with running(MemoryStore(), ukraine, clock, signed=True, heartbeat_s=BEAT_S) as node:
        node.tocsin.areas = Areas({"town": town()}, lambda: node.tocsin.service.register, node.tocsin.store.identity)
        give(node, bring(1, 2, 3))
        node.tocsin.areas.standing("town")  # whatever is compiled for the first time is compiled now
        yield node


@pytest.fixture
def wire(node: Running) -> Iterator[Line]:
    with line(node.url) as wire:
        yield wire


@pytest.fixture
def edge(node: Running, wire: Line, ukraine: Atlas, tmp_path: Path) -> Iterator[RunningEdge]:
    with edging(wire.url, tmp_path / "mirror.db", ukraine) as edge:
        edge.until_fresh()
        until_copied(edge, node.tocsin.state.seq)
        head = node.tocsin.state.seq
        edge.until(lambda: edge.edge.heads is not None and edge.edge.heads.latest.seq == head)
        yield edge


def require_same(node: Running, edge: RunningEdge, path: str) -> None:
    there, here = node.ask(path), edge.ask(path)
    assert (here.status, here.body) == (there.status, there.body), path
    assert here.headers.get("ETag") == there.headers.get("ETag"), path


def test_an_edge_answers_of_shelters_as_its_node_does_and_asks_it_nothing(
    node: Running, edge: RunningEdge, wire: Line
) -> None:
    asked = wire.asked
    for path in PATHS:
        require_same(node, edge, path)
    assert wire.asked == asked, "nothing was asked of the upstream"
    head = node.ask("/api/v1/head").json
    bundle = read_bundle(edge.ask("/api/v1/shelters/town/bundle").body, key=head["key"])
    assert [it["id"] for it in bundle.shelters] == ["town:1", "town:2", "town:3"]


def test_an_edge_hears_of_closures_openings_and_imports(node: Running, edge: RunningEdge) -> None:
    for order in (
        CloseShelters(shelters=("town:2",), cause="flooded"), bring(1, 2, 3, 4),
        OpenShelters(shelters=("town:2",), cause="dry"), CloseShelters(shelters=("town:1", "town:4"), cause="fire"),
    ):  # fmt: skip
        until_copied(edge, give(node, order))
        for path in PATHS:
            require_same(node, edge, path)
    told = edge.ask("/api/v1/shelters").json["shelters"]
    assert [it["open"] for it in told] == [False, True, True, False]


def test_an_edge_that_is_cut_off_goes_on_telling_what_it_knew(node: Running, edge: RunningEdge, wire: Line) -> None:
    before = edge.ask("/api/v1/shelters/town/bundle").body
    wire.cut()
    give(node, CloseShelters(shelters=("town:2",), cause="flooded"))
    assert edge.ask("/api/v1/shelters/town/bundle").body == before
    wire.lead_to(node.url)
    until_copied(edge, node.tocsin.state.seq)
    require_same(node, edge, "/api/v1/shelters/town/bundle")


def test_a_bundle_that_is_not_what_the_node_signed_is_not_passed_on(
    node: Running, edge: RunningEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, whole = edge.ask("/api/v1/shelters/town/bundle").body, Areas.bundle

    def altered(self: Areas, *given: object) -> object:
        made = whole(self, *given)  # type: ignore[arg-type]  # as it is called
        return made._replace(content=made.content[:-9] + b"x" + made.content[-8:])

    monkeypatch.setattr(Areas, "bundle", altered)
    until_copied(edge, give(node, CloseShelters(shelters=("town:2",), cause="flooded")))
    assert edge.ask("/api/v1/shelters/town/bundle").body == before
    assert edge.ask("/api/v1/shelters/words").json["words"][0]["shelter"] == "town:2", "the rest is told"


def test_the_way_to_a_shelter_is_not_reckoned_at_an_edge(edge: RunningEdge, wire: Line) -> None:
    lon, lat = degrees((0.0, 0.0))
    answer = edge.ask("/api/v1/shelters/nearest", "POST", body={"lon": lon, "lat": lat})
    assert answer.refused(403, "read_only") == {"upstream": wire.url}


def test_an_edge_of_an_edge_has_them_too(node: Running, edge: RunningEdge, ukraine: Atlas, tmp_path: Path) -> None:
    with edging(edge.url, tmp_path / "second.db", ukraine) as second:
        second.until_fresh()
        until_copied(second, node.tocsin.state.seq)
        for path in PATHS:
            require_same(node, second, path)


def test_an_edge_that_was_told_nothing_of_shelters_yet_says_so(ukraine: Atlas, tmp_path: Path) -> None:
    with running(MemoryStore(), ukraine, heartbeat_s=BEAT_S) as node:
        path = tmp_path / "mirror.db"
        with edging(node.url, path, ukraine) as edge:
            edge.until_fresh()
        with line() as nowhere, edging(nowhere.url, path, ukraine) as edge:
            edge.ask("/api/v1/shelters").refused(503, "nothing_known")
            edge.ask("/api/v1/shelters/town/bundle").refused(503, "nothing_known")
