"""Whoever presses a button while the page is told something presses that very button, and not one built anew."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.pages.conftest import Open
from tests.web.running import KYIV, LVIV, Running

NAMESAKES = ("UA05040090000093950", "UA18020090000092001")
"""Two hromadas of one name."""


def press(page: Page, button: Locator) -> None:
    """Begin to press it; `page.mouse.up()` ends that."""
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def told_of_lviv(page: Page, server: Running) -> None:
    """Another zone's alert reaches the page."""
    assert server.order("meanwhile", zones=[LVIV], level="yellow").status == 200
    expect(page.locator(f"#zones [data-zone='{LVIV}']")).to_have_attribute("data-status", "yellow")


def test_in_my_zones_banner(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False, mine=KYIV)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    press(page, page.locator("#mine [data-key='change']"))
    told_of_lviv(page, standing)
    page.mouse.up()
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_in_my_zones_banner_when_my_zone_itself_is_told_of(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False, mine=KYIV)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    change = page.locator("#mine [data-key='change']").element_handle()
    assert standing.order(zones=[KYIV]).status == 200
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    assert change.evaluate("it => it.isConnected")


def test_in_the_list(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False)
    assert standing.order(zones=[KYIV]).status == 200
    row = page.locator(f"#zones [data-zone='{KYIV}']")
    expect(row).to_have_attribute("data-status", "red")
    press(page, row)
    told_of_lviv(page, standing)
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"zone={KYIV}"))


def test_in_a_zone_s_details(visit: Open, standing: Running) -> None:
    page = visit(f"{standing.url}/?zone={KYIV}", webgl=False)
    choose = page.locator("#panel [data-key='choose']")
    expect(choose).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#panel .history")).to_be_visible()
    press(page, choose)
    told_of_lviv(page, standing)
    page.mouse.up()
    expect(choose).to_have_attribute("aria-pressed", "true")


def test_the_name_of_my_zone_opens_my_zone_and_not_another_of_that_name(visit: Open, standing: Running) -> None:
    first, second = NAMESAKES
    page = visit(f"{standing.url}/?zone={second}", webgl=False, mine=first)
    page.locator("#panel [data-key='choose']").click()
    expect(page.locator("#panel [data-key='choose']")).to_have_attribute("aria-pressed", "true")
    page.locator("#panel [data-key='close']").click()
    page.locator("#mine [data-key='open']").click()
    expect(page).to_have_url(re.compile(f"zone={second}"))
