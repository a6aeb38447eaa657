"""How exactly bulletins with hand-made gold are read, and how many a second on one core.

    python benchmarks/bulletins.py BULLETINS_GOLD.json

Gold is a list of {posted, text, gold}; gold names launched and downed by weapon, their totals, lost, places and the
moment. Parts of a total are not counted beside it.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from tocsin.facts import Outcome, TallyFact
from tocsin.record.reading import read
from tocsin.record.reading.governing import DOWNED
from tocsin.record.weapons import is_a, parts

NAMES = {"x101": "kh-101", "uav": "drone", "ballistic": "ballistic_missile", "iskander_m": "iskander-m"}
SECONDS = 2.0


def named(fact: TallyFact, gold: str) -> bool:
    wanted = NAMES.get(gold, gold)
    return any(is_a(part, wanted) or is_a(wanted, part) for part in parts(fact.weapon)) and fact.weapon != "target"


def cells(gold: dict[str, Any], facts: list[TallyFact]) -> list[bool]:
    """Whether each cell of the gold is there, and whether nothing stands beside the weapons it names."""
    told: list[bool] = []
    for key, outcomes in (("launched", {Outcome.LAUNCHED}), ("downed", DOWNED)):
        mine = [fact for fact in facts if fact.outcome in outcomes]
        for weapon, number in gold.get(key, {}).items():
            told.append(any(named(fact, weapon) and fact.value.value == number for fact in mine))
        leaves = [fact for fact in mine if fact.weapon != "target" and not whole_is_the_same_kind(fact, facts)]
        told.append(len(leaves) == len(gold.get(key, {})))
        if f"{key}_total" in gold:
            told.append(any(fact.weapon == "target" and fact.value.value == gold[f"{key}_total"] for fact in mine))
    if "lost" in gold:
        said = str(gold["lost"])
        lost = [fact for fact in facts if fact.outcome is Outcome.LOST and fact.subset_of is None]
        told.append([fact.value.value for fact in lost] == [int(said.lstrip(">"))])
        told.append(said.startswith(">") == (lost[0].value.high is None))
    for key, outcome in (("hit_locations", Outcome.HIT), ("debris_locations", Outcome.DEBRIS)):
        places = [fact.value.value for fact in facts if fact.outcome is outcome and fact.unit == "locations"]
        told.append(places == ([gold[key]] if key in gold else []))
    if "as_of" in gold:
        told.append(all((fact.as_of or "").endswith(gold["as_of"]) for fact in facts if fact.outcome in DOWNED))
    return told


def whole_is_the_same_kind(fact: TallyFact, facts: list[TallyFact]) -> bool:
    """Whether it only says how many of a count were of one kind: "понад 50 із них"."""
    return fact.subset_of is not None and facts[fact.subset_of].weapon != "target"


def main(path: str) -> None:
    bulletins = json.loads(Path(path).read_text())
    right: list[bool] = []
    for one in bulletins:
        facts = [
            fact for fact in read(one["text"], date.fromisoformat(one["posted"])).facts if isinstance(fact, TallyFact)
        ]
        mine = cells(one["gold"], facts)
        right += mine
        print(f"{one['posted']}: {sum(mine)} of {len(mine)} cells, {len(facts)} facts")
    begun, count = time.process_time(), 0
    while time.process_time() - begun < SECONDS:
        for one in bulletins:
            read(one["text"], date.fromisoformat(one["posted"]))
        count += len(bulletins)
    per_s = count / (time.process_time() - begun)
    print(f"{sum(right)} of {len(right)} cells; {per_s:,.0f} bulletins/s of CPU time")


if __name__ == "__main__":
    main(sys.argv[1])
