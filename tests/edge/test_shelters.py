"""Shelters at an edge: what the upstream says of them, to the byte, fetched when it changes and never for a reader."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.edging import BEAT_S, Line, RunningEdge, edging, line
from tests.shelters.towns import degrees, shelter, town
from tests.web.running import Answer, Running, StandingClock, running
from tocsin import limits
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.commands import CloseShelters, Command, ImportShelters, OpenShelters
from tocsin.errors import BadSetting
from tocsin.model import SourceId
from tocsin.shelters.area import Area
from tocsin.shelters.areas import Areas
from tocsin.shelters.bundle import read_bundle
from tocsin.store.memory import MemoryStore

NEAREST = "/api/v1/shelters/nearest"
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
        edge.until(lambda: edge.edge.threats is not None)
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


ASKED: tuple[tuple[float, float, dict[str, object]], ...] = (
    (0.0, 0.0, {}),
    (620.0, 40.0, {"profile": "older", "time_s": 60}),
    (990.0, 300.0, {"profile": "wheelchair"}),
    (1_000.0, 400.0, {"profile": "child", "time_s": 5_000}),
    (1_900.0, 900.0, {}),
    (900_000.0, 0.0, {}),
    (0.0, 0.0, {"profile": "bird"}),
    (0.0, 0.0, {"time_s": -1}),
)


def require_same_ways(node: Running, edge: RunningEdge) -> None:
    for east, north, more in ASKED:
        lon, lat = degrees((east, north))
        there, here = (it.ask(NEAREST, "POST", body={"lon": lon, "lat": lat} | more) for it in (node, edge))
        assert (here.status, here.body) == (there.status, there.body), (east, north, more)


def test_an_edge_reckons_the_way_to_a_shelter_as_its_node_does_and_asks_it_nothing(
    node: Running, edge: RunningEdge, wire: Line
) -> None:
    asked = wire.asked
    require_same_ways(node, edge)
    assert wire.asked == asked, "nothing was asked of the upstream, least of all where somebody is"


def test_an_edge_sends_nobody_to_a_shelter_that_closed_and_knows_new_ones(node: Running, edge: RunningEdge) -> None:
    require_same_ways(node, edge)
    for order in (
        CloseShelters(shelters=("town:1", "town:2"), cause="flooded"), bring(1, 2, 3, 4),
        OpenShelters(shelters=("town:2",), cause="dry"),
    ):  # fmt: skip
        until_copied(edge, give(node, order))
        require_same_ways(node, edge)
    lon, lat = degrees((400.0, 0.0))
    told = edge.ask(NEAREST, "POST", body={"lon": lon, "lat": lat}).json
    assert [it["id"] for it in told["shelters"]] == ["town:2", "town:3", "town:4"]


def test_the_streets_of_an_area_are_made_ready_once_and_not_for_every_closure(
    node: Running, edge: RunningEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, whole = [], Area.__init__

    def counted(self: Area, *given: object) -> None:
        made.append(self)
        whole(self, *given)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(Area, "__init__", counted)
    require_same_ways(node, edge)
    until_copied(edge, give(node, CloseShelters(shelters=("town:1",), cause="flooded")))
    require_same_ways(node, edge)
    assert len(made) == 1


def test_where_somebody_is_stands_in_no_log_of_an_edge(
    edge: RunningEdge, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lon, lat = degrees((123.0, 7.0))
    place = {"lon": lon, "lat": lat}
    with caplog.at_level(logging.DEBUG):
        answers = [edge.ask(NEAREST, "POST", body=place | more) for more in ({}, {"profile": "bird"}, {"more": 1})]
        monkeypatch.setattr(Areas, "nearest", lambda *given: 1 / 0)
        answers.append(edge.ask(NEAREST, "POST", body=place))
    assert [answer.status for answer in answers] == [200, 400, 400, 500]
    written = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    written += "".join(answer.body.decode() for answer in answers[1:])
    assert "ZeroDivisionError" in written, "something was logged at all"
    assert [word for word in (f"{lon:.4f}", f"{lat:.4f}") if word in written] == []


def test_an_address_asks_an_edge_so_often_and_no_oftener_also_by_way_of_a_proxy(edge: RunningEdge) -> None:
    lon, lat = degrees((0.0, 0.0))

    def ask(named: str) -> Answer:
        return edge.ask(NEAREST, "POST", body={"lon": lon, "lat": lat}, headers={"X-Forwarded-For": named})

    for number in range(limits.NEAREST_PER_MINUTE):
        assert ask(f"2001:db8::{number:x}").status == 200
    ask("2001:db8::ffff").refused(429, "too_often")
    ask("203.0.113.9, 2001:db8::1").refused(429, "too_often")
    assert ask("2001:db8:1::1").status == 200
    assert ask("203.0.113.9").status == 200
    assert ask("nobody").status == 200


def test_an_edge_without_what_it_takes_to_reckon_says_where_to_turn(
    edge: RunningEdge, wire: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(name: str) -> object:
        raise BadSetting(f"this needs {name}", needs=name)

    monkeypatch.setattr("tocsin.edge.reckoning.required", lacking)
    answer = edge.ask(NEAREST, "POST", body={"lon": 30.0, "lat": 50.0})
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
            edge.ask(NEAREST, "POST", body={"lon": 30.0, "lat": 50.0}).refused(503, "nothing_known")
