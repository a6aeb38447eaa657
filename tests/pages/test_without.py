"""Without WebGL the flat map and the list; without JavaScript the plain pages. Both tell everything."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import PHONE, Night, Open
from tests.web.running import KYIV, Running, running
from tocsin.atlas import shipped
from tocsin.clock import SystemClock
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore

KHARKIV = "UA63000000000041885"
VOLYN = "UA07000000000024379"


def test_without_webgl_there_is_a_flat_map_that_opens_zones_by_keyboard(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:50:30Z")
    page = visit(night.url, webgl=False)
    page.locator("html[data-map=flat]").wait_for()
    expect(page.locator(f".flat [data-zone='{KYIV}']")).to_have_class(re.compile("s-red"))
    expect(page.locator(f".flat [data-zone='{KHARKIV}']")).to_have_class(re.compile("s-partial"))
    kharkiv = page.get_by_role("button", name="Kharkivska Oblast: Alert in part", exact=True)
    kharkiv.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Kharkivska Oblast")
    expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_have_attribute("data-status", "red")


def test_without_javascript_the_first_page_leads_to_the_list(visit: Open, night: Night) -> None:
    page = visit(night.url, java_script_enabled=False)
    page.wait_for_url("**/list")
    expect(page.get_by_role("heading", level=1)).to_have_text("State of alerts")


def test_without_javascript_the_list_tells_every_oblast_and_since_when(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:50:30Z")
    page = visit(f"{night.url}/list", java_script_enabled=False, locale="uk-UA", viewport=PHONE)
    expect(page.locator("tr[data-zone]")).to_have_count(27)
    kyiv = page.locator(f"tr[data-zone='{KYIV}']")
    expect(kyiv).to_contain_text("Червона тривога")
    expect(kyiv).to_contain_text("06:36, 13.11.2024")
    expect(page.locator(f"tr[data-zone='{VOLYN}']")).to_contain_text("Без тривоги")
    expect(page.locator(".replayed")).to_contain_text("Це не чинне попередження")
    expect(page.locator(f".flat [data-zone='{KYIV}']")).to_have_class(re.compile("s-red"))
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
    kyiv.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("м. Київ")
    expect(page.locator("main")).to_contain_text("Без тривоги → Червона тривога")
    page.get_by_role("link", name="English").click()
    expect(page.locator("main")).to_contain_text("placed on this zone")


@pytest.mark.parametrize(("scheme", "paper"), [("dark", "rgb(14, 20, 27)"), ("light", "rgb(245, 243, 238)")])
def test_without_javascript_the_night_is_dark_all_the_same(visit: Open, night: Night, scheme: str, paper: str) -> None:
    page = visit(f"{night.url}/list", java_script_enabled=False, color_scheme=scheme)
    expect(page.locator("html")).to_have_css("background-color", paper)


def test_what_comes_from_outside_is_text_on_the_plain_pages(visit: Open, standing: Running) -> None:
    evil = "<script>alert(1)</script><b>\"'&"
    assert standing.order(zones=[KYIV], cause=evil).status == 200
    page = visit(f"{standing.url}/list/{KYIV}", java_script_enabled=False)
    expect(page.locator("main")).to_contain_text(evil)
    assert page.locator("main script").count() == 0


def test_the_flat_map_is_a_picture_on_its_own_with_a_title_on_every_zone(night: Night) -> None:
    answer = night.ask("/map.svg?lang=en")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    paths = ElementTree.fromstring(answer.body).iter("{http://www.w3.org/2000/svg}path")
    zones = [path for path in paths if path.get("data-zone")]
    assert len({path.get("data-zone") for path in zones}) == len(zones) == 27 + 136
    assert all(path[0].text for path in zones)


def test_pages_forbid_all_that_is_not_theirs_and_static_files_are_revalidated(night: Night) -> None:
    page = night.ask("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    again = night.ask("/static/main.js", headers={"If-None-Match": night.ask("/static/main.js").headers["ETag"]})
    assert again.status == 304


def test_no_path_leads_out_of_the_static_files(night: Night) -> None:
    for path in ("../pages.py", "%2e%2e/pages.py", "css/../../pages.py", "vendor/%2e%2e/%2e%2e/pages.py", ""):
        assert night.ask(f"/static/{path}").status == 404


def test_tiles_are_given_in_ranges(night: Night) -> None:
    part = night.ask("/tiles/zones.pmtiles", headers={"Range": "bytes=0-6"})
    assert (part.status, part.body) == (206, b"PMTiles")
    assert night.ask("/tiles/other.pmtiles").status == 404


def test_a_country_without_a_map_is_told_by_its_list(visit: Open) -> None:
    with running(MemoryStore(Realm.LIVE), shipped("il"), SystemClock()) as israel:
        assert israel.order("k", zones=["IL-D01"]).status == 200
        page = visit(israel.url)
        expect(page.locator("#zones [data-zone='IL-D01']")).to_have_attribute("data-status", "red")
        expect(page.locator("#map")).to_have_text("This country comes without a map. The list tells everything.")
        expect(page.locator("#sources")).not_to_contain_text("OpenStreetMap")
        page.goto(f"{israel.url}/list?lang=en")
        expect(page.locator("tr[data-zone='IL-D01']")).to_contain_text("Red alert")
        assert page.locator("figure").count() == 0
        page.close()
