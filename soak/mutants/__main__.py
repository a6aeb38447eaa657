"""Bugs planted by machine (mutmut) in engine, access and store, and whether the tests of the room find them.

``python -m soak.mutants [--sample N] [--seed S] [ROOM ...]``. Prints the score of each room, and by name every
survivor that docs/mutants.md does not list with a reason, and every one that it lists though a test finds it. Ends with
1 for any of these, and where a score is below 90 %. With ``--sample``, that many of each room, drawn by lot, stand for
all.

How they are planted and tried is told in soak/mutants/planting.py and soak/mutants/trying.py.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

from soak.mutants.listed import needless, reasons, unlisted
from soak.mutants.planting import ROOT, Mutant, mutants_of

WANTED = 0.90
ROOMS = ("engine", "access", "store")
PAGE = ROOT / "docs/mutants.md"


def tried(room: str, mutants: list[Mutant]) -> dict[str, str | None]:
    """Each of these mutants with the test that found it, or none."""
    with tempfile.TemporaryDirectory(prefix="tocsin-mutants-") as folder:
        results = Path(folder, "results")
        process = subprocess.run(
            [sys.executable, "-m", "soak.mutants.trying", room, str(results)],
            cwd=ROOT,
            input=pickle.dumps(mutants),
            capture_output=True,
            check=False,
        )
        lines = results.read_text("utf-8").splitlines() if results.exists() else []
    told = [json.loads(line) for line in lines]
    ended = {row["name"]: row["found_by"] for row in told}
    if len(ended) != len(mutants):
        sys.exit(f"{room}: {len(ended)} of {len(mutants)} mutants came to an end\n{process.stdout.decode()[-4_000:]}")
    return ended


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", choices=[[], *ROOMS], default=ROOMS)
    parser.add_argument("--sample", type=int, default=0, help="how many of each room; all, if not said")
    parser.add_argument("--seed", type=int, default=0, help="for the lot")
    told = parser.parse_args()
    listed = reasons(PAGE.read_text("utf-8"))
    failed = False
    print(f"mutmut {version('mutmut')}")
    for room in told.rooms or ROOMS:
        begun = time.monotonic()
        mutants = mutants_of(room)
        drawn = random.Random(told.seed).sample(mutants, min(told.sample, len(mutants))) if told.sample else mutants
        ended = tried(room, drawn)
        survivors = [name for name, found_by in ended.items() if not found_by]
        made = [mutant.name for mutant in mutants]
        score = 1 - len(survivors) / len(ended)
        unknown = unlisted(survivors, listed)
        over = needless(room, made, [name for name, found_by in ended.items() if found_by], listed)
        failed |= score < WANTED or bool(unknown) or bool(over)
        print(
            f"{room}: {len(made):,} mutants, {len(ended):,} tried, {len(ended) - len(survivors):,} found: {score:.1%}; "
            f"of {len(survivors)} survivors {len(unknown)} not listed; {len(over)} listed needlessly; "
            f"{time.monotonic() - begun:,.0f} s",
            flush=True,
        )
        for reason, count in Counter(listed[name] for name in survivors if name in listed).items():
            print(f"{count:>6} {reason[0].lower()}{reason[1:]}")
        for kind, names in (("not listed", unknown), ("needlessly", over)):
            for name in names:
                print(f"    {kind}: {name}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
