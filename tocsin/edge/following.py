"""Following: hear the upstream's stream, tell it on, and know at any moment since when that cannot be relied upon.

An edge that does not hear, or that disagrees with its upstream about what follows from the log, tells on all that it
knows, and says since when it is cut off. It is sure again only when the upstream has said that nothing is missing.
"""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import aclosing, suppress
from datetime import datetime

import msgspec

from tocsin import limits
from tocsin.channels.stream import Clockface, Heartbeat
from tocsin.client.wire import Lost, Word, words
from tocsin.edge.catching_up import begin_anew, catch_up, require_same_world
from tocsin.edge.edge import Edge, Telling
from tocsin.edge.mirror import entry_of
from tocsin.edge.replica import Differs, Snapshot
from tocsin.edge.shelters import copied
from tocsin.edge.threats import passed_on
from tocsin.edge.upstream import Upstream
from tocsin.errors import ServerUnreachable, StreamRefused, TocsinError
from tocsin.events import Entry, Internal
from tocsin.model import ZoneId
from tocsin.shelter import ShelterClosed, ShelterOpened, SheltersChanged

log = logging.getLogger("tocsin.edge")

SHELTERS = (ShelterClosed, ShelterOpened, SheltersChanged)


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a follower is, in seconds."""

    silence_s: float = limits.EDGE_SILENCE_S
    recheck_s: float = limits.EDGE_RECHECK_S
    head_every_s: float = limits.EDGE_HEAD_EVERY_S
    threats_every_s: float = limits.EDGE_THREATS_EVERY_S
    threats_after_s: float = 0.3
    """So long after something that is not public it asks for threats: the upstream has to look at them first."""
    return_s: float = 2.0
    """About how long it waits before it listens again where what it heard was of no use."""


class _MessageZones(msgspec.Struct, frozen=True):
    zones: tuple[ZoneId, ...]


class _CutOff(msgspec.Struct, frozen=True):
    cut_off_since: datetime | None


class Follower:
    """Feeds one edge. Made in the event loop that serves it."""

    def __init__(self, edge: Edge, upstream: Upstream, times: Times | None = None) -> None:
        self._edge = edge
        self._upstream = upstream
        self._times = times or Times()
        self._loop = asyncio.get_running_loop()
        self._words: asyncio.Queue[tuple[int, Word | Lost]] = asyncio.Queue(limits.EDGE_WORDS_WAITING)
        """What was heard, each with the number of the listening in which it was."""
        self._listening = 0
        self._ear: asyncio.Task[None] | None = None
        self._run: list[Telling] = []
        """Entries that were heard and not told on yet."""
        self._messages: list[tuple[bytes, tuple[ZoneId, ...]]] = []
        """Those that belong to the next entry."""
        self._agreed = False
        """Whether what follows here was held against the upstream's own word, and agreed."""
        self._compared_s = -self._times.recheck_s
        """When all was last fetched anew because it did not agree, or was not known to."""
        self._another_log: str | None = None
        """Why what is known here cannot be of the upstream's log."""
        self._behind_s: float | None = None
        """Since when the upstream knows less than is known here."""
        self._whole = False
        """Whether the upstream has said, since the last break, that nothing is missing."""
        self._sure_s = self._loop.time()
        """When that was last so."""
        self._sure_at = edge.store.fresh_at or edge.clock.now()
        """The same, by the upstream's clock."""
        self._own_since: datetime | None = None
        self._upstream_since: datetime | None = None
        self._head_due = asyncio.Event()
        self._shelters_due = asyncio.Event()
        self._threats_due = asyncio.Event()
        self._tried = asyncio.Event()
        """Set once the upstream was heard, or could not be."""
        self._judge()

    async def run(self) -> None:
        """Until cancelled. Errors: `WrongRealm`, `BadAtlas` where the upstream is of another world and nothing is known
        that could be told; those of the mirror's disk."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for task in (
                    self._listen(),
                    self._take(),
                    self._watch(),
                    self._fetch_heads(),
                    self._fetch_shelters(),
                    self._fetch_threats(),
                ):
                    tasks.create_task(task)
        except BaseExceptionGroup as group:
            raise next(iter(_leaves(group))) from group

    async def first(self, patience_s: float) -> None:
        """Wait until something is known; and so long at most until that is new, or plain that it will not be soon."""
        await self._edge.known.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._tried.wait()

    # --- hearing ------------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            self._listening += 1
            self._ear = asyncio.create_task(self._hear_all(self._listening))
            try:
                await asyncio.wait({self._ear})
            finally:
                self._ear.cancel()
            if not self._ear.cancelled():
                self._ear.result()
            await asyncio.sleep(self._times.return_s * (0.5 + random.random()))

    async def _hear_all(self, listening: int) -> None:
        # Without a seq: the first word is a snapshot, and what is known here is held against it.
        heard = words(self._upstream.url, record=True, silence_s=self._times.silence_s)
        try:
            async with aclosing(heard):
                async for word in heard:
                    await self._words.put((listening, word))
        except StreamRefused as error:
            await self._words.put((listening, Lost(error.message, self._edge.clock.now())))
            await asyncio.sleep(10 * self._times.return_s)

    def _listen_anew(self, why: str) -> None:
        """What is heard now is of no use."""
        log.warning("%s is listened to anew: %s", self._upstream.url, why)
        self._break()
        self._listening += 1
        if self._ear is not None:
            self._ear.cancel()

    def _break(self) -> None:
        self._messages.clear()
        self._whole = False
        self._tried.set()

    async def _take(self) -> None:
        while True:
            heard = [await self._words.get()]
            while not self._words.empty():
                heard.append(self._words.get_nowait())
            for listening, word in heard:
                if listening == self._listening:
                    await self._understand(word)
            await self._understand(None)
            await self._keep()

    async def _understand(self, word: Word | Lost | None) -> None:
        try:
            if isinstance(word, Word):
                await self._hear(word)
                if self._whole:  # and so it was told in its order
                    self._be_sure()
                return
            self._pass_on()
            if word is not None:
                log.warning("%s is not heard: %s", self._upstream.url, word.why)
                self._break()
        except Differs as error:
            # What can be told on is, for there may be a warning in it; but it is not relied upon.
            log.error("what %s tells does not agree with what is known here: %s", self._upstream.url, error)
            self._agreed = self._whole = False
            self._tried.set()
            self._judge()
        except ServerUnreachable as error:
            self._listen_anew(error.message)

    async def _hear(self, word: Word) -> None:
        if word.event not in ("message", "entry"):
            self._pass_on()
        try:
            match word.event:
                case "message":
                    zones = msgspec.json.decode(word.data, type=_MessageZones).zones
                    self._messages.append((word.data, zones))
                case "entry":
                    self._hear_entry(entry_of(word.data), word.data)
                case "snapshot":
                    self._messages.clear()
                    await self._start_from(msgspec.json.decode(word.data, type=Snapshot))
                case "heartbeat":
                    self._hear_heartbeat(msgspec.json.decode(word.data, type=Heartbeat))
                case "clock":
                    self._edge.set_clock(msgspec.json.decode(word.data, type=Clockface))
                case "stale":
                    self._upstream_since = msgspec.json.decode(word.data, type=_CutOff).cut_off_since
                    self._judge()
        except msgspec.DecodeError as error:
            raise Differs(f"this version cannot read its {word.event}: {error}") from error

    def _hear_entry(self, entry: Entry, told: bytes) -> None:
        messages, self._messages = tuple(self._messages), []
        known = self._edge.state.seq
        if entry.seq == known + len(self._run) + 1:
            self._run.append((entry, told, messages))
        elif entry.seq > known:
            if self._agreed and entry.seq > known + len(self._run):
                self._listen_anew(f"entry {entry.seq} was told after {known}")
        elif self._edge.store.read(entry.seq - 1, 1) != [entry]:
            # What was told once stays told: only another log says something else.
            self._another_log = f"entry {entry.seq} is not what it was"
            self._agreed = False
            self._listen_anew(self._another_log)

    def _pass_on(self) -> None:
        run, self._run = self._run, []
        if run:
            self._edge.tell(run)
            self._head_due.set()
            if any(isinstance(entry.event, SHELTERS) for entry, _, _ in run):
                self._shelters_due.set()
            if any(isinstance(entry.event, Internal) for entry, _, _ in run):
                self._threats_due.set()

    def _hear_heartbeat(self, told: Heartbeat) -> None:
        known = self._edge.state.seq
        self._edge.set_clock(told.clock)
        self._upstream_since = told.cut_off_since
        if not self._agreed:
            behind = self._is_behind(told.seq) and not self._behind_too_long()
            if self._loop.time() - self._compared_s >= self._times.recheck_s and not behind:
                self._listen_anew("it is time to compare again")
        elif told.seq > known or told.log != self._edge.store.identity:
            self._listen_anew(f"all up to {told.seq} was told, and here is {known}")
        elif self._is_behind(told.seq):
            self._whole = False
            if self._behind_too_long():
                self._listen_anew(f"it knows {told.seq} entries, and here are {known}")
        else:
            self._be_sure()
        self._judge()

    # --- a new beginning ----------------------------------------------------------------------

    async def _start_from(self, told: Snapshot) -> None:
        """Make up for what was missed, and hold the outcome against the snapshot."""
        edge = self._edge
        require_same_world(edge, told)
        edge.set_clock(told.clock)
        self._upstream_since = told.cut_off_since
        catalogue = await self._upstream.catalogue()
        if edge.store.identity not in ("", told.log):
            self._another_log = f"it has another log, {told.log}"
        elif self._is_behind(told.seq):
            if not self._behind_too_long():
                # One of several servers behind one address, perhaps, and soon as far as the others.
                self._whole = False
                return
            self._another_log = f"its log ends at {told.seq}"
        try:
            if self._another_log is not None:
                raise Differs(self._another_log)
            edge.reword(catalogue)
            await catch_up(edge, self._upstream, told)
        except Differs as error:
            self._agreed = False
            self._judge()
            if self._loop.time() - self._compared_s < self._times.recheck_s:
                raise
            self._compared_s = self._loop.time()
            log.error("what %s tells differs, and is fetched anew: %s", self._upstream.url, error)
            await begin_anew(edge, self._upstream, told, catalogue)
        self._another_log = self._behind_s = None
        self._agreed = True
        edge.known.set()
        self._shelters_due.set()
        self._threats_due.set()
        self._be_sure()

    def _is_behind(self, seq: int) -> bool:
        if seq >= self._edge.state.seq:
            self._behind_s = None
            return False
        if self._behind_s is None:
            self._behind_s = self._loop.time()
        return True

    def _behind_too_long(self) -> bool:
        """Whether it cannot be that the upstream only lags: it says itself that it is not cut off."""
        if self._behind_s is None or self._upstream_since is not None:
            return False
        return self._loop.time() - self._behind_s >= self._times.recheck_s

    # --- judging ------------------------------------------------------------------------------

    def _be_sure(self) -> None:
        """At this moment all is known that the upstream knows."""
        self._whole = True
        self._head_due.set()
        self._sure_s = self._loop.time()
        self._sure_at = self._upstream_since or self._edge.clock.now()
        self._edge.store.keep_fresh_at(self._sure_at)
        self._tried.set()
        self._judge()

    def _judge(self) -> None:
        """Say since when one is cut off; or that one is not."""
        lost = self._loop.time() - self._sure_s >= self._times.silence_s
        self._whole = self._whole and not lost
        if not self._agreed or lost or (self._own_since is not None and not self._whole):
            self._own_since = self._own_since or self._sure_at
        else:
            self._own_since = None
        since = [moment for moment in (self._own_since, self._upstream_since) if moment is not None]
        was = self._edge.hub.cut_off_since
        self._edge.hub.cut_off(min(since, default=None))
        if (now := self._edge.hub.cut_off_since) != was:
            log.warning("cut off from %s since %s", self._upstream.url, now) if now else log.warning(
                "in touch with %s again", self._upstream.url
            )

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._times.silence_s / 15)
            self._judge()

    # --- keeping ------------------------------------------------------------------------------

    async def _keep(self) -> None:
        store = self._edge.store
        if not store.waiting:
            return
        try:
            await asyncio.to_thread(store.flush)
        except TocsinError as error:
            if store.waiting > limits.EDGE_WORDS_WAITING:
                raise
            # People are told all the same, and it is tried again with the next word.
            log.error("what is heard cannot be kept: %s", error.message)

    async def _fetch_heads(self) -> None:
        """The signed head, as often as it changes, but seldom."""
        asked = -1
        while True:
            await self._head_due.wait()
            self._head_due.clear()
            seq, heads = self._edge.state.seq, self._edge.heads
            if seq == (asked if heads is None else heads.latest.seq):
                continue
            with suppress(ServerUnreachable):
                self._edge.sign(await self._upstream.head())
                asked = seq
            await asyncio.sleep(self._times.head_every_s)

    async def _fetch_shelters(self) -> None:
        """What is said of shelters, whenever it has changed, but seldom. What is known of them stays until then."""
        while True:
            await self._shelters_due.wait()
            self._shelters_due.clear()
            edge = self._edge
            try:
                edge.shelters = await copied(self._upstream, edge.shelters, edge.store.realm, edge.store.identity)
            except (ServerUnreachable, LookupError, TypeError) as error:
                log.warning("what %s says of shelters cannot be had: %s", self._upstream.url, error)
                self._loop.call_later(10 * self._times.return_s, self._shelters_due.set)
            await asyncio.sleep(self._times.head_every_s)

    async def _fetch_threats(self) -> None:
        """What everybody is told of threats. What is known of them grows old by itself."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._times.threats_every_s):
                    await self._threats_due.wait()
            self._threats_due.clear()
            await asyncio.sleep(self._times.threats_after_s)
            edge = self._edge
            try:
                edge.threats = await passed_on(self._upstream, edge.threats, edge.clock.elapsed_s())
            except ServerUnreachable as error:
                log.info("what %s says of threats cannot be had: %s", self._upstream.url, error.message)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
