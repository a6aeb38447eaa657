"""Whose word it is and how many it counts, in constructions that whole reports brought to light."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.facts import CasualtyFact, DamageFact, Fact, StatementFact, TallyFact
from tocsin.record.reading import read


def facts(said: str) -> tuple[Fact, ...]:
    return read("A Russian drone attack hit Ukraine. " + said, date(2025, 11, 13)).facts


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("Air force data showed 40 drones were shot down.", "Air force"),
        ("The ministry's figures showed that 40 drones were shot down.", "The ministry"),
        ("According to air force data, 40 drones were shot down.", "air force"),
        ("According to the ministry's figures, 40 drones were shot down.", "the ministry"),
        ("According to official data, 40 drones were shot down.", None),
        ("According to preliminary information, 40 drones were shot down.", None),
        ("According to the ministry, whose data are old, 40 drones were shot down.", "the ministry"),
    ],
)
def test_data_are_the_word_of_whoever_has_them(said: str, speaker: str | None) -> None:
    assert [fact.speaker for fact in facts(said) if isinstance(fact, TallyFact)] == [speaker]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            "The air force said it had downed 245 drones, including 128 that were jammed.",
            [("shot_down", 245, None), ("suppressed", 128, 0)],
        ),
        ("It hit a shelter with 40 people, including 12 that were hurt, the mayor said; 6 drones were downed.", [6]),
        ("Kyiv fired 6 drones. The 12 that were lost in May were cheap.", [6]),
    ],
)
def test_so_many_that_were_are_a_part_of_what_was_counted_before(said: str, found: list[object]) -> None:
    told = [fact for fact in facts(said) if isinstance(fact, TallyFact)]
    if len(found) == 1:
        assert [fact.value.value for fact in told] == found
    else:
        assert [(fact.outcome, fact.value.value, fact.subset_of) for fact in told] == found


def test_the_sea_of_azov_is_one_name() -> None:
    told = facts("The ministry said 12 drones were downed over the Sea of Azov.")
    assert [fact.place for fact in told if isinstance(fact, TallyFact)] == ["Sea of Azov"]


@pytest.mark.parametrize(
    "said",
    [
        "It struck Kyiv in what Moscow said was retaliation for attacks on its airbases.",
        "He left the shelter, as he said, in darkness.",
        "It disrupted light traffic in the streets.",
    ],
)
def test_what_was_said_by_the_way_is_nothing(said: str) -> None:
    assert [fact for fact in facts(said) if isinstance(fact, StatementFact | DamageFact)] == []


@pytest.mark.parametrize(
    ("said", "speaker"),
    [
        ("The Security Service of Ukraine (SBU) said 117 drones had been downed.", "The Security Service of Ukraine"),
        ("Russia, meanwhile, downed 117 drones, its Defense Ministry said.", "Russia's Defence Ministry"),
        ("Poland downed 117 drones, its military said.", "Poland's military"),
        ("The army was there; 117 drones were downed, its commander said.", "its commander"),
        ("Both sides said 117 drones were downed.", "Both sides"),
        ("The railway said 117 drones were downed.", "The railway"),
        ("Nobody said 117 drones were downed.", None),
        ("The Kyiv Independent reported, citing the air force, that 117 drones were downed.", "the air force"),
        ("Citing the air force, Suspilne said 117 drones were downed.", "the air force"),
        ("State news agency TASS said, citing local officials, that 117 drones were downed.", "local officials"),
        ("President Oleh Dub said, citing the air force, that 117 drones were downed.", "Oleh Dub"),
    ],
)
def test_who_speaks_is_named_in_full(said: str, speaker: str | None) -> None:
    assert [fact.speaker for fact in facts(said) if isinstance(fact, TallyFact)] == [speaker]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("In Odesa a man died. The mission said 209 civilians were killed in Ukraine.", ["Odesa", None]),
        ("In Odesa a man died. The mission said 209 civilians were killed.", ["Odesa", "Odesa"]),
        ("In Odesa a man died. Last month drones killed 148 civilians, the mission said.", ["Odesa", None]),
        ("In Odesa a man died. Last night drones killed 148 civilians, the mission said.", ["Odesa", "Odesa"]),
        ("In Odesa a man died. Mayor Oleh Dub, of Ukraine, said 209 civilians were killed.", ["Odesa", "Odesa"]),
        ("Two people died across all ten districts of Kyiv.", ["Kyiv"]),
        ("Two people died in the Solomianskyi district of Kyiv.", ["Solomianskyi district"]),
    ],
)
def test_of_a_whole_country_is_not_where_the_report_was_last(said: str, where: list[str | None]) -> None:
    assert [fact.place for fact in facts(said) if isinstance(fact, CasualtyFact)] == where


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("All but 19 drones and one of the missiles were downed.", []),
        ("It fired 15 drones, all but one of which were shot down.", [("launched", 15)]),
        ('The air force said it had "neutralised" 385 drones.', [("shot_down", 385)]),
        ("It attacked with 10 drones, five of which were downed.", [("launched", 10), ("shot_down", 5)]),
        (
            "It fired 10 drones, five of which were downed and four of them lost.",
            [("launched", 10), ("shot_down", 5), ("lost", 4)],
        ),
        ("It downed 10 drones, five of which over Sumy.", [("shot_down", 10), ("shot_down", 5)]),
        ("It fired 70 drones, most of which were intercepted.", [("launched", 70)]),
        ("Most of Russia's 70 drones were intercepted.", [("launched", 70)]),
        ("Mayor Oleh Dub's 70 drones were intercepted.", [("shot_down", 70)]),
    ],
)
def test_what_is_said_of_all_but_a_few_is_not_said_of_these(said: str, told: list[tuple[str, int]]) -> None:
    assert [(fact.outcome, fact.value.value) for fact in facts(said) if isinstance(fact, TallyFact)] == told


def test_a_fire_that_was_reported_is_damage() -> None:
    said = "A second fire was reported at the Syzran refinery. The fire department was reported to be late."
    assert [fact.quote for fact in facts(said) if isinstance(fact, DamageFact)] == [
        "A second fire was reported at the Syzran refinery"
    ]


def test_what_a_strike_came_after_is_not_the_word_of_whoever_spoke_before() -> None:
    said = "The mayor said a child was hurt.\n\nThe strike came a day after Russia launched 58 missiles at Kyiv."
    assert [fact.speaker for fact in facts(said) if isinstance(fact, TallyFact)] == [None]
    said = "The mayor said a child was hurt.\n\nThe strike with 58 missiles came before dawn."
    assert [fact.speaker for fact in facts(said) if isinstance(fact, TallyFact)] == ["The mayor"]


@pytest.mark.parametrize(
    ("said", "killed"),
    [
        (
            "Three people were killed in the Donetsk region and one each in Sumy and Kherson.",
            [(3, "Donetsk region"), (1, "Sumy"), (1, "Kherson")],
        ),
        ("It killed two people each in Sumy and Kharkiv.", [(2, "Sumy"), (2, "Kharkiv")]),
        ("It killed three people in Sumy, and one each of the drones and missiles was new.", [(3, "Sumy")]),
    ],
)
def test_so_many_each_are_so_many_in_every_place(said: str, killed: list[tuple[int, str]]) -> None:
    told = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert [(fact.value and fact.value.value, fact.place) for fact in told] == killed


def test_whoever_puts_a_death_toll_says_so() -> None:
    said = "The prosecutor's office in Donetsk put the death toll from attacks on Rodynske at eight."
    [toll] = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert (toll.value and toll.value.value, toll.speaker) == (8, "The prosecutor's office in Donetsk")


@pytest.mark.parametrize(
    ("said", "harmed"),
    [
        ("Two men, 28 and 54 years old, were injured.", [("injured", 2, None)]),
        ("It injured two men, 28 and 54 years old.", [("injured", 2, None)]),
        ("As of this morning, it is known about two dead.", [("killed", 2, None)]),
        (
            "It killed five people in the region: two in Rodynske, one in Lyman and two in Iziumske.",
            [("killed", 5, None), ("killed", 2, 0), ("killed", 1, 0), ("killed", 2, 0)],
        ),
        (
            "It wounded 12 people, five in Sumy, four in Konotop and three in Shostka.",
            [("injured", 12, None), ("injured", 5, 0), ("injured", 4, 0), ("injured", 3, 0)],
        ),
        ("It wounded 12 people in Sumy and three in Shostka.", [("injured", 12, None), ("injured", 3, None)]),
        ("It wounded two people, 40 in a bus went home.", [("injured", 2, None)]),
        ("It killed 13, with another at least 28 hurt.", [("killed", 13, None), ("injured", 28, None)]),
        ("Eleven of 20 wounded died.", []),
        ("Twenty were wounded; eleven died.", [("injured", 20, None), ("killed", 11, None)]),
        ("It wounded three people and two in Shostka.", [("injured", 3, None), ("injured", 2, None)]),
    ],
)
def test_people_are_counted_once_and_place_by_place(said: str, harmed: list[tuple[str, int, int | None]]) -> None:
    told = [fact for fact in facts(said) if isinstance(fact, CasualtyFact)]
    assert [(fact.outcome, fact.value and fact.value.low, fact.subset_of) for fact in told] == harmed


def test_an_administration_in_capitals_is_no_place() -> None:
    said = "One person was hurt, UNN reports citing the head of the KMVA."
    assert [fact.place for fact in facts(said) if isinstance(fact, CasualtyFact)] == [None]


def test_at_least_so_many_buildings_are_called_so() -> None:
    assert [fact.what for fact in facts("At least 33 homes were damaged.") if isinstance(fact, DamageFact)] == [
        "At least 33 homes"
    ]


@pytest.mark.parametrize(
    ("said", "speakers"),
    [
        ("Two others died in the Dnipropetrovsk region.", ["The governor of the Sumy region", None]),
        ("Two others died in the Sumy region.", ["The governor of the Sumy region"] * 2),
        ("Two others died in Konotop.", ["The governor of the Sumy region"] * 2),
    ],
)
def test_of_another_region_it_is_not_the_word_of_the_first_ones_governor(said: str, speakers: list[str | None]) -> None:
    told = facts("The governor of the Sumy region said a man died.\n\n" + said)
    assert [fact.speaker for fact in told if isinstance(fact, CasualtyFact)] == speakers


def test_what_a_toll_includes_is_not_counted_again() -> None:
    told = facts("The governor said four people died. The toll includes a family of three.")
    assert [fact.value and fact.value.value for fact in told if isinstance(fact, CasualtyFact)] == [4]
