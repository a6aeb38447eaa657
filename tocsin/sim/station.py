"""One Tocsin as it runs: the real service, its queue, its stream, in processes that are started and killed.

Composed as in tocsin/app.py, without what no order passes through: no HTTP, no pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import UTC
from functools import cache
from typing import Any, Protocol

import msgspec

from tocsin import limits
from tocsin.access import LOCAL
from tocsin.channels.ring import Ring, View
from tocsin.channels.stream import Clockface, Hub
from tocsin.commands import Command
from tocsin.engine import State
from tocsin.errors import BadRequest, TocsinError
from tocsin.events import Entry
from tocsin.model import Realm
from tocsin.queue import Queue
from tocsin.sim.checked import CheckedService
from tocsin.sim.checker import Checker
from tocsin.sim.clockwork import ServiceClock
from tocsin.sim.disk import Disk, DiskStore, Killed
from tocsin.sim.faults import Fault, Weather
from tocsin.sim.land import COUNTRY, ZONES
from tocsin.sim.rules import Rule, Violation
from tocsin.sim.universe import IDLE, ProcessLoop, Universe
from tocsin.standing import verified
from tocsin.store import Receipt
from tocsin.store.sqlite import SQLiteStore
from tocsin.texts import Texts, load_texts
from tocsin.told import Teller, newest, state_body

Answer = Receipt | TocsinError

_commands = msgspec.json.Decoder(Command)


@cache
def _texts() -> Texts:
    return load_texts()


class Letter(msgspec.Struct, frozen=True):
    """An order on its way."""

    key: str
    header: str | None
    """``Authorization``; None from the machine that keeps the log."""
    body: bytes
    told: Callable[[str, Answer], object]
    """Where the answer goes, if it gets there."""


Reply = Callable[[Letter, Answer], None]


class Listener(Protocol):
    """A subscriber's end of a connection."""

    def hear(self, words: bytes) -> asyncio.Future[None] | None:
        """Take these words; where it takes its time, the future is done when there is room for more."""

    def cut_off(self) -> None:
        """The server is gone, or has said goodbye."""

    def look(self, seq: int) -> None:
        """Be asked, about every second, whether all is heard up to ``seq``, which was the head a while ago."""


class Process:
    """What a kill takes away."""

    def __init__(self, loop: ProcessLoop, service: CheckedService, hub: Hub) -> None:
        self.loop = loop
        self.service = service
        self.queue = Queue(service)
        self.hub = hub
        self.listeners: list[Listener] = []


class Station:
    """One realm's machine: its disk, its clock, and the process on it, if one runs."""

    def __init__(self, universe: Universe, weather: Weather, realm: Realm, disk: Disk, backlog: int) -> None:
        """``backlog``: how many entries the stream's ring holds."""
        self.universe = universe
        self.weather = weather
        self.realm = realm
        self.disk = disk
        self.clock = ServiceClock(universe)
        self.checker = Checker(disk, self.clock)
        self.process: Process | None = None
        self.starts = 0
        self.beside: list[Callable[[], None]] = []
        """What may lose its power together with this machine."""
        self.started_at = 0
        self.clear_at_start: frozenset[str] = frozenset()
        """Where nothing was held when the process began, which retells what is older in the light of that."""
        self._seq_at_tick = 0
        """The head at the last look of the watch."""
        self._compared: State | None = None
        """The service's state that was found to be right."""
        self._backlog = backlog
        self._encoded: tuple[int, bytes] | None = None

    @property
    def book_seq(self) -> int:
        return self.checker.book.seq

    def check(self) -> bool:
        """What must hold after every step. Whether anything has changed since the last. Errors: `Violation`."""
        changed = self.checker.catch_up()
        process = self.process
        if process is None or (self._compared is process.service.state and not changed):
            return changed
        seq = self.book_seq
        if process.service.state.seq != seq or self.disk.log.head() != seq:
            raise Violation(Rule.GAPLESS, f"{self.realm}: the service is at {process.service.state.seq}, not {seq}")
        self.checker.compare(process.service)
        self._compared = process.service.state
        return True

    # --- processes -----------------------------------------------------------------------------

    def start(self) -> None:
        """A new process opens the log; if it cannot, another tries soon."""
        if self.process is not None:
            return
        self.starts += 1
        store = self.disk.attach()
        try:
            service = CheckedService(store, COUNTRY, self.clock, text_of=self.checker.book.annals.library.text_of)
            ring = self._filled_ring(service, store)
        except TocsinError as error:
            self.universe.tell(f"{self.realm} cannot start: {error.code}")
            self.universe.after(1.0, self.start)
            return
        service.checker, service.disk = self.checker, self.disk
        self._encoded = None
        hub = Hub(ring, store.identity, self._snapshot, self._clockface, self.clock.elapsed_s)
        loop = ProcessLoop(self.universe, self._in_thread)  # type: ignore[abstract]  # without what no process here uses
        self.process = process = Process(loop, service, hub)

        def publish(entries: Sequence[Entry]) -> None:
            loop.call_soon_threadsafe(hub.publish, entries)

        service.wake(self._failing_reader)
        service.wake(publish)
        self.checker.started(service)
        self.universe.tell(f"{self.realm} starts at {service.state.seq}")
        self._seq_at_tick = 0
        self.started_at = self.book_seq
        self.clear_at_start = frozenset(zone for zone in ZONES if self.checker.book.is_clear(zone))
        self.universe.after(limits.WATCH_S, self._tick, process)

    def die(self) -> None:
        """The process is killed; it will be started again."""
        if self.process is None:
            return
        self._end(self.process)
        self.checker.catch_up()
        self.universe.tell(f"{self.realm} is killed at {self.book_seq}")
        for beside in self.beside:
            beside()
        self.universe.after(self.universe.random.choice((0.05, 1.0, 15.0)), self.start)

    def restart(self) -> None:
        """The process is ended in good order and started again."""
        process = self.process
        if process is None:
            return
        process.hub.close()
        process.loop.drain()
        self.keep_snapshot()
        self._end(process)
        self.universe.tell(f"{self.realm} is ended at {self.book_seq}")
        self.universe.after(0.5, self.start)

    def keep_snapshot(self) -> None:
        if self.process is not None:
            try:
                self.process.service.snapshot()
            except TocsinError as error:
                self.universe.tell(f"{self.realm} keeps no snapshot: {error.code}")

    def verify(self) -> None:
        """Look at the log as `tocsin verify` does. Errors: `Violation`."""
        try:
            standing, _ = verified(self.disk.log, COUNTRY)
            if isinstance(self.disk.log, SQLiteStore):
                self.disk.log.walk(())
        except TocsinError as error:
            raise Violation(Rule.FOR_EVER, f"the log is not whole: {error.message}") from error
        if standing.seq != self.book_seq:
            raise Violation(Rule.FOR_EVER, f"the log ends at {standing.seq}, not at {self.book_seq}")

    def close(self) -> None:
        """The run is over."""
        if self.process is not None:
            self._end(self.process)

    def _end(self, process: Process) -> None:
        self.process = None
        process.loop.kill()
        for listener in process.listeners:
            listener.cut_off()

    def _in_thread(self, future: asyncio.Future[Any], call: Callable[[], Any]) -> None:
        self.universe.after(self.universe.random.uniform(0.001, 0.02), self._thread_runs, self.process, future, call)

    def _thread_runs(self, process: Process, future: asyncio.Future[Any], call: Callable[[], Any]) -> object:
        if process is not self.process:
            return IDLE
        try:
            future.set_result(call())
        except Killed:
            self.die()
        return None

    def _tick(self, process: Process) -> object:
        """The watch over sources, as tocsin/app.py runs it; and what may befall a machine in this second."""
        if process is not self.process:
            return IDLE
        self.universe.after(limits.WATCH_S, self._tick, process)
        before = self.book_seq
        try:
            process.service.watch()
        except Killed:
            self.die()
            return None
        except TocsinError as error:
            self.universe.tell(f"{self.realm} cannot keep that a source is silent: {error.code}")
            return None
        for listener in process.listeners:
            listener.look(self._seq_at_tick)
        self._seq_at_tick = self.book_seq
        befell = self._befalls()
        return None if befell or self.book_seq != before else IDLE

    def _befalls(self) -> bool:
        if self.weather.healed:
            return False
        weather, random = self.weather, self.universe.random
        if weather.strikes(Fault.KILLED):
            self.die()
        elif weather.strikes(Fault.CLOCK_FORWARD):
            self.clock.ahead_s += random.choice((0.5, 30.0, 700.0))
        elif weather.strikes(Fault.CLOCK_BACK):
            self.clock.ahead_s -= random.uniform(0.0, limits.CLOCK_BACK_S)
        elif weather.strikes(Fault.CLOCK_FAR_BACK):
            self.clock.ahead_s -= random.choice((20.0, 300.0))
        else:
            chance = random.random()
            if chance < 0.01:
                self.keep_snapshot()
            elif chance < 0.012:
                self.restart()
            return chance < 0.012
        return True

    # --- orders --------------------------------------------------------------------------------

    def receive(self, letter: Letter, reply: Reply) -> bool:
        """An order arrives. Whether anybody is there to take it."""
        process = self.process
        if process is None:
            return False
        self._spawn(process, self._carry_out(process, letter, reply))
        return True

    async def _carry_out(self, process: Process, letter: Letter, reply: Reply) -> None:
        service = process.service
        try:
            caller = LOCAL if letter.header is None else service.authenticate(letter.header)
            try:
                command = _commands.decode(letter.body)
            except msgspec.ValidationError as error:
                refused = BadRequest(str(error))
                service.refuse(caller, letter.body.decode(), refused)
                raise refused from error
            receipt = await process.queue.submit(command, caller)
        except TocsinError as error:
            self.universe.tell(f"{self.realm} {letter.key}: {error.code}")
            reply(letter, error)
        else:
            self.universe.tell(f"{self.realm} {letter.key}: {receipt.seq} {receipt.events}")
            reply(letter, receipt)

    def _spawn(self, process: Process, work: Coroutine[Any, Any, None]) -> None:
        process.loop.create_task(self._guarded(process, work))

    async def _guarded(self, process: Process, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Killed:
            if process is self.process:
                self.die()
        except Violation as error:
            self.universe.broken = self.universe.broken or error
        except Exception as error:
            if process.loop.dead:  # what a kill interrupts may break off in any way
                return
            broken = Violation(Rule.SOUND, f"{type(error).__name__}: {error}")
            broken.__cause__ = error
            self.universe.broken = self.universe.broken or broken

    # --- the stream ----------------------------------------------------------------------------

    def listen(self, listener: Listener, after: int | None) -> bool:
        """A subscriber connects. Whether anybody is there."""
        process = self.process
        if process is None:
            return False
        process.listeners.append(listener)
        self._spawn(process, self._serve(process, listener, after))
        return True

    def hang_up(self, listener: Listener) -> None:
        """The subscriber, or the network, has cut the connection."""
        if self.process is not None and listener in self.process.listeners:
            self.process.listeners.remove(listener)

    async def _serve(self, process: Process, listener: Listener, after: int | None) -> None:
        async with aclosing(process.hub.subscribe(after)) as words:
            async for word in words:
                if listener not in process.listeners:
                    return
                unread = listener.hear(word)
                if unread is not None:
                    await unread
        if listener in process.listeners:
            process.listeners.remove(listener)
            listener.cut_off()

    def new_future(self) -> asyncio.Future[None]:
        assert self.process is not None
        return self.process.loop.create_future()

    def _filled_ring(self, service: CheckedService, store: DiskStore) -> Ring:
        teller = Teller(_texts(), self.realm, UTC, service.state)
        after, tail = newest(store, self._backlog, limits.RETOLD_ORDERS)
        ring = Ring(self._backlog, COUNTRY, after, teller.tell)
        ring.add(tail)
        return ring

    def _snapshot(self, view: View | None) -> tuple[int, bytes]:
        assert self.process is not None
        assert view is None, "nobody here asks for some zones only"
        state = self.process.service.state
        if self._encoded is None or self._encoded[0] != state.seq:
            self._encoded = state.seq, msgspec.json.encode(state_body(state, self.realm))
        return self._encoded

    def _clockface(self) -> Clockface:
        return Clockface(now=self.clock.now(), rate=1.0, replay=None)

    def _failing_reader(self, entries: Sequence[Entry]) -> None:
        if self.weather.strikes(Fault.READER_FAILS):
            raise RuntimeError("this reader fails")
