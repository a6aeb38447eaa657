"""How far the texts of Air Force infographics, as they are read, agree with a table of attacks by night and weapon.

    python benchmarks/infographics.py INFOGRAPHICS.jsonl missile_attacks_daily.csv [--all]

A cell is one weapon on one infographic. It agrees where the table has rows of that night and weapon of which one, those
of one period, those of one post, or all together say the same number downed. Cells of which the table has no row are counted apart. Of those
that differ, two sorts say nothing of how well is read, and are named: a picture drawn while the night went on, with fewer
than the table has for a later hour; and a weapon of which the table has only rows of another post than the one that the
picture's other cells come from. Both shares are printed, with them and without.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from tocsin.facts import TallyFact
from tocsin.record.reading import infographic
from tocsin.record.weapons import parts

# ruff: noqa: E501 - a table

MODELS = {
    "Shahed-136/131": "shahed", "X-101/X-555": "kh-101/kh-555/kh-55", "Kalibr": "kalibr", "X-59": "kh-59", "X-59/X-69": "kh-59/kh-69",
    "X-69": "kh-69", "Iskander-M": "iskander-m", "Iskander-K": "iskander-k", "Iskander-M/KN-23": "iskander-m/kn-23", "KN-23": "kn-23",
    "X-47 Kinzhal": "kinzhal", "X-22": "kh-22", "X-32": "kh-32", "X-31P": "kh-31", "X-31": "kh-31", "X-31PD": "kh-31", "X-35": "kh-35",
    "C-300": "s-300", "C-400": "s-400", "C-300/C-400": "s-300/s-400", "3M22 Zircon": "zircon", "P-800 Oniks": "oniks",
    "Lancet": "lancet", "Orlan-10": "orlan-10", "Orlan-30": "orlan-30", "Supercam": "supercam", "ZALA": "zala", "Merlin-VR": "merlin-vr",
    "Granat-4": "granat-4", "Eleron": "eleron", "Forpost": "forpost", "Orion": "orion", "Mohajer-6": "mohajer-6",
    "Reconnaissance UAV": "recon_drone", "Unknown UAV": "drone", "Unknown Missile": "cruise_missile", "Ballistic Missile": "ballistic_missile",
}  # fmt: skip
KIN = {"recon_drone": {"recon_drone", "drone"}, "drone": {"recon_drone", "drone"}, "attack_drone": {"drone", "recon_drone"},
       "ballistic_missile": {"iskander-m", "s-400", "ballistic_missile"}, "anti_aircraft_missile": {"s-300", "s-400"},
       "cruise_missile": {"cruise_missile"}}  # fmt: skip
"""General words, and what the table calls the same."""

GUIDED = {"kh-31", "kh-35", "kh-59", "kh-69", "kh-59/kh-69"}
"""What the Air Force calls guided aviation missiles, "КАР" for short."""
TOGETHER = "agrees, kinds put together"

EVENING = "18"


def ids(weapon: str) -> set[str]:
    return {one for part in parts(weapon) for one in KIN.get(part, {part})}


class Row(NamedTuple):
    begins: str
    ends: str
    models: set[str]
    downed: int
    post: str


def table(path: Path) -> tuple[dict[date, list[Row]], dict[str, list[Row]]]:
    """By night: rows of that day, and of the evening before it; and by post, which may tell of the day before as well."""
    rows: dict[date, list[Row]] = defaultdict(list)
    posts: dict[str, list[Row]] = defaultdict(list)
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        if not row["destroyed"]:
            continue
        models = {one for model in row["model"].split(" and ") for one in MODELS.get(model, model).split("/")}
        here = Row(row["time_start"], row["time_end"], models, int(float(row["destroyed"])), row["source"])
        posts[here.post].append(here)
        day, last = date.fromisoformat(here.begins[:10]), date.fromisoformat(here.ends[:10])
        if here.begins[11:13] >= EVENING:
            last = max(last, day + timedelta(days=1))
        while day <= last:
            rows[day].append(here)
            day += timedelta(days=1)
    return rows, posts


def numbers(rows: list[Row], of_posts: list[list[Row]]) -> set[int]:
    """What the table says, as one row, as the rows of one period or one post together, or as all of that night."""
    periods: Counter[tuple[str, str]] = Counter()
    for row in rows:
        periods[row.begins, row.ends] += row.downed
    whole = {sum(row.downed for row in some) for some in (rows, *of_posts)}
    return {row.downed for row in rows} | set(periods.values()) | whole


def put_together(fact: TallyFact, rows: list[Row], others: set[str]) -> bool:
    """Whether the kinds of guided aviation missiles that ``others``, the picture's other lines, leave come to it."""
    if "КАР" not in fact.quote:
        return False
    kinds = [row for row in rows if row.models <= GUIDED - others]
    return any(
        sum(row.downed for row in kinds if row.post == post) == fact.value.value for post in {row.post for row in kinds}
    )


def why(told: TallyFact, near: list[Row], posts: set[str]) -> str:
    """What a difference comes from; ``posts`` are those that other cells of the same picture agree with."""
    as_of = (told.as_of or "").replace("T", " ")
    later = [row for row in near if len(as_of) > 10 and len(row.ends) > 10 and row.ends > as_of]
    if any(told.value.value < row.downed for row in later):
        return "differs: drawn while the night went on"
    if posts and posts.isdisjoint(row.post for row in near):
        return "differs: the table has it of another post"
    return "disagrees"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("infographics", type=Path)
    asked.add_argument("attacks", type=Path)
    asked.add_argument("--all", action="store_true", help="list the cells without a row too")
    given = asked.parse_args()
    rows, by_post = table(given.attacks)
    count: Counter[str] = Counter()
    for line in given.infographics.read_text().splitlines():
        text = json.loads(line)
        published = date.fromisoformat(text["posted"][:10])
        if not infographic.fit(text["text"], "uk"):
            count["not read as an infographic"] += 1
            continue
        facts, checks = infographic.read(text["text"], published)
        misdated = any(check.rule == "date" for check in checks)
        count["read"] += 1
        picture: list[tuple[TallyFact, date, list[Row]]] = []
        for fact in facts:
            assert isinstance(fact, TallyFact)
            if fact.weapon in ("aircraft", "helicopter"):
                count["aircraft, not in the table"] += 1
                continue
            day = published if misdated else date.fromisoformat((fact.as_of or text["posted"])[:10])
            picture.append((fact, day, [row for row in rows[day] if row.models & ids(fact.weapon)]))
        posts = {row.post for fact, _, near in picture for row in near if row.downed == fact.value.value}
        for fact, day, near in picture:
            if not near:
                verdict = "no row of that day and weapon"
            else:
                said = [
                    [row for row in by_post[post] if row.models & ids(fact.weapon)]
                    for post in {row.post for row in near}
                ]
                others = {one for other, _, _ in picture if other is not fact for one in ids(other.weapon)}
                if fact.value.value in numbers(near, said):
                    verdict = "agrees"
                elif put_together(fact, rows[day], others):
                    verdict = TOGETHER
                else:
                    verdict = why(fact, near, posts)
            count[verdict] += 1
            if verdict.startswith("d") or (given.all and verdict.startswith("no row")):
                beside = [(row.begins, row.ends, row.downed) for row in near]
                print(f"{verdict}: {day} {fact.weapon} {fact.value.value} ({fact.quote!r}); table {beside}")
    compared = sum(number for verdict, number in count.items() if verdict.startswith(("agrees", "d")))
    agree = count["agrees"] + count[TOGETHER]
    fair = agree + count["disagrees"]
    shares = {"share": agree / compared, "share of what can be compared": agree / fair}
    print(json.dumps({**count, **{name: round(share, 4) for name, share in shares.items()}}, indent=1))


if __name__ == "__main__":
    main()
