"""Following: a real server through restarts and narrowed streams, and one made up for what no server should do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

import pytest

from tests.client.giving import give
from tests.client.saying import HEAD, OPEN, Rested, entry, frame, heartbeat, refusal, saying, snapshot
from tests.web.running import KHARKIV, KYIV, LVIV, LVIV_HROMADA, PATIENCE_S, SUMY, Running, running
from tests.world import NOON
from tocsin.atlas import Atlas
from tocsin.client import Following, Heard, Known, Lost, Message, ToldEntry, Word, follow, zones_at
from tocsin.commands import Heartbeat, Raise, Release, SourceBack, SourceSilent
from tocsin.engine import status_of
from tocsin.errors import ServerUnreachable, StreamRefused
from tocsin.events import HoldRaised, HoldReleased
from tocsin.model import Extent, SourceId, Status, ZoneId
from tocsin.store.memory import MemoryStore

Answer = tuple[bytes, ...]
NEVER_S = 60.0
"""A silence that no test waits for."""


def following(url: str, zones: Sequence[str] = (), after: Known | None = None, silence_s: float = NEVER_S) -> Following:
    return follow(url, zones, after, silence_s=silence_s, rest=Rested())


async def until(ear: Following, true: Callable[[Heard], bool]) -> list[Heard]:
    """Everything that is heard up to the first of which it is so."""
    heard: list[Heard] = []
    async with asyncio.timeout(PATIENCE_S):
        while not heard or not true(heard[-1]):
            heard.append(await anext(ear))
    return heard


async def take(ear: Following, count: int) -> list[Heard]:
    return [await anext(ear) for _ in range(count)]


def told_up_to(seq: int, heard: Heard) -> bool:
    return heard.known.base >= seq


def statuses(server: Running, zones: Sequence[str]) -> list[object]:
    return [status_of(server.tocsin.state, ZoneId(zone)) for zone in zones]


# --- a real server -------------------------------------------------------------------------------


def test_what_happens_is_told_in_words_and_as_it_stands_in_the_log(server: Running) -> None:
    async def followed() -> tuple[list[Heard], Status]:
        async with following(server.url) as ear:
            first = await anext(ear)
            assert (first.said, first.known.holds, first.known.cut_off_since) == (None, {}, None)
            await asyncio.to_thread(server.order, "one", zones=[KYIV])
            await asyncio.to_thread(server.order, "two", type="release", zones=[KYIV])
            heard = await take(ear, 4)
            return heard, heard[1].known.status(await zones_at(server.url), ZoneId(KYIV)).status

    heard, raised = asyncio.run(followed())
    alarm, up, calm, down = (one.said for one in heard)
    assert isinstance(alarm, Message)
    assert alarm.zones == (KYIV,)
    assert set(alarm.wording) >= {"uk", "en"}
    assert isinstance(up, ToldEntry)
    assert isinstance(up.event, HoldRaised)
    assert isinstance(calm, Message)
    assert isinstance(down, ToldEntry)
    assert isinstance(down.event, HoldReleased)
    assert raised is Status.RED
    assert [len(one.known.holds) for one in heard] == [0, 1, 1, 0]


def test_a_stream_narrowed_to_zones_tells_what_concerns_them_and_says_what_the_server_says(
    server: Running, ukraine: Atlas
) -> None:
    """Orders upon them, what they lie in, what lies in them, and elsewhere; it breaks in between and resumes."""
    chance = random.Random(4)
    named = [LVIV_HROMADA, "iso3166_2:UA-63"]
    ids = (LVIV_HROMADA, KHARKIV)
    inside = ukraine.hierarchy.descendants(ZoneId(KHARKIV))[:3]
    places = [ZoneId(zone) for zone in (LVIV, LVIV_HROMADA, KHARKIV, KYIV, SUMY, *inside)]

    def order() -> None:
        raised = {hold.zone for hold in server.tocsin.state.holds.values()}
        source = SourceId("sensor")
        if chance.random() < 0.2:
            silent = source in server.tocsin.state.sources and server.tocsin.state.sources[source].silent_since
            give(server, SourceBack(of=source) if silent else SourceSilent(of=source))
        elif raised and chance.random() < 0.4:
            give(server, Release(zones=(chance.choice(sorted(raised)),)), "sensor")
        else:
            extent = chance.choice(list(Extent))
            give(server, Raise(zones=(chance.choice(places),), extent=extent), "sensor")

    async def followed() -> None:
        hierarchy = await zones_at(server.url)
        give(server, Heartbeat(silent_after_s=3_600, zones=(ZoneId(LVIV),)), "sensor")
        known: Known | None = None
        heard: list[Heard] = []
        for _ in range(6):
            async with following(server.url, ids if known else named, known) as ear:
                for _ in range(5):
                    order()
                end = give(server, Heartbeat(silent_after_s=100 + server.tocsin.state.seq, zones=()), "mark")
                heard += await until(ear, partial(told_up_to, end))
                known = heard[-1].known
                assert known.tail == {}
                assert [known.status(hierarchy, ZoneId(zone)) for zone in ids] == statuses(server, ids)
        events = [one.said.event for one in heard if isinstance(one.said, ToldEntry)]
        zones = {event.zone for event in events if isinstance(event, HoldRaised | HoldReleased)}
        assert zones
        assert not zones & {ZoneId(KYIV), ZoneId(SUMY)}
        assert known is not None
        assert known.filter == tuple(sorted(ids))

    asyncio.run(followed())


def test_across_a_restart_nothing_is_lost_and_nothing_comes_twice(ukraine: Atlas) -> None:
    """The server goes, things happen that nobody hears of, and it comes back in the same place."""
    store = MemoryStore()

    async def followed(first: Running, stopping: ExitStack) -> list[Heard]:
        async with following(first.url) as ear:
            heard = await take(ear, 1)
            await asyncio.to_thread(give, first, Raise(zones=(ZoneId(KYIV),)))
            heard += await until(ear, lambda one: isinstance(one.said, ToldEntry))
            await asyncio.to_thread(stopping.close)
            heard += await until(ear, lambda one: isinstance(one.said, Lost))
            with running(store, ukraine, port=first.address[1]) as second:
                await asyncio.to_thread(give, second, Raise(zones=(ZoneId(SUMY), ZoneId(LVIV))))
                heard += await until(ear, lambda one: one.known.base == second.tocsin.state.seq)
                assert heard[-1].known.cut_off_since is None
                assert heard[-1].known.holds == second.tocsin.state.holds
            return heard

    with ExitStack() as stopping:
        server = stopping.enter_context(running(store, ukraine))
        heard = asyncio.run(followed(server, stopping))
    head = store.head()
    entries = [one.said.seq for one in heard if isinstance(one.said, ToldEntry)]
    assert entries == [head - 2, head - 1, head]
    lost = [one for one in heard if isinstance(one.said, Lost)]
    assert all(one.known.cut_off_since is not None and len(one.known.holds) == 1 for one in lost)
    assert [one.said for one in heard].count(None) <= 2, "the first snapshot, and that it is heard again"


def test_where_the_server_was_given_another_log_everything_begins_anew(ukraine: Atlas) -> None:
    """The new log is longer by then than the old one was."""

    async def followed(first: Running, stopping: ExitStack) -> list[Heard]:
        async with following(first.url) as ear:
            heard = await take(ear, 1)
            await asyncio.to_thread(give, first, Raise(zones=(ZoneId(KYIV),)))
            heard += await until(ear, lambda one: isinstance(one.said, ToldEntry))
            await asyncio.to_thread(stopping.close)
            other = MemoryStore()
            with running(other, ukraine, port=first.address[1]) as second:
                for zone in (SUMY, LVIV, KHARKIV):
                    give(second, Raise(zones=(ZoneId(zone),)))
                heard += await until(ear, lambda one: one.known.log == other.identity)
            return heard

    with ExitStack() as stopping:
        server = stopping.enter_context(running(MemoryStore(), ukraine))
        *before, last = asyncio.run(followed(server, stopping))
    assert {hold.zone for one in before for hold in one.known.holds.values()} == {KYIV}
    assert {hold.zone for hold in last.known.holds.values()} == {SUMY, LVIV, KHARKIV}


def test_a_zone_that_the_server_does_not_have_is_refused(server: Running) -> None:
    async def followed() -> None:
        async with following(server.url, [KYIV, "nowhere"]) as ear:
            await anext(ear)

    with pytest.raises(StreamRefused, match="nowhere") as refused:
        asyncio.run(followed())
    assert refused.value.detail == {"code": "unknown_zone"}


def test_the_zones_of_a_server_are_those_of_its_atlas(server: Running, ukraine: Atlas) -> None:
    zones = asyncio.run(zones_at(server.url))
    assert zones.parents == ukraine.hierarchy.parents
    assert zones.populations == ukraine.hierarchy.populations


def test_zones_that_cannot_be_had_are_said_to_be_so() -> None:
    async def asked(*answer: bytes) -> None:
        async with saying(answer) as server:
            await zones_at(server.url)

    for answer in ((), (refusal(503, "internal"),), (HEAD, b"<html>")):
        with pytest.raises(ServerUnreachable, match="the zones could not be had"):
            asyncio.run(asked(*answer))


# --- a server that does what none should ---------------------------------------------------------


def heard_of(count: int, *answers: Answer, after: Known | None = None) -> tuple[list[Heard], list[int | None]]:
    """What is heard of a server, and after which seqs it was asked to resume."""

    async def followed() -> tuple[list[Heard], list[int | None]]:
        async with saying(*answers) as server, following(server.url, after=after) as ear:
            return await take(ear, count), server.resumed_after()

    return asyncio.run(followed())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (entry(8), "something before 8 was never told"),
        (heartbeat(8), "not everything up to 8 was told"),
        (frame("entry", {"seq": 6, "event": {"type": "of_later_days"}}, 6), "this version cannot read its entry"),
        (frame("stale", {}), "this version cannot read its stale"),
        (b"event: entry\ndata: \xff\n\n", "this version cannot read its entry"),
    ],
)
def test_where_something_is_missing_or_cannot_be_read_the_state_is_fetched_anew(wrong: bytes, why: str) -> None:
    [first, lost, fresh], resumed = heard_of(3, (HEAD, snapshot(5), wrong, entry(6), OPEN), (HEAD, snapshot(9), OPEN))
    assert isinstance(lost.said, Lost)
    assert lost.said.why.startswith(why)
    assert (first.known.base, lost.known.base, fresh.known.base) == (5, 5, 9)
    assert (first.known.cut_off_since, fresh.known.cut_off_since) == (None, None)
    assert lost.known.cut_off_since is not None
    assert resumed == [None, None]


def test_a_message_or_a_word_of_later_days_is_handed_on_as_it_came() -> None:
    heard, _ = heard_of(3, (HEAD, snapshot(5) + frame("message", {"new": 1}) + frame("siren", {"x": 1}), OPEN))
    assert [one.said for one in heard[1:]] == [Word("message", None, b'{"new": 1}'), Word("siren", None, b'{"x": 1}')]


def test_an_edge_says_that_it_is_cut_off_and_that_it_no_longer_is() -> None:
    since = "2026-03-01T12:00:00Z"
    heard, _ = heard_of(
        4,
        (
            HEAD,
            snapshot(5, cut_off_since=since) + heartbeat(5, cut_off_since=since),
            frame("clock", {}) + frame("stale", {"cut_off_since": None}),
            heartbeat(5) + heartbeat(5, cut_off_since=since) + frame("stale", {"cut_off_since": None}),
            OPEN,
        ),
    )
    assert [one.known.cut_off_since for one in heard] == [NOON, None, NOON, None]


def test_while_nothing_is_heard_it_is_cut_off_since_the_last_word_however_often_it_is_tried() -> None:
    down = (refusal(503, "internal"),)
    heard, _ = heard_of(5, (HEAD, snapshot(5)), down, down, (HEAD, heartbeat(5), OPEN))
    assert [isinstance(one.said, Lost) for one in heard] == [False, True, True, True, False]
    since = [one.known.cut_off_since for one in heard]
    assert since[1] is not None
    assert since == [None, since[1], since[1], since[1], None]


def test_what_was_known_is_taken_up_again_only_for_the_same_zones() -> None:
    [first], _ = heard_of(1, (HEAD, snapshot(5), OPEN))
    [resumed], after = heard_of(1, (HEAD, frame("message", {}) + heartbeat(5), OPEN), after=first.known)
    assert (resumed.known, after) == (first.known, [5])

    async def narrowed() -> list[int | None]:
        async with saying((HEAD, snapshot(5, filter=[KYIV]), OPEN)) as server:
            async with following(server.url, [KYIV], first.known) as ear:
                await anext(ear)
            return server.resumed_after()

    assert asyncio.run(narrowed()) == [None]
