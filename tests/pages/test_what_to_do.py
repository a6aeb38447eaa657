"""What people are told to do, as the alarm comes and for whoever comes later; how an alarm becomes worse; notes."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.pages.conftest import Open, give
from tests.web.running import KYIV, LVIV, LVIV_HROMADA, Running
from tocsin.commands import Annotate, Escalate, Raise
from tocsin.model import Extent, Level, Stage, Threat, ZoneId
from tocsin.texts import load_texts

HERE = (ZoneId(LVIV),)
TEXTS = {lang: catalogue.texts for lang, catalogue in load_texts().languages.items()}


def test_an_early_warning_that_becomes_an_alert_is_told_as_it_happens_with_what_to_do_now(
    visit: Open, standing: Running
) -> None:
    page = visit(f"{standing.url}/?zone={LVIV}", webgl=False, mine=LVIV_HROMADA)
    mine, shouted, changes = page.locator("#mine"), page.locator("#shouted"), page.locator("#panel .changes")
    ready, go = TEXTS["en"]["air_raid.early_warning.drones"], TEXTS["en"]["air_raid.alert.ballistic_missiles"]
    give(standing, Raise(zones=HERE, threat=Threat.DRONES, stage=Stage.EARLY_WARNING, level=Level.YELLOW))
    expect(mine).to_have_attribute("data-state", "early_warning")
    expect(mine.locator(".advice summary")).to_contain_text(ready.do[0])
    expect(shouted).to_contain_text(f"early warning. {ready.do[0]}")
    give(standing, Escalate(zones=HERE, to_stage=Stage.ALERT, to_threat=Threat.BALLISTIC_MISSILES))
    expect(mine).to_have_attribute("data-state", "yellow")
    give(standing, Escalate(zones=HERE, to_level=Level.RED))
    expect(mine).to_have_attribute("data-state", "red")
    expect(shouted).to_contain_text(f"red alert. {go.do[0]}")
    expect(changes.locator("li")).to_have_count(3)
    expect(changes.locator("li").first).to_contain_text("Red alertwas: yellow alert")
    expect(changes.locator("li").nth(1)).to_contain_text("Yellow alertwas: early warning")
    panel = page.locator("#panel .advice")
    for text in (*go.do, *go.dont):
        expect(panel).to_contain_text(text)
    mine.locator("summary").click()
    expect(mine.locator(".advice")).to_contain_text(go.dont[0])
    page.locator("#lang").click()
    expect(mine).to_contain_text(TEXTS["uk"]["air_raid.alert.ballistic_missiles"].do[0])


def test_whoever_comes_later_is_told_what_to_do_as_well_and_who_stands_behind_the_text(
    visit: Open, standing: Running
) -> None:
    give(standing, Raise(zones=HERE, extent=Extent.PART, threat=Threat.DRONES))
    page = visit(f"{standing.url}/?zone={LVIV_HROMADA}", webgl=False, mine=LVIV_HROMADA)
    advice = page.locator("#panel .advice")
    expect(advice).to_contain_text(load_texts().languages["en"].leads.part)
    expect(advice).to_contain_text("not yet approved by any authority")
    page.goto(f"{standing.url}/list/{LVIV_HROMADA}?lang=en")
    expect(page.locator(".advice")).to_contain_text(load_texts().languages["en"].leads.part)
    expect(page.locator(".advice")).to_contain_text("not yet approved by any authority")
    page.goto(f"{standing.url}/list/{KYIV}?lang=en")
    expect(page.locator(".advice")).to_have_count(0)


def test_a_note_on_an_alert_is_read_beside_its_reason(visit: Open, standing: Running) -> None:
    page = visit(f"{standing.url}/?zone={LVIV}", webgl=False)
    give(standing, Raise(zones=HERE))
    expect(page.locator("#panel .facts")).to_contain_text("Air raid")
    note = "<b>Two groups, ten minutes apart</b>"
    give(standing, Annotate(zones=HERE, note=note))
    expect(page.locator("#panel .facts")).to_contain_text(f"Note: {note}")
    page.goto(f"{standing.url}/list/{LVIV}?lang=en")
    expect(page.locator("main")).to_contain_text(f"Note: {note}")
