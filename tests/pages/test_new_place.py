"""A new place changes my shelter and my zone's banner, and nothing else: neither what is read nor what is typed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import PHONE, Night, Open, give
from tests.pages.sheltering import SHELTERS, ask_for_shelter, at, close, give_town, names
from tests.shelters.towns import degrees
from tests.web.running import KYIV, Running
from tocsin.commands import Raise
from tocsin.model import ZoneId
from tocsin.shelter import Shelter

DEVICE = """{
  let told = null;
  navigator.geolocation.getCurrentPosition = (found) => found({coords: told});
  globalThis.standAt = (longitude, latitude) => { told = {longitude, latitude, accuracy: 5}; };
}"""

CHANGED = """([lon, lat]) => {
  const watching = new MutationObserver(() => {});
  watching.observe(document.documentElement, {subtree: true, childList: true, attributes: true, characterData: true});
  standAt(lon, lat);
  document.querySelector('#shelter [data-key=locate]').click();
  const parts = watching.takeRecords().map(({target}) => {
    const element = target.nodeType === 1 ? target : target.parentElement;
    const part = element?.closest('#mine, #shelter, #streets, #said, #shouted');
    return part?.id ?? element?.outerHTML.slice(0, 80) ?? 'gone';
  });
  return [...new Set(parts)].sort();
}"""


COUNTED = """{
  globalThis.asked = 0;
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (...all) {
    if (all[0]?.at) globalThis.asked += 1;
    return post.apply(this, all);
  };
}"""

SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let before = -1; before !== asked; await frame(), await frame(), await frame()) before = asked;
  asked = 0;
}"""

COLOURS = """() => {
  const canvas = document.querySelector('#streets canvas');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  return seen.size;
}"""

MAP = "document.querySelector('#streets canvas').toDataURL()"


def stand(page: Page, east: float, north: float = 0.0) -> None:
    page.evaluate("([lon, lat]) => standAt(lon, lat)", list(degrees((east, north))))
    page.locator("#shelter [data-key=locate]").click()


def test_a_new_place_changes_my_shelter_and_the_banner_and_nothing_else_of_the_page(
    visit: Open, sheltered: Running
) -> None:
    give(sheltered, Raise(zones=(ZoneId(KYIV),)))
    page = visit(sheltered.url, mine=KYIV, webgl=False, script=DEVICE)
    ask_for_shelter(page, where=False)
    stand(page, 20)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("2 min School basement")
    changed = set(page.evaluate(CHANGED, list(degrees((700.0, 10.0)))))
    assert {"mine", "shelter"} <= changed
    assert changed <= {"mine", "shelter", "streets", "said", "shouted"}
    expect(page.locator("#mine .mine-shelter")).to_contain_text("3 min Library")


def test_what_is_typed_and_where_the_keyboard_is_outlive_whatever_is_heard(visit: Open, sheltered: Running) -> None:
    page = visit(sheltered.url, mine=KYIV, webgl=False, script=DEVICE)
    ask_for_shelter(page, where=False)
    stand(page, 20)
    minutes = page.locator("#shelter [data-key=minutes]")
    minutes.fill("9")
    box = minutes.element_handle()
    close(sheltered, 1)
    expect(page.locator("#shelter .shelter").first).to_contain_text("Library")
    assert minutes.input_value() == "9"
    assert page.evaluate("box => box === document.activeElement && box.isConnected", box), "the same box, still in it"
    row = page.locator("#shelter [data-key=way-1]")
    row.focus()
    close(sheltered, 2)
    expect(page.locator("#shelter .shelter").first).to_contain_text("Above the steps")
    expect(row).to_be_focused()


def test_while_one_walks_within_the_map_it_stays_and_the_way_on_it_goes_along(visit: Open, sheltered: Running) -> None:
    page = visit(sheltered.url, webgl=False, script=DEVICE + COUNTED)
    ask_for_shelter(page, where=False)
    stand(page, 600)
    page.wait_for_function("asked > 0")
    page.evaluate(SETTLED)
    before = page.evaluate(MAP)
    stand(page, 610)
    page.wait_for_function(f"before => {MAP} !== before", arg=before)
    assert page.evaluate("asked") == 0, "streets and names lie where they lay"
    stand(page, 1_700)
    page.wait_for_function("asked > 0")


@pytest.mark.parametrize(
    "script",
    [
        "delete globalThis.OffscreenCanvas;",
        "globalThis.Worker = class { constructor() { throw new Error('no'); } };",
        "globalThis.Worker = class { postMessage() { this.onerror(); } };",
    ],
    ids=["no canvas beside", "no worker", "a worker that fails"],
)
def test_where_no_thread_can_paint_beside_the_map_is_painted_all_the_same(
    visit: Open, sheltered: Running, script: str
) -> None:
    page = visit(sheltered.url, webgl=False, script=DEVICE + script)
    ask_for_shelter(page, where=False)
    stand(page, 600)
    page.wait_for_function(f"({COLOURS})() > 20")


def test_a_shelter_says_who_said_it_is_open_and_when_and_leads_to_its_photo(visit: Open, sheltered: Running) -> None:
    photo = "https://example.org/basement.jpg"
    more: dict[str, Any] = {"photo": photo, "as_of": "2026-02-01T00:00:00Z", "note": "Ring at the gate"}
    told = msgspec.to_builtins(SHELTERS[0]) | more
    give_town(sheltered, (msgspec.convert(told, Shelter), *SHELTERS[1:]))
    close(sheltered, 2)
    page = visit(sheltered.url, webgl=False, **at(20, 0))
    ask_for_shelter(page)
    first = page.locator("#shelter .shelter").first
    expect(first).to_contain_text("Ring at the gate")
    expect(first).to_contain_text("In the register as of 1 Feb")
    link = first.get_by_role("link")
    expect(link).to_have_attribute("href", photo)
    expect(link).to_have_attribute("rel", "noreferrer noopener")
    assert "town:2" not in names(page)


def test_in_the_demo_my_shelter_works_from_the_first_minute_and_says_that_it_is_an_example(
    visit: Open, night: Night
) -> None:
    page = visit(night.url, mine=KYIV, webgl=False)
    page.locator("#mine [data-key=shelter]").click()
    note = page.locator("#shelter .shelter-notice")
    expect(note).to_contain_text("An example: the middle of Aarhus in Denmark. This demo knows no shelters of Ukraine.")
    page.locator("#shelter [data-key=try]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#shelter .shelter")).to_have_count(3)
    expect(page.locator("#shelter .way li").first).to_contain_text("Walk")
    expect(note).to_have_count(1)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("· an example")
    expect(page.locator("#said")).to_contain_text("on foot")
    expect(page.locator("#shelter [data-key=try]")).to_be_focused()
    expect(page.locator("#streets .attribution")).to_contain_text("OpenStreetMap contributors, ODbL 1.0")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    panel = page.locator("#shelter").bounding_box()
    assert panel is not None
    assert round(panel["y"] + panel["height"]) == PHONE["height"], "on a phone it goes down to the edge"
