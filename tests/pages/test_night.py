"""The night of 12-13 November 2024 as the page shows it: on the map, in the list, in the panel, and back in time."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from tests.pages.conftest import PHONE, Night, Open
from tests.web.running import KYIV

KHMELNYTSKYI = "UA68000000000099709"
DRAWN = re.compile("^M0")
SEEK = """(slider, time) => {
  slider.value = Date.parse(time);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
  slider.dispatchEvent(new Event('change', {bubbles: true}));
}"""


def seek(page: Page, moment: str) -> None:
    page.locator("#replay-seek").evaluate(SEEK, moment)


def test_seeking_ahead_moves_the_night_on_and_kyiv_is_red_in_list_panel_and_banner(visit: Open, night: Night) -> None:
    page = visit(night.url, mine=KYIV)
    seek(page, "2024-11-13T04:40:00Z")
    expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_have_attribute("data-status", "red")
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    expect(page.locator("#mine")).to_contain_text("Red alert in your zone")
    expect(page).to_have_title("● Kyiv: Red alert · Tocsin")
    expect(page.locator("#favicon")).to_have_attribute("href", "/static/icons/alert.svg")
    page.locator(f"#zones [data-zone='{KYIV}']").click()
    expect(page.locator("#panel .state")).to_have_attribute("data-status", "red")
    expect(page.locator("#panel")).to_contain_text("since 06:36")
    assert night.get("/api/v1/state")["zones"][KYIV] == "red"


def test_the_map_is_drawn_and_a_click_on_it_opens_the_zone(visit: Open, night: Night) -> None:
    page = visit(night.url)
    page.locator("html[data-map=idle]").wait_for()
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.35)
    expect(page.locator("#panel h2")).to_be_visible()


def test_the_peak_of_the_night_counts_21_whole_oblasts_and_2_in_part(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:50:30Z")
    page = visit(night.url)
    expect(page.locator(".summary-count")).to_have_text("21")
    expect(page.locator("#summary")).to_contain_text("and 2 more in part")
    expect(page.locator(f"#zones [data-zone='{KHMELNYTSKYI}']")).to_contain_text("since 06:50")


def test_the_demo_says_at_all_times_that_it_is_no_live_warning(visit: Open, night: Night) -> None:
    page = visit(night.url, viewport=PHONE)
    expect(page.locator("#replay-notice")).to_contain_text("Not a live warning")
    assert page.locator("#replay-notice").is_visible()


def test_looking_back_shows_the_record_and_changes_nothing_on_the_server(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:40:00Z")
    before = night.get("/api/v1/clock"), night.get("/api/v1/state")
    page = visit(night.url, mine=KYIV)
    orders: list[str] = []
    page.on("request", lambda request: orders.append(request.method) if request.method != "GET" else None)
    expect(page.locator(".density .lived")).to_have_attribute("d", DRAWN)
    seek(page, "2024-11-13T03:12:00Z")
    expect(page.locator("#replay-back")).to_contain_text("Looking at the record of 05:12")
    expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_have_attribute("data-status", "clear")
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    page.get_by_role("button", name="Back to now").click()
    expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_have_attribute("data-status", "red")
    assert orders == []
    assert (night.get("/api/v1/clock"), night.get("/api/v1/state")) == before


def test_what_the_page_looks_back_at_is_what_the_server_had_recorded(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:50:30Z")
    holds = night.get("/api/v1/holds?from=2024-11-12T20:00:00Z&until=2024-11-13T04:00:00Z")["holds"]
    moment = "2024-11-13T01:10:00Z"
    expected = {hold["zone"] for hold in holds if hold["since"] <= moment and (hold["ended"] or "9") > moment}
    page = visit(night.url)
    expect(page.locator(".density .lived")).to_have_attribute("d", DRAWN)
    seek(page, moment)
    expect(page.locator("#replay-back")).to_be_visible()
    shown = page.locator("#zones [data-zone]:not([data-status=clear])")
    expect(shown).to_have_count(len(expected))
    assert {element.get_attribute("data-zone") for element in shown.all()} == expected


def test_the_past_runs_at_the_chosen_speed_until_it_meets_the_present(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:40:00Z")
    now = night.get("/api/v1/clock")["now"]
    page = visit(night.url)
    seek(page, (datetime.fromisoformat(now) - timedelta(minutes=20)).isoformat())
    expect(page.locator("#replay-back")).to_be_visible()
    page.locator("#replay-speed").select_option("1200")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#replay-back")).to_be_hidden()
    assert night.get("/api/v1/clock")["now"] == now


def test_play_pause_and_speed_drive_the_servers_clock(visit: Open, night: Night) -> None:
    night.at("2024-11-13T05:00:00Z")
    page = visit(night.url)
    page.locator("#replay-speed").select_option("10")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert night.get("/api/v1/clock")["rate"] == 10
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert night.get("/api/v1/clock")["rate"] == 0


def test_the_panel_gives_the_zones_history_as_chart_and_as_table(visit: Open, night: Night) -> None:
    page = visit(f"{night.url}/?zone={KYIV}")
    panel = page.locator("#panel")
    history = night.get(f"/api/v1/history?zone={KYIV}")
    expect(panel.locator(".chart .bar")).to_have_count(len(history["months"]))
    expect(panel.locator(".figures")).to_contain_text(f"{history['count']:,}")
    panel.get_by_text("The same as a table").click()
    expect(panel.locator("tbody tr")).to_have_count(len(history["months"]))
    panel.get_by_role("button", name="Number").click()
    expect(panel.get_by_role("button", name="Number")).to_have_attribute("aria-pressed", "true")


def test_a_zone_under_an_oblasts_alert_says_whence_it_comes(visit: Open, night: Night) -> None:
    night.at("2024-11-13T04:50:30Z")
    zones = json.loads(night.ask("/api/v1/zones?level=raion").body)["zones"]
    bucha = next(zone for zone in zones if zone["names"]["en"].startswith("Buch"))
    page = visit(f"{night.url}/?zone={bucha['id']}")
    expect(page.locator("#panel .state")).to_have_attribute("data-status", "red")
    expect(page.locator("#panel")).to_contain_text("from Kyivska Oblast")
