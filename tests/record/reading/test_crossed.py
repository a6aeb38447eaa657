"""Number forms, weapons, people, outcomes, speakers and places crossed with one another: each sentence says a known
thing, and it is read, with who says it, and nothing beside it."""

from __future__ import annotations

import random
from datetime import date
from itertools import chain

import pytest

from tocsin.facts import CasualtyFact, TallyFact
from tocsin.record.reading import read

Told = set[tuple[str, int]]
NUMBERS = {
    "12": 12, "twelve": 12, "at least 13": 13, "more than 120": 120, "some 40": 40, "up to 30": 30, "a dozen": 12,
    "a total of 34": 34, "nearly 200": 200, "twenty-three": 23, "as many as 15": 15, "1,240": 1240, "about fifty": 50,
}  # fmt: skip
WEAPONS = (
    "drones", "Shahed-type drones", "attack drones", "UAVs", "cruise missiles", "Iskander-M ballistic missiles",
    "Kh-101 missiles", "unmanned aerial vehicles", "Kalibrs", "Iranian-designed drones", "guided aerial bombs",
    "enemy UAVs of various types", "detected air attack assets",
)  # fmt: skip
PEOPLE = (
    "people", "civilians", "local residents", "railway workers", "elderly women", "children", "employees of the plant",
    "passengers of a bus", "others",
)  # fmt: skip
PLACES = ("", "", " in the Odesa region", " overnight", " over six regions", " on Monday night")
SPEAKERS = {
    "Ukraine's air force said {}.": "air force",
    "According to the air force, {}.": "air force",
    "{}, according to the Ukrainian air force.": "air force",
    "{}, said Petro Lozovyi, the head of the regional administration.": "Lozovyi",
    "Governor Petro Lozovyi said on Telegram that {}.": "Lozovyi",
    '"{}," governor Petro Lozovyi wrote.': "Lozovyi",
}
OF_WEAPONS = {
    "air defences shot down {n} {w}{p}": "shot_down",
    "{n} {w} had been destroyed{p} by air defences": "shot_down",
    "{n} {w} were intercepted and destroyed{p}": "shot_down",
    "Russia launched {n} {w}{p}": "launched",
    "the country was attacked with {n} {w}{p}": "launched",
    "{n} {w} hit their targets{p}": "hit",
    "{n} {w} failed to reach their targets{p}": "lost",
    "{n} of 2,300 {w} were downed{p} and the rest were lost": "shot_down launched=2300",
    "of 2,300 {w} launched{p}, {n} were shot down": "shot_down launched=2300",
}
OF_PEOPLE = {
    "{n} {g} were killed{p}": "killed",
    "a drone wounded {n} {g}{p}": "injured",
    "{n} {g} lost their lives{p}": "killed",
    "{n} {g} suffered burns{p}": "injured",
    "{n} {g} were treated in hospital{p}": "injured",
    "{n} {g} are being treated for injuries{p}": "injured",
    "rescuers pulled {n} {g} alive from the rubble{p}": "rescued",
    "{n} {g} remained missing{p}": "missing",
    "the number of {g} killed rose to {n}{p}": "killed",
    "the strike left {n} {g} injured{p}": "injured",
    "the strike claimed the lives of {n} {g}{p}": "killed",
    "{n} {g} were evacuated{p}": "",
    "{n} {g} are treated as heroes{p}": "",
}


def sentence(dice: random.Random) -> tuple[str, str, Told]:
    """A sentence, whoever says it, and what it says."""
    frame, speaker = dice.choice(list(SPEAKERS.items()))
    clause, told = dice.choice(list(chain(OF_WEAPONS.items(), OF_PEOPLE.items())))
    words, number = dice.choice(list(NUMBERS.items()))
    clause = clause.format(n=words, w=dice.choice(WEAPONS), g=dice.choice(PEOPLE), p=dice.choice(PLACES))
    if frame.index("{}") < 2:
        clause = clause[0].upper() + clause[1:]
    facts = (one.split("=") for one in told.split())
    return frame.format(clause), speaker, {(one[0], int(one[1]) if one[1:] else number) for one in facts}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_crossed_is_read_alike(seed: int) -> None:
    dice = random.Random(seed)
    wrong = []
    for _ in range(300):
        text, speaker, told = sentence(dice)
        facts = read(
            f"KYIV - This is what is known of the missile attack of Monday on the cities of Ukraine.\n\n{text}",
            date(2025, 11, 20),
        ).facts
        counted = [fact for fact in facts if isinstance(fact, TallyFact | CasualtyFact) and fact.value]
        found = {(fact.outcome.value, fact.value.value) for fact in counted if fact.value}
        if found != told or len(counted) != len(told) or not all(speaker in (fact.speaker or "") for fact in counted):
            wrong.append((text, sorted(found)))
    assert wrong == []
