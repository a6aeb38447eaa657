"""The page on a live server: calm, an alert as it is raised, my zone, language, theme, keyboard, and being cut off."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.pages.conftest import Killable, Open
from tests.web.running import KYIV, LVIV, LVIV_HROMADA, Running, running
from tocsin.atlas import Atlas
from tocsin.clock import SystemClock
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore


def test_quiet_is_said_with_the_time_of_the_last_word(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False)
    expect(page.locator("#summary")).to_contain_text("No alerts")
    expect(page.locator("#summary")).to_contain_text(re.compile(r"Last word from the server at \d\d:\d\d"))


def test_a_server_that_has_never_heard_of_a_warning_does_not_speak_of_calm(visit: Open, ukraine: Atlas) -> None:
    """That its log tells who may give orders does not make it know of any."""
    with running(MemoryStore(Realm.LIVE), ukraine, SystemClock()) as empty:
        page = visit(empty.url, webgl=False, mine=KYIV)
        expect(page.locator("#summary")).to_contain_text("Nothing reported yet")
        expect(page.locator("#mine")).to_have_attribute("data-state", "unknown")
        expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_contain_text("Not known")
        page.goto(f"{empty.url}/list")
        expect(page.locator("main")).to_contain_text("Nothing reported yet")
        expect(page.locator(f"tr[data-zone='{KYIV}'] .word")).to_have_text("Not known")
        page.close()


def test_an_alert_reaches_every_view_without_a_reload_and_interrupts_only_for_my_zone(
    visit: Open, standing: Running
) -> None:
    page = visit(standing.url, webgl=False, mine=KYIV)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    assert standing.order("one", zones=[LVIV]).status == 200
    expect(page.locator(f"#zones [data-zone='{LVIV}']")).to_have_attribute("data-status", "red")
    assert page.locator("#shouted").inner_text() == ""
    assert standing.order("two", zones=[KYIV], threat="drones").status == 200
    expect(page.locator("#shouted")).to_contain_text("Kyiv: red alert.")
    expect(page.locator("#mine")).to_contain_text("Air raid: drones")
    assert standing.order("three", type="release", zones=[KYIV]).status == 200
    expect(page.locator("#said")).to_have_text("Kyiv: the alert is over.")
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")


def test_every_status_is_told_in_words_and_by_a_mark_of_its_own(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False)
    for number, (status, words, said) in enumerate(
        (
            ("early_warning", "Early warning", {"stage": "early_warning", "level": "yellow"}),
            ("yellow", "Yellow alert", {"level": "yellow"}),
            ("red", "Red alert", {"level": "red"}),
        )
    ):
        assert standing.order(f"raise {number}", zones=[LVIV], **said).status == 200
        row = page.locator(f"#zones [data-zone='{LVIV}']")
        expect(row).to_have_attribute("data-status", status)
        expect(row).to_contain_text(words)
        expect(row.locator("use")).to_have_attribute("href", f"/static/icons/marks.svg#{status}")


def test_a_hromada_under_alert_shows_in_its_oblast_as_alert_in_part(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False, mine=LVIV)
    assert standing.order(zones=[LVIV_HROMADA]).status == 200
    expect(page.locator(f"#zones [data-zone='{LVIV}']")).to_have_attribute("data-status", "partial")
    expect(page.locator(f"#zones .nested [data-zone='{LVIV_HROMADA}']")).to_have_attribute("data-status", "red")
    expect(page.locator("#mine")).to_have_attribute("data-state", "partial")


def test_a_zone_that_an_alert_on_some_part_of_its_oblast_may_mean_is_nowhere_called_calm(
    visit: Open, standing: Running
) -> None:
    page = visit(f"{standing.url}/?zone={LVIV_HROMADA}", webgl=False, mine=LVIV_HROMADA)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    assert standing.order("whole", zones=[LVIV]).status == 200
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    assert standing.order("part", zones=[LVIV], extent="part", threat="drones").status == 200
    assert standing.order("end", type="release", zones=[LVIV], threat="unknown").status == 200
    expect(page.locator("#mine")).to_have_attribute("data-state", "maybe")
    expect(page.locator("#said")).to_contain_text("part of Lvivska Oblast is under alert, and it may be this one")
    expect(page.locator("#panel .state")).to_contain_text("May be under alert")
    expect(page.locator("#panel")).to_contain_text("Air raid: drones")
    expect(page.locator("#panel")).not_to_contain_text("Nothing holds this zone")
    assert "No alert" not in page.title()
    page.goto(f"{standing.url}/list/{LVIV_HROMADA}?lang=en")
    expect(page.locator(".state")).to_have_text("May be under alert")
    expect(page.locator("main")).to_contain_text("on part of Lvivska Oblast; the source does not say which")


def test_an_early_warning_is_not_counted_as_an_alert(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False)
    assert standing.order("early", zones=[LVIV], stage="early_warning").status == 200
    expect(page.locator("#summary")).to_contain_text("1 oblast under early warning")
    assert standing.order("alert", zones=[KYIV]).status == 200
    expect(page.locator("#summary")).to_contain_text("of 27 oblasts under alert")
    expect(page.locator(".summary-count")).to_have_text("1")
    expect(page.locator("#summary")).to_contain_text("and 1 under early warning")
    page.goto(f"{standing.url}/list?lang=en")
    expect(page.locator(".count")).to_contain_text("and 1 under early warning")


def test_my_zone_is_found_by_search_and_survives_a_reload(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False)
    page.get_by_role("searchbox").fill("київ")
    page.get_by_role("button", name="Make Kyiv my zone").click()
    expect(page.locator("#mine")).to_contain_text("No alert in your zone")
    page.reload()
    expect(page.locator("#mine")).to_contain_text("Kyiv")
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")


def test_my_zone_is_found_by_where_the_device_is(visit: Open, standing: Running) -> None:
    place = {"latitude": 49.84, "longitude": 24.03}
    [hromada, *_] = standing.get("/api/v1/zones?lat=49.84&lon=24.03")["zones"]
    page = visit(standing.url, webgl=False, geolocation=place, permissions=["geolocation"])
    page.get_by_role("button", name="Where am I").click()
    expect(page.locator("#mine")).to_contain_text("No alert in your zone")
    expect(page.locator("#mine")).to_contain_text(hromada["names"]["en"])


def test_language_and_theme_are_chosen_by_the_system_toggled_and_remembered(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False, locale="uk-UA", color_scheme="light")
    root = page.locator("html")
    expect(root).to_have_attribute("lang", "uk")
    expect(root).to_have_attribute("data-theme", "light")
    expect(page.locator("#summary")).to_contain_text("Тривог немає")
    page.locator("#lang").click()
    page.locator("#theme").click()
    expect(page.locator("#summary")).to_contain_text("No alerts")
    expect(root).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("lang", "en")
    expect(root).to_have_attribute("data-theme", "dark")


def test_from_the_list_to_the_panel_and_back_by_keyboard_alone(visit: Open, standing: Running) -> None:
    assert standing.order(zones=[LVIV]).status == 200
    page = visit(standing.url, webgl=False)
    row = page.locator(f"#zones [data-zone='{LVIV}']")
    expect(row).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(6):
        page.keyboard.press("Tab")
        if row.evaluate("row => row === document.activeElement"):
            break
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Lvivska Oblast")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(row).to_be_focused()


def is_stale(page: Page, within_ms: float) -> None:
    expect(page.locator("html")).to_have_attribute("data-fresh", "stale", timeout=within_ms)
    expect(page.locator("#stale-notice")).to_contain_text("Cut off from the server since")
    expect(page.locator("#mine")).to_contain_text("Not up to date")
    expect(page.locator("#summary")).not_to_contain_text("The server reports no alert")
    expect(page).to_have_title("Kyiv: Not up to date · Tocsin")
    expect(page.locator("#favicon")).to_have_attribute("href", "/static/icons/stale.svg")


def test_a_killed_server_is_told_within_30_s_and_what_was_missed_is_there_when_it_is_back(
    visit: Open, killable: Killable
) -> None:
    page = visit(killable.url, webgl=False, mine=KYIV, cut_off=True)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    killable.kill()
    is_stale(page, within_ms=30_000)
    killable.again()
    assert killable.order(zones=[KYIV]).status == 200
    expect(page.locator("html")).to_have_attribute("data-fresh", "fresh", timeout=30_000)
    expect(page.locator("#stale-notice")).to_be_hidden()
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")


def test_a_server_that_falls_silent_with_its_connections_open_is_told_within_30_s(
    visit: Open, killable: Killable
) -> None:
    page = visit(killable.url, webgl=False, mine=KYIV, timed=True)
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    with killable.frozen():
        page.clock.run_for(30_000)
        is_stale(page, within_ms=5_000)


def test_the_time_machine_looks_at_the_record_of_a_live_server(visit: Open, standing: Running) -> None:
    assert standing.order(zones=[KYIV], at="2024-11-13T04:36:38Z").status == 200
    page = visit(standing.url, webgl=False)
    page.get_by_role("button", name="Time machine", exact=True).click()
    expect(page.locator("#replay")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#replay-back")).to_contain_text("Looking at the record of")
    expect(page.locator(f"#zones [data-zone='{KYIV}']")).to_have_attribute("data-status", "red")
    page.get_by_role("button", name="Close the time machine").click()
    expect(page.locator("#replay")).to_be_hidden()
