"""A false alarm taken back: told as what it is, with its reason, to everyone who got it, and never as an all-clear."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.pages.conftest import Open, give
from tests.web.running import KYIV, LVIV, LVIV_HROMADA, Running
from tocsin.commands import Raise, Release, Withdraw
from tocsin.model import Threat, ZoneId

HERE, THERE = (ZoneId(LVIV),), (ZoneId(KYIV),)
WHY = "a training target was taken for a launch"


def test_my_zone_is_told_that_the_alarm_was_false_and_why_until_it_is_understood(
    visit: Open, standing: Running
) -> None:
    page = visit(f"{standing.url}/?zone={LVIV}", webgl=False, mine=LVIV_HROMADA)
    give(standing, Raise(zones=HERE, threat=Threat.DRONES))
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    give(standing, Withdraw(zones=HERE, cause=WHY))
    mine = page.locator("#mine")
    expect(mine).to_have_attribute("data-state", "withdrawn")
    expect(mine).to_contain_text("False alarm in your zone withdrawn at")
    expect(mine).to_contain_text("No other warning is in force for your area now.")  # the approved correction
    expect(mine).to_contain_text(f"Reason: {WHY}.")
    expect(mine).to_contain_text("Tell those who were in shelter with you.")
    expect(page.locator("#said")).to_contain_text("false alarm withdrawn. The alert was an error.")
    expect(page.locator("#said")).not_to_contain_text("over")
    expect(page.locator("#panel .taken-back")).to_contain_text(WHY)
    change = page.locator("#panel .changes li").first
    expect(change).to_contain_text("False alarm withdrawn · No alert")
    expect(change.locator("use")).to_have_attribute("href", "/static/icons/marks.svg#withdrawn")
    expect(page.locator("#withdrawn")).to_be_hidden()  # it is told in my zone's banner
    page.reload()
    expect(mine).to_contain_text(f"was an error: Air raid: drones. Reason: {WHY}.")  # without the message of it
    mine.get_by_role("button", name="Understood").click()
    expect(mine).to_have_attribute("data-state", "clear")
    expect(page.locator("#panel .taken-back")).to_have_count(0)
    page.reload()
    expect(mine).to_have_attribute("data-state", "clear")
    expect(page.locator("#panel .changes")).to_contain_text("False alarm withdrawn")


def test_everyone_else_is_told_above_the_page_and_a_release_is_no_false_alarm(visit: Open, standing: Running) -> None:
    page = visit(standing.url, webgl=False, mine=KYIV)
    for zones in (HERE, THERE):
        give(standing, Raise(zones=zones))
    give(standing, Release(zones=THERE))
    give(standing, Withdraw(zones=HERE, cause=WHY))
    notice = page.locator("#withdrawn")
    expect(notice).to_contain_text("Lvivska Oblast")
    expect(notice).to_contain_text(WHY)
    expect(notice).not_to_contain_text("Kyiv")
    expect(page.locator("#mine")).to_have_attribute("data-state", "clear")
    notice.get_by_role("button", name="Understood").click()
    expect(notice).to_be_hidden()


def test_a_false_alarm_hides_no_other_alarm(visit: Open, standing: Running) -> None:
    give(standing, Raise(zones=HERE, threat=Threat.DRONES))
    give(standing, Raise(zones=HERE, threat=Threat.BALLISTIC_MISSILES), "radar")
    give(standing, Withdraw(zones=HERE), "radar")
    page = visit(standing.url, webgl=False, mine=LVIV)
    mine = page.locator("#mine")
    expect(mine).to_have_attribute("data-state", "red")
    expect(mine).to_contain_text(
        "was an error: Air raid: ballistic missiles. Another alert still holds: Lvivska Oblast."
    )
    give(standing, Raise(zones=HERE, threat=Threat.CRUISE_MISSILES), "radar")
    expect(mine).to_contain_text("cruise missiles")
    expect(mine).not_to_contain_text("error")  # what came since is what matters
    page.goto(f"{standing.url}/list?lang=en")
    expect(page.locator(".taken-back")).to_have_count(0)


def test_without_javascript_too_a_false_alarm_is_told_as_one(visit: Open, standing: Running) -> None:
    give(standing, Raise(zones=HERE))
    give(standing, Withdraw(zones=HERE, cause=WHY))
    page = visit(f"{standing.url}/list?lang=en", java_script_enabled=False)
    expect(page.locator(".taken-back")).to_contain_text("Lvivska Oblast")
    page.goto(f"{standing.url}/list/{LVIV_HROMADA}?lang=uk")
    expect(page.locator(".taken-back")).to_contain_text(f"Причина: {WHY}.")
    expect(page.locator("main")).to_contain_text("Хибну тривогу відкликано: Червона тривога → Без тривоги")
    page.goto(f"{standing.url}/list/{KYIV}?lang=uk")
    expect(page.locator(".taken-back")).to_have_count(0)
