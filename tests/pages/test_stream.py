"""What a page makes of its connection: when it says that it is cut off, and how it comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Open, give
from tests.web.running import KYIV, Running
from tests.world import NOON
from tocsin.commands import Raise
from tocsin.model import ZoneId


def cut_off(server: Running, since: datetime | None) -> None:
    """As an edge says it that lost the node it follows. Pages tell the time of Kyiv, two hours ahead."""
    server.loop.call_soon_threadsafe(server.tocsin.hub.cut_off, since)


def test_a_server_that_is_cut_off_itself_is_told_in_every_view_and_so_is_its_end(
    visit: Open, standing: Running
) -> None:
    page = visit(f"{standing.url}/?zone={KYIV}", webgl=False, mine=KYIV)
    html, notice, mine = page.locator("html"), page.locator("#stale-notice"), page.locator("#mine")
    expect(mine).to_have_attribute("data-state", "clear")
    cut_off(standing, NOON)
    expect(html).to_have_attribute("data-fresh", "stale")
    expect(notice).to_have_text(
        "Cut off from the server since 14:00. What you see is the last known state, not the present."
    )
    expect(mine).to_have_attribute("data-state", "stale")
    expect(mine).to_contain_text("As of 14:00")
    expect(page.locator("#connection")).to_have_text("Not up to date")
    give(standing, Raise(zones=(ZoneId(KYIV),)))
    expect(page.locator("#panel .state")).to_have_attribute("data-status", "red")  # what is known is still told
    expect(html).to_have_attribute("data-fresh", "stale")
    page.locator("#lang").click()
    expect(notice).to_have_text("Зв’язку із сервером немає з 14:00. Ви бачите останній відомий стан, а не поточний.")
    page.reload()  # the snapshot and the heartbeat say so too
    expect(html).to_have_attribute("data-fresh", "stale")
    expect(notice).to_contain_text("14:00")
    cut_off(standing, None)
    expect(html).to_have_attribute("data-fresh", "fresh")
    expect(notice).to_be_hidden()
    expect(mine).to_have_attribute("data-state", "red")


WIRE = """async (steps) => {
  const made = [], heard = [], waits = [];
  window.EventSource = class extends EventTarget {
    static CLOSED = 2;
    readyState = 1;
    constructor() { super(); made.push(this); }
    close() { this.readyState = 2; }
  };
  const later = window.setTimeout;
  window.setTimeout = (go, ms) => { waits.push(ms); later(go, 0); };
  window.setInterval = () => 0;
  Math.random = () => 0.5;
  const {listen} = await import('/static/stream.js?again=' + performance.now());
  const names = ['snapshot', 'entry', 'message', 'heartbeat', 'clock', 'cutOff', 'freshness'];
  const on = Object.fromEntries(names.map((name) => [name, (body) => heard.push([name, body])]));
  const wire = listen('/api/v1/stream', on);
  for (const [name, body] of steps) {
    const source = made.at(-1);
    if (name === 'restart') wire.restart();
    else if (name === 'refused') { source.readyState = 2; source.dispatchEvent(new Event('error')); }
    else source.dispatchEvent(Object.assign(new Event(name), {data: JSON.stringify(body ?? {})}));
    await new Promise((done) => later(done, 5));
  }
  return {heard, waits, opened: made.length};
}"""


def wire(page: Page, *steps: tuple[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = page.evaluate(WIRE, list(steps))
    return told


@pytest.fixture
def page(visit: Open, quiet: Running) -> Page:
    return visit(f"{quiet.url}/list")


SNAPSHOT = ("snapshot", {"seq": 5, "log": "one"})


def heartbeat(log: str = "one", since: str | None = None) -> tuple[str, Any]:
    return ("heartbeat", {"seq": 6, "log": log, "cut_off_since": since})


def test_what_was_missed_is_told_once_the_log_has_shown_to_be_the_same(page: Page) -> None:
    told = wire(
        page,
        ("open", None), SNAPSHOT, heartbeat(), ("entry", {"seq": 6}),
        ("error", None), ("open", None), ("message", {"seq": 7}), ("entry", {"seq": 7}), ("clock", {"rate": 1}),
        heartbeat(), ("entry", {"seq": 8}),
    )  # fmt: skip
    names = [(name, body.get("seq")) for name, body in told["heard"] if name != "freshness"]
    assert names == [
        ("snapshot", 5), ("heartbeat", 6), ("entry", 6),
        ("clock", None), ("message", 7), ("entry", 7), ("heartbeat", 6), ("entry", 8),
    ]  # fmt: skip


def test_entries_of_another_log_are_never_told_as_if_they_were_of_this_one(page: Page) -> None:
    told = wire(page, ("open", None), SNAPSHOT, ("open", None), ("entry", {"seq": 6}), heartbeat("two"))
    assert [name for name, _ in told["heard"] if name != "freshness"] == ["snapshot", "heartbeat"]


def test_a_server_says_that_it_is_cut_off_by_snapshot_by_heartbeat_and_at_once(page: Page) -> None:
    told = wire(
        page,
        ("snapshot", {"seq": 5, "log": "one", "cut_off_since": "a"}), heartbeat(), heartbeat(since="b"),
        ("entry", {"seq": 6}), ("stale", {"cut_off_since": None}), ("stale", {"cut_off_since": "c"}),
    )  # fmt: skip
    assert [one for one in told["heard"] if one[0] in ("cutOff", "freshness")] == [
        ["cutOff", "a"], ["freshness", False], ["cutOff", None], ["freshness", True],
        ["cutOff", "b"], ["freshness", False], ["cutOff", None], ["freshness", True],
        ["cutOff", "c"], ["freshness", False],
    ]  # fmt: skip


def test_pages_that_lost_the_same_server_come_back_spread_out_and_ever_more_seldom(page: Page) -> None:
    refused = ("refused", None)
    told = wire(
        page, SNAPSHOT, ("goodbye", {}), SNAPSHOT, *[refused] * 6, SNAPSHOT, refused, SNAPSHOT, ("restart", None)
    )
    assert told["waits"] == [500, *(750 * seconds for seconds in (2, 4, 8, 16, 20, 20)), 1_500, 500]
    assert told["opened"] == 1 + len(told["waits"])
