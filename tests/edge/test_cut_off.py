"""An edge that cannot know whether what it tells still holds says so everywhere and keeps all of it; it is sure again
only when nothing is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.edge.edging import QUICK, Line, RunningEdge, edging
from tests.web.people import BEGUN
from tests.web.running import KHARKIV, KYIV, Running
from tocsin.atlas import Atlas


@pytest.fixture
def edge(wire: Line, mirror: Path, ukraine: Atlas) -> Iterator[RunningEdge]:
    """One that is soon in doubt."""
    with edging(wire.url, mirror, ukraine, times=QUICK) as edge:
        edge.until_fresh()
        yield edge


def cut(wire: Line) -> None:
    wire.cut()


def go_dead(wire: Line) -> None:
    wire.go_dead()


@pytest.mark.parametrize("fail", [cut, go_dead])
def test_an_edge_without_its_upstream_says_so_to_everyone_and_later_that_it_is_over(
    node: Running, wire: Line, edge: RunningEdge, fail: object
) -> None:
    assert node.order("k1").status == 200
    edge.until_at(BEGUN + 1)
    fresh = edge.ask("/api/v1/state")
    assert fresh.headers["Tocsin-Cut-Off"] is None
    with edge.listening() as here:
        assert here.next("snapshot").data["cut_off_since"] is None
        assert here.next("heartbeat").data["cut_off_since"] is None
        assert callable(fail)
        fail(wire)
        since = here.next("stale").data["cut_off_since"]
        assert datetime.fromisoformat(since) <= datetime.fromisoformat(edge.get("/api/v1/clock")["now"])
        assert here.next("heartbeat").data["cut_off_since"] == since
        stale = edge.ask("/api/v1/state", headers={"If-None-Match": fresh.headers["ETag"]})
        assert (stale.status, stale.headers["Tocsin-Cut-Off"]) == (200, since)
        assert stale.json == {**fresh.json, "cut_off_since": since}, "nothing is cleared"
        unchanged = edge.ask("/api/v1/state", headers={"If-None-Match": stale.headers["ETag"]})
        assert (unchanged.status, unchanged.headers["Tocsin-Cut-Off"]) == (304, since)
        with edge.listening() as late:
            assert late.next("snapshot").data["cut_off_since"] == since
        assert node.order("k2", zones=[KHARKIV]).status == 200
        wire.lead_to(node.url)
        wire.revive()
        words = [here.next("entry", "stale") for _ in range(2)]
        assert [word.event for word in words] == ["entry", "stale"], "what was missed comes before it is over"
        assert words[1].data == {"cut_off_since": None}
        assert here.next("heartbeat").data["cut_off_since"] is None
    back = edge.ask("/api/v1/state")
    assert (back.headers["Tocsin-Cut-Off"], back.json["cut_off_since"]) == (None, None)
    assert back.body == node.ask("/api/v1/state").body


def test_a_break_that_is_soon_over_is_told_to_nobody(node: Running, wire: Line, ukraine: Atlas, mirror: Path) -> None:
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        with edge.listening() as here:
            assert here.next("snapshot").id == BEGUN
            wire.cut()
            wire.lead_to(node.url)
            assert node.order("k1").status == 200
            words = [here.next("snapshot", "entry", "stale", "heartbeat")]
            while words[-1].id != BEGUN + 1 or words[-1].event != "heartbeat":
                words.append(here.next("snapshot", "entry", "stale", "heartbeat"))
    assert [word.event for word in words if word.event != "heartbeat"] == ["entry"]
    assert all(word.data["cut_off_since"] is None for word in words if word.event == "heartbeat")


def test_an_edge_of_an_edge_passes_on_since_when_and_that_it_is_over(
    node: Running, wire: Line, edge: RunningEdge, ukraine: Atlas, tmp_path: Path
) -> None:
    with edging(edge.url, tmp_path / "second.db", ukraine, times=QUICK) as second:
        second.until_fresh()
        with edge.listening() as here, second.listening() as there:
            wire.cut()
            told = here.next("stale").data
            assert there.next("stale").data == told
            assert second.get("/api/v1/state")["cut_off_since"] == told["cut_off_since"]
            wire.lead_to(node.url)
            assert there.next("stale").data == here.next("stale").data == {"cut_off_since": None}


def test_an_edge_that_starts_behind_one_that_is_cut_off_says_so_from_its_first_word(
    wire: Line, edge: RunningEdge, ukraine: Atlas, tmp_path: Path
) -> None:
    wire.cut()
    edge.until_cut_off()
    since = edge.get("/api/v1/state")["cut_off_since"]
    with edging(edge.url, tmp_path / "second.db", ukraine, times=QUICK) as second:
        second.until(second.edge.known.is_set)
        assert second.get("/api/v1/state")["cut_off_since"] == since


def test_an_edge_started_while_its_upstream_is_away_tells_its_mirror_and_that_it_is_cut_off(
    node: Running, wire: Line, mirror: Path, ukraine: Atlas
) -> None:
    with edging(wire.url, mirror, ukraine) as edge:
        edge.until_fresh()
        assert node.order("k1").status == 200
        edge.until_at(BEGUN + 1)
        edge.until(lambda: edge.edge.heads is not None and edge.edge.heads.latest.seq == BEGUN + 1)
        known = edge.get("/api/v1/state")
    wire.cut()
    with edging(wire.url, mirror, ukraine) as edge:
        assert edge.edge.known.is_set()
        told = edge.get("/api/v1/state")
        assert told["zones"][KYIV] == "red"
        assert told == {**known, "cut_off_since": told["cut_off_since"]}
        assert told["cut_off_since"] is not None
        assert edge.get("/api/v1/head")["seq"] == BEGUN + 1
        with edge.listening(after=BEGUN) as here:
            assert here.next("message").data["seq"] == here.next("entry").id == BEGUN + 1
            assert here.next("heartbeat").data["cut_off_since"] == told["cut_off_since"]
            assert node.order("k2", zones=[KHARKIV]).status == 200
            wire.lead_to(node.url)
            assert [here.next("entry", "stale").event for _ in range(2)] == ["entry", "stale"]
        edge.until_fresh()


def test_an_edge_that_never_knew_anything_knows_nothing_yet(
    node: Running, wire: Line, mirror: Path, ukraine: Atlas
) -> None:
    wire.cut()
    with edging(wire.url, mirror, ukraine) as edge:
        assert not edge.edge.known.is_set()
        wire.lead_to(node.url)
        edge.until_fresh()
        assert edge.edge.known.is_set()


@pytest.mark.parametrize("path", ["/list", f"/list/{KYIV}"])
@pytest.mark.parametrize(("lang", "said"), [("en", "cut off"), ("uk", "зв’яз")])
def test_the_plain_pages_say_that_they_are_cut_off(
    wire: Line, edge: RunningEdge, path: str, lang: str, said: str
) -> None:
    assert 'class="cut-off"' not in edge.ask(f"{path}?lang={lang}").body.decode()
    wire.cut()
    edge.until_cut_off()
    page = edge.ask(f"{path}?lang={lang}").body.decode()
    _, _, notice = page.partition('class="cut-off"')
    assert said in notice.partition("</p>")[0].lower()
