"""The page of threats: signed in, by keyboard, counting down, on a phone, and without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import DESKTOP, PHONE, Open, give
from tests.pages.test_accessible import CONTRAST, FOUND
from tests.web.people import ALICE
from tests.web.running import Running
from tocsin.commands import Raise
from tocsin.model import ZoneId


@pytest.fixture
def threatened(standing: Running) -> Running:
    """A drone over Sumy, seen by an officer a minute ago."""
    seen = (standing.tocsin.service.now() - timedelta(minutes=1)).isoformat()
    spot = {"lon": 34.8, "lat": 50.9, "radius_m": 2000}
    item = {"type": "sighting", "kinds": ["drones"], "places": [spot], "course_deg": 225, "said_at": seen}
    body = {"key": "one", "reports": [item]}
    assert standing.ask("/api/v1/reports", "POST", body=body, token=ALICE.token).status == 200
    standing.until(lambda: bool(standing.tocsin.watching.view().proposals))
    return standing


def test_an_officer_raises_one_zone_by_keyboard(threatened: Running, visit: Open) -> None:
    page = visit(f"{threatened.url}/threats")
    page.get_by_text("For officers").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Token").fill(ALICE.token)
    page.keyboard.press("Enter")
    proposal = page.locator("form.proposal.s-red")
    expect(proposal.get_by_role("heading")).to_contain_text("Drones: alert, red")
    boxes = proposal.get_by_role("checkbox")
    zone = boxes.first.get_attribute("value")
    for box in boxes.all()[1:]:
        box.focus()
        page.keyboard.press("Space")
    assert page.locator(".risks .area").count() == 1
    proposal.get_by_role("button", name="Raise").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Raised.")
    assert [hold.zone for hold in threatened.tocsin.state.holds.values()] == [zone]
    found = page.evaluate(FOUND)
    assert (found["nameless"], found["duplicates"], found["headings"], found["overflows"]) == ([], [], 1, False)


def test_it_counts_down_and_takes_the_page_anew(threatened: Running, visit: Open) -> None:
    page = visit(f"{threatened.url}/threats")
    expect(page.locator("time.left[data-step]").first).to_be_visible()
    before = page.locator("#threats").get_attribute("data-now")
    page.wait_for_function("before => document.querySelector('#threats').dataset.now !== before", arg=before)
    assert page.locator(".gone").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_everybody_reads_it_without_javascript(
    threatened: Running, visit: Open, size: dict[str, int], scheme: str
) -> None:
    page = visit(f"{threatened.url}/threats?lang=uk", java_script_enabled=False, viewport=size, color_scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Загрози")
    expect(page.locator("svg.risks")).to_be_visible()
    assert page.locator("table.at-risk tbody tr").count() > 3
    looked = visit(f"{threatened.url}/threats?lang=uk", viewport=size, color_scheme=scheme)
    found = looked.evaluate(FOUND)
    assert (found["nameless"], found["duplicates"], found["overflows"]) == ([], [], False)
    assert looked.evaluate(CONTRAST) == []


@pytest.mark.parametrize(
    ("lang", "link", "title"), [("en", "Threats: which", "Threats"), ("uk", "Загрози: до", "Загрози")]
)
def test_the_page_is_found_from_the_map_and_from_the_list(
    threatened: Running, visit: Open, lang: str, link: str, title: str
) -> None:
    page = visit(f"{threatened.url}/?lang={lang}", webgl=False, locale=f"{lang}-UA")
    page.get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    listed = visit(f"{threatened.url}/list?lang={lang}")
    listed.get_by_role("link", name=title, exact=True).click()
    expect(listed.get_by_role("heading", level=1)).to_have_text(title)


def test_my_zone_says_when_a_threat_can_be_here_first(threatened: Running, visit: Open) -> None:
    soonest = threatened.get("/api/v1/threats")["zones"]
    page = visit(threatened.url, mine=soonest[0]["zone"], webgl=False)
    expect(page.locator(".mine-arrival")).to_contain_text("drones")
    page.locator(".mine-arrival a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Threats")
    elsewhere = visit(threatened.url, mine="UA46020010000073886", webgl=False)
    expect(elsewhere.locator(".mine-state")).to_be_visible()
    assert elsewhere.locator(".mine-arrival").count() == 0


@pytest.mark.parametrize(("lang", "said"), [("en-GB", "Not likely, but possible"), ("uk-UA", "Малоймовірно, але")])
def test_what_is_unlikely_is_said_to_be_and_stands_behind_what_is_not(
    threatened: Running, visit: Open, lang: str, said: str
) -> None:
    told = threatened.get("/api/v1/threats")["zones"]
    unlikely = next(one["zone"] for one in told if one["band"] == "unlikely")
    page = visit(threatened.url, mine=unlikely, webgl=False, locale=lang)
    expect(page.locator(".mine-arrival")).to_contain_text(said)
    give(threatened, Raise(zones=(ZoneId(unlikely),)))
    expect(page.locator("#mine")).to_have_attribute("data-state", "red")
    expect(page.locator(".mine-arrival")).not_to_contain_text(said)
    expect(page.locator(".mine-arrival")).to_be_visible()
    page.locator(".mine-arrival a").click()
    expect(page.locator("details.less-drones summary")).to_contain_text(
        str(sum(one["band"] == "unlikely" for one in told))
    )
    assert page.locator("table.at-risk").first.locator(".band.unlikely").count() == 0
    assert page.locator(".risks .risk.unlikely").count() == page.locator("details.less-drones tbody tr").count()
    page.locator("details.less-drones summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.less-drones .band.unlikely").first).to_be_visible()
    assert page.evaluate(CONTRAST) == []


def signed_in(page: Page, url: str) -> None:
    page.goto(f"{url}/threats?lang=en")
    page.locator("details.officers summary").click()
    page.get_by_label("Token").fill(ALICE.token)
    page.locator("details.officers button").click()
    expect(page.locator(".risks .area")).to_have_count(1)


def test_an_officer_sees_threats_on_the_first_page_and_others_ask_for_none(threatened: Running, visit: Open) -> None:
    page = visit(threatened.url, webgl=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.reload()
    page.locator("html[data-fresh=fresh]").wait_for()
    assert page.locator("#air").is_hidden()
    assert not any("/threats/air" in url for url in asked)
    signed_in(page, threatened.url)
    page.goto(threatened.url)
    expect(page.locator("#map .air .area")).to_have_count(1)
    expect(page.locator("#map .air .cone")).to_have_count(1)
    expect(page.locator("#air")).to_have_text("1 threat in the air")
    found = page.evaluate(FOUND)
    assert (found["nameless"], found["duplicates"], found["overflows"]) == ([], [], False)
    page.locator("#air a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Threats")
    page.locator("header button").click()
    expect(page.locator("details.officers")).to_be_visible()
    page.goto(threatened.url)
    page.locator("html[data-fresh=fresh]").wait_for()
    assert page.locator("#map .air").count() == 0


def test_an_officer_sees_threats_on_the_drawn_map_too(threatened: Running, visit: Open) -> None:
    page = visit(f"{threatened.url}/threats?lang=en")
    signed_in(page, threatened.url)
    page.goto(threatened.url)
    page.locator("html[data-map=idle]").wait_for()
    expect(page.locator("#air")).to_have_text("1 threat in the air")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_an_alert_the_arrival_can_be_read(threatened: Running, visit: Open, scheme: str) -> None:
    zone = threatened.get("/api/v1/threats")["zones"][0]["zone"]
    give(threatened, Raise(zones=(ZoneId(zone),)))
    page = visit(threatened.url, mine=zone, webgl=False, color_scheme=scheme)
    expect(page.locator("#mine .mine-arrival a")).to_be_visible()
    expect(page.locator("#mine .mine-state")).to_contain_text("alert")
    assert page.evaluate(CONTRAST) == []
