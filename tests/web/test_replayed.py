"""Where a past night is lived again every page says so: nothing on it is so now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.record import papers
from tests.record.logs import put
from tests.web.running import KYIV, NOON, Running, running
from tocsin.atlas import Atlas
from tocsin.clock import ReplayClock
from tocsin.intake.replay import Replay, Stretch
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore

NIGHT = "Another night"
PAGES = ("/list", f"/list/{KYIV}", "/attacks", "/attacks/1", "/attacks/statistics/downed_share", "/threats")


@pytest.fixture(scope="module")
def replaying(ukraine: Atlas) -> Iterator[Running]:
    stretch = Stretch(since=NOON, until=NOON + timedelta(hours=1), title={"en": NIGHT})
    clock, store = ReplayClock(stretch.since, stretch.until, rate=0), MemoryStore(Realm.LIVE)
    put(store, [papers.opened(night="2026-02-28"), papers.listed(2)])
    with running(store, ukraine, clock, replay=Replay(stretch, [], clock)) as server:
        yield server


@pytest.fixture(scope="module")
def present(ukraine: Atlas) -> Iterator[Running]:
    store = MemoryStore(Realm.LIVE)
    put(store, [papers.opened(night="2026-02-28"), papers.listed(2)])
    with running(store, ukraine) as server:
        yield server


def page(server: Running, path: str) -> str:
    answer = server.ask(f"{path}?lang=en")
    assert answer.status == 200, answer.body
    return answer.body.decode()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_a_replay_says_that_it_is_one(replaying: Running, path: str) -> None:
    assert f'<p class="replayed">Replay: {NIGHT}. Not a live warning.</p>' in page(replaying, path)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_the_present_does(present: Running, path: str) -> None:
    assert "replayed" not in page(present, path)
