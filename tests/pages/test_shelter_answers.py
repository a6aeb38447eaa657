"""The page's way to a shelter beside the server's: the same bundle, place and walker give the same answer."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.pages.conftest import Open
from tests.shelters.streets import AARHUS, DATA
from tests.shelters.towns import ABOUT, NOON, crooked_town, register, said_after, some_words, spots_in
from tests.web.running import Running
from tocsin.errors import NotFound
from tocsin.model import Realm
from tocsin.shelters.area import Area, Standing
from tocsin.shelters.bundle import bundle_bytes
from tocsin.shelters.extract import read_streets
from tocsin.shelters.guide import Way, nearest
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.network import build
from tocsin.shelters.profiles import Profile
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.register import Register
from tocsin.shelters.wording import told
from tocsin.store.heads import Signer

SIGNER = Signer(Realm.LIVE, b"s" * 32)
Spot = tuple[float, float, str]

ANSWER = """async ({bundle, cases}) => {
  const {believed, opened} = await import('/static/shelters/bundle.js');
  const {makeArea, standing} = await import('/static/shelters/area.js');
  const {nearest} = await import('/static/shelters/near.js');
  const {told} = await import('/static/shelters/wording.js');
  const bytes = Uint8Array.from(atob(bundle), (sign) => sign.charCodeAt(0));
  const {header, checked} = await believed(bytes, {realm: 'live'});
  if (!checked) throw new Error('this browser does not check signatures');
  const area = makeArea(await opened(bytes, header));
  return cases.map(({words, spots}) => {
    const now = standing(area, new Map(words));
    return spots.map(([lon, lat, profile]) => {
      const ways = nearest(area, now, lon, lat, profile);
      return ways && ways.map((way) => ({
        id: area.shelters[way.shelter].id, seconds: way.seconds, metres: way.metres, line: way.line,
        en: told(area, way, 'en'), uk: told(area, way, 'uk'),
      }));
    });
  });
}"""


def by_the_server(standing: Standing, spots: Sequence[Spot]) -> list[list[Way] | None]:
    found: list[list[Way] | None] = []
    for lon, lat, profile in spots:
        try:
            found.append(nearest(standing, lon, lat, Profile(profile)))
        except NotFound:
            found.append(None)
    return found


def require_same(
    page: Page, area: Area, known: Register, later: Sequence[Sequence[tuple[str, bool]]], spots: Any
) -> int:
    """The bundle of ``known``, and upon it what was said later, each time beside the server's answer to all of it.

    What is in the bundle already is said as well, and wrongly: it must not count.
    """
    content = bundle_bytes(area.at(known), SIGNER, "log", [], NOON)
    cases: list[dict[str, Any]] = []
    expected = []
    for number, words in enumerate(later):
        seq = max(known.seq, known.spoken)
        told_later = {name: {"open": is_open, "seq": seq + n} for n, (name, is_open) in enumerate(words, 1)}
        old = {it.id: {"open": not known.is_open(it), "seq": seq} for it in known.shelters.values()}
        cases.append({"words": list((old | told_later).items()), "spots": spots})
        standing = area.at(said_after(known, words, gap=100 * number))
        expected.append([(standing, ways) for ways in by_the_server(standing, spots)])
    answers = page.evaluate(ANSWER, {"bundle": base64.b64encode(content).decode(), "cases": cases})
    compared = 0
    for case, wanted in zip(answers, expected, strict=True):
        for spot, ours, (standing, ways) in zip(spots, case, wanted, strict=True):
            if ways is None:
                assert ours is None, spot
                continue
            assert [(it["id"], it["seconds"]) for it in ours] == [(way.shelter.id, way.seconds) for way in ways], spot
            for it, way in zip(ours, ways, strict=True):
                assert {"en": it["en"], "uk": it["uk"]} == told(standing, way), spot
                assert it["metres"] == pytest.approx(way.metres, abs=1e-6), spot
                assert it["line"] == [pytest.approx(one, abs=1e-6) for one in way.line.tolist()], spot
                compared += 1
    return compared


def test_in_crooked_towns_the_page_answers_as_the_server_does(visit: Open, quiet: Running) -> None:
    page = visit(quiet.url)
    compared = 0
    for seed in range(25):
        chance = random.Random(seed)
        streets, shelters = crooked_town(chance)
        spots = spots_in(chance, streets, 16)
        later = [[], some_words(chance, shelters), some_words(chance, shelters)]
        compared += require_same(page, Area(streets, ABOUT), register(shelters), later, spots)
    assert compared > 1_500


def test_in_a_city_the_page_answers_as_the_server_does_also_after_closures_and_openings(
    visit: Open, quiet: Running
) -> None:
    chance = random.Random(7)
    shelters = read_shelters(DATA / "aarhus.geojson.gz", load_mapping("aarhus")).shelters
    area = Area(build(read_streets(AARHUS)).network, ABOUT)
    standing = area.at(register(shelters))
    spots = []
    for point in np.random.default_rng(7).integers(0, area.network.points, 160).tolist():
        lon = float(area.network.lon_e6[point]) / 1e6 + chance.gauss(0, 3e-4)
        lat = float(area.network.lat_e6[point]) / 1e6 + chance.gauss(0, 2e-4)
        spots.append((lon, lat, chance.choice(["adult", "adult", "child", "older", "wheelchair"])))
    names = [it.id for it in standing.shelters]
    closures = [(name, False) for name in chance.sample(names, 40)]
    openings = [(name, True) for name in chance.sample(names, 40)]
    before = said_after(register(shelters), [(name, False) for name, _ in openings])
    compared = require_same(visit(quiet.url), area, before, [[], closures, [*closures, *openings]], spots)
    assert compared > 1_300


def test_a_bundle_below_a_seq_that_was_known_is_older_and_of_another_log_is_not(visit: Open, quiet: Running) -> None:
    content = bundle_bytes(Area(crooked_town(random.Random(1))[0], ABOUT).at(register([])), SIGNER, "log", [], NOON)
    asked = """async (bundle) => {
      const {believed} = await import('/static/shelters/bundle.js');
      const bytes = Uint8Array.from(atob(bundle), (sign) => sign.charCodeAt(0));
      const why = (known) => believed(bytes, known).then(({header}) => header.seq, (error) => error.why);
      return Promise.all([{log: 'log', seq: 1}, {log: 'log', seq: 2}, {log: 'other', seq: 2}, {seq: 2}].map(why));
    }"""
    said = visit(quiet.url, webgl=False).evaluate(asked, base64.b64encode(content).decode())
    assert said == [1, "older", 1, "older"]
