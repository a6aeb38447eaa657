"""The Air Force's bulletins as they are told in English: lists of weapons put together by chance, read to the unit.

Each text is drawn from a seed: how it opens, what it lists and in which words, from where that was launched, how it
says what became of it. What it says is known, since it was made.
"""

from __future__ import annotations

import random
from datetime import date

import pytest

from tests.record.reading.told import Cell, tallies
from tocsin.facts import CasualtyFact, DamageFact
from tocsin.record.reading import read

DRONES = (
    ("shahed", "Shahed-type strike UAVs"),
    ("shahed", "Shahed attack drones"),
    ("shahed", "strike UAVs of the Shahed type"),
    ("shahed", "Shahed-type strike UAVs and drones of other types"),
    ("shahed", "Shahed drones and unmanned aerial vehicles of various types"),
    ("shahed/gerbera", "Shahed, Gerbera and other types of attack UAVs"),
    ("shahed/decoy_drone", "Shahed-type strike UAVs and various types of decoy drones"),
    ("attack_drone", "one-way attack drones"),
    ("drone", "drones of unidentified type"),
    ("drone", "unmanned aerial vehicles"),
)
MISSILES = (
    ("kh-101", "Kh-101 cruise missiles"),
    ("kh-101/kh-55", "Kh-101/Kh-55 cruise missiles"),
    ("kalibr", "Kalibr cruise missiles"),
    ("iskander-m/kn-23", "Iskander-M/KN-23 ballistic missiles"),
    ("iskander-k", "Iskander-K cruise missiles"),
    ("kinzhal", "Kh-47M2 Kinzhal aeroballistic missiles"),
    ("kh-59/kh-69", "Kh-59/69 guided air-launched missiles"),
    ("s-300", "S-300 anti-aircraft guided missiles"),
    ("kh-22", "Kh-22 missiles"),
    ("zircon", "Zircon hypersonic missiles"),
    ("kh-31", "Kh-31P anti-radar missiles"),
    ("oniks", "Oniks anti-ship missiles"),
)
FROM = (
    "",
    " from the Black Sea",
    " (launched from the Bryansk region)",
    " launched from Tu-95MS bombers",
    " from occupied Crimea, Kursk and Primorsko-Akhtarsk",
    " from the airspace of the Saratov region",
)
LAUNCHED = (
    "On the night of November 13, the enemy attacked Ukraine with {}.",
    "Russia attacked Ukraine overnight with {}, the Air Force said.",
    "Overnight, Russian forces launched {} at Ukraine, the air force said.",
    "The Air Force said Russia had used {} in the attack.",
    "The Russians used {} to strike Ukraine, the Air Force reported.",
    "Ukraine was attacked by {}, according to the Air Force.",
    "The Russian army carried out a combined strike using {}.",
    "The Russian overnight attack involved {}, the Air Force said.",
    "{} were launched at Ukraine overnight, the Air Force said.",
    "A total of 999 air targets were detected over Ukraine by radar: {}.",
    "Ukraine's air force said it had detected 999 aerial targets, including {}.",
)
DOWNED = (
    "Air defence shot down {}.",
    "As of 10:00, the downing of {} has been confirmed.",
    "{} were shot down.",
    "A total of 888 targets were shot down: {}.",
    "Among those downed were {}.",
    "Mobile fire groups, aviation and electronic warfare units downed {}, it said.",
)
LOST = ("{} drones were lost in location.", "Another {} drones did not reach their targets.")


def told(text: str) -> set[Cell]:
    return {
        (str(fact.outcome), fact.weapon, fact.value.value) for fact in tallies(read(text, date(2024, 11, 13)).facts)
    }


def listed(draw: random.Random, counts: list[int], *, whence: bool) -> tuple[str, list[tuple[str, int]]]:
    """Some missiles and some drones with their counts; and these as words."""
    named = [*draw.sample(MISSILES, draw.randint(0, 3))]
    named.insert(draw.choice((0, len(named))), draw.choice(DRONES))
    facts = [(weapon, counts.pop()) for weapon, _ in named]
    parts = [
        f"{count} {words}{draw.choice(FROM) if whence else ''}"
        for (_, count), (_, words) in zip(facts, named, strict=True)
    ]
    joined = ", ".join(parts[:-1])
    return joined + draw.choice((" and ", ", and ", ", as well as ")) * bool(joined) + parts[-1], facts


@pytest.mark.parametrize("seed", range(300))
def test_a_list_of_weapons_is_read_whole(seed: int) -> None:
    draw = random.Random(seed)
    counts = draw.sample(range(21, 300), 12)
    launched, came = listed(draw, counts, whence=True)
    downed, fell = listed(draw, counts, whence=False)
    lost = counts.pop()
    sentences = (
        draw.choice(LAUNCHED).format(launched),
        draw.choice(DOWNED).format(downed),
        draw.choice(LOST).format(lost),
    )
    wanted = {
        *(("launched", weapon, count) for weapon, count in came),
        *(("shot_down", weapon, count) for weapon, count in fell),
        ("lost", "drone", lost),
    }
    found = {fact for fact in told(" ".join(sentences)) if fact[2] not in (999, 888)}
    assert found == wanted, sentences


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Ukrainian air defence forces shot down/suppressed 84 drones, the Air Force said.",
            {("shot_down_or_suppressed", "drone", 84)},
        ),
        (
            "Hits of 12 drones were recorded in Ukraine, the air force said. Debris of 8 drones was recorded in Sumy.",
            {("hit", "drone", 12)},
        ),
        (
            "Ukraine got 12 drones from Germany, Spain and Poland, and 30 missiles hit Kharkiv, Kyiv said.",
            {("hit", "missile", 30)},
        ),
        (
            "Russia fired two missiles from the Kursk region, and 98 of 120 drones were shot down, the air force said.",
            {("launched", "missile", 2), ("launched", "drone", 120), ("shot_down", "drone", 98)},
        ),
        (
            "A total of 80 air targets were detected: 45 drones, 5 Iskander-K missiles launched from Crimea "
            "and 30 S-300 missiles.",
            {
                ("launched", "target", 80),
                ("launched", "drone", 45),
                ("launched", "iskander-k", 5),
                ("launched", "s-300", 30),
            },
        ),
        (
            "Ukraine downed 30 Shaheds, Lancets not among them, the air force said.",
            {("shot_down", "shahed", 30)},
        ),
        (
            "Russia fired 16 drones from Kursk, killed two people, and 12 missiles fell into a field, Kyiv said.",
            {("launched", "drone", 16)},
        ),
        (
            "Russia launched 41 Kh-101s, Kalibrs and 30 drones at Ukraine, the air force said.",
            {("launched", "kh-101", 41), ("launched", "drone", 30)},
        ),
        (
            "Russia launched 85 Shahed-type attack and decoy drones and 47 attack and decoy drones, Kyiv said.",
            {("launched", "shahed/decoy_drone", 85), ("launched", "attack_drone/decoy_drone", 47)},
        ),
        (
            "Russia launched 85 Shaheds, and attack and decoy drones came as well, the air force said.",
            {("launched", "shahed", 85)},
        ),
        ("Russia showed drones, Geran and other types of weapons to 12 guests in Moscow.", set()),
        ("Among those wounded were 12 children, and among those downed was a plane, Kyiv said.", set()),
    ],
)
def test_what_only_looks_like_one_is_none(text: str, wanted: set[tuple[str, str, int]]) -> None:
    assert told(text) == wanted


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Russia launched 88 drones at Ukraine, and five headed towards Belarus. No one was hurt.", None),
        ("Russia launched 88 drones at Ukraine; five flew into Romania, and nobody was hurt.", None),
        ("Russia attacked Ukraine with five missiles from Crimea, and nobody was hurt.", None),
        ("Russia fired five missiles from Kursk. Nobody was hurt in Ukraine.", None),
        ("A Russian drone flew into Romania and fell in Tulcea. Nobody was hurt in Romania.", "Romania"),
        ("Missiles from Crimea hit Odesa. Nobody was hurt.", "Odesa"),
    ],
)
def test_where_weapons_came_from_or_went_on_to_is_no_place_of_what_follows(text: str, where: str | None) -> None:
    facts = read(text, date(2024, 11, 13)).facts
    assert [fact.place for fact in facts if isinstance(fact, CasualtyFact)] == [where]


def test_that_nobody_was_hurt_is_no_part_of_what_was_damaged() -> None:
    facts = read(
        "After the drone attack there were no reports of casualties in Kyiv, and 98 homes were damaged.",
        date(2024, 11, 13),
    ).facts
    assert [fact.what for fact in facts if isinstance(fact, DamageFact)] == ["98 homes"]
