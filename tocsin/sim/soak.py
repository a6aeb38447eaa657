"""Many runs, on several processes at once, and what they came to together."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import tocsin
from tocsin.sim.faults import Fault
from tocsin.sim.run import Failure, Outcome, run

SEEDS_AT_ONCE = 8
"""How many runs one process is given at a time."""


class Tally:
    """What many runs came to together."""

    def __init__(self) -> None:
        self.runs = 0
        self.steps = 0
        self.entries = 0
        self.refusals = 0
        self.starts = 0
        self.resets = 0
        self.virtual_s = 0.0
        self.struck: Counter[Fault] = Counter(dict.fromkeys(Fault, 0))

    def add(self, outcome: Outcome) -> None:
        self.runs += 1
        self.steps += outcome.steps
        self.entries += outcome.entries
        self.refusals += outcome.refusals
        self.starts += outcome.starts
        self.resets += outcome.resets
        self.virtual_s += outcome.virtual_s
        self.struck.update(outcome.struck)

    @property
    def never(self) -> list[Fault]:
        """The kinds of fault that have not happened."""
        return [fault for fault, times in self.struck.items() if not times]


def runs(seeds: Iterable[int], steps: int, jobs: int) -> Iterator[Outcome | Failure]:
    """Each seed's run as it ends, and no more after the first failure."""
    one = partial(run, steps=steps)
    if jobs == 1:
        for seed in seeds:
            outcome = one(seed)
            yield outcome
            if isinstance(outcome, Failure):
                return
        return
    with get_context("spawn").Pool(jobs) as pool:
        for outcome in pool.imap_unordered(one, seeds, SEEDS_AT_ONCE):
            yield outcome
            if isinstance(outcome, Failure):
                return


def commit() -> str:
    """Which program this is: the commit where it runs from a checkout, else the version."""
    here = Path(tocsin.__file__).parent
    try:
        _git(here, "ls-files", "--error-unmatch", "__init__.py")  # or it lies in a checkout of something else
        return _git(here, "describe", "--always", "--dirty", "--abbrev=12")
    except (OSError, subprocess.SubprocessError):
        return f"version {tocsin.__version__}"


def _git(here: Path, *words: str) -> str:
    told = subprocess.run(["git", "-C", here, *words], capture_output=True, text=True, check=True, timeout=10)
    return told.stdout.strip()
