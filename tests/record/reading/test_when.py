"""The moment of which a report speaks, and over what time it counts: a total of the war is never tonight's tally."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import pytest

from tocsin.facts import CasualtyFact, StatisticFact, TallyFact
from tocsin.record.reading import read

DAY = date(2024, 11, 13)  # a Wednesday
OPENING = "Ukraine's air force spoke of the attack. "


Kind = TypeVar("Kind", TallyFact, CasualtyFact, StatisticFact)


def facts(sentence: str, kind: type[Kind]) -> list[Kind]:
    return [fact for fact in read(OPENING + sentence, DAY).facts if isinstance(fact, kind)]


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("As of 9 a.m., 12 drones had been shot down.", "2024-11-13T09:00"),
        ("As of 9:45 pm, 12 drones had been shot down.", "2024-11-13T21:45"),
        ("By 08:30 12 drones had been shot down.", "2024-11-13T08:30"),
        ("By noon on Tuesday, 12 drones had been shot down.", "2024-11-12T12:00"),
        ("By midnight on Tuesday, 12 drones had been shot down.", "2024-11-13T00:00"),
        ("As of 12 a.m., 12 drones had been shot down.", "2024-11-13T00:00"),
        ("As of Tuesday evening, 12 drones had been shot down.", "2024-11-12"),
        ("As of Wednesday, 12 drones had been shot down.", "2024-11-13"),
        ("As of Thursday, 12 drones had been shot down.", "2024-11-07"),
        ("12 drones had been shot down as of Nov. 11.", "2024-11-11"),
        ("As of 7:00 GMT, 12 drones had been shot down.", "2024-11-13"),
        ("12 drones had been shot down by 9 units.", None),
        ("12 drones were shot down by the air force.", None),
        ("On Tuesday 12 drones were shot down.", None),
        ("As of 31 drones, 12 were shot down.", None),
        ("12 drones were shot down as the mayor spoke at 9 a.m.", None),
    ],
)
def test_a_moment_is_read_where_a_sentence_says_that_it_counts_up_to_it(said: str, moment: str | None) -> None:
    downed = [fact for fact in facts(said, TallyFact) if fact.value.value == 12]
    assert [fact.as_of for fact in downed] == [moment]


def test_what_was_launched_has_no_moment_up_to_which_it_is_counted() -> None:
    told = facts("As of 9 a.m. Russia had launched 30 drones, of which 12 were shot down.", TallyFact)
    assert {fact.value.value: fact.as_of for fact in told} == {30: None, 12: "2024-11-13T09:00"}


def test_people_are_counted_up_to_a_moment_too() -> None:
    told = facts("As of 9 a.m., 14 people had been killed and 3 were missing, the mayor of Kyiv said.", CasualtyFact)
    assert [fact.as_of for fact in told] == ["2024-11-13T09:00", "2024-11-13T09:00"]


@pytest.mark.parametrize(
    "said",
    [
        "Since the start of the invasion, Russia has launched 9,600 missiles and 14,000 drones, the commander said.",
        "Russia has fired 9,600 missiles since February 2022, the commander said.",
        "Over the past week Russia used 1,270 attack drones and 39 missiles, Zelensky said.",
        "In the last three months air defences have shot down 2,300 drones, the ministry said.",
        "Russia has launched 1,100 missiles so far this year.",
        "Last month alone Russia launched 5,337 drones.",
        "Russia has launched 4,000 drones throughout the war.",
    ],
)
def test_what_is_counted_over_weeks_or_since_the_war_began_is_no_tally(said: str) -> None:
    assert facts(said, TallyFact) == []
    assert {fact.measure for fact in facts(said, StatisticFact)} == {"total"}


@pytest.mark.parametrize(
    "said",
    [
        "Russia launched 90 drones, the most since the start of the invasion.",
        "Russia launched 90 drones in the largest attack since the war began.",
        "Russia launched 90 drones in the first such attack over the past three weeks.",
        "Russia launched 90 drones in a record attack this month.",
        "Russia launched 90 drones overnight, its third attack in the past week.",
    ],
)
def test_a_superlative_makes_no_total_of_its_sentence(said: str) -> None:
    assert [fact.value.value for fact in facts(said, TallyFact)] == [90]


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("Six people have been killed in Sumy over the past three weeks, the governor said.", [(6, True)]),
        ("Two men died in Sumy, bringing the total of dead to eight, police said.", [(2, False), (8, True)]),
        ("The death toll in Sumy rose to 23, rescuers said.", [(23, False)]),
        ("A strike this week on Sumy killed six people.", [(6, False)]),
        ("Six people were killed in the deadliest strike on Sumy over the past three weeks.", [(6, False)]),
    ],
)
def test_people_counted_over_weeks_or_several_attacks_are_marked(said: str, counted: list[tuple[int, bool]]) -> None:
    told = facts(said, CasualtyFact)
    assert [(fact.value.value, fact.cumulative) for fact in told if fact.value] == counted


def test_people_killed_since_the_war_began_are_a_statistic_and_no_casualties() -> None:
    said = "More than 12,000 civilians have been killed since the start of the war, the U.N. said."
    assert facts(said, CasualtyFact) == []
    assert [fact.value.value for fact in facts(said, StatisticFact) if fact.value] == [12_000]
