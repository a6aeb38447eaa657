"""Every state of the small worlds, every order at each, on the real engine.

``python -m soak.worlds [--world NAME] [--length N] [--small] [--jobs N]``. Prints how many states and transitions
there were. Ends with 1 at the first thing that never should be, and prints the orders that led to it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from time import perf_counter

from soak.worlds.catalogue import WORLDS, World
from soak.worlds.explore import Count, Explorer, Visits, explored
from soak.worlds.shared import shared
from soak.worlds.standing import Violation


def explore(world: World, length: int, visits: Visits | None) -> tuple[Count, float]:
    """Explore it and print what was found, as a table."""
    print(f"\n{world.name}: {world.about}; {len(world.commands)} orders at every state")
    print(_row("entries", "states", "stand for", "transitions", "no effect", "refused", "seconds"))
    every, seconds = Count(), 0.0
    for entries, count, took in explored(world, length, visits):
        every += count
        seconds += took
        print(_counted(str(entries), count, took), flush=True)
    print(_counted("all", every, seconds))
    print("refused:", ", ".join(f"{name} {times:,}" for name, times in every.refusals.most_common()))
    return every, seconds


def _counted(name: str, count: Count, seconds: float) -> str:
    numbers = (count.states, count.standing_for, count.transitions, count.idle, count.refusals.total())
    return _row(name, *(f"{number:,}" for number in numbers), f"{seconds:,.1f}")


def _row(name: str, *columns: str) -> str:
    return f"{name:<7}" + "".join(f"{column:>13}" for column in columns)


def run(worlds: Iterable[World], length: int | None, *, small: bool, jobs: int) -> None:
    """Errors: `Violation`."""
    every, seconds = Count(), 0.0
    for world in worlds:
        deep = length if length is not None else world.small if small else world.length
        with shared(world, jobs) if jobs > 1 else nullcontext() as visits:
            count, took = explore(world, deep, visits)
        begun = perf_counter()
        logs = Explorer(world).unabridged(min(max(world.closely, 1), deep))
        took += perf_counter() - begun
        print(f"{logs:,} logs followed by themselves have the futures of the states that stand for them;")
        print(f"{count.pairs:,} pairs of orders to raise leave the same in both sequences")
        every += count
        seconds += took
    tried = every.transitions + every.idle + every.refusals.total()
    print(
        f"\n{every.states:,} states (standing for {every.standing_for:,}), {every.transitions:,} transitions, "
        f"{every.idle:,} orders without effect, {every.refusals.total():,} refused, nothing wrong; "
        f"{seconds:,.0f} s, {tried / seconds:,.0f} orders/s, {jobs} process{'es' if jobs > 1 else ''}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--world", choices=WORLDS, action="append", help="only this one; may be given again")
    parser.add_argument("--length", type=int, help="of the logs; each world has its own")
    parser.add_argument("--small", action="store_true", help="the small dose that the tests take")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    asked = parser.parse_args()
    try:
        run((WORLDS[name] for name in asked.world or WORLDS), asked.length, small=asked.small, jobs=asked.jobs)
    except Violation as violation:
        print(f"a promise was broken {violation}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
