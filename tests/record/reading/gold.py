"""Reports of our own making with what they say, fact by fact, and how to compare what was read with it.

A file holds cases. Each opens with ``=== name | published``, then the report, ``---``, and one fact to a line:

    T outcome weapon value | speaker | place      C outcome value | speaker | place      D what | speaker | place
    S stance | speaker | words of it              K place | speaker                      W order weapon | words of it
    X measure [value] | words of it

After the place of T and C may stand ``as_of 2024-11-13T09:00`` and ``cumulative``. A fact is found when all that its
line says is so; ``downed`` stands for every outcome that brings a weapon down. What was read and stands on no line is
an invention, except damage, statements, statistics and waves in a case without such.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tocsin.facts import (
    CasualtyFact,
    ControlFact,
    DamageFact,
    Fact,
    StatementFact,
    StatisticFact,
    TallyFact,
    WaveFact,
)
from tocsin.record.weapons import is_a

FOLDER = Path(__file__).parents[2] / "data" / "reports"
FILES = (
    "seen.txt",
    "more.txt",
    "unseen.txt",
    "agencies.txt",
    "longer.txt",
    "mixed.txt",
    "sentences.txt",
    "fresh.txt",
    "later.txt",
    "nights.txt",
    "barrages.txt",
    "papers.txt",
)
"""In the order in which they were written."""
DOWNED = {"shot_down", "suppressed", "shot_down_or_suppressed"}
KINDS = {
    "T": TallyFact,
    "C": CasualtyFact,
    "D": DamageFact,
    "S": StatementFact,
    "K": ControlFact,
    "W": WaveFact,
    "X": StatisticFact,
}
ALWAYS = "TCK"
"""Kinds of which none may be read where the gold has none."""


class Case(NamedTuple):
    name: str
    published: date
    text: str
    gold: tuple[tuple[str, list[str]], ...]


class Score(NamedTuple):
    found: int
    extra: int
    missed: int

    @property
    def f1(self) -> float:
        return (
            2 * self.found / (2 * self.found + self.extra + self.missed)
            if self.found
            else float(not (self.extra + self.missed))
        )


def cases(file: str) -> list[Case]:
    """The cases of one file of the folder."""
    found = []
    for part in re.split(r"^=== ", (FOLDER / file).read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, rest = part.split("\n", 1)
        name, published = (word.strip() for word in head.split("|"))
        text, gold = rest.split("\n---", 1)
        lines = tuple((line[0], [cell.strip() for cell in line[2:].split("|")]) for line in gold.strip().splitlines())
        found.append(Case(name, date.fromisoformat(published), text, lines))
    return found


def words(text: str | None) -> set[str]:
    return set(re.findall(r"[\w'-]+", (text or "").lower().replace("’", "'")))


def near(one: str | None, other: str | None, share: float = 0.5) -> bool:
    mine, theirs = words(one), words(other)
    return bool(mine and theirs) and len(mine & theirs) / min(len(mine), len(theirs)) >= share


def alike(weapon: str, gold: str) -> bool:
    return set(weapon.split("/")) == set(gold.split("/")) or is_a(weapon, gold) or is_a(gold, weapon)


def same(fact: Fact, cells: list[str], *, speakers: bool = True) -> bool:
    """Whether the fact is what the line says; without ``speakers``, whoever says it and wherever."""
    first = cells[0].split()
    speaker, place = [*cells[1:], "", ""][:2]
    match fact:
        case TallyFact():
            outcome = "downed" if fact.outcome in DOWNED and first[0] == "downed" else fact.outcome.value
            right = outcome == first[0] and alike(fact.weapon, first[1]) and fact.value.value == int(first[2])
        case CasualtyFact():
            right = fact.outcome == first[0] and fact.value is not None and fact.value.value == int(first[1])
        case DamageFact():
            right = near(fact.what, cells[0]) or near(fact.quote, cells[0], 0.99)
        case StatementFact():
            right = fact.stance == first[0] and near(fact.quote, place, 0.6)
            place = ""
        case ControlFact():
            right = near(fact.place, cells[0])
        case WaveFact():
            right = fact.order == int(first[0]) and alike(fact.weapon, first[1]) and near(fact.quote, speaker, 0.6)
            speaker = ""
        case StatisticFact():
            value = int(first[1]) if len(first) > 1 else None
            right = (
                fact.measure == first[0]
                and near(fact.quote, speaker, 0.6)
                and (fact.value.value if fact.value else None) == value
            )
            speaker = ""
    for word in cells[3:]:
        right = right and (getattr(fact, "cumulative", False) if word == "cumulative" else fact.as_of == word[6:])
    if isinstance(fact, CasualtyFact) and fact.cumulative and "cumulative" not in cells:
        return False
    if not right or not speakers:
        return right
    where = getattr(fact, "place", None)
    return (not speaker or near(fact.speaker, speaker, 0.5)) and (
        not place or isinstance(fact, ControlFact) or near(where, place)
    )


def compare(
    facts: tuple[Fact, ...], case: Case, *, speakers: bool = True
) -> tuple[Counter[tuple[str, str]], list[str]]:
    """How many of each kind were found, extra or missed, and in words what was not as it should be."""
    count: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    wanted = list(case.gold)
    there = {kind for kind, _ in wanted} | set(ALWAYS)
    for fact in facts:
        kind = next(letter for letter, sort in KINDS.items() if isinstance(fact, sort))
        hit = next((line for line in wanted if line[0] == kind and same(fact, line[1], speakers=speakers)), None)
        if hit:
            wanted.remove(hit)
            count[kind, "found"] += 1
        elif kind in there:
            count[kind, "extra"] += 1
            wrong.append(f"{case.name}: + {fact}")
    for kind, cells in wanted:
        count[kind, "missed"] += 1
        wrong.append(f"{case.name}: - {kind} {' | '.join(cells)}")
    return count, wrong


def scored(count: Counter[tuple[str, str]]) -> dict[str, Score]:
    """By kind, and all together as ``all``."""
    kinds = {kind: Score(count[kind, "found"], count[kind, "extra"], count[kind, "missed"]) for kind in KINDS}
    return kinds | {"all": Score(*(sum(score[i] for score in kinds.values()) for i in range(3)))}
