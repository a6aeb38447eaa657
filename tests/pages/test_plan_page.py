"""The page of a city's plan in a browser: a file that asks for nothing, whose numbers are those of the plan."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.conftest import DESKTOP, PHONE
from tests.pages.test_accessible import CONTRAST, FOUND
from tests.shelters.planned import planning, row, write_town
from tests.shelters.streets import degrees

SMALL = {"width": 320, "height": 568}
Look = Callable[..., Page]

COLOURS = """() => {
  const canvas = document.querySelector('#map');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  return seen.size;
}"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """The page, as an address of this computer, and the plan that it shows."""
    folder = write_town(tmp_path_factory.mktemp("plan"))
    chance = random.Random(7)
    homes = [
        row(f"h{n}", chance.uniform(-300, 2_300), chance.uniform(-150, 150), f"{chance.uniform(0, 12):.2f}")
        for n in range(400)
    ]
    homes += [row(f"far{n}", 1_000.0, chance.uniform(500, 700), "4") for n in range(30)]
    (folder / "homes.csv").write_text("\n".join(["id,lon,lat,people", *homes]) + "\n")
    shelters = [row(f"s{n}", 150.0 * n, 20.0, str(10 * n + 20), "yes") for n in range(4)]
    (folder / "shelters.csv").write_text("\n".join(["id,lon,lat,places,public", *shelters]) + "\n")
    features = []
    for name, west, east in (("Захід", -2_000.0, 900.0), ("Схід", 900.0, 4_000.0)):
        (w, s), (e, n) = degrees((west, -2_000.0)), degrees((east, 2_000.0))
        ring = [[w, s], [e, s], [e, n], [w, n], [w, s]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": shape})
    (folder / "areas.json").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    page, plan = folder / "plan.html", folder / "plan.json"
    result = planning(folder, "--page", str(page), "--json", str(plan), "--areas", str(folder / "areas.json"))
    assert result.exit_code == 0, result.output
    return page.as_uri(), json.loads(plan.read_text())


@pytest.fixture
def look(chromium: Browser, made: tuple[str, dict[str, Any]]) -> Iterator[Look]:
    """Open it as a file. It fails the test that anything else was asked for, or any error was said."""
    complaints: list[str] = []
    contexts = []

    def opened(**options: Any) -> Page:
        usual = {"viewport": DESKTOP, "locale": "en-GB", "color_scheme": "light"}
        context = chromium.new_context(**(usual | options))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: None if request.url == made[0] else complaints.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(made[0])
        page.locator("html[data-map=idle]").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def whole(text: str | None) -> int:
    """The first number in a text, however its thousands are set apart."""
    found = re.match(r"\s*\d[\d,.\s\u00a0\u202f]*", text or "")
    assert found, text
    return int(re.sub(r"\D", "", found[0]))


def column(page: Page, table: str, number: int) -> list[int]:
    cells = page.locator(f"{table} tbody tr td:nth-child({number})").all()
    return [whole(cell.evaluate("cell => cell.firstChild.textContent")) for cell in cells]


def test_the_slider_moves_by_keyboard_and_every_minute_says_what_the_plan_and_its_tables_say(
    look: Look, made: tuple[str, dict[str, Any]]
) -> None:
    plan, page = made[1], look()
    slider = page.locator("#minutes")
    slider.focus()
    page.keyboard.press("Home")
    told = []
    for minute in range(1, len(plan["within"]) + 1):
        expect(page.locator("#minute")).to_have_text(f"{minute} min")
        expect(slider).to_have_attribute("aria-valuetext", f"{minute} min")
        out = plan["residents"] - plan["within"][minute - 1]
        assert whole(page.locator("#out b").text_content()) == out
        assert abs(sum(column(page, "#zones", 3)) - out) <= len(plan["zones"]), "parts are rounded, each by itself"
        horizon = max([at for at, one in enumerate(plan["horizons"]) if one["minutes"] <= minute], default=0)
        over = [one["over"][horizon] for one in plan["shelters"] if one["over"][horizon]]
        assert column(page, "#over", 4) == sorted(over, reverse=True)
        assert page.locator("#figures thead .now").text_content() == f"{plan['horizons'][horizon]['minutes']} min"
        expect(slider).to_be_focused()
        page.keyboard.press("ArrowRight")
        told.append(out)
    assert told == sorted(told, reverse=True)
    assert len(set(told)) > 3, "more time, fewer out of reach"
    for at, one in enumerate(plan["horizons"]):
        rows = page.locator("#figures tbody tr").all()
        said = [whole(one_row.locator("td").nth(at).locator("small").text_content()) for one_row in rows[:4]]
        names = ("out_of_reach", "nearest_sheltered", "nearest_turned_away", "best_sheltered")
        assert said == [one[name] for name in names]


def test_the_figures_of_the_slider_are_those_of_the_column_of_that_time(
    look: Look, made: tuple[str, dict[str, Any]]
) -> None:
    page = look()
    for number, horizon in enumerate(made[1]["horizons"]):
        head = page.locator("#figures thead button").nth(number)
        head.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#minute")).to_have_text(f"{horizon['minutes']} min")
        out = page.locator("#figures tbody tr").first.locator("td").nth(number).locator("small")
        assert whole(page.locator("#out b").text_content()) == whole(out.text_content()) == horizon["out_of_reach"]
        expect(page.locator("#figures thead button").nth(number)).to_be_focused()
        expect(page.locator("#figures thead button[aria-pressed=true]")).to_have_text(f"{horizon['minutes']} min")


def test_a_new_place_is_told_shown_on_the_map_and_helps_as_many_as_the_plan_says(
    look: Look, made: tuple[str, dict[str, Any]]
) -> None:
    plan, page = made[1], look()
    assert plan["new"], "there is somewhere to build"
    assert column(page, "#new", 2) == [place["helped"] for place in plan["new"]]
    assert column(page, "#new", 3) == [place["unreached"] for place in plan["new"]]
    first = page.locator("#new .to-map").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chosen")).to_contain_text(f"{plan['new'][0]['helped']:,} more people have a place")
    expect(first).to_be_focused()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.locator("#map").click(position={"x": box["width"] / 2 + 200, "y": 40})
    expect(page.locator("#chosen")).to_be_hidden()


def test_what_squares_are_coloured_by_is_chosen_by_keyboard_and_the_map_moves_by_arrows(look: Look) -> None:
    page = look()
    before = page.evaluate("document.querySelector('#map').toDataURL()")
    page.locator("[name=counts][value=reach]").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=counts][value=left]")).to_be_checked()
    page.wait_for_function("before => document.querySelector('#map').toDataURL() !== before", arg=before)
    canvas = page.locator("#map")
    canvas.focus()
    for key in ("ArrowRight", "ArrowUp", "+", "-"):
        before = page.evaluate("document.querySelector('#map').toDataURL()")
        page.keyboard.press(key)
        page.wait_for_function("before => document.querySelector('#map').toDataURL() !== before", arg=before)
        expect(canvas).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en-GB", "uk-UA"])
def test_the_plan_can_be_read_and_used_by_everyone_in_both_languages_and_by_day_and_by_night(
    look: Look, theme: str, lang: str
) -> None:
    page = look(locale=lang, color_scheme=theme)
    expect(page.locator("html")).to_have_attribute("lang", lang[:2])
    words = {"en": "Time to reach a shelter", "uk": "Час на шлях до укриття"}
    nothing: dict[str, Any] = {"nameless": [], "duplicates": [], "headings": 1, "overflows": False}
    page.locator("#new .to-map").first.click()
    for size in (DESKTOP, PHONE, SMALL):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is what its TypedDict is
        found = page.evaluate(FOUND)
        assert {name: found[name] for name in nothing} == nothing
        assert page.evaluate(CONTRAST) == []
        assert not re.search(r"\{\w+\}|undefined|NaN|null", page.locator("body").inner_text())
        assert page.evaluate(COLOURS) > 5, "something is drawn"
    page.locator("#language").focus()
    page.keyboard.press("Enter")
    other = "uk" if lang.startswith("en") else "en"
    expect(page.locator("html")).to_have_attribute("lang", other)
    expect(page.locator("#language")).to_be_focused()
    assert page.locator("label[for=minutes] span").text_content() == words[other]
    light = page.evaluate("getComputedStyle(document.body).backgroundColor").startswith("rgb(2")
    assert light == (theme == "light")


def test_the_page_is_a_file_of_its_owner_and_names_whose_data_it_is(
    look: Look, made: tuple[str, dict[str, Any]]
) -> None:
    page = look()
    expect(page.locator("#made")).to_contain_text("Streets: nobody; Shelters: the town")
    expect(page.locator(".keep")).to_contain_text("Give it only to those who need it")
    assert Path(made[0].removeprefix("file://")).stat().st_mode & 0o077 == 0
