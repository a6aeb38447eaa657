"""Every state that a small world's orders can lead to, nearest first, and every order at each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from time import perf_counter
from types import TracebackType

from soak.worlds import dumb
from soak.worlds.book import Key
from soak.worlds.catalogue import World
from soak.worlds.orders import HIERARCHY, now
from soak.worlds.passage import Passages, Standing
from soak.worlds.standing import Violation, check_outlook, check_stale_orders, check_state, require, saying
from tocsin import engine
from tocsin.commands import Command, Raise
from tocsin.engine import State
from tocsin.events import Event

Path = tuple[int, ...]
"""The orders that lead to a state, by their numbers."""
Found = dict[Key, tuple[int, Path]]
"""States, with how many entries lead to each and by which orders."""


@dataclass
class Count:
    """What was seen at states so many entries from the beginning."""

    states: int = 0
    standing_for: int = 0
    """With those that are the same but for swapped sources or hazards."""
    transitions: int = 0
    """Orders carried out, with an effect."""
    idle: int = 0
    """Orders that found nothing to change."""
    refusals: Counter[str] = field(default_factory=Counter)
    pairs: int = 0
    """Orders to raise given in both sequences."""

    def __iadd__(self, other: Count) -> Count:
        self.states += other.states
        self.standing_for += other.standing_for
        self.transitions += other.transitions
        self.idle += other.idle
        self.refusals += other.refusals
        self.pairs += other.pairs
        return self


class Explorer:
    """One world, state by state. All its errors are a `Violation` with the orders that led to it."""

    def __init__(self, world: World) -> None:
        self.world, self.book, self.passages = world, world.book, Passages(world)

    def visit(self, path: Path, *, further: bool) -> tuple[Count, Found]:
        """Check one state, and, if ``further``, every order at it."""
        count = Count()
        found: Found = {}
        with _Story(self.world, path) as story:
            at = self.standing(path)
            here = self.book.key(at.holds.values(), at.lives)
            count.states, count.standing_for = 1, len(self.book.orbit(here))
            if further:
                check_stale_orders(at.state, at.reading)
                check_outlook(at.state, at.reading)
                before = at.fingerprint()
                for number in story.each_order():
                    self._try(at, path, here, number, count, found)
                require(at.fingerprint() == before, "a decision changed the state it was decided upon")
                if at.state.seq <= self.world.closely:
                    count.pairs = self._commuting(at)
        return count, found

    def _try(self, at: Standing, path: Path, here: Key, number: int, count: Count, found: Found) -> None:
        result = self.passages.carry_out(at, number, twice=at.state.seq <= self.world.closely)
        if isinstance(result, type):
            count.refusals[result.__name__] += 1
            return
        entries, there = result
        if entries == 0:
            require(there == here, "nothing in the log, and another state")
            count.idle += 1
            return
        count.transitions += 1
        if there != here:
            found.setdefault(self.book.least(there), (at.state.seq + entries, (*path, number)))

    def standing(self, path: Path) -> Standing:
        """What the orders lead to: entry by entry, all entries in one go, and read from the log."""
        state, events = State(HIERARCHY), list[Event]()
        for number in path:
            more = engine.decide(state, self.world.commands[number], now(state.seq))
            for event in more:
                state = engine.evolve(state, event)
            events += more
        require(engine.fold(State(HIERARCHY), events) == state, "a log folded in one go", state)
        reading = dumb.read(events)
        check_state(state, reading)
        return Standing.of(self.book, state, reading)

    def _commuting(self, at: Standing) -> int:
        """Two orders to raise leave the same open holds, whichever is given first."""
        raises = [
            command
            for command in self.world.commands
            if isinstance(command.order, Raise) and all(zone in HIERARCHY for zone in command.order.zones)
        ]
        pairs = list(combinations(raises, 2))
        for one, other in pairs:
            left = [self._left(at.state, sequence) for sequence in ((one, other), (other, one))]
            require(left[0] == left[1], "raises do not commute", one, other)
        return len(pairs)

    def _left(self, state: State, commands: Iterable[Command]) -> list[int]:
        """What the open holds say after these orders."""
        for command in commands:
            state = engine.fold(state, engine.decide(state, command, now(state.seq)))
        return sorted(self.book.number[saying(hold)] for hold in state.holds.values())

    def unabridged(self, length: int) -> int:
        """Follow every log of up to ``length`` entries by itself, and say how many there are: any two that count as
        one state (soak/worlds/book.py) are refused the same orders, and led to the same states by the others."""
        known: dict[Key, Counter[Key | str]] = {}
        logs: list[Path] = [()]
        for path in logs:
            with _Story(self.world, path) as story:
                at = self.standing(path)
                futures = Counter[Key | str]()
                for number in story.each_order():
                    result = self.passages.carry_out(at, number)
                    if isinstance(result, type):
                        futures[result.__name__] += 1
                        continue
                    entries, there = result
                    futures[self.book.least(there)] += 1
                    if 0 < entries <= length - at.state.seq:
                        logs.append((*path, number))
                state = self.book.least(self.book.key(at.holds.values(), at.lives))
                require(
                    known.setdefault(state, futures) == futures, "another future than a state that counts as the same"
                )
        return len(logs)


class _Story:
    """Tells, if anything goes wrong, after which orders."""

    def __init__(self, world: World, path: Path) -> None:
        self._world, self._path = world, path
        self._trying: tuple[int, ...] = ()

    def each_order(self) -> Iterator[int]:
        for number in range(len(self._world.commands)):
            self._trying = (number,)
            yield number
        self._trying = ()

    def __enter__(self) -> _Story:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(fault, Exception):
            lines = [f"in the world of {self._world.name}: {fault if isinstance(fault, Violation) else repr(fault)}"]
            for place, number in enumerate((*self._path, *self._trying), start=1):
                command = self._world.commands[number]
                lines.append(f"  order {place}, by {command.source}: {command.order}")
            raise Violation("\n".join(lines)) from fault


Visits = Callable[[list[Path], bool], Iterable[tuple[Count, Found]]]
"""Visits these states, and tries the orders at them if asked to, and tells what was found, in the order given."""


def explored(world: World, length: int, visits: Visits | None = None) -> Iterator[tuple[int, Count, float]]:
    """Every state that logs of up to ``length`` entries lead to: how many entries, what was seen there, in how many
    seconds. At the last ones no more orders are given. Errors: `Violation`."""
    explorer = Explorer(world)
    visits = visits or (lambda paths, further: (explorer.visit(path, further=further) for path in paths))
    known: dict[Key, int] = {world.book.least(world.book.key((), {})): 0}
    waiting: list[Found] = [{} for _ in range(length + 1)]
    waiting[0] = dict.fromkeys(known, (0, ()))
    for entries in range(length + 1):
        begun, total = perf_counter(), Count()
        paths = [path for key, (_, path) in waiting[entries].items() if known[key] == entries]
        waiting[entries] = {}
        for count, found in visits(paths, entries < length):
            total += count
            for key, (behind, path) in found.items():
                if behind <= length and known.get(key, length + 1) > behind:
                    known[key] = behind
                    waiting[behind][key] = (behind, path)
        yield entries, total, perf_counter() - begun
