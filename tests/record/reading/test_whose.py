"""Whose word it is, who is meant, and where: what a sentence leaves to the reader."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.facts import CasualtyFact, ControlFact, DamageFact, Fact, StatementFact, TallyFact
from tocsin.record.reading import read


def facts(said: str) -> tuple[Fact, ...]:
    return read("A Russian drone attack hit Ukraine. " + said, date(2025, 11, 13)).facts


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("Moscow's claim that 40 drones were shot down could not be verified.", "Moscow (government)"),
        (
            "The Russian defence ministry's latest statement that 40 drones had been shot down drew ridicule.",
            "ministry",
        ),
        ("The army's report that 40 drones were downed was disputed.", "army"),
        ("Moscow said it was ready. Its claim that 40 drones were shot down drew ridicule.", "Moscow (government)"),
    ],
)
def test_a_claim_is_the_word_of_whoever_it_belongs_to(said: str, speaker: str) -> None:
    [tally] = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    assert (tally.value.value, speaker in (tally.speaker or "")) == (40, True)


def test_a_verb_is_no_claim_that_somebody_owns() -> None:
    said = "Russia's army claims to have seized the village of Lozova."
    assert [fact.speaker for fact in facts(said) if isinstance(fact, ControlFact)] == ["Russia's army"]


def test_what_is_denied_is_a_denial_and_no_casualty() -> None:
    said = "The ministry denied that three soldiers were killed in the strike."
    found = facts(said)
    assert not [fact for fact in found if isinstance(fact, CasualtyFact)]
    assert [(fact.stance, fact.quote) for fact in found if isinstance(fact, StatementFact)] == [
        ("denies", "denied that three soldiers were killed in the strike")
    ]


@pytest.mark.parametrize(
    ("said", "killed"),
    [
        ("A man accused of killing three people was arrested in Kyiv.", []),
        ("A man was jailed for killing two women.", []),
        ("Police arrested a man suspected of killing two women during the drone attack.", []),
        ("Kyiv accused Moscow of killing three people in a strike on Sumy.", [3]),
        ("Russia is accused of killing 12 people in the strike on Sumy.", [12]),
    ],
)
def test_who_stands_trial_is_no_attack(said: str, killed: list[int]) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert [fact.value.value for fact in found if fact.value] == killed


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("It wounded five people, two of them seriously.", [("injured", 5)]),
        ("Rescuers saved more than 40 people, 14 of them from a burning house.", [("rescued", 40)]),
        (
            "Two adults were killed, one of them a doctor, and at least 32 people were injured.",
            [("killed", 2), ("injured", 32)],
        ),
        ("Four employees of a school - a cook, a nurse and two cleaners - died in Sumy.", [("killed", 4)]),
    ],
)
def test_who_is_only_named_beside_is_not_counted_with_them(said: str, counts: list[tuple[str, int]]) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert [(fact.outcome, fact.value.value) for fact in found if fact.value] == counts


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Kyiv woke to blasts. Two people were killed in the capital.", "Kyiv"),
        ("Drones hit Moscow. One man was killed in the Russian capital.", "Moscow"),
        ("Two people were killed in the town of Hlyboke, some 30 km south of the capital.", "Hlyboke"),
        ("In the Sumy region, a man was killed when a drone hit his car in the village of Tykhe.", "Tykhe"),
        ("In the village of Tykhe in the western Lviv region a missile killed five people.", "Tykhe"),
        ("Drones struck Lutsk. Its mayor, Ihor Bondar, said a man had been killed.", "Lutsk"),
        ("A missile hit Sumy. Local authorities said a man had been killed.", "Sumy"),
    ],
)
def test_where_it_was(said: str, place: str) -> None:
    [harm] = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert harm.place == place


def test_in_the_capital_and_in_its_region_are_two_places() -> None:
    said = "Two people were killed in the capital and two in the surrounding Kyiv region."
    found = [fact.place for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert found == ["Kyiv", "Kyiv region"]


def test_who_wrote_on_x_is_who_urges_next() -> None:
    said = "President Volodymyr Zelensky wrote on X. He urged partners to send more air defence missiles."
    assert [fact.speaker for fact in facts(said) if isinstance(fact, StatementFact)] == ["Volodymyr Zelensky"]


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("A missile destroyed three houses in Sumy.", []),
        ("A missile destroyed over Sumy fell on a road.", [("shot_down", 1)]),
        ("It downed 121 drones over 13 regions, including Ryazan, where a refinery was struck.", [("shot_down", 121)]),
        ("Thirteen places recorded hits of 23 drones.", [("hit", 23)]),
        ("It shot down 296 drones, while 415 drones were lost to jamming.", [("shot_down", 296), ("lost", 415)]),
        ("It counted 193 drones and said that 105 had dropped off radars.", [("launched", 193), ("lost", 105)]),
        ("The ministry reported the destruction of 44 drones.", [("shot_down", 44)]),
        ("Two of those six missiles were shot down.", [("launched", 6), ("shot_down", 2)]),
        ("Twelve drones attacked the port.", [("launched", 12)]),
        (
            "Russia attacked with two S-300 missiles from the Kursk region and 98 drones.",
            [("launched", 2), ("launched", 98)],
        ),
        ("More than 2,000 glide bombs hit Ukraine in August alone.", []),
    ],
)
def test_what_became_of_weapons(said: str, counted: list[tuple[str, int]]) -> None:
    found = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    assert [(fact.outcome, fact.value.value) for fact in found] == counted


def test_where_weapons_came_from_is_no_claim_to_it() -> None:
    said = "The air force said drones were launched from five directions, including from occupied Crimea."
    assert not [fact for fact in facts(said) if isinstance(fact, ControlFact)]


def test_what_an_army_does_in_general_damages_nothing() -> None:
    said = "Peskov said the armed forces were hitting military infrastructure."
    assert not [fact for fact in facts(said) if isinstance(fact, DamageFact)]
