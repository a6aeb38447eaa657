"""A source that fell silent: neither what rests on it nor the calm it speaks for is certain, and nothing is cleared."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from playwright.sync_api import expect

from tests.pages.conftest import Open, give
from tests.web.running import KYIV, LVIV, LVIV_HROMADA, Running
from tocsin.commands import Heartbeat, Raise, SourceBack, SourceSilent
from tocsin.model import SourceId, ZoneId

SVG = "{http://www.w3.org/2000/svg}"
WEST, CENTRE = SourceId("west"), SourceId("centre")


def speak_and_fall_silent(server: Running) -> None:
    """One source speaks for Lviv, where it holds nothing; another holds Kyiv."""
    give(server, Heartbeat(zones=(ZoneId(LVIV),), silent_after_s=3_600), WEST)
    give(server, Raise(zones=(ZoneId(KYIV),)), CENTRE)
    for source in (WEST, CENTRE):
        give(server, SourceSilent(of=source))


def test_a_silent_source_leaves_an_alert_standing_and_calm_uncertain_in_every_view(
    visit: Open, standing: Running
) -> None:
    page = visit(f"{standing.url}/?zone={KYIV}", webgl=False, mine=LVIV)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    speak_and_fall_silent(standing)
    mine, lviv, kyiv = page.locator("#mine"), *(page.locator(f"#zones [data-zone='{zone}']") for zone in (LVIV, KYIV))
    expect(mine).to_have_attribute("data-state", "silent")
    expect(mine).to_contain_text(re.compile(r"“west” has not been heard since \d\d:\d\d\. That no alert is shown here"))
    expect(page.locator("#said")).to_contain_text("a source fell silent")
    expect(page).to_have_title("Lvivska Oblast: Not certain · Tocsin")
    expect(page.locator("#favicon")).to_have_attribute("href", "/static/icons/stale.svg")
    expect(lviv).to_contain_text(re.compile(r"Not certain · “west” silent since \d\d:\d\d"))
    expect(lviv.locator("use")).to_have_attribute("href", "/static/icons/marks.svg#silent")
    expect(kyiv).to_have_attribute("data-status", "red")
    expect(kyiv).to_contain_text("Red alert · “centre” silent since")
    expect(page.locator("#panel .state")).to_have_attribute("data-status", "red")
    expect(page.locator("#panel .silence")).to_contain_text("What is shown here may be over, or worse by now.")
    expect(page.locator("#summary")).to_contain_text("2 sources are silent")
    expect(page.locator("#legend")).to_contain_text("source silent")
    expect(page.locator("html")).to_have_attribute("data-fresh", "fresh")  # the server itself speaks
    for source in (WEST, CENTRE):
        give(standing, SourceBack(of=source))
    expect(mine).to_have_attribute("data-state", "clear")
    expect(page.locator("#said")).to_have_text("Lvivska Oblast: the source is heard again.")
    expect(kyiv).to_have_attribute("data-freshness", "fresh")
    expect(page.locator(".silence")).to_have_count(0)


def test_nowhere_is_calm_spoken_of_for_all_while_a_source_is_silent(visit: Open, standing: Running) -> None:
    give(standing, Heartbeat(zones=(ZoneId(LVIV_HROMADA),), silent_after_s=3_600), WEST)
    give(standing, SourceSilent(of=WEST))
    page = visit(standing.url, webgl=False, mine=LVIV_HROMADA)
    expect(page.locator("#summary")).to_contain_text("No alerts known")
    expect(page.locator("#summary")).not_to_contain_text("The server reports no alert")
    expect(page.locator("#mine")).to_have_attribute("data-state", "silent")
    page.goto(f"{standing.url}/list?lang=en")
    expect(page.locator(".count")).to_have_text("No alerts known")
    expect(page.locator(".silence")).to_contain_text("A source is silent.")


def test_a_silent_source_veils_its_zones_on_the_flat_map_over_what_they_are_under(
    visit: Open, standing: Running
) -> None:
    page = visit(standing.url, webgl=False)
    page.locator("html[data-map=flat]").wait_for()
    assert page.locator(".flat .veil").count() == 0
    speak_and_fall_silent(standing)
    expect(page.locator(".flat .veil")).to_have_count(2)
    expect(page.locator(f".flat [data-zone='{KYIV}']")).to_have_class(re.compile("s-red"))
    expect(page.get_by_role("button", name=re.compile("^Lvivska Oblast: Not certain"))).to_be_visible()
    for source in (WEST, CENTRE):
        give(standing, SourceBack(of=source))
    expect(page.locator(".flat .veil")).to_have_count(0)


def test_the_map_has_a_veil_for_what_is_silent_and_an_image_for_every_pattern_and_mark(
    visit: Open, quiet: Running
) -> None:
    page = visit(f"{quiet.url}/list")
    told = page.evaluate("""async () => {
      const [s, map, style, images] = await Promise.all(
        ['state', 'map', 'mapstyle', 'mapimages'].map((name) => import(`/static/${name}.js`)));
      const zones = [['land', 'country', null], ['east', 'oblast', 'land'], ['west', 'oblast', 'land'],
        ['coast', 'raion', 'east'], ['hills', 'raion', 'east'], ['forest', 'raion', 'west']]
        .map(([id, level, parent]) => ({id, level, parent, names: {}}));
      const atlas = s.makeAtlas(zones, ['country', 'oblast', 'raion']);
      const hold = (id, zone, source) => (
        {id, zone, source, stage: 'alert', level: 'red', extent: 'whole', since: '2026-01-01T00:00:00Z'});
      const source = (id, zones) => ({id, zones, silent_after_s: 30, silent_since: '2026-01-01T00:00:00Z'});
      const holds = [hold(1, 'coast', 'navy'), hold(2, 'forest', 'army')];
      const statuses = s.statuses(atlas, holds, [source('army', ['east'])]);
      const lists = map.listsOf({atlas, statuses, mine: null, opened: null}, []);
      const drawn = new Set();
      const tokens = style.tokens();
      images.addImages({hasImage: (name) => drawn.has(name), addImage: (name) => drawn.add(name)}, tokens);
      const patterns = style.styleOf(tokens, lists, {}, 'en').layers
        .map((layer) => layer.paint?.['fill-pattern']).filter(Boolean);
      const marks = ['partial', 'early_warning', 'yellow', 'red', 'silent']
        .map((name) => `mark-${name}-${tokens.theme}`);
      return {
        veiled: [lists.oblast.silent, lists.raion.silent],
        stale: [...statuses].filter(([, said]) => said.freshness === 'stale').map(([id]) => id).sort(),
        lacking: [...patterns, ...marks].filter((name) => !drawn.has(name)),
        patterns: patterns.length,
      };
    }""")
    # West is stale, for it is partial by a hold that cannot be heard of; but only its forest is veiled.
    assert told["stale"] == ["coast", "east", "forest", "hills", "land", "west"]
    assert told["veiled"] == [["east"], ["coast", "forest"]]
    assert told["lacking"] == []
    assert told["patterns"] == 3 * 4


def test_without_javascript_too_silence_is_told_of_every_zone_it_concerns(visit: Open, standing: Running) -> None:
    speak_and_fall_silent(standing)
    page = visit(f"{standing.url}/list?lang=en", java_script_enabled=False)
    lviv, kyiv = (page.locator(f"tr[data-zone='{zone}']") for zone in (LVIV, KYIV))
    expect(lviv.locator(".word")).to_contain_text("Not certain")
    expect(lviv).to_contain_text("“west” silent since")
    expect(kyiv.locator(".word")).to_contain_text("Red alert")
    expect(kyiv).to_contain_text("“centre” silent since")
    expect(page.locator(".silence")).to_contain_text("2 sources are silent")
    assert page.locator(".flat .veil").count() == 2
    page.goto(f"{standing.url}/list/{LVIV_HROMADA}?lang=en")
    expect(page.locator(".state")).to_have_text("Not certain")
    expect(page.locator(".silence")).to_contain_text("That no alert is shown here does not mean that there is none.")
    page.goto(f"{standing.url}/list/{KYIV}?lang=uk")
    expect(page.locator(".state")).to_contain_text("Червона тривога")
    expect(page.locator(".silence")).to_contain_text("«centre» мовчить з")
    picture = ElementTree.fromstring(standing.ask("/map.svg?lang=en").body)
    titles = {path.get("data-zone"): path[0].text for path in picture.iter(f"{SVG}path") if path.get("data-zone")}
    assert titles[LVIV] == "Lvivska Oblast: Not certain"
    assert titles[KYIV] == "Kyiv: Red alert, source silent"
