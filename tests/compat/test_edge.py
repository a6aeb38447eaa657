"""An edge speaks the dialects as the node that it follows does, and goes on when it is cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.compat.serving import TOKEN, Served, starting
from tests.edge.edging import QUICK, RunningEdge, edging
from tests.web.running import PATIENCE_S, Running
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Raise

PATHS = [
    "/v1/alerts/active.json",
    "/v1/iot/active_air_raid_alerts.json",
    "/v1/iot/active_air_raid_alerts_by_oblast.json",
    "/v1/iot/active_air_raid_alerts_by_oblast/names.json",
    "/v2/iot/active_air_raid_alerts/22.json",
    "/v1/regions/22/alerts/month_ago.json",
    "/alerts_statuses_v1.json",
    "/alerts_statuses_v2.json",
    "/alerts_statuses_v3.json",
]


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return shipped("ua")


@pytest.fixture
def served(ukraine: Atlas) -> Iterator[Served]:
    with starting(ukraine) as start:
        yield start()


@pytest.fixture
def edge(served: Served, ukraine: Atlas, tmp_path: Path) -> Iterator[RunningEdge]:
    with edging(served.server.url, tmp_path / "mirror.db", ukraine, times=QUICK) as edge:
        edge.until_fresh()
        yield edge


def answers(server: Running) -> dict[str, object]:
    """What is said, but for when there was news of it: an edge counts from when it heard."""
    found = {path: server.ask(path, token=TOKEN).json for path in PATHS}
    for path in PATHS:
        if "meta" in found[path]:
            del found[path]["meta"]
    return found


def heard(served: Served, edge: RunningEdge) -> None:
    edge.until_at(served.server.tocsin.state.seq)


def test_an_edge_says_what_its_node_says(served: Served, edge: RunningEdge) -> None:
    assert answers(edge) == answers(served.server)
    served.give(Raise(zones=(served.zone(22), served.zone(31)), cause="drones"))
    heard(served, edge)
    told = answers(edge)
    assert told == answers(served.server)
    assert told["/v2/iot/active_air_raid_alerts/22.json"] == "R"


def test_a_lamp_at_an_edge_lights_and_stays_lit_when_the_edge_is_cut_off(served: Served, edge: RunningEdge) -> None:
    async def lamp() -> None:
        async with aiohttp.ClientSession(edge.url) as session, session.ws_connect("/data_v1") as socket:
            async with asyncio.timeout(PATIENCE_S):
                assert json.loads((await socket.receive()).data)["alerts"] == [0] * 28
                await asyncio.to_thread(served.give, Raise(zones=(served.zone(31),)))
                assert json.loads((await socket.receive()).data)["alerts"].index(1) == 25

    asyncio.run(lamp())
    known = edge.ask("/v1/alerts/active.json", token=TOKEN)
    served.server.stop()
    edge.until_cut_off()
    answer = edge.ask(
        "/v1/alerts/active.json", token=TOKEN, headers={"If-Modified-Since": known.headers["Last-Modified"]}
    )
    assert answer.status == 200
    assert answer.headers["Tocsin-Cut-Off"]
    assert "не чує" in answer.json["disclaimer"]
    assert [alert["location_uid"] for alert in answer.json["alerts"]] == ["31"]
    files = edge.ask("/alerts_statuses_v3.json")
    assert (files.json["states"]["м. Київ"], bool(files.headers["Tocsin-Cut-Off"])) == (True, True)
