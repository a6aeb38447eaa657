"""The same from an edge: what it knows, that it is cut off, and that webhooks belong elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.client.giving import give
from tests.edge.edging import BEAT_S, QUICK, edging, line
from tests.web.running import Running, running
from tocsin.atlas import Atlas
from tocsin.clock import SystemClock
from tocsin.commands import Raise
from tocsin.model import Realm, ZoneId
from tocsin.store.sqlite import SQLiteStore

KHARKIV = ZoneId("UA63000000000041885")
KEY = {"Authorization": "a-key"}


def alerts(server: Running) -> bytes:
    answer = server.ask("/api/v3/alerts", headers=KEY)
    assert answer.status == 200
    return answer.body


@pytest.fixture
def node(ukraine: Atlas, tmp_path: Path) -> Iterator[Running]:
    with (
        closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "UA")) as store,
        running(store, ukraine, SystemClock(), signed=True, heartbeat_s=BEAT_S) as node,
    ):
        yield node


def test_an_edge_tells_what_its_upstream_tells_and_sends_webhooks_there(
    node: Running, ukraine: Atlas, tmp_path: Path
) -> None:
    with edging(node.url, tmp_path / "mirror.db", ukraine) as edge:
        edge.until(edge.edge.known.is_set)
        edge.until_at(give(node, Raise(zones=(KHARKIV,))))
        edge.until_fresh()
        assert alerts(edge) == alerts(node)
        assert edge.get("/api/v3/alerts/regionHistory?regionId=22")[0]["alarms"]
        for method in ("POST", "PATCH", "DELETE"):
            refused = edge.ask("/api/v3/webhook", method, body={"webHookUrl": "https://example.org/"}, headers=KEY)
            assert refused.status == 403
            assert node.url in json.loads(refused.body)["errors"]["webHookUrl"][0]


def test_an_edge_that_is_cut_off_keeps_every_alert_and_says_that_it_may_be_old(
    node: Running, ukraine: Atlas, tmp_path: Path
) -> None:
    give(node, Raise(zones=(KHARKIV,)))
    with line(node.url) as wire, edging(wire.url, tmp_path / "mirror.db", ukraine, times=QUICK) as edge:
        edge.until(edge.edge.known.is_set)
        wire.cut()
        edge.until_cut_off()
        answer = edge.ask("/api/v3/alerts/22", headers=KEY)
        assert answer.headers["Tocsin-Cut-Off"]
        (region,) = json.loads(answer.body)
        assert "застарілі" in region["activeAlerts"][0]["activeAlertLevels"][0]["reason"]
