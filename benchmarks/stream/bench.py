"""What every part of the bench stands on: what Tocsin says, captured once, and systems that are fired in turn."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import msgspec

from benchmarks.stream import systems
from benchmarks.stream.build import found, python_of_the_plain_way
from benchmarks.stream.certificate import Certificate
from benchmarks.stream.load import Fired, Load
from benchmarks.stream.processes import kernel_memory
from benchmarks.stream.report import Report
from benchmarks.stream.systems import Running
from benchmarks.stream.wire import Captured, capture

WARM_UP = 3
EVENTS = 15
SETTLE_S = 0.5

Start = Callable[[], AbstractContextManager[Running]]


class Bench(msgspec.Struct, frozen=True):
    """One run of the bench."""

    work: Path
    report: Report
    certificate: Certificate
    counts: tuple[int, ...]
    most: int
    """The most connections that one process may hold here."""
    sse: Captured
    packed: Captured
    websocket: Captured

    # --- those that take part ----------------------------------------------------------------

    def c(self) -> AbstractContextManager[Running]:
        return systems.baseline(self.work, self.sse)

    def tocsin(self) -> AbstractContextManager[Running]:
        return systems.tocsin(self.work, self.sse)

    def others(self) -> list[Start]:
        """Those of the others that are installed."""
        here: list[Start] = []
        if systems.nginx_installed():
            here.append(lambda: systems.nchan(self.work, self.sse))
        if found("mosquitto"):
            here.append(lambda: systems.mosquitto(self.work, self.sse))
        if python_of_the_plain_way():
            here.append(lambda: systems.plain_way(self.work, self.sse))
        return here


def captured(work: Path, asked: bytes, pattern: bytes) -> Captured:
    """The bytes that Tocsin says to whoever asks so; ``pattern`` comes as often as its first words have parts."""
    with systems.tocsin(work, None) as running:
        pipe = running.voice.pipe
        assert pipe is not None, "Tocsin is triggered by a pipe"
        return capture(running.port, asked, lambda: os.write(pipe, b"."), pattern)


class Series(msgspec.Struct):
    """What one system did, event by event."""

    running: Running
    load: Load
    user_bytes: float
    """Per connection, when all had their first words."""
    kernel_bytes: float
    last_ns: list[float] = []
    median_ns: list[float] = []
    first_ns: list[float] = []
    cpu_s: list[float] = []
    """Of the server, per million receipts."""

    def fire(self) -> Fired:
        before = self.running.server.cpu_s()
        fired = self.load.fire()
        spent = self.running.server.cpu_s() - before
        self.last_ns.append(fired.last_ns[0])
        self.median_ns.append(fired.median_ns[0])
        self.first_ns.append(fired.first_ns[0])
        self.cpu_s.append(spent / max(1, fired.received) * 1e6)
        return fired

    @property
    def last(self) -> float:
        return statistics.median(self.last_ns)

    @property
    def cpu(self) -> float:
        return statistics.median(self.cpu_s)


def opened(stack: ExitStack, bench: Bench, start: Start, count: int, *, unread: int = 0, filling: int = 0) -> Series:
    """A system started, with so many listeners who have their first words, of ``unread`` in a thousand not another.

    ``filling``: so many came before them, and are not counted.
    """
    running = stack.enter_context(start())
    if filling:
        before = Load(bench.work, running.port, filling, running.talk, running.voice, tls=running.tls)
        stack.callback(before.close)
        before.open()
    load = Load(bench.work, running.port, count, running.talk, running.voice, tls=running.tls, unread=unread)
    stack.callback(load.close)
    time.sleep(SETTLE_S)
    user, kernel = running.server.memory(), kernel_memory()
    load.open()
    time.sleep(SETTLE_S)
    return Series(running, load, (running.server.memory() - user) / count, max(0, kernel_memory() - kernel) / count)


def in_turn(bench: Bench, serieses: Sequence[Series], events: int = EVENTS) -> None:
    """One event each, round after round, so that all meet the same weather; the first rounds do not count."""
    for number in range(WARM_UP + events):
        turn = number % len(serieses)
        for series in (*serieses[turn:], *serieses[:turn]):
            fired = series.load.fire() if number < WARM_UP else series.fire()
            name = series.running.name
            bench.report.check(f"{name}, {series.load.count:,} listeners", fired, ours=name.startswith("Tocsin"))


def by_name(serieses: Iterable[Series]) -> dict[str, Series]:
    return {series.running.name: series for series in serieses}
