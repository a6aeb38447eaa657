"""Whatever everybody may read, an edge answers as its upstream does, to the byte, and asks nobody for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.edge.edging import BEAT_S, Line, RunningEdge, edging, line
from tests.edge.record import published
from tests.record.logs import put
from tests.web.conftest import small_log
from tests.web.people import BEGUN
from tests.web.running import KHARKIV, KYIV, LVIV_HROMADA, NOON, SUMY, Answer, Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.commands import Command
from tocsin.model import Realm, SourceId
from tocsin.service import Service
from tocsin.store.memory import MemoryStore
from tocsin.texts import Texts
from tocsin.web.read_only import ELSEWHERE

WINDOW = "from=2026-03-01T00:00:00Z&until=2026-03-01T12:00:00Z"

ATTACK = 9
"""The attack of which the record tells, after a morning of eight entries."""

EQUAL = (
    "/api/v1/state",
    "/api/v1/zones",
    "/api/v1/zones?level=oblast",
    "/api/v1/zones?lat=50.45&lon=30.52",
    *(f"/api/v1/zones/{zone}" for zone in (KYIV, KHARKIV, SUMY, LVIV_HROMADA, "UA")),
    f"/api/v1/holds?{WINDOW}",
    "/api/v1/events",
    "/api/v1/events?after=3&limit=2",
    "/api/v1/messages",
    "/api/v1/messages?after=2&limit=1",
    *(f"/api/v1/history?zone={zone}" for zone in (KYIV, KHARKIV, "UA")),
    f"/api/v1/history?zone={KYIV}&covering=whole",
    "/api/v1/texts?hazard=air_raid&threat=drones",
    "/api/v1/catalogue",
    "/api/v1/clock",
    "/api/v1/head",
    "/api/v1/openapi.json",
    "/api/v1/zones/nowhere",
    "/api/v1/events?after=x",
    "/api/v1/nothing",
    "/",
    "/list?lang=en",
    "/list?lang=uk",
    f"/list/{KYIV}?lang=en",
    f"/list/{SUMY}?lang=uk",
    "/map.svg",
    "/static/css/plain.css",
    "/attacks?lang=en",
    "/attacks?lang=uk",
    "/attacks?lang=en&as_of=2026-03-01T11:59:59Z",
    f"/attacks/{ATTACK}?lang=en",
    f"/attacks/{ATTACK}?lang=uk",
    f"/attacks/{ATTACK}.csv",
    f"/attacks/{ATTACK}.geojson",
    f"/attacks/{ATTACK}.json",
    "/attacks/999?lang=en",
    "/attacks/statistics/downed_share?lang=en",
    "/api/v1/attacks",
    f"/api/v1/attacks/{ATTACK}",
    "/api/v1/record/statistics/records_by_weapon?weapon=shahed",
    "/api/v1/threats",
    "/api/v1/threats?x=1",
)


@pytest.fixture(scope="module")
def pair(ukraine: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, RunningEdge, Line]]:
    """A node with a morning behind it, whose clock stands, an edge of it, and the line between them."""
    clock, store = StandingClock(), MemoryStore(Realm.LIVE)
    clock.rate = 0.0
    commands = [
        Command(key=f"morning-{n}", actor="watch", source=SourceId("watch"), order=order)
        for n, order in enumerate(small_log())
    ]
    Service(store, ukraine.hierarchy, clock).submit(commands, LOCAL, together=True)
    put(store, published(ATTACK), NOON)
    path = tmp_path_factory.mktemp("edge") / "mirror.db"
    with (
        running(store, ukraine, clock, signed=True, heartbeat_s=BEAT_S) as node,
        line(node.url) as wire,
        edging(wire.url, path, ukraine) as edge,
    ):
        edge.until_fresh()
        head = node.tocsin.state.seq
        edge.until(lambda: edge.edge.heads is not None and edge.edge.heads.latest.seq == head)
        edge.until(lambda: edge.edge.shelters is not None and edge.edge.threats is not None)
        yield node, edge, wire


def told(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status, answer.body, headers


@pytest.mark.parametrize("path", EQUAL)
def test_an_answer_is_the_same(pair: tuple[Running, RunningEdge, Line], path: str) -> None:
    node, edge, wire = pair
    there, asked = told(node.ask(path)), wire.asked
    assert told(edge.ask(path)) == there
    assert wire.asked == asked, "nothing was asked of the upstream"


@pytest.mark.parametrize(("method", "path"), ELSEWHERE)
def test_what_takes_a_token_or_changes_anything_is_refused_with_the_place_to_go_to(
    pair: tuple[Running, RunningEdge, Line], method: str, path: str
) -> None:
    node, edge, wire = pair
    body = {"key": "k", "order": {"type": "raise", "zones": [KYIV]}} if method == "POST" else None
    seq = node.tocsin.state.seq
    answer = edge.ask(path.replace("{id}", "1"), method, body=body, token="a token that is looked at by nobody")
    assert answer.refused(403, "read_only") == {"upstream": wire.url}
    assert wire.url in answer.json["error"]["message"]
    assert node.tocsin.state.seq == seq


def test_an_edge_knows_the_paths_of_its_upstream_and_no_others(pair: tuple[Running, RunningEdge, Line]) -> None:
    from tocsin.web.server import application

    node, edge, _ = pair

    async def paths(of: Running, tocsin: object) -> set[tuple[str, str]]:
        del of
        routes = application(tocsin).router.routes()  # type: ignore[arg-type]  # one of the two
        return {
            (route.method, route.resource.canonical) for route in routes if route.resource and route.method != "HEAD"
        }

    there = node.call(lambda: paths(node, node.tocsin))
    here = edge.call(lambda: paths(edge, edge.edge))
    assert here == there


def test_the_signed_head_is_fetched_when_it_changes(node: Running, edge: RunningEdge) -> None:
    for number in range(2):
        assert node.order(f"k{number}", ref=str(number)).status == 200
        edge.until(lambda: edge.edge.heads is not None and edge.edge.heads.latest.seq == node.tocsin.state.seq)
        assert edge.ask("/api/v1/head").body == node.ask("/api/v1/head").body


def test_an_edge_of_a_node_that_signs_nothing_has_no_head(ukraine: Atlas, tmp_path: Path) -> None:
    with running(MemoryStore(), ukraine, heartbeat_s=BEAT_S) as node, edging(node.url, tmp_path / "m", ukraine) as edge:
        edge.until_fresh()
        edge.ask("/api/v1/head").refused(404, "not_found")


def test_the_clock_is_that_of_the_upstream(ukraine: Atlas, tmp_path: Path) -> None:
    clock = StandingClock()
    clock.rate = 0.0
    with (
        running(MemoryStore(), ukraine, clock, heartbeat_s=BEAT_S) as node,
        edging(node.url, tmp_path / "m", ukraine) as edge,
    ):
        edge.until_fresh()
        assert edge.get("/api/v1/clock") == {"now": f"{NOON:%Y-%m-%dT%H:%M:%SZ}", "rate": 0.0, "replay": None}
        with edge.listening() as here:
            assert here.next("snapshot").id == BEGUN
            clock.rate = 60.0
            node.loop.call_soon_threadsafe(node.tocsin.hub.clock_changed)
            assert here.next("clock").data["rate"] == 60.0


def test_the_texts_are_those_of_the_upstream_also_when_it_gets_others(
    node: Running, wire: Line, ukraine: Atlas, mirror: Path
) -> None:
    def other(note: str) -> Texts:
        texts = node.tocsin.texts
        languages = {
            lang: msgspec.structs.replace(catalogue, approval=msgspec.structs.replace(catalogue.approval, note=note))
            for lang, catalogue in texts.languages.items()
        }
        return Texts(languages, texts.digests)

    node.tocsin.texts = other("as of today")
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        assert edge.get("/api/v1/catalogue")["languages"]["en"]["approval"]["note"] == "as of today"
        assert edge.ask("/api/v1/catalogue").body == node.ask("/api/v1/catalogue").body
        node.tocsin.texts = other("as of tomorrow")
        node.loop.call_soon_threadsafe(node.tocsin.hub.reset, node.tocsin.hub.log, node.tocsin.state.seq)
        edge.until(lambda: edge.edge.texts.languages["en"].approval.note == "as of tomorrow")
        assert edge.ask("/api/v1/catalogue").body == node.ask("/api/v1/catalogue").body
        edge.until(lambda: not edge.edge.store.waiting)
    wire.cut()
    with edging(wire.url, mirror, ukraine) as edge:
        assert edge.ask("/api/v1/catalogue").body == node.ask("/api/v1/catalogue").body, "kept in the mirror"


def test_a_drill_is_a_drill_at_an_edge_too(ukraine: Atlas, tmp_path: Path) -> None:
    with (
        running(MemoryStore(Realm.DRILL), ukraine, heartbeat_s=BEAT_S) as node,
        edging(node.url, tmp_path / "m", ukraine, realm=Realm.DRILL) as edge,
    ):
        edge.until_fresh()
        for path in ("/api/v1/state", "/list", "/map.svg", "/"):
            answer = edge.ask(path)
            assert answer.headers["Tocsin-Realm"] == "drill"
            assert path.startswith("/api") or "DRILL" in answer.body.decode()
