"""A small country made by hand, orders in it, and time that leaps: as short to write as what matters in them."""

from __future__ import annotations

import asyncio
import itertools
import selectors
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from tocsin.commands import Command, Order, Raise, Release, UponHolds
from tocsin.engine import State, decide, fold
from tocsin.events import Event
from tocsin.model import Hierarchy, SourceId, ZoneId

T = TypeVar("T")

LAND, EAST, WEST, CAPITAL = ZoneId("land"), ZoneId("east"), ZoneId("west"), ZoneId("capital")
COAST, HILLS, FOREST = ZoneId("coast"), ZoneId("hills"), ZoneId("forest")
PORT, BEACH = ZoneId("port"), ZoneId("beach")

COUNTRY = Hierarchy(
    {
        LAND: None,
        EAST: LAND,
        WEST: LAND,
        CAPITAL: LAND,
        COAST: EAST,
        HILLS: EAST,
        FOREST: WEST,
        PORT: COAST,
        BEACH: COAST,
    },
    {CAPITAL: 5_000, WEST: 400, FOREST: 300, PORT: 1_000, BEACH: 200},
)
"""Four levels: the land; east, west and capital; coast and hills in the east; port and beach on the coast.

Nobody counted the people in the hills, so nobody knows how many there are in the east or in the land.
"""

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DUTY, ARMY = SourceId("duty"), SourceId("army")

_numbers = itertools.count(1)


def minute(number: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=number)


def command(order: Order, source: SourceId = DUTY, **envelope: Any) -> Command:
    """An order in an envelope with a key of its own."""
    return Command(**({"key": f"order {next(_numbers)}", "actor": "local"} | envelope), source=source, order=order)


def raising(*zones: str, source: SourceId = DUTY, key: str | None = None, **said: Any) -> Command:
    order = Raise(zones=tuple(ZoneId(zone) for zone in zones), **said)
    return command(order, source, **({} if key is None else {"key": key}))


def releasing(*zones: str, source: SourceId = DUTY, key: str | None = None, **said: Any) -> Command:
    order = Release(zones=tuple(ZoneId(zone) for zone in zones), **said)
    return command(order, source, **({} if key is None else {"key": key}))


def upon(kind: Callable[..., UponHolds], *zones: str, source: SourceId = DUTY, **said: Any) -> Command:
    """An order of any kind upon the holds on these zones."""
    return command(kind(zones=tuple(ZoneId(zone) for zone in zones), **said), source)


def decided(commands: Iterable[Command], state: State | None = None, now: datetime = NOON) -> list[Event]:
    """The log that these commands lead to."""
    state = state or State(COUNTRY)
    log: list[Event] = []
    for given in commands:
        events = decide(state, given, now)
        log += events
        state = fold(state, events)
    return log


def only(kind: type[T], events: Iterable[Event]) -> list[T]:
    """The events, all of which are of this one kind."""
    given = list(events)
    found: list[T] = [event for event in given if isinstance(event, kind)]
    assert len(found) == len(given), given
    return found


def carried_out(commands: Iterable[Command], state: State | None = None, now: datetime = NOON) -> State:
    """What stands after these commands, each decided upon what the ones before it left."""
    state = state or State(COUNTRY)
    return fold(state, decided(commands, state, now))


class StillClock:
    """Stands where it is put."""

    rate = 1.0

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.elapsed = 0.0

    def now(self) -> datetime:
        return self.at

    def elapsed_s(self) -> float:
        return self.elapsed


class _Leaping(selectors.DefaultSelector):
    """Where a loop would wait for its next timer, the time has come already."""

    def __init__(self) -> None:
        super().__init__()
        self.time_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else 5)
        assert ready or timeout is not None, "everyone waits and no timer is set"
        if not ready and timeout:
            self.time_s += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """Time stands still while anything can run, then leaps to the next timer. Not for work in other threads."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.time_s


def run_leaping(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run to the end in a loop whose time leaps, which tells the same time in every run."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(main())
