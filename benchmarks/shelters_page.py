"""My shelter in a browser: from the bundle's bytes to a page that can answer, and from a place to the answer.

A page of a running Tocsin is opened in headless Chromium, some hundred places are told to it as a device would, and
each time the answer is waited for: counted, then in words on the page, then drawn. `--streets` and `--shelters` name
other data than the part of Aarhus that the tests have.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests import browser
from tests.web.running import running
from tocsin.access import LOCAL
from tocsin.atlas import shipped
from tocsin.clock import SystemClock
from tocsin.commands import Command, ImportShelters
from tocsin.model import Realm, SourceId
from tocsin.shelters.area import Area
from tocsin.shelters.areas import Areas
from tocsin.shelters.extract import read_streets
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.network import Network, build
from tocsin.shelters.network_file import About
from tocsin.shelters.reading import read_shelters
from tocsin.store.memory import MemoryStore

DATA = Path(__file__).parent.parent / "tests" / "data" / "shelters"
PLACES = 400
WARM = 50

DEVICE = """{
  let told = null;
  navigator.geolocation.getCurrentPosition = (found) => found({coords: told});
  globalThis.standAt = (longitude, latitude) => { told = {longitude, latitude, accuracy: 5}; };
}"""

DECODE = """async (times) => {
  const {believed, opened} = await import('/static/shelters/bundle.js');
  const {makeArea} = await import('/static/shelters/area.js');
  const bytes = new Uint8Array(await (await fetch('/api/v1/shelters/area/bundle')).arrayBuffer());
  const took = [];
  for (let n = 0; n < times; n += 1) {
    const begun = performance.now();
    const {header, checked} = await believed(bytes, {});
    if (!checked) throw new Error('the signature was not checked');
    const signed = performance.now();
    const area = makeArea(await opened(bytes, header));
    area.foot.graph();
    took.push([signed - begun, performance.now() - begun]);
  }
  return {bytes: bytes.length, took};
}"""

COUNT = """async ({places, closed}) => {
  const {believed, opened} = await import('/static/shelters/bundle.js');
  const {makeArea, standing} = await import('/static/shelters/area.js');
  const {nearest} = await import('/static/shelters/near.js');
  const {told} = await import('/static/shelters/wording.js');
  const bytes = new Uint8Array(await (await fetch('/api/v1/shelters/area/bundle')).arrayBuffer());
  const area = makeArea(await opened(bytes, (await believed(bytes, {})).header));
  const shut = area.shelters.filter((_, n) => n % 10 < closed).map(({id}) => [id, {open: false, seq: 1e9}]);
  const now = standing(area, new Map(shut));
  return places.map(([lon, lat]) => {
    const begun = performance.now();
    const ways = nearest(area, now, lon, lat) ?? [];
    for (const way of ways) told(area, way, 'en');
    return performance.now() - begun;
  });
}"""

CLICK = """([[lon, lat]]) => {
  standAt(lon, lat);
  document.querySelector('#shelter [data-key=locate]').click();
  if (!document.querySelector('#shelter .shelters')) throw new Error('the answer did not come with the place');
}"""

DRAWN = """async ([[lon, lat]]) => {
  standAt(lon, lat);
  document.querySelector('#shelter [data-key=locate]').click();
  await new Promise((done) => {
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = done;
      after.port2.postMessage(0);
    });
  });
}"""

ANSWER = """async (places) => {
  const button = () => document.querySelector('#shelter [data-key=locate]');
  const list = () => document.querySelector('#shelter .shelters');
  const drawn = () => new Promise((done) => {
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = done;
      after.port2.postMessage(0);
    });
  });
  const took = [];
  for (const [lon, lat] of places) {
    standAt(lon, lat);
    const before = list();
    const begun = performance.now();
    button().click();
    if (list() === before) throw new Error('the answer did not come with the place');
    const said = performance.now();
    await drawn();
    took.push([said - begun, performance.now() - begun]);
  }
  return took;
}"""


SHARES = {"all": "ThreadTime", "script": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}


class Thread:
    """The processor's time of the page's own thread: what others on the machine do is not in it."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def metrics(self) -> dict[str, float]:
        told = self._session.send("Performance.getMetrics")["metrics"]
        return {it["name"]: float(it["value"]) for it in told}

    def of(self, work: Callable[[], Any]) -> dict[str, float]:
        """What it took: all of the thread's milliseconds, those of scripts, styles and layout, and how often."""
        before = self.metrics()
        work()
        after = self.metrics()
        found = {name: (after[metric] - before[metric]) * 1e3 for name, metric in SHARES.items()}
        return found | {"layouts": after["LayoutCount"] - before["LayoutCount"]}


def say_shares(what: str, samples: list[dict[str, float]], wanted: str = "") -> None:
    """The thread's time, and under it what it went into: scripts, styles and layout by the clock."""
    say(what, [it["all"] for it in samples], wanted)
    for name in ("script", "style", "layout"):
        say(f"    {name}", [it[name] for it in samples])
    say("    layouts, how many", [it["layouts"] for it in samples])


def say(what: str, figures: Any, wanted: str = "") -> None:
    p50, p99 = np.percentile(figures, [50, 99])
    print(f"{what:<84} {p50:8.1f} {p99:8.1f} ms   {wanted}", flush=True)


def opened(page: Page) -> None:
    """My shelter is open and the bundle is there; the first one has to be made by a server that compiles for it."""
    page.locator("#mine [data-key=shelter]").click()
    page.locator("#shelter .sources").wait_for(timeout=300_000)


def places_in(network: Network) -> list[list[float]]:
    """Beside streets all over the area."""
    chance = np.random.default_rng(7)
    spots = chance.integers(0, network.points, PLACES)
    lon = network.lon_e6[spots] / 1e6 + chance.normal(0, 3e-4, PLACES)
    lat = network.lat_e6[spots] / 1e6 + chance.normal(0, 2e-4, PLACES)
    return [[x, y] for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streets", type=Path, default=DATA / "aarhus.osm.pbf")
    parser.add_argument("--shelters", type=Path, default=DATA / "aarhus.geojson.gz")
    parser.add_argument("--mapping", default="aarhus")
    given = parser.parse_args()
    network = build(read_streets(given.streets)).network
    about = About(area="area", attribution="", made_at=datetime(2026, 3, 1, tzinfo=UTC), extract="")
    shelters = tuple(read_shelters(given.shelters, load_mapping(given.mapping)).shelters)
    dataset = shelters[0].id.partition(":")[0]
    area, places = Area(network, about), places_in(network)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(f"{network.points:,} points, {len(shelters):,} shelters; {load}")
    with (
        running(MemoryStore(Realm.LIVE), shipped("il"), SystemClock(), signed=True) as server,
        sync_playwright() as play,
    ):
        service = server.tocsin.service
        server.tocsin.areas = Areas({"area": area}, lambda: service.register, server.tocsin.store.identity)
        order = ImportShelters(dataset=dataset, attribution="", shelters=shelters)
        service.submit(
            [Command(key="k", actor=LOCAL.holder, source=SourceId(dataset), order=order)], LOCAL, together=True
        )
        chromium = play.chromium.launch(executable_path=browser.find(), args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.add_init_script(DEVICE)
        page.goto(server.url)
        opened(page)
        decoded = page.evaluate(DECODE, 12)
        print(f"{chromium.version}: the bundle has {decoded['bytes']:,} bytes; p50 and p99")
        say("the bundle: digest and signature checked", [it[0] for it in decoded["took"][2:]])
        say("the bundle: checked, unpacked, ready to answer", [it[1] for it in decoded["took"][2:]])
        for closed, what in ((0, ""), (1, ", a tenth of the shelters closed since")):
            counted = page.evaluate(COUNT, {"places": places, "closed": closed})
            say(f"from a place to three ways in words, counted{what}", counted[WARM:])
        thread = Thread(page)
        idle = [thread.of(lambda: page.evaluate("1")) for _ in range(30)]
        one = [thread.of(lambda: page.evaluate(DECODE, 1)) for _ in range(8)]
        say("in the page's thread: fetched, checked, unpacked, ready to answer", [it["all"] for it in one[2:]])
        drawn = [thread.of(partial(page.evaluate, DRAWN, [place])) for place in places[:250]]
        walk = [[places[0][0] + 5e-6 * n, places[0][1]] for n in range(150)]
        walked = [thread.of(partial(page.evaluate, DRAWN, [place])) for place in walk]
        page.evaluate("globalThis.requestAnimationFrame = () => 0")  # the street map waits for a frame that never comes
        said = [thread.of(partial(page.evaluate, CLICK, [place])) for place in places[:250]]
        page.reload()
        opened(page)
        say_shares("in the page's thread: from a place to the answer on the page", said[WARM:], "wanted 15 ms")
        say_shares("in the page's thread: the same and the way on the street map, drawn", drawn[WARM:], "wanted 15 ms")
        say_shares("in the page's thread: five steps farther, the same", walked[WARM:])
        say("in the page's thread: nothing, as measured so", [it["all"] for it in idle[10:]])
        answered = page.evaluate(ANSWER, places[:250])
        say("from a place to the answer on the page", [it[0] for it in answered[WARM:]], "wanted 50 ms")
        say("from a place to the answer and the way on the street map, drawn", [it[1] for it in answered[WARM:]])
        chromium.close()


if __name__ == "__main__":
    main()
