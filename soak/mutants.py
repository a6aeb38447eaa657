"""Bugs planted by machine (mutmut) in engine, access and store, and whether the tests of the room find them.

``python -m soak.mutants [--sample N] [ROOM ...]``. A copy of the tree is mutated, one small change at a time, and the
room's tests are run on each that they reach. Prints the score of each room and every survivor by name; ends with 1
where a score is below 90 %. With ``--sample``, that many of each room, drawn with the same seed each time, stand for
all. What survives and why is told in docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
WANTED = 0.90
ROOMS = ("engine", "access", "store")
NEEDED = ("tocsin", "tests", "docs", "soak", "tools", "benchmarks", "pyproject.toml", "README.md", "Makefile")
LEFT_OUT = {"store": ("tests/store/test_processes.py",)}
"""Tests in processes of their own run the code as it is, and would be asked for nothing."""

SURVIVED, UNREACHED, UNASKED = 0, 33, None
"""How mutmut notes what no test noticed, what no test ran, and what it has not come to."""


def mutated(room: str, folder: Path, sample: int) -> dict[str, int | None]:
    """Each mutant of the room by name, or of a sample of them, with how its tests ended."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    ignored = [f"--ignore={path}" for path in LEFT_OUT.get(room, ())]
    arguments = ["-p", "no:cacheprovider", "-x", "-q", "--hypothesis-seed=0", *ignored]
    lines = {
        "source_paths": ["tocsin"],
        "only_mutate": [f"tocsin/{room}/*.py"],
        "also_copy": [name for name in NEEDED if name not in ("tocsin", "tests", "pyproject.toml")],
        "pytest_add_cli_args": arguments,
        "pytest_add_cli_args_test_selection": [f"tests/{room}"],
    }
    settings = "".join(f"{name} =\n" + "".join(f"    {value}\n" for value in values) for name, values in lines.items())
    (folder / "setup.cfg").write_text(f"[mutmut]\n{settings}", "utf-8")
    if not sample:
        _run(folder)
        return _ended(folder, room)
    _run(folder, "no such mutant")  # makes them all, and tries none
    names = sorted(_ended(folder, room))
    drawn = random.Random(0).sample(names, min(sample, len(names)))
    _run(folder, *drawn)
    ended = _ended(folder, room)
    return {name: ended[name] for name in drawn}


def _run(folder: Path, *names: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "mutmut", "run", "--max-children", os.environ.get("JOBS", "2"), *names],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )


def _ended(folder: Path, room: str) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for file in sorted((folder / "mutants/tocsin" / room).rglob("*.meta")):
        found |= json.loads(file.read_text("utf-8"))["exit_code_by_key"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", choices=[[], *ROOMS], default=ROOMS)
    parser.add_argument("--sample", type=int, default=0, help="how many of each room; all, if not said")
    told = parser.parse_args()
    poor = False
    for room in told.rooms or ROOMS:
        with tempfile.TemporaryDirectory(prefix="tocsin-mutants-") as folder:
            ended = mutated(room, Path(folder), told.sample)
        counted = Counter(ended.values())
        missed = [name for name, how in ended.items() if how in (SURVIVED, UNREACHED)]
        asked = len(ended) - counted[UNASKED]
        score = 1 - len(missed) / asked if asked else 0.0
        poor |= score < WANTED or bool(counted[UNASKED])
        print(f"{room}: {asked:,} mutants, {asked - len(missed):,} found, {score:.1%}; not come to: {counted[UNASKED]}")
        for name in missed:
            print(f"    {name}")
    sys.exit(poor)


if __name__ == "__main__":
    main()
