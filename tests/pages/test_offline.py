"""The page without a network: it opens, leads to a shelter, and claims nothing about warnings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Open, give, know_calm
from tests.pages.sheltering import ask_for_shelter, at, close, give_town, names
from tests.shelters.towns import town
from tests.web.running import KYIV, Running, running
from tocsin.atlas import Atlas
from tocsin.clock import SystemClock
from tocsin.commands import Raise
from tocsin.model import Realm, ZoneId
from tocsin.shelters.areas import Areas
from tocsin.store.memory import MemoryStore


class Leaving:
    """A server that can be gone, and come back at the same address with the same log."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas, self._store, self._stack = atlas, MemoryStore(Realm.LIVE), ExitStack()
        self._port = 0
        self.come()
        know_calm(self.server)
        give_town(self.server)

    def come(self) -> None:
        it = running(self._store, self._atlas, SystemClock(), signed=True, heartbeat_s=1.0, port=self._port)
        server = self._stack.enter_context(it)
        areas = Areas({"town": town()}, lambda: server.tocsin.service.register, server.tocsin.store.identity)
        server.tocsin.areas = areas
        self.server: Running = server
        self._port = server.address[1]

    def go(self) -> None:
        self._stack.close()


@pytest.fixture
def sheltered(ukraine: Atlas) -> Iterator[Leaving]:
    leaving = Leaving(ukraine)
    yield leaving
    leaving.go()


def kept(page: Page) -> None:
    """Wait until the device keeps all that it will."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.keys().then((names) => names.length === 2)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def test_without_a_network_the_page_opens_and_answers_and_says_that_it_has_heard_nothing(
    visit: Open, sheltered: Leaving
) -> None:
    page = visit(sheltered.server.url, mine=KYIV, webgl=False, service_workers="allow", cut_off=True, **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("School basement")
    close(sheltered.server, 1)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("Library")
    kept(page)
    sheltered.go()
    page.reload()
    expect(page.locator("#stale-notice")).to_contain_text(
        "opened without a connection. It has heard nothing: an alert may be on"
    )
    expect(page.locator("#mine")).to_have_attribute("data-state", "stale")
    for part in ("#mine", "#summary", "#zones"):
        assert "No alert" not in page.locator(part).inner_text()
    ask_for_shelter(page)
    expect(page.locator("#shelter .shelter").first).to_contain_text("Library")
    expect(page.locator("#shelter .shelter-notice").first).to_contain_text("The server does not answer.")
    expect(page.locator("#shelter")).to_contain_text("Closures and openings are known up to")
    sheltered.come()
    give(sheltered.server, Raise(zones=(ZoneId(KYIV),)))
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    expect(page.locator("#shelter .shelter-notice")).to_have_count(0)


def test_what_the_device_keeps_says_nothing_of_how_things_stand(visit: Open, sheltered: Leaving) -> None:
    page = visit(sheltered.server.url, mine=KYIV, webgl=False, service_workers="allow", **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("School basement")
    kept(page)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-fresh", "fresh")
    paths: list[str] = page.evaluate(
        """async () => {
          const keysOf = async (name) => (await caches.open(name)).keys();
          return (await Promise.all((await caches.keys()).map(keysOf))).flat().map(({url}) => new URL(url).pathname);
        }"""
    )
    files = {path for path in paths if not path.startswith("/static/")}
    assert files == {"/", "/api/v1/zones", "/api/v1/shelters/town/bundle"}
    needed = page.evaluate("performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname)")
    ours = {path for path in needed if path.startswith("/static/") and "/vendor/" not in path}
    assert ours, "the page is made of files"
    assert ours <= set(paths), "each file that the page needs is kept"


def test_a_bundle_altered_on_the_device_is_named_and_fetched_anew(visit: Open, sheltered: Leaving) -> None:
    page = visit(sheltered.server.url, webgl=False, cut_off=True, **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("School basement")
    alter = """async () => {
      const cache = await caches.open('tocsin-shelters');
      const [key] = await cache.keys();
      const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
      bytes[bytes.length - 30] ^= 1;
      await cache.put(key, new Response(bytes));
    }"""
    page.evaluate(alter)
    page.route("**/api/v1/shelters/town/bundle", lambda route: route.abort())
    page.reload()
    page.locator("#mine [data-key=shelter]").click()
    expect(page.locator("#shelter .shelter-notice").first).to_contain_text("does not answer")
    assert names(page) == []
    page.unroute("**/api/v1/shelters/town/bundle")
    page.locator("#shelter [data-key=again]").click()
    ask = page.locator("#shelter [data-key=locate]")
    expect(ask).to_be_enabled()
    ask.click()
    expect(page.locator("#shelter .shelter").first).to_contain_text("School basement")


def test_every_file_of_the_page_is_in_the_list_and_any_change_makes_another_script(sheltered: Leaving) -> None:
    from tocsin.web.offline import kept_files, script

    digests = {"main.js": "1", "vendor/x/x.js": "2", "index.html": "3", "shelters/offline.js": "4", "css/a.css": "5"}
    assert kept_files(digests) == ["css/a.css", "main.js"]
    first = script(b"", digests)
    assert script(b"", digests) == first
    for name in set(digests) - {"vendor/x/x.js"}:
        assert script(b"", digests | {name: "other"}) != first
    answer = sheltered.server.ask("/offline.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.body.startswith(b'const KEPT = {"version":"')
