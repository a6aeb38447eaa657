"""One Tocsin follows another over real HTTP, by the stream and by each dialect that it speaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from tests.client.giving import give
from tests.web.running import KHARKIV, KYIV, LVIV_HROMADA, PATIENCE_S, SUMY, Running, running
from tocsin.app import Tocsin
from tocsin.atlas import Atlas, shipped
from tocsin.clock import SystemClock
from tocsin.commands import Escalate, Raise, Release, Withdraw
from tocsin.intake.following.alerts_in_ua import AlertsInUa
from tocsin.intake.following.feeds import FEEDS
from tocsin.intake.following.listening import listen
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.polling import poll
from tocsin.intake.following.readings import Dialect
from tocsin.intake.following.ukrainealarm import UkraineAlarm
from tocsin.model import Hold, Level, Realm, Stage, Threat, ZoneId
from tocsin.store.memory import MemoryStore

Said = tuple[str, str, str, str, str]


@pytest.fixture(scope="module")
def ukraine() -> Atlas:
    return shipped("ua")


def said(hold: Hold) -> Said:
    return hold.zone, hold.hazard, hold.level, hold.extent, hold.stage


@contextmanager
def following(name: str, leader: Running, ukraine: Atlas) -> Iterator[Tocsin]:
    """A Tocsin in a thread of its own, that asks ten times a second."""
    made: list[Tocsin] = []
    ready, stop = threading.Event(), threading.Event()

    async def lived() -> None:
        store = MemoryStore(Realm.LIVE)
        feed = msgspec.structs.replace(FEEDS[name], url=leader.url, every_s=0.05)
        places = AtlasPlaces(ukraine)
        dialects: dict[str, Dialect] = {
            "alerts.in.ua": AlertsInUa(places, "a token"),
            "ukrainealarm": UkraineAlarm(places, "a token"),
        }
        if name == "tocsin":
            tocsin = Tocsin(
                store,
                ukraine,
                SystemClock(),
                feeds=[lambda house: listen(feed, house, store.identity, Realm.LIVE)],
            )
        else:
            tocsin = Tocsin(store, ukraine, SystemClock(), feeds=[lambda house: poll(feed, dialects[name], house)])
        made.append(tocsin)
        living = asyncio.create_task(tocsin.live())
        ready.set()
        await asyncio.to_thread(stop.wait)
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await tocsin.stop()

    thread = threading.Thread(target=lambda: asyncio.run(lived()))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield made[0]
    finally:
        stop.set()
        thread.join(PATIENCE_S)


def until_it_holds(tocsin: Tocsin, wanted: set[Said]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        held = {said(hold) for hold in tocsin.state.holds.values()}
        if held == wanted:
            return
        pause.wait(0.02)
    raise AssertionError(f"it holds {held}, not {wanted}")


@pytest.mark.parametrize("name", ["tocsin", "alerts.in.ua", "ukrainealarm"])
def test_what_the_leader_says_is_held_here_and_let_go_when_it_is(
    name: str, ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.limits.DIALECT_RATE_FACTOR", 0)
    with running(MemoryStore(Realm.LIVE), ukraine, SystemClock()) as leader:
        give(leader, Raise(zones=(ZoneId(KYIV), ZoneId(LVIV_HROMADA)), threat=Threat.DRONES))
        with following(name, leader, ukraine) as tocsin:
            both = {(zone, "air_raid", "red", "whole", "alert") for zone in (KYIV, LVIV_HROMADA)}
            until_it_holds(tocsin, both)
            assert {hold.source for hold in tocsin.state.holds.values()} == {name}
            give(leader, Raise(zones=(ZoneId(KHARKIV),), level=Level.YELLOW))
            until_it_holds(tocsin, both | {(KHARKIV, "air_raid", "yellow", "whole", "alert")})
            give(leader, Escalate(zones=(ZoneId(KHARKIV),), to_level=Level.RED))
            until_it_holds(tocsin, both | {(KHARKIV, "air_raid", "red", "whole", "alert")})
            give(leader, Withdraw(zones=(ZoneId(KHARKIV),)))
            until_it_holds(tocsin, both)
            give(leader, Raise(zones=(ZoneId(SUMY),), stage=Stage.EARLY_WARNING))
            give(leader, Release(zones=(ZoneId(KYIV), ZoneId(LVIV_HROMADA))))
            early = {(SUMY, "air_raid", "red", "whole", "early_warning")} if name == "tocsin" else set[Said]()
            until_it_holds(tocsin, early)
            assert tocsin.state.sources[FEEDS[name].name].silent_since is None
