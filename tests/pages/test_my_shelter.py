"""My shelter on the page: the answer, what changes it, what is refused, and that nobody is told where somebody is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.pages.conftest import DESKTOP, PHONE, Open, give
from tests.pages.overheard import overhearing
from tests.pages.sheltering import SHELTERS, ask_for_shelter, at, close, give_town, names
from tests.pages.test_accessible import CONTRAST, FOUND
from tests.shelters.towns import NOON, register, shelter, town
from tests.web.running import KYIV, Running
from tocsin.commands import OpenShelters, Raise
from tocsin.model import Realm, ZoneId
from tocsin.shelters.bundle import bundle_bytes
from tocsin.store.heads import Signer

BUNDLE = "**/api/v1/shelters/town/bundle"


def test_the_nearest_shelter_is_told_with_minutes_places_and_the_way_and_stands_in_the_banner(
    visit: Open, sheltered: Running
) -> None:
    page = visit(sheltered.url, mine=KYIV, webgl=False, **at(20, 0))
    ask_for_shelter(page)
    first = page.locator("#shelter .shelter").first
    expect(first).to_contain_text("School basement")
    expect(first).to_contain_text("60 places · step-free")
    expect(first.locator(".shelter-time b")).to_have_text("2 min")
    expect(first.locator(".way li")).to_have_text(["Walk 110 m"])
    assert names(page) == ["town:1", "town:2", "town:4"]
    expect(page.locator("#shelter .shelter").nth(1)).to_contain_text("nobody says how many places")
    expect(page.locator("#mine .mine-shelter")).to_contain_text("2 min School basement")
    expect(page.locator("#said")).to_have_text("School basement, 2 minutes on foot, 60 places, step-free. walk 110 m.")
    expect(page.locator("#streets canvas")).to_be_visible()
    expect(page.locator("#streets .attribution")).to_have_text("Streets: nobody · Shelters: the town")
    expect(page.locator("#shelter .shelter-notice")).to_have_count(0)


def test_a_shelter_that_closes_while_the_page_is_open_sends_to_the_next_and_says_so(
    visit: Open, sheltered: Running
) -> None:
    page = visit(sheltered.url, mine=KYIV, webgl=False, **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("School basement")
    close(sheltered, 1)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("12 min Library")
    expect(page.locator("#shouted")).to_contain_text("School basement is closed: flooded. Library, 12 minutes on foot")
    expect(page.locator("#shelter")).to_contain_text("School basement is closed: flooded.")
    assert names(page) == ["town:2", "town:4", "town:3"]
    give(sheltered, OpenShelters(shelters=(SHELTERS[0].id,), cause="pumped out"), "town")
    expect(page.locator("#mine .mine-shelter")).to_contain_text("2 min School basement")


def test_an_import_brings_the_bundle_anew(visit: Open, sheltered: Running) -> None:
    page = visit(sheltered.url, webgl=False, script="Math.random = () => 0;", **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("School basement")
    give_town(sheltered, (shelter(9, 30, name="New one"), *SHELTERS))
    expect(page.locator("#mine .mine-shelter")).to_contain_text("1 min New one")


def altered(route: Route) -> None:
    answer = route.fetch()
    body = bytearray(answer.body())
    body[-30] ^= 1
    route.fulfill(response=answer, body=bytes(body))


def instead(content: bytes) -> Any:
    return lambda route: route.fulfill(body=content)


@pytest.mark.parametrize("why", ["signature", "another_key", "another_realm", "cut", "page"])
def test_a_bundle_that_is_not_to_be_believed_is_named_and_not_used(visit: Open, sheltered: Running, why: str) -> None:
    page = visit(sheltered.url, webgl=False, **at(20, 0))
    whole = sheltered.ask("/api/v1/shelters/town/bundle").body
    standing = town().at(register(SHELTERS))
    log = sheltered.tocsin.store.identity
    answers = {
        "signature": altered,
        "another_key": instead(bundle_bytes(standing, Signer(Realm.LIVE, b"\2" * 32), log, [], NOON)),
        "another_realm": instead(bundle_bytes(standing, Signer(Realm.DRILL, b"\1" * 32), log, [], NOON)),
        "cut": instead(whole[:2_000]),
        "page": instead(b"<!doctype html><title>Sign in to the hotel's network</title>" + b" " * 200),
    }
    page.route(BUNDLE, answers[why])
    page.locator("#mine [data-key=shelter]").click()
    said = {
        "signature": "signature under the data of streets and shelters does not hold",
        "another_key": "signed by another key than this server's",
        "another_realm": "of another realm",
        "cut": "cut short or damaged",
        "page": "What came instead of streets and shelters is something else",
    }
    expect(page.locator("#shelter .shelter-notice")).to_contain_text(said[why])
    assert names(page) == []
    page.unroute(BUNDLE)
    page.locator("#shelter [data-key=again]").click()
    expect(page.locator("#shelter .shelter-notice")).to_have_count(0)


def test_a_bundle_older_than_one_that_was_there_is_refused_and_the_newer_goes_on_to_answer(
    visit: Open, sheltered: Running
) -> None:
    old = sheltered.ask("/api/v1/shelters/town/bundle").body
    give_town(sheltered, (shelter(9, 30, name="New one"), *SHELTERS))
    page = visit(sheltered.url, webgl=False, script="Math.random = () => 0;", **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("New one")
    page.route(BUNDLE, instead(old))
    give_town(sheltered, (shelter(8, 25, name="Newest"), *SHELTERS))
    expect(page.locator("#shelter .shelter-notice").first).to_contain_text("older than what was known before")
    expect(page.locator("#mine .mine-shelter")).to_contain_text("New one")
    page.evaluate("caches.delete('tocsin-shelters')")
    page.reload()
    page.locator("#mine [data-key=shelter]").click()
    expect(page.locator("#shelter .shelter-notice").first).to_contain_text("older than what was known before")
    assert names(page) == []


def test_another_key_than_the_one_first_seen_is_told_and_used_only_when_a_person_says_so(
    visit: Open, sheltered: Running
) -> None:
    known = '{"key": "' + "ab" * 32 + '", "log": "x", "seen": {}}'
    page = visit(
        sheltered.url, webgl=False, script=f"localStorage.setItem('tocsin.shelters.live', '{known}');", **at(20, 0)
    )
    page.locator("#mine [data-key=shelter]").click()
    expect(page.locator("#shelter .shelter-notice")).to_contain_text("signs with another key than the one")
    assert names(page) == []
    page.locator("#shelter [data-key=trust]").click()
    page.locator("#shelter [data-key=locate]").click()
    expect(page.locator("#shelter .shelter").first).to_contain_text("School basement")


def test_a_browser_that_cannot_check_signatures_says_so(visit: Open, sheltered: Running) -> None:
    script = "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'));"
    page = visit(sheltered.url, webgl=False, script=script, **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#shelter .shelter").first).to_contain_text("School basement")
    expect(page.locator("#shelter .shelter-notice")).to_contain_text("This browser cannot check the signature")


def test_too_far_tells_what_to_do_instead_in_the_servers_words_and_time_left_stands_in_the_banner(
    visit: Open, sheltered: Running
) -> None:
    page = visit(sheltered.url, mine=KYIV, webgl=False, **at(20, 0))
    ask_for_shelter(page)
    tell = """async ([zone, seconds]) => {
      const {tellArrival} = await import('/static/shelters/timeleft.js');
      tellArrival(zone, Date.now() + seconds * 1000);
    }"""
    page.evaluate(tell, [KYIV, 300])
    give(sheltered, Raise(zones=(ZoneId(KYIV),)))
    expect(page.locator("#mine .mine-shelter")).to_contain_text("2 min School basement · 4 min left")
    expect(page.locator("#shelter .too-far")).to_have_count(0)
    expect(page.locator("#shelter .late")).to_have_count(2)
    page.evaluate(tell, [KYIV, 50])
    expect(page.locator("#shelter .too-far")).to_contain_text("No shelter can be reached in time")
    expect(page.locator("#mine .mine-shelter")).to_contain_text("too far")
    expect(page.locator("#mine .advice summary")).to_contain_text("Inside: go to a room without windows")
    assert len(names(page)) == 3, "where they are is told all the same"
    page.evaluate(tell, [KYIV, 600])
    page.locator("#shelter [data-key=minutes]").fill("1")
    page.locator("#shelter [data-key=minutes]").blur()
    expect(page.locator("#shelter .too-far")).to_be_visible()


def test_a_wheelchair_goes_without_steps_and_who_walks_is_remembered(visit: Open, sheltered: Running) -> None:
    page = visit(sheltered.url, webgl=False, **at(1_000, 0))
    ask_for_shelter(page)
    expect(page.locator("#shelter .shelter")).to_have_count(3)
    page.locator("#shelter .shelter-row").nth(1).click()
    expect(page.locator("#shelter .shown")).to_have_attribute("data-shelter", "town:4")
    expect(page.locator("#shelter .way li")).to_have_text(["Walk, steps, 50 m", "Go straight on 640 m"])
    page.locator("#shelter [data-key=who-wheelchair]").check()
    expect(page.locator("#shelter .shelter").nth(1)).not_to_contain_text("Above the steps")
    assert "town:4" not in names(page)
    expect(page.locator("#shelter .shelter").first).to_contain_text("nobody says whether there are steps")
    page.reload()
    page.locator("#mine [data-key=shelter]").click()
    expect(page.locator("#shelter [data-key=who-wheelchair]")).to_be_checked()


def test_a_place_is_forgotten_unless_it_is_to_be_remembered(visit: Open, sheltered: Running) -> None:
    page = visit(sheltered.url, webgl=False, **at(20, 0))
    ask_for_shelter(page)
    expect(page.locator("#mine .mine-shelter")).to_contain_text("School basement")
    page.reload()
    expect(page.locator("#mine .mine-shelter")).to_have_text("Find my shelter")
    ask_for_shelter(page)
    page.locator("#shelter [data-key=keep]").check()
    page.reload()
    expect(page.locator("#mine .mine-shelter")).to_contain_text("2 min School basement")


def test_by_keyboard_alone_a_place_is_chosen_on_the_street_map_and_the_way_is_read(
    visit: Open, sheltered: Running
) -> None:
    page = visit(sheltered.url, webgl=False)
    page.locator("#mine [data-key=shelter]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#shelter")).to_be_focused()
    expect(page.locator("#shelter [data-key=locate]")).to_be_enabled()
    page.locator("#streets canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#said")).to_have_text("Crosshair: no street with a name")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#shelter .shelter")).to_have_count(3)
    expect(page.locator("#said")).to_contain_text("on foot")
    second = page.locator("#shelter [data-key=way-1]")
    second.focus()
    page.keyboard.press("Enter")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#shelter")).to_be_hidden()
    expect(page.locator("#mine [data-key=shelter]")).to_be_focused()


def test_a_tap_on_the_street_map_takes_the_place(visit: Open, sheltered: Running) -> None:
    page = visit(sheltered.url, webgl=False, viewport=PHONE)
    ask_for_shelter(page, where=False)
    box = page.locator("#streets canvas").bounding_box()
    assert box is not None
    page.locator("#streets canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2 + 40})
    expect(page.locator("#shelter .shelter")).to_have_count(3)


def test_my_shelter_and_a_zone_stand_in_the_same_place_one_at_a_time(visit: Open, sheltered: Running) -> None:
    page = visit(f"{sheltered.url}/?zone={KYIV}", mine=KYIV, webgl=False)
    expect(page.locator("#panel")).to_be_visible()
    ask_for_shelter(page, where=False)
    expect(page.locator("#panel")).to_be_hidden()
    page.locator("#mine [data-key=open]").click()
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("#shelter")).to_be_hidden()
    expect(page.locator("#streets")).to_be_hidden()


def test_without_shelters_the_page_shows_and_asks_nothing_of_them(visit: Open, standing: Running) -> None:
    asked: list[str] = []
    page = visit(standing.url, mine=KYIV, webgl=False)
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.locator("html[data-fresh=fresh]").wait_for()
    assert page.locator("[data-key=shelter]").count() == 0
    assert [url for url in asked if "/api/v1/shelters" in url or url.endswith("bundle")] == []


PLACE = (30.01379131, 50.00037193)
DIGITS = re.compile(rb"30[.,]?0137|0137913|50[.,]?00037|000371|000372")


def test_no_request_carries_where_somebody_is(visit: Open, sheltered: Running) -> None:
    with overhearing(sheltered.address) as (url, heard):
        here = {"longitude": PLACE[0], "latitude": PLACE[1]}
        page = visit(
            url, mine=KYIV, webgl=False, service_workers="allow", geolocation=here, permissions=["geolocation"]
        )
        ask_for_shelter(page)
        expect(page.locator("#mine .mine-shelter")).to_contain_text("Library")
        page.locator("#shelter [data-key=keep]").check()
        page.locator("#shelter [data-key=who-child]").check()
        close(sheltered, 2)
        expect(page.locator("#mine .mine-shelter")).not_to_contain_text("Library")
        give(sheltered, Raise(zones=(ZoneId(KYIV),)))
        expect(page.locator("#mine[data-state=red]")).to_be_visible()
        page.reload()
        expect(page.locator("#mine .mine-shelter")).to_contain_text("min")
        page.evaluate("navigator.serviceWorker.ready")
        page.close()
    told = b"".join(heard)
    assert told.count(b" HTTP/1.1") > 60, "what was asked was overheard"
    assert b"/api/v1/shelters/town/bundle" in told
    assert DIGITS.findall(told) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en-GB", "uk-UA"])
def test_my_shelter_can_be_read_and_used_by_everyone(visit: Open, sheltered: Running, theme: str, lang: str) -> None:
    close(sheltered, 4)
    looks = {"viewport": PHONE, "color_scheme": theme, "locale": lang, "reduced_motion": "reduce"}
    page = visit(sheltered.url, mine=KYIV, webgl=False, **looks, **at(20, 0))
    ask_for_shelter(page)
    page.locator("#shelter [data-key=minutes]").fill("1")
    page.locator("#shelter [data-key=minutes]").blur()
    expect(page.locator("#shelter .too-far")).to_be_visible()
    nothing: dict[str, Any] = {"nameless": [], "duplicates": [], "landmarks": [], "headings": 1, "overflows": False}
    for size in (PHONE, {"width": 320, "height": 568}, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is what its TypedDict is
        assert page.evaluate(FOUND) == nothing
        assert page.evaluate(CONTRAST) == []
    for mine in ("red", "stale"):
        page.evaluate("state => { document.querySelector('#mine').dataset.state = state; }", mine)
        assert page.evaluate(CONTRAST) == []
