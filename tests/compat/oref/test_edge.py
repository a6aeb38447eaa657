"""An edge serves the files as the node that it follows does, and does not say that nothing was told while cut off."""

from __future__ import annotations

import json
from pathlib import Path

from tests.compat.oref.hearing import ALARMS, ALERTS, EILAT, HISTORY, TOWN, Served
from tests.edge.edging import QUICK, edging
from tocsin.atlas import Atlas
from tocsin.commands import Raise, Release


def test_an_edge_tells_what_its_node_tells_until_it_is_cut_off(served: Served, israel: Atlas, tmp_path: Path) -> None:
    with edging(served.server.url, tmp_path / "mirror.db", israel, times=QUICK) as edge:
        edge.until_fresh()
        served.give(Raise(zones=(EILAT,)))
        edge.until_at(served.server.tocsin.state.seq)
        assert json.loads(edge.ask(ALERTS).body) == json.loads(served.ask(ALERTS).body)
        served.give(Raise(zones=(TOWN,), ref="more"), Release(zones=(EILAT,)))
        edge.until_at(served.server.tocsin.state.seq)
        for path in (HISTORY, ALARMS):
            assert edge.ask(path).json == served.ask(path).json
        served.server.stop()
        edge.until_cut_off()
        known = edge.ask(HISTORY)
        assert known.status == 200
        assert known.headers["Tocsin-Cut-Off"]
        figures = edge.ask("/metrics").body.decode()
        assert "\ntocsin_cut_off 1.0\n" in figures
        assert edge.ask(ALERTS).headers["Tocsin-Cut-Off"]
