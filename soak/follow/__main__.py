"""Two Tocsins, one following the other through faults: no false all-clear, and every true end is seen.

``python -m soak.follow [--rounds 10000] [--seed 1] [--only NAME] [--jobs 2]``. Ends with 1 at the first broken promise.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from soak.follow.round import POLLED, Fault, polled
from soak.follow.stream import streamed

NAMES = (*POLLED, "tocsin")

CHUNK = 100
"""Rounds that a process is given at once."""


def run(rounds: int, seed: int, names: tuple[str, ...] = NAMES, first: int = 0) -> Counter[str]:
    """So many rounds from the ``first`` on, shared out among the dialects. Errors: `Fault`."""
    count: Counter[str] = Counter()
    for number in range(first, first + rounds):
        name = names[number % len(names)]
        try:
            if name == "tocsin":
                streamed(seed + number, count)
            else:
                polled(name, seed + number, count)
        except Fault as fault:
            raise Fault(f"{name}, seed {seed + number}: {fault}") from fault
    return count


def _part(first: int, rounds: int, seed: int, names: tuple[str, ...]) -> Counter[str]:
    return run(min(CHUNK, rounds - first), seed, names, first)


def shared_out(rounds: int, seed: int, names: tuple[str, ...], jobs: int) -> Counter[str]:
    """The same rounds in so many processes. Errors: `Fault`."""
    with ProcessPoolExecutor(jobs) as processes:
        part = partial(_part, rounds=rounds, seed=seed, names=names)
        try:
            return sum(processes.map(part, range(0, rounds, CHUNK)), Counter[str]())
        except Fault:
            processes.shutdown(cancel_futures=True)
            raise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=NAMES, default=None)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    begun = time.monotonic()
    try:
        count = shared_out(given.rounds, given.seed, (given.only,) if given.only else NAMES, given.jobs)
    except Fault as fault:
        sys.exit(str(fault))
    print(f"{given.rounds:,} rounds from seed {given.seed}: 0 false all-clears, every end seen")
    print(", ".join(f"{what} {number:,}" for what, number in sorted(count.items())))
    print(f"  {time.monotonic() - begun:,.0f} s")


if __name__ == "__main__":
    main()
