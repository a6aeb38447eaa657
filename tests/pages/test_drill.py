"""A drill is another world: its band, colours and words are on every page, and no part of one can pass for reality."""

from __future__ import annotations

import colorsys
import json
import re
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import PHONE, Open, give
from tests.web.running import KYIV, LVIV, Running
from tocsin.commands import Raise
from tocsin.model import Level, Stage, ZoneId
from tocsin.web.texts import LANGUAGES

BAND = "НАВЧАННЯ — DRILL"
SPEAKS_OF_ALARM = {"en": re.compile("alert|warning|alarm", re.I), "uk": re.compile("тривог|попередж|обстріл", re.I)}
SAYS_DRILL = {"en": re.compile("drill", re.I), "uk": re.compile("навчал|навчан", re.I)}
SAYS_WHAT_IT_IS_NOT = {"replay.of", "realm.drill.words"}
COLOURS = ["red", "red-text", "yellow", "yellow-text", "early", "early-plate", "early-text", "map-alert", "map-hatch"]
READ = """(names) => {
  const css = getComputedStyle(document.documentElement);
  return names.map((name) => css.getPropertyValue(`--${name}`).trim());
}"""


def alarm(server: Running) -> None:
    give(server, Raise(zones=(ZoneId(KYIV),)))
    give(server, Raise(zones=(ZoneId(LVIV),), level=Level.YELLOW))


def colours(page: Page) -> dict[str, str]:
    return dict(zip(COLOURS, page.evaluate(READ, COLOURS), strict=True))


def hue(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)[0] * 360


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_speaks_of_an_alarm_has_words_of_its_own_for_a_drill(lang: str) -> None:
    texts: dict[str, Any] = json.loads(
        files("tocsin.web").joinpath("static", "texts", f"{lang}.json").read_text("utf-8")
    )
    said = {key: json.dumps(text, ensure_ascii=False) for key, text in texts.items()}
    alarming = [
        key for key, text in said.items() if SPEAKS_OF_ALARM[lang].search(text) and not key.startswith("drill.")
    ]
    assert [key for key in alarming if f"drill.{key}" not in said and key not in SAYS_WHAT_IT_IS_NOT] == []
    drilled = {key: text for key, text in said.items() if key.startswith("drill.")}
    assert [key for key, text in drilled.items() if not SAYS_DRILL[lang].search(text)] == []
    assert [key for key in drilled if key.removeprefix("drill.") not in said] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_colour_of_a_status_is_shared_with_reality_nor_of_its_family(
    visit: Open, standing: Running, drill: Running, theme: str
) -> None:
    live = colours(visit(standing.url, webgl=False, color_scheme=theme))
    page = visit(drill.url, webgl=False, color_scheme=theme, mine=KYIV)
    of_drill = colours(page)
    assert set(of_drill.values()).isdisjoint(live.values())
    assert {name: colour for name, colour in of_drill.items() if not 160 <= hue(colour) <= 240} == {}
    alarm(drill)
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    plate = "rgb({}, {}, {})".format(*(int(of_drill["red"][at : at + 2], 16) for at in (1, 3, 5)))
    expect(page.locator("#mine")).to_have_css("background-color", plate)
    page.goto(f"{drill.url}/list")
    assert colours(page) == of_drill  # on the plain pages, too


def test_the_page_of_a_drill_says_so_in_its_band_title_icon_and_every_status(visit: Open, drill: Running) -> None:
    page = visit(f"{drill.url}/?zone={LVIV}", webgl=False, mine=KYIV, viewport=PHONE)
    expect(page.locator("#drill-band")).to_contain_text(BAND)
    assert page.locator("#drill-band").is_visible()
    expect(page.locator("#mine")).to_contain_text("No drill alert in your zone")
    expect(page.locator("#summary")).to_contain_text("No drill alerts")
    expect(page).to_have_title("DRILL · Kyiv: No drill alert · Tocsin")
    alarm(drill)
    expect(page).to_have_title("DRILL · ● Kyiv: Drill alert, red level · Tocsin")
    expect(page.locator("#favicon")).to_have_attribute("href", "/static/icons/drill-alert.svg")
    expect(page.locator("#shouted")).to_contain_text("Kyiv: drill alert, red level. DRILL —")
    expect(page.locator("#panel .state")).to_contain_text("Drill alert, yellow level")
    expect(page.locator("#panel .advice")).to_contain_text("DRILL — This is an exercise message")
    expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_contain_text("Drill alert, red level")
    for text in page.locator("#mine, #summary, #zones, #panel").all_inner_texts():
        assert re.findall(r"\b(?:Red|Yellow|No) alert", text) == []
    page.locator("#lang").click()
    expect(page.locator("#mine")).to_contain_text("Навчальна тривога у вашій зоні")
    expect(page).to_have_title(re.compile("^НАВЧАННЯ · "))


def test_the_pages_of_a_drill_say_so_before_any_script_and_without(visit: Open, drill: Running) -> None:
    give(drill, Raise(zones=(ZoneId(KYIV),), stage=Stage.EARLY_WARNING))
    first = drill.ask("/").body.decode()
    assert '<html lang="en" data-realm="drill"' in first
    assert f"<title>{BAND} · " in first
    assert '<p class="drill-band" id="drill-band"><b>' in first
    for path in ("/list?lang=en", f"/list/{KYIV}?lang=en"):
        page = visit(f"{drill.url}{path}", java_script_enabled=False)
        expect(page.locator("html")).to_have_attribute("data-realm", "drill")
        expect(page.locator(".drill-band")).to_contain_text(BAND)
        expect(page).to_have_title(re.compile(f"^{BAND} · "))
        expect(page.locator("main")).to_contain_text("Drill early warning")
        assert "drill-calm" in str(page.locator("link[rel=icon]").get_attribute("href"))


def test_a_picture_of_a_drills_map_says_so_all_over_and_has_colours_of_its_own(
    standing: Running, drill: Running
) -> None:
    fills = []
    for server in (standing, drill):
        alarm(server)
        picture = server.ask("/map.svg").body.decode()
        words = [element.text for element in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
        assert words == ([BAND] * len(words) if server is drill else [])
        assert (len(words) > 10) is (server is drill)
        fills.append(set(re.findall(r'fill="(#\w+)"', picture)))
    assert fills[0] & fills[1] <= {"#ffffff", "#9498a0"}  # the dots of a pattern, and the veil


def test_reality_has_no_band_and_a_page_left_open_follows_its_address_into_a_drill(
    visit: Open, standing: Running, drill: Running
) -> None:
    page = visit(standing.url, webgl=False)
    assert page.locator("#drill-band").is_hidden()
    expect(page.locator("html")).to_have_attribute("data-realm", "live")
    page.route("**/api/v1/stream", lambda route: route.continue_(url=f"{drill.url}/api/v1/stream"))
    page.evaluate("location.reload()")
    expect(page.locator("html")).to_have_attribute("data-realm", "drill")
    assert page.locator("#drill-band").is_visible()
    expect(page.locator("#summary")).to_contain_text("No drill alerts")
