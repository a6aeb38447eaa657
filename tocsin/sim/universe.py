"""Virtual time: one agenda of occurrences, one source of chance, one trace. Nothing here waits.

The same seed gives the same occurrences in the same order, on any machine: nobody asks a real clock, draws other
chance, or depends on the order of a set. Processes run in event loops of their own (`ProcessLoop`), whose timers and
worker threads are occurrences on the same agenda.
"""

from __future__ import annotations

import asyncio
import heapq
import zlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextvars import Context
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

from tocsin.sim.rules import Rule, Violation

EPOCH: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""The moment at which every run begins."""

TRACE_LINES = 150
"""So many of the last lines of a trace are told when a rule is broken."""

IDLE: Final = object()
"""What an occurrence returns that did nothing: it does not count as a step."""

Occurrence = Callable[..., object]

_Told = TypeVar("_Told")
_Args = TypeVarTuple("_Args")


class Universe:
    """Everything happens here, one thing after the other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.now_s = 0.0
        self.held_up_s = 0.0
        """When it last went on after everything had to wait."""
        self.steps = 0
        self.digest = 0
        """A checksum over the whole trace: the same for the same seed."""
        self.trace: deque[str] = deque(maxlen=TRACE_LINES)
        self.loops: list[ProcessLoop] = []
        self.broken: BaseException | None = None
        """What a task of a process failed with, which its event loop would have kept to itself."""
        self._agenda: list[tuple[float, int, Occurrence, tuple[Any, ...]]] = []
        self._number = 0

    @property
    def moment(self) -> datetime:
        """The true time, which no clock in the universe need show."""
        return EPOCH + timedelta(seconds=self.now_s)

    def tell(self, line: str) -> None:
        """Put a line into the trace."""
        line = f"{self.now_s:12.6f} {line}"
        self.digest = zlib.crc32(line.encode(), self.digest)
        self.trace.append(line)

    def at(self, when_s: float, occurrence: Occurrence, *args: Any) -> None:
        self._number += 1
        heapq.heappush(self._agenda, (when_s, self._number, occurrence, args))

    def after(self, delay_s: float, occurrence: Occurrence, *args: Any) -> None:
        self._number += 1
        heapq.heappush(self._agenda, (self.now_s + delay_s, self._number, occurrence, args))

    def pass_time(self, seconds: float) -> None:
        """Time goes by inside an occurrence: what was due meanwhile happens late."""
        self.now_s += seconds
        self.held_up_s = self.now_s

    def next_due_s(self) -> float:
        return self._agenda[0][0]

    def advance(self) -> bool:
        """Let the next thing occur. Whether it counts as a step."""
        when_s, _, occurrence, args = heapq.heappop(self._agenda)
        self.now_s = max(self.now_s, when_s)
        counts = occurrence(*args) is not IDLE
        for loop in self.loops:
            if loop.ready:
                loop.drain()
        self.steps += counts
        if self.broken is not None:
            raise self.broken
        return counts


class ProcessLoop(asyncio.AbstractEventLoop):
    """The event loop of one process. When the process is killed, whatever waits in it never happens."""

    def __init__(self, universe: Universe, in_thread: Callable[[asyncio.Future[Any], Callable[[], Any]], None]) -> None:
        """``in_thread`` is given each call meant for a worker thread, and the future that waits for its result."""
        self.ready: deque[asyncio.Handle] = deque()
        self.dead = False
        self._universe = universe
        self._in_thread = in_thread
        self._tasks: dict[asyncio.Task[Any], None] = {}
        universe.loops.append(self)

    def kill(self) -> None:
        self.dead = True
        self.ready.clear()
        self._universe.loops = [loop for loop in self._universe.loops if loop is not self]
        running = asyncio.current_task(self)
        for task in list(self._tasks):
            if task is not running:
                task.get_coro().close()
        self._tasks.clear()

    def drain(self) -> None:
        """Run all that can run now."""
        ready = self.ready
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            while ready:
                handle = ready.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            asyncio._set_running_loop(before)

    def time(self) -> float:
        return self._universe.now_s

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return self.dead

    def call_soon(
        self, callback: Callable[[Unpack[_Args]], object], *args: *_Args, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if not self.dead:
            self.ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[Unpack[_Args]], object], *args: *_Args, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._universe.at(when, self._due, timer)
        return timer

    def _due(self, timer: asyncio.TimerHandle) -> object:
        if not self.dead and not timer.cancelled():
            self.ready.append(timer)
        return IDLE

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It stays on the agenda, and does nothing when its time comes."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **named: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self)
        task._log_destroy_pending = False  # type: ignore[attr-defined]  # a killed process leaves tasks behind
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)
        return task

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[_Args]], _Told], *args: *_Args
    ) -> asyncio.Future[_Told]:
        future: asyncio.Future[_Told] = asyncio.Future(loop=self)
        self._in_thread(future, lambda: func(*args))
        return future

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        broken = Violation(Rule.SOUND, f"{context.get('message')}: {error!r}")
        broken.__cause__ = error
        self._universe.broken = self._universe.broken or broken
