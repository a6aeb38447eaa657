"""Two Tocsins, one following the other through faults: no false all-clear, and every true end is seen.

``python -m soak.follow [--rounds 10000] [--seed 1] [--only NAME]``. Ends with 1 at the first broken promise.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from soak.follow.round import POLLED, Fault, polled
from soak.follow.stream import streamed

NAMES = (*POLLED, "tocsin")


def run(rounds: int, seed: int, names: tuple[str, ...] = NAMES) -> Counter[str]:
    """So many rounds, shared out among the dialects. Errors: `Fault`."""
    count: Counter[str] = Counter()
    for number in range(rounds):
        name = names[number % len(names)]
        try:
            if name == "tocsin":
                streamed(seed + number, count)
            else:
                polled(name, seed + number, count)
        except Fault as fault:
            raise Fault(f"{name}, seed {seed + number}: {fault}") from fault
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=NAMES, default=None)
    given = parser.parse_args()
    begun = time.monotonic()
    try:
        count = run(given.rounds, given.seed, (given.only,) if given.only else NAMES)
    except Fault as fault:
        sys.exit(str(fault))
    print(f"{given.rounds:,} rounds from seed {given.seed}: 0 false all-clears, every end seen")
    print(", ".join(f"{what} {number:,}" for what, number in sorted(count.items())))
    print(f"  {time.monotonic() - begun:,.0f} s")


if __name__ == "__main__":
    main()
