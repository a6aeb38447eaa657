"""How well and how fast reports are read: ``python -m benchmarks.record [--reports DIR [--scorer FILE]]``.

Without arguments: the reports of our own making, those that the grammar was written on and those that were held back
until it was. ``--reports`` names a folder of NAME.txt with NAME.gold.json, which says when NAME was published;
``--scorer`` a program that is given that folder and a folder of the facts as `tocsin record read --json` prints them.
``--bulletins`` names a file of [{posted, text}], ``--infographics`` one of such lines: they are read for speed alone.
``--attacks`` names the dataset that `tocsin import attacks` reads (attacks.py).

Speed is of one thread, by genre and length, beside what any reader does at least: the same texts cut into words by one
pattern. The texts are read one after the other, in many rounds, and the quickest reading of each counts, since other
programs only make it slower; so what is remembered of words is there already, as it is in a service that has run for a
while. In each round their counts are others, so that no sentence comes twice: what is remembered of one would not help.
"""

from __future__ import annotations

import argparse
import json
import random
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

from benchmarks import attacks
from tests.record.reading.gold import FILES, cases, compare, scored
from tests.record.reading.styles_russian import BULLETINS
from tests.record.reading.test_styles import STYLES
from tocsin.record.reading import read

ROUNDS = 30
LONG_FROM = 600
"""Characters from which on a report is called long here."""
KINDS = {"T": "tallies", "C": "casualties", "D": "damage", "S": "statements", "K": "control", "W": "waves"}

_COUNT = re.compile(r"(?<![\w.,:/-])[3-9]\d?(?= [^\W\d])")
"""A count of something: no date, time or designation."""

Report = tuple[str, date]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--bulletins", type=Path)
    parser.add_argument("--infographics", type=Path)
    parser.add_argument("--attacks", type=Path)
    given = parser.parse_args()
    print(f"{'F1, our own reports':22}" + "".join(f"{name:>12}" for name in (*KINDS.values(), "all")))
    for file in FILES:
        own(file)
    print(f"\n{'reports/s':22}{'read':>12}{'words only':>12}{'ratio':>8}{'characters each':>18}")
    english = [(case.text, case.published) for file in FILES for case in cases(file)]
    texts = {
        "short wire reports": [report for report in english if len(report[0]) < LONG_FROM],
        "long wire reports": [report for report in english if len(report[0]) >= LONG_FROM],
        "Ukrainian bulletins": [(text, date.fromisoformat(day)) for day, text, _ in STYLES],
        "Russian bulletins": [(text, date.fromisoformat(day)) for day, text, _ in BULLETINS],
    }
    if given.reports:
        reports = folder(given.reports)
        texts["reports, the folder's"] = list(reports.values())
    if given.bulletins:
        texts["bulletins, the file's"] = posted(json.loads(given.bulletins.read_text("utf-8")))
    if given.infographics:
        lines = given.infographics.read_text("utf-8").splitlines()
        texts["infographics"] = posted([json.loads(line) for line in lines])
    speed(texts)
    if given.reports and given.scorer:
        print("\n" + score(given.reports, given.scorer, reports))
    attacks.main(given.attacks)


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


def posted(texts: list[dict[str, str]]) -> list[Report]:
    return [(text["text"], date.fromisoformat(text["posted"][:10])) for text in texts]


def speed(texts: dict[str, list[Report]]) -> None:
    """By genre and length, and all of them together, each text once."""
    word = re.compile(r"\w+|[^\w\s]")
    spent = [0.0, 0.0]
    for name, reports in texts.items():
        ours = best(lambda report: read(*report), reports)
        theirs = best(lambda report: word.findall(report[0].lower()), reports)
        spent = [spent[0] + ours, spent[1] + theirs]
        _print(name, reports, ours, theirs)
    _print("all of these", [report for reports in texts.values() for report in reports], *spent)


def _print(name: str, reports: Sequence[Report], ours: float, theirs: float) -> None:
    count = len(reports)
    characters = sum(len(text) for text, _ in reports) // count
    print(f"{name:22}{count / ours:12,.0f}{count / theirs:12,.0f}{ours / theirs:8.1f}{characters:18,}")


def best(what: Callable[[Report], object], reports: Sequence[Report]) -> float:
    """Seconds of this thread's own time for all of them, the quickest of some rounds for each."""
    draw = random.Random(0)
    quickest = [sys.maxsize] * len(reports)
    for _ in range(ROUNDS):
        for number, (text, published) in enumerate(reports):
            report = _COUNT.sub(lambda _: str(draw.randint(3, 99)), text), published
            began = time.thread_time_ns()
            what(report)
            quickest[number] = min(quickest[number], time.thread_time_ns() - began)
    return sum(quickest) / 1e9


if __name__ == "__main__":
    main()
