"""Those who came to harm in no attack are not counted with those who did, though one report tells of both."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.facts import CasualtyFact, DamageFact
from tocsin.record.reading import read

DAY = date(2024, 11, 13)
NIGHT = "Russia attacked Ukraine with 12 drones overnight, killing three people in Kharkiv, the governor said.\n\n"


def told(more: str) -> list[object]:
    """Beside the three that the first sentence tells of."""
    facts = [fact for fact in read(NIGHT + more, DAY).facts if isinstance(fact, CasualtyFact | DamageFact)]
    assert isinstance(facts[0], CasualtyFact)
    assert facts[0].value is not None
    assert facts[0].value.value == 3
    return [*facts[1:]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Separately, two people were killed in a road accident in Lviv region, police said.",
        "A bus crash near Rivne killed seven people and injured 12 on Tuesday, police said.",
        "In Odesa, a minibus collided with a truck, killing four people, police said.",
        "Five people died when a passenger train derailed near Fastiv, the railway said.",
        "Three people drowned in the Dnipro river in Cherkasy region, rescuers said.",
        "Heavy flooding killed two people in Zakarpattia, the regional governor said.",
        "A storm killed one person and injured six in Ternopil, rescuers said.",
        "Storms left 120 villages in Volyn region without power, the ministry said.",
        "An avalanche in the Carpathians killed two skiers, rescuers said.",
        "A man was killed when he was struck by lightning in Poltava, rescuers said.",
        "Two people died of hypothermia in Chernihiv, the city council said.",
        "A 40-year-old man was stabbed to death in Kyiv, and two people were injured, police said.",
        "A gunman killed two people in a shop in Odesa, police said.",
        "Three people were injured in a knife attack in Lviv, police said.",
        "A family of four died of carbon monoxide poisoning in Sumy, rescuers said.",
        "Four miners died in a mining accident in Lviv region, the union said.",
        "A domestic gas explosion killed two people in Ternopil, rescuers said.",
        "An earthquake damaged 14 houses in Poltava region, the governor said.",
        "A drunk driver killed a woman and her son in Dnipro, police said.",
        "Measles has killed three children in the region this year, doctors said.",
    ],
)
def test_what_came_of_no_attack_is_not_counted(sentence: str) -> None:
    assert told(sentence) == []


def test_nor_is_what_the_same_paragraph_goes_on_to_tell_of_it() -> None:
    assert told("Two people died in a road accident near Lviv, police said. Three more were injured.") == []


def test_the_next_paragraph_speaks_of_the_war_again() -> None:
    accident = "Two people died in a road accident near Lviv, police said."
    [fact] = told(f"{accident}\n\nFour people were injured in Kherson, officials said.")
    assert isinstance(fact, CasualtyFact)
    assert fact.place == "Kherson"


def test_so_does_a_sentence_that_names_an_attack() -> None:
    [fact] = told("Two people died in a road accident near Lviv, police said. Shelling killed four in Kherson.")
    assert isinstance(fact, CasualtyFact)
    assert fact.place == "Kherson"


@pytest.mark.parametrize(
    "sentence",
    [
        "A drone hit a bus, which crashed into a wall, killing seven people in Nikopol, officials said.",
        "Two people were killed in a flood after shelling damaged a dam in Kherson, officials said.",
        "A Storm Shadow missile killed four people in Sevastopol, officials said.",
        "A missile strike caused a domestic gas explosion that killed two people in Sumy, rescuers said.",
        "Russian troops shot at a car, which overturned, and two people were killed near Kupiansk, police said.",
    ],
)
def test_what_an_attack_led_to_is_counted(sentence: str) -> None:
    assert [fact for fact in told(sentence) if isinstance(fact, CasualtyFact)]
