"""How well and how fast reports are read: ``python benchmarks/record.py [--reports DIR [--scorer FILE]]``.

Without arguments: the reports of our own making, those that the grammar was written on and those that were held back
until it was. ``--reports`` names a folder of NAME.txt with NAME.gold.json, which says when NAME was published;
``--scorer`` a program that is given that folder and a folder of the facts as `tocsin record read --json` prints them.

Speed is of one thread, beside what any reader does at least: the same reports cut into words by one pattern.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from tests.record.reading.gold import cases, compare, scored
from tocsin.record.reading import read

ROUNDS = 5
SECONDS = 1.0
OWN = ("seen.txt", "more.txt", "unseen.txt", "agencies.txt", "longer.txt")
KINDS = {"T": "tallies", "C": "casualties", "D": "damage", "S": "statements", "K": "control", "W": "waves"}

Report = tuple[str, date]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path)
    parser.add_argument("--scorer", type=Path)
    given = parser.parse_args()
    print(f"{'F1, our own reports':22}" + "".join(f"{name:>12}" for name in (*KINDS.values(), "all")))
    for file in OWN:
        own(file)
    print(f"\n{'reports/s':22}{'read':>12}{'words only':>12}{'ratio':>8}{'characters each':>18}")
    for file in OWN:
        speed(file, [(case.text, case.published) for case in cases(file)])
    if given.reports:
        reports = folder(given.reports)
        speed("the folder's", list(reports.values()))
        if given.scorer:
            print("\n" + score(given.reports, given.scorer, reports))


def own(file: str) -> None:
    count: Counter[tuple[str, str]] = Counter()
    for case in cases(file):
        count += compare(read(case.text, case.published).facts, case)[0]
    scores = scored(count)
    print(f"{file:22}" + "".join(f"{scores[kind].f1:12.3f}" for kind in (*KINDS, "all")))


def folder(where: Path) -> dict[str, Report]:
    found = {}
    for gold in sorted(where.glob("*.gold.json")):
        name = gold.name.removesuffix(".gold.json")
        published = date.fromisoformat(json.loads(gold.read_text("utf-8"))["document"]["published_date"])
        found[name] = (where / f"{name}.txt").read_text("utf-8"), published
    return found


def score(where: Path, scorer: Path, reports: dict[str, Report]) -> str:
    with tempfile.TemporaryDirectory() as facts:
        for name, report in reports.items():
            Path(facts, f"{name}.json").write_bytes(msgspec.json.encode(read(*report)))
        command = [sys.executable, str(scorer), str(where), facts]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def speed(name: str, reports: Sequence[Report]) -> None:
    word = re.compile(r"\w+|[^\w\s]")
    ours = best(lambda report: read(*report), reports)
    theirs = best(lambda report: word.findall(report[0].lower()), reports)
    characters = sum(len(text) for text, _ in reports) // len(reports)
    print(f"{name:22}{ours:12,.0f}{theirs:12,.0f}{theirs / ours:8.1f}{characters:18,}")


def best(what: Callable[[Report], object], reports: Sequence[Report]) -> float:
    """Reports in a second of this thread's own time, the best of some rounds."""
    found = 0.0
    for _ in range(ROUNDS):
        began, done = time.thread_time(), 0
        while time.thread_time() - began < SECONDS / ROUNDS:
            for report in reports:
                what(report)
            done += len(reports)
        found = max(found, done / (time.thread_time() - began))
    return found


if __name__ == "__main__":
    main()
