"""The pages of the record in a browser: by keyboard, on a phone, in both languages, as of then, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import DESKTOP, PHONE, Open
from tests.record.papers import tally
from tests.record.telling import give, tell
from tests.web.people import ALICE
from tests.web.running import Running, StandingClock, running
from tocsin.access import LOCAL
from tocsin.atlas import Atlas
from tocsin.cli import night
from tocsin.commands import WithdrawClaim
from tocsin.intake import sirens
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore

MORNING = datetime(2024, 11, 13, 10, tzinfo=UTC)
SECRET = "41 drones that nobody has accepted"
WHY = "whoever said it counts again"


@pytest.fixture(scope="module")
def recorded(ukraine: Atlas) -> Iterator[Running]:
    """The night of the demo with its alerts; a claim taken back three hours later; and a draft that waits."""
    clock = StandingClock(MORNING)
    clock.rate = 0.0
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        service = server.tocsin.service
        with_alerts = files("tocsin.data").joinpath("sirens", night.HISTORY)
        # Of that night, and of the one that a definition leads to by the alert of the city.
        begun, before = MORNING - timedelta(hours=22), MORNING - timedelta(days=71)
        timed = sirens.commands(sirens.read(with_alerts))  # type: ignore[arg-type]  # it lies on the disk
        alerts = [
            command for at, command in timed if begun <= at <= MORNING or before <= at <= before + timedelta(days=2)
        ]
        service.submit(alerts, LOCAL)
        reports = [command for _, command in night._reports(ukraine, server.tocsin.shelf)]  # type: ignore[arg-type]  # a pile
        service.submit(reports, LOCAL, together=True)
        tell(server.tocsin, tally(41, weapon="shahed", quote=SECRET), published="2024-11-13", accepted=False)
        clock.at = MORNING + timedelta(hours=3)
        record = server.tocsin.archive.published
        [wounded] = [claim for claim in record.current() if getattr(claim.fact, "outcome", "") == "injured"]
        give(server.tocsin, WithdrawClaim(claim=wounded.id), reason=WHY)
        clock.at = MORNING + timedelta(hours=4)
        yield server


def path(server: Running) -> str:
    """Of the attack of that night."""
    [attack] = [one for one in server.tocsin.archive.published.open_attacks() if one.bounds.night == "2024-11-13"]
    return f"/attacks/{attack.id}"


def fits(page: Page) -> None:
    """Nothing is wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels stick out"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(("scheme", "paper"), [("dark", "rgb(14, 20, 27)"), ("light", "rgb(245, 243, 238)")])
def test_list_and_attack_fit_every_window_in_both_themes(
    visit: Open, recorded: Running, size: dict[str, int], scheme: str, paper: str
) -> None:
    for asked in ("/attacks?lang=uk", f"{path(recorded)}?lang=en", f"{path(recorded)}?lang=uk"):
        page = visit(recorded.url + asked, viewport=size, color_scheme=scheme)
        fits(page)
        expect(page.locator("html")).to_have_css("background-color", paper)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.locator("main")).to_be_visible()


def test_a_few_months_are_seen_whole_on_a_phone_in_letters_that_can_be_read(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}/attacks?lang=uk", viewport=PHONE)
    chart = page.locator("svg.months-chart")
    drawn = [shape.bounding_box() for shape in chart.locator("rect, text").all()]
    letters = [text.bounding_box() for text in chart.locator("text").all()]
    assert len(drawn) > len(letters) > 0
    assert all(box and 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"] for box in drawn)
    assert all(box and box["height"] >= 8 for box in letters)


def test_a_table_on_a_phone_keeps_its_columns_and_speaks_the_readers_language(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}/attacks/statistics/trend_by_month?lang=uk", viewport=PHONE)
    fits(page)
    head, first = page.locator("table.statistic thead th").all(), page.locator("table.statistic tbody tr").first
    for name, cell in zip(head, first.locator("td").all(), strict=True):
        above, below = name.bounding_box(), cell.bounding_box()
        assert above
        assert below
        assert above["x"] == below["x"], "each cell stands under the name of its column"
    assert page.locator("div.wide").evaluate("region => region.scrollWidth > region.clientWidth")
    expect(page.locator("table.statistic")).to_contain_text("Відтоді Повітряні сили називають локаційно втрачені")


def test_by_keyboard_alone_one_skips_to_the_nights_and_opens_one(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}/attacks?lang=en")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#main$"))
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('table.nights') !== null"):
            break
    focused = page.locator("table.nights a:focus")
    expect(focused).to_have_text("13 November 2024")
    assert focused.evaluate("link => getComputedStyle(link).outlineStyle") != "none", "one sees where one is"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("13 November 2024")


def test_every_sentence_of_the_bulletin_leads_to_its_claims(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}{path(recorded)}?lang=en")
    sentences = page.locator(".bulletin li")
    assert sentences.count() > 8
    for at in range(sentences.count()):
        leads = sentences.nth(at).locator(".refs a")
        assert leads.count() >= 1, sentences.nth(at).inner_text()
        assert page.locator(str(leads.first.get_attribute("href"))).count() == 1
    said = sentences.filter(has_text="Sources differ")
    expect(said).to_contain_text("47 (Air Force of Ukraine (Xinhua)); 46 (Air Force of Ukraine)")
    said.locator(".refs a").first.click()
    expect(page.locator(".claim:target q")).to_contain_text("47")


def test_claimed_and_computed_stand_side_by_side_with_each_definition(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}{path(recorded)}?lang=uk")
    section = page.locator("section[aria-labelledby=claimed]")
    expect(section).to_contain_text("more than 70 days")
    expect(section).to_contain_text("73")
    days = section.locator(".variants tbody tr td:nth-child(2) b").all_inner_texts()
    assert [int(said.split()[0]) for said in days] == [1, 5, 37, 72, 70, 70, 72, 73]
    assert not re.search("any missile|with both nights", section.inner_text()), "in the reader's language"


def test_each_definition_takes_a_phones_width_with_its_days_and_the_night_below(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}{path(recorded)}?lang=uk", viewport=PHONE)
    row = page.locator(".variants tbody tr").first
    name, (days, last) = row.locator("th").bounding_box(), [cell.bounding_box() for cell in row.locator("td").all()]
    assert name
    assert days
    assert last
    assert name["width"] > 0.9 * (PHONE["width"] - 40)
    assert name["x"] == days["x"] == last["x"]
    assert name["y"] < days["y"] < last["y"]


def test_what_was_taken_back_stays_struck_through_with_when_and_why(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}{path(recorded)}?lang=en", viewport=PHONE)
    gone = page.locator(".claim.fate-withdrawn")
    expect(gone).to_have_count(1)
    expect(gone.locator("s")).to_contain_text("one man was wounded")
    expect(gone).to_contain_text(WHY)
    expect(gone).to_contain_text("15:00, 13.11.2024")
    expect(page.locator(".bulletin")).not_to_contain_text("Injured")
    expect(page.locator(".chips .mended")).to_have_text("1 correction")


def test_the_page_can_be_seen_as_it_was_before_it(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}{path(recorded)}?lang=en")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".past")).to_contain_text("12:00, 13.11.2024")
    expect(page.locator(".bulletin")).to_contain_text("Injured")
    expect(page.locator(".claim.fate-withdrawn")).to_have_count(0)
    page.locator(".past a").click()
    expect(page.locator(".claim.fate-withdrawn")).to_have_count(1)
    page.goto(f"{recorded.url}/attacks?lang=en&as_of=2024-11-13T09:59:59Z")
    expect(page.locator("main")).to_contain_text("no attack in the record")


def test_nothing_that_nobody_accepted_is_on_any_page(visit: Open, recorded: Running) -> None:
    page = visit(f"{recorded.url}/attacks?lang=en")
    for asked in ("/attacks?lang=uk", f"{path(recorded)}?lang=en", "/attacks.atom", f"{path(recorded)}.csv"):
        assert SECRET not in page.request.get(recorded.url + asked).text(), asked
    review = visit(f"{recorded.url}/record/review?lang=en")
    expect(review.locator("main")).not_to_contain_text("drones")


def test_a_draft_is_accepted_by_keyboard_and_then_everybody_may_read_it(visit: Open, ukraine: Atlas) -> None:
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        tell(server.tocsin, tally(41, weapon="shahed", quote="41 shaheds were shot down"), accepted=False)
        page = visit(f"{server.url}/record/review?lang=en", viewport=PHONE)
        fits(page)
        page.locator("input[name=token]").fill(ALICE.token)
        page.keyboard.press("Enter")
        page.locator("main a[href*='/record/review/']").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("mark").first).to_contain_text("41 shaheds")
        fits(page)
        page.get_by_role("checkbox").first.focus()
        page.keyboard.press("Space")
        page.locator("button[value=accept]").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("41 shaheds")
        assert len(server.tocsin.archive.published.claims) == 1
        page.goto(f"{server.url}/attacks?lang=en")
        expect(page.locator("table.nights tbody tr")).to_have_count(1)
