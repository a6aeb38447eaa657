"""Composition: which parts make a Tocsin, and how they hear of one another. All in one place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tocsin import limits
from tocsin.access import LOCAL, Caller
from tocsin.assess.policy import Policy, policy_of
from tocsin.atlas import Atlas, load_atlas, shipped, shipped_names
from tocsin.atlas.settlements import oblasts_of, town_meant
from tocsin.channels.ring import Ring, View
from tocsin.channels.stream import Clockface, Hub, Replayed
from tocsin.clock import Clock
from tocsin.commands import Command, RevokeGrant
from tocsin.engine import State, fold
from tocsin.errors import ReportRefused, TocsinError
from tocsin.events import Entry, Event
from tocsin.heads import Heads
from tocsin.intake.following.alerts_in_ua import AlertsInUa
from tocsin.intake.following.feeds import Feed, chosen
from tocsin.intake.following.listening import listen
from tocsin.intake.following.oref import Oref
from tocsin.intake.following.places import AtlasPlaces
from tocsin.intake.following.polling import House, poll
from tocsin.intake.following.readings import Dialect, held_by
from tocsin.intake.following.ukrainealarm import UkraineAlarm
from tocsin.intake.replay import Replay
from tocsin.lookout.feeds import Feeds
from tocsin.lookout.reporting import Reporting
from tocsin.lookout.watching import Watching
from tocsin.model import Hierarchy, Hold, Reach, SourceId, ZoneId
from tocsin.queue import Queue
from tocsin.record.archive import Archive
from tocsin.record.desk import Desk
from tocsin.record.placing import Places
from tocsin.record.questions import Questions
from tocsin.record.shelf import Pile, Shelf
from tocsin.record.statistics.computing import Statistics
from tocsin.service import Service
from tocsin.settings import Settings
from tocsin.store import Log, Receipt, Store
from tocsin.store.key_file import key_path, load_or_make
from tocsin.store.sqlite import SQLiteStore
from tocsin.texts import Texts, load_texts, rendered
from tocsin.told import Encoded, Past, StateBody, Teller, encoded, left_by_all, narrowed, newest, state_body

if TYPE_CHECKING:  # heavy, and only where shelters are served
    from tocsin.shelters.served import Served

log = logging.getLogger("tocsin.app")


def open_atlas(name: str) -> Atlas:
    """A shipped atlas by name, or a folder. Errors: `BadAtlas`."""
    return shipped(name) if name in shipped_names() else load_atlas(Path(name))


def open_store(settings: Settings, atlas: Atlas, *, read_only: bool = False) -> SQLiteStore:
    """The log of these settings. Errors: those of the store."""
    return SQLiteStore(settings.database, settings.realm, atlas.country.id, read_only=read_only)


def open_heads(settings: Settings, store: SQLiteStore, clock: Clock) -> Heads:
    """The heads of a log, signed with the key of these settings. Errors: `BadKey`."""
    signer = load_or_make(settings.signing_key or key_path(store.path), store.realm)
    return Heads(store, signer, clock, settings.head_file)


def open_questions(store: Log, atlas: Atlas) -> Questions:
    """The record of a store."""

    def level_of_parts(zone: ZoneId) -> str | None:
        parts = atlas.hierarchy.children(zone)
        return atlas.level_of(parts[0]) if parts else None

    return Questions(store, atlas.hierarchy, level_of_parts)


def open_statistics(questions: Questions, atlas: Atlas) -> Statistics:
    """The statistics over a record and the alerts beside it."""
    top = atlas.levels[1] if len(atlas.levels) > 1 else atlas.levels[0]
    zones = (zone.id for zone in atlas.zones_of_level(top))
    return Statistics(questions, atlas.hierarchy, zones, atlas.time_zone, lambda said: atlas.resolve(said).id)


Line = Callable[[House], Awaitable[None]]
"""What follows one feed, for ever."""


def open_feeds(settings: Settings, store: Log, atlas: Atlas) -> list[Line]:
    """The feeds that these settings name, each ready to be followed. Errors: `BadSetting`."""
    places = AtlasPlaces(atlas)
    dialects: dict[str, Dialect] = {
        "alerts.in.ua": AlertsInUa(places, settings.alerts_in_ua_token),
        "ukrainealarm": UkraineAlarm(places, settings.ukrainealarm_token),
        "oref": Oref(places),
    }

    def line(feed: Feed) -> Line:
        dialect = dialects.get(feed.name)
        if dialect is None:
            return lambda house: listen(feed, house, store.identity, store.realm)
        return lambda house: poll(feed, dialect, house)

    return [line(feed) for feed in chosen(settings.follow.split())]


class Tocsin:
    """One running Tocsin. Made in the event loop that will serve it."""

    def __init__(
        self,
        store: Store,
        atlas: Atlas,
        clock: Clock,
        *,
        replay: Replay | None = None,
        texts: Texts | None = None,
        heads: Heads | None = None,
        feeds: Sequence[Line] = (),
        shelf: Shelf | None = None,
        policy: Policy | None = None,
    ) -> None:
        """``texts`` are those that come with Tocsin if not given; without ``heads`` none is signed. ``feeds`` are
        followed while it lives. ``shelf`` keeps the texts of reports; without one they go with the process. ``policy``
        says what follows from reports of threats; that which comes with Tocsin, if not given."""
        self.store = store
        self.atlas = atlas
        self.clock = clock
        self.replay = replay
        self.texts = texts or load_texts()
        self.heads = heads
        self.feeds = feeds
        self.webhook_networks: tuple[IPv4Network | IPv6Network, ...] = ()
        """Those that webhooks may lead to though they are not public."""
        self.shelf = shelf or Pile()
        self.desk = Desk(self.shelf, Places(atlas.resolve, atlas.zones, town_meant), atlas.hierarchy, oblasts_of)
        self.service = Service(
            store,
            atlas.hierarchy,
            clock,
            describe=self._described,
            local=atlas.time_zone,
            text_of=self.shelf.text_of,
        )
        self.areas: Served | None = None
        """Where the streets are known, and so who reaches which shelter; set by who serves it."""
        if heads is not None:
            self.service.wake(heads.sign)  # before anyone hears of the entries that it covers
        self.queue = Queue(self.service)
        self.feeds_signed = Feeds(store.realm, heads.signer if heads else None)
        self.reporting = Reporting(self.service, self.queue, atlas)
        self.watching = Watching(self.service, atlas, policy or policy_of(None))
        self.questions = open_questions(store, atlas)
        self.statistics = open_statistics(self.questions, atlas)
        self.past = Past(store, atlas.hierarchy, self.texts, atlas.time_zone)
        """What people have been told."""
        self._told: tuple[State, StateBody, Encoded] | None = None
        self.hub = Hub(self._filled_ring(), store.identity, self._snapshot, self.clockface, clock.elapsed_s)
        loop = asyncio.get_running_loop()

        def publish(entries: Sequence[Entry]) -> None:
            loop.call_soon_threadsafe(self.hub.publish, entries)

        self.service.wake(publish)
        self.watching.listen(loop)

    @property
    def state(self) -> State:
        return self.service.state

    @property
    def archive(self) -> Archive:
        """The record of attacks."""
        return self.service.archive

    def encoded_state(self) -> Encoded:
        """The state as told to everyone."""
        return self._now()[2]

    def clockface(self) -> Clockface:
        """What the clock says, for clients to count on from."""
        stretch = self.replay.stretch if self.replay else None
        replayed = Replayed(since=stretch.since, until=stretch.until, title=stretch.title) if stretch else None
        return Clockface(now=self.clock.now(), rate=self.clock.rate, replay=replayed)

    def control_replay(self, replay: Replay, rate: float | None, at: datetime | None) -> Clockface:
        """Change how the replay runs, and tell everyone. Errors: `BadRequest`."""
        replay.control(rate, at)
        self.hub.clock_changed()
        return self.clockface()

    async def live(self) -> None:
        """Run what runs by itself, the watch over sources and the replay if there is one, until cancelled or broken."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch())
            tasks.create_task(self.watching.run(self._submit))
            if self.replay is not None:
                tasks.create_task(self.replay.run(self._give, self.hub.clock_changed))
            for line in self.feeds:
                tasks.create_task(self._follow(line))

    async def _follow(self, line: Line) -> None:
        """A mistake in the program must not take the whole of it down: the feed turns silent, and is tried again."""
        while True:
            try:
                await line(_OwnHouse(self))
            except Exception:
                log.exception("a feed is no longer followed; it is tried again in %.0f s", limits.FEED_AGAIN_S)
            await asyncio.sleep(limits.FEED_AGAIN_S)

    async def _watch(self) -> None:
        """Nothing here waits for a source to speak, so that silence is found while nothing else happens."""
        while True:
            await asyncio.sleep(limits.WATCH_S)
            try:
                await asyncio.to_thread(self.service.watch)
            except TocsinError as error:
                # The disk refuses: the next round tries again, and orders are told so themselves.
                log.warning("the silence of a source could not be kept: %s", error.message)

    async def stop(self) -> None:
        """Finish what was begun and keep a snapshot. The store stays open."""
        await self.queue.close()
        await asyncio.to_thread(self.service.snapshot)

    async def _submit(self, commands: Sequence[Command], caller: Caller) -> Sequence[Receipt | BaseException]:
        asked = (self.queue.submit(command, caller) for command in commands)
        return await asyncio.gather(*asked, return_exceptions=True)

    async def _give(self, commands: Sequence[Command]) -> None:
        submitted = (self.queue.submit(command, LOCAL) for command in commands)
        for outcome in await asyncio.gather(*submitted, return_exceptions=True):
            # Who moves a replay ahead passes over reports that are too old by then.
            if isinstance(outcome, BaseException) and not isinstance(outcome, ReportRefused):
                raise outcome

    def _described(self, command: Command, events: Sequence[Event], reach: Reach, state: State) -> Mapping[str, str]:
        """What the second of two people is shown: the very words that people will read."""
        order = command.order
        grant = self.service.access.grants.get(order.grant) if isinstance(order, RevokeGrant) else None
        after = fold(state, events)
        return rendered(
            command,
            list(left_by_all(events, after)),
            self.store.realm,
            self.texts,
            zone_names={zone.id: zone.names for zone in self.atlas.zones},
            zones=reach.zones,
            people=reach.people,
            counted=reach.counted,
            terms=grant.terms if grant else None,
            local=self.atlas.time_zone,
            at=self.service.now(),
        )

    def _snapshot(self, view: View | None) -> tuple[int, bytes]:
        state, body, whole = self._now()
        if view is None or view.whole:
            return whole.seq, whole.body
        return whole.seq, msgspec.json.encode(narrowed(body, state, view.zones))

    def _now(self) -> tuple[State, StateBody, Encoded]:
        state = self.service.state
        if self._told is None or self._told[0].seq != state.seq:
            body = state_body(state, self.store.realm)
            self._told = state, body, encoded(body)
        return self._told

    def _filled_ring(self) -> Ring:
        """The ring with the log's tail in it, so that subscribers can resume across a restart."""
        teller = Teller(self.texts, self.store.realm, self.atlas.time_zone, self.service.state)
        after, tail = newest(self.store, limits.STREAM_BACKLOG_EVENTS, limits.RETOLD_ORDERS)
        ring = Ring(limits.STREAM_BACKLOG_EVENTS, self.atlas.hierarchy, after, teller.tell)
        ring.add(tail)
        return ring


class _OwnHouse:
    """What a feed is told of this Tocsin, and where its orders go."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self.clock = tocsin.clock

    @property
    def hierarchy(self) -> Hierarchy:
        return self._tocsin.atlas.hierarchy

    def now(self) -> datetime:
        return self._tocsin.service.now()

    def holds(self, source: SourceId) -> tuple[Hold, ...]:
        return held_by(self._tocsin.state.holds, source)

    def watched(self, source: SourceId) -> bool:
        return source in self._tocsin.state.sources

    async def give(self, commands: Sequence[Command]) -> Sequence[object]:
        submit = self._tocsin.queue.submit
        return await asyncio.gather(*(submit(command, LOCAL) for command in commands), return_exceptions=True)
