"""What can be told by machine of a page that everyone can use; the rest is looked at by eye (docs/pages.md)."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import DESKTOP, PHONE, Night, Open, give
from tests.web.running import KHARKIV, KYIV, LVIV, LVIV_HROMADA, SUMY, Running
from tocsin.commands import Annotate, Heartbeat, Raise, SourceSilent, Withdraw
from tocsin.model import Extent, Level, SourceId, Stage, Threat, ZoneId
from tocsin.web.texts import LANGUAGES

LVIV_RAION = "UA46060000000042587"
VOLYN = "UA07000000000024379"
FOUND = """() => {
  const shown = (element) => element.checkVisibility() && !element.closest('[aria-hidden=true]');
  const name = (element) => element.getAttribute('aria-label') || element.textContent.trim()
    || [...(element.labels ?? [])].map((label) => label.textContent).join('').trim();
  const all = 'button, a[href], input, select, summary, [tabindex="0"]';
  const controls = [...document.querySelectorAll(all)].filter(shown);
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  return {
    nameless: controls.filter((element) => !name(element)).map((element) => element.outerHTML.slice(0, 120)),
    duplicates: ids.filter((id, at) => ids.indexOf(id) !== at),
    landmarks: ['main', 'header', 'nav', 'search'].filter((landmark) => !document.querySelector(landmark)),
    headings: document.querySelectorAll('h1').length,
    overflows: document.documentElement.scrollWidth > innerWidth,
  };
}"""

CONTRAST = """async () => {
  // a colour on its way from one to another is nobody's to judge: the banner fades into its alert
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(moving.map((one) => one.finished));
  const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const channels = (color) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!speaks || !element.checkVisibility() || element.closest('svg, .unseen, #map')) continue;
    const pair = [channels(getComputedStyle(element).color), behind(element)].map(light);
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) poor.push([element.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return poor;
}"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {"width": 320, "height": 568}], ids=["desktop", "phone", "small"])
@pytest.mark.parametrize("lang", ["en-GB", "uk-UA"])
def test_every_control_has_a_name_ids_are_unique_and_nothing_overflows(
    visit: Open, night: Night, size: dict[str, int], lang: str
) -> None:
    night.at("2024-11-13T04:50:30Z")
    page = visit(f"{night.url}/?zone={KYIV}", mine=KYIV, viewport=size, locale=lang)
    expect(page.locator("#panel .chart")).to_be_attached()
    nothing: dict[str, Any] = {"nameless": [], "duplicates": [], "landmarks": [], "headings": 1, "overflows": False}
    assert page.evaluate(FOUND) == nothing


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it_by_wcag_aa(visit: Open, night: Night, theme: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3) for every text on the page."""
    night.at("2024-11-13T04:50:30Z")
    page = visit(f"{night.url}/?zone={KYIV}", mine=KYIV, color_scheme=theme, reduced_motion="reduce")
    expect(page.locator("#panel .chart")).to_be_attached()
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_plain_pages_stand_out_as_well(visit: Open, night: Night, theme: str) -> None:
    page = visit(f"{night.url}/list", color_scheme=theme, reduced_motion="reduce")
    assert page.evaluate(CONTRAST) == []


def everything(server: Running) -> None:
    """Every state there is at once, in Kyiv most of them."""
    kyiv, lviv, sumy, kharkiv = ((ZoneId(zone),) for zone in (KYIV, LVIV, SUMY, KHARKIV))
    give(server, Raise(zones=kyiv, threat=Threat.DRONES), "city")
    give(server, Raise(zones=kyiv, threat=Threat.MIG31K), "radar")
    give(server, Withdraw(zones=kyiv, cause="a fault"), "radar")
    give(server, Annotate(zones=kyiv, note="Two groups"), "city")
    give(server, Raise(zones=sumy, level=Level.YELLOW))
    give(server, Raise(zones=sumy), "radar")
    give(server, Withdraw(zones=sumy), "radar")
    give(server, Raise(zones=(ZoneId(VOLYN),)))
    give(server, Withdraw(zones=(ZoneId(VOLYN),)))
    give(server, Raise(zones=kharkiv, stage=Stage.EARLY_WARNING))
    give(server, Raise(zones=(ZoneId(LVIV_HROMADA),), extent=Extent.PART), "west")
    give(server, Heartbeat(zones=lviv, silent_after_s=3_600), "west")
    for source in ("city", "west"):
        give(server, SourceSilent(of=SourceId(source)))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("realm", ["standing", "drill"])
def test_silence_false_alarms_what_to_do_and_a_drill_can_be_read_and_used_by_everyone(
    visit: Open, request: pytest.FixtureRequest, realm: str, theme: str
) -> None:
    server: Running = request.getfixturevalue(realm)
    everything(server)
    page = visit(
        f"{server.url}/?zone={KYIV}",
        webgl=False,
        mine=KYIV,
        color_scheme=theme,
        reduced_motion="reduce",
        viewport=PHONE,
    )
    expect(page.locator("#mine .mine-note")).to_have_count(2)
    expect(page.locator("#panel .advice")).to_be_attached()
    page.locator("#mine summary").press("Enter")
    expect(page.locator("#mine .advice-dont").first).to_be_visible()
    nothing: dict[str, Any] = {"nameless": [], "duplicates": [], "landmarks": [], "headings": 1, "overflows": False}
    assert page.evaluate(FOUND) == nothing
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # a plain dict is what its TypedDict is
    assert page.evaluate(CONTRAST) == []
    states = {LVIV: "partial", KHARKIV: "early_warning", SUMY: "yellow", LVIV_RAION: "silent", VOLYN: "withdrawn"}
    for zone, state in states.items():
        page.evaluate("zone => localStorage.setItem('tocsin.zone', zone)", zone)
        page.reload()
        expect(page.locator("#mine")).to_have_attribute("data-state", state)
        assert page.evaluate(CONTRAST) == []
    understood = page.locator("#withdrawn button")
    expect(understood).to_have_count(2)
    understood.first.focus()
    page.keyboard.press("Enter")
    expect(understood).to_have_count(1)
    expect(understood).to_be_focused()
    for path in ("/list", f"/list/{KYIV}"):
        page.goto(f"{server.url}{path}?lang=uk")
        assert page.evaluate(CONTRAST) == []


def test_both_languages_have_the_same_words_with_all_their_plural_forms() -> None:
    tables = {
        lang: json.loads(files("tocsin.web").joinpath("static", "texts", f"{lang}.json").read_text("utf-8"))
        for lang in LANGUAGES
    }
    assert tables["uk"].keys() == tables["en"].keys()
    forms = {"uk": {"one", "few", "many", "other"}, "en": {"one", "other"}}
    for lang, table in tables.items():
        assert {
            key: set(text) for key, text in table.items() if isinstance(text, dict) and set(text) != forms[lang]
        } == {}
