"""My zone is found on the device, as the atlas would find it, and where somebody is, is sent to nobody."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import Open
from tests.web.running import Running, running
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore

FIND = """async (spots) => {
  const {shapesThere, zoneAt} = await import('/static/whereabouts.js');
  const {zones, levels} = await (await fetch('/api/v1/zones')).json();
  const files = await shapesThere();
  const known = new Map(zones.map((zone) => [zone.id, zone]));
  return spots.map(([lon, lat]) => zoneAt(files, known, levels, lon, lat));
}"""


@pytest.mark.parametrize(("country", "around"), [("ua", 0.1), ("il", 0.01)])
def test_the_page_finds_the_zone_that_the_atlas_finds(visit: Open, country: str, around: float) -> None:
    atlas = shipped(country)
    chance = random.Random(3)
    placed = [zone.point for zone in atlas.zones if zone.point is not None]
    spots = [
        (lon + chance.gauss(0, around), lat + chance.gauss(0, around)) for lon, lat in chance.choices(placed, k=30)
    ]
    with running(MemoryStore(Realm.LIVE), atlas, SystemClock()) as server:
        page = visit(server.url, webgl=False)
        found = page.evaluate(FIND, spots)
        page.close()
    wanted = [None if (zone := atlas.locate(lon, lat)) is None else zone.id for lon, lat in spots]
    assert found == wanted
    assert len(set(found)) > 10


def test_where_am_i_makes_the_zone_mine_and_no_request_tells_the_place(
    visit: Open, standing: Running, ukraine: Atlas
) -> None:
    asked: list[str] = []
    here = {"longitude": 24.0305128, "latitude": 49.8411374}
    page = visit(standing.url, webgl=False, geolocation=here, permissions=["geolocation"])
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    page.locator("#mine [data-key=where]").click()
    zone = ukraine.locate(here["longitude"], here["latitude"])
    assert zone is not None
    expect(page.locator("#mine .mine-name")).to_contain_text(zone.names["en"])
    assert [one for one in asked if "24.03" in one or "49.84" in one] == []
    assert any(one.endswith("/shapes.json ") for one in asked)
