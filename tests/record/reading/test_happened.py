"""When it happened: what a report tells of another day is not of the attack that it is about."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.facts import CasualtyFact, DamageFact, Fact, StatementFact, StatisticFact, TallyFact, WaveFact
from tocsin.record.reading import read

DAY = date(2024, 11, 13)  # a Wednesday
OPENING = "Ukraine's air force spoke of the attack.\n\n"


def happened(report: str, opening: str = OPENING) -> list[str | None]:
    """Of each number of people or weapons, each damage and wave, in their order."""
    found: list[Fact] = [
        fact
        for fact in read(opening + report, DAY).facts
        if isinstance(fact, TallyFact | CasualtyFact | DamageFact | WaveFact)
    ]
    assert found, "nothing was read"
    return [fact.happened for fact in found]


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("A strike this week on Kryvyi Rih killed a 30-year-old woman and her two children.", "2024-W46"),
        ("Last week a bomb killed seven people in Zaporizhzhia.", "2024-W45"),
        ("Four people were killed over the weekend in Nikopol.", "2024-W45"),
        ("One person was killed in an attack on Odesa earlier this month, the governor said.", "2024-11"),
        ("Last month a missile killed three people in Lviv.", "2024-10"),
        ("Earlier this year a missile killed nine people in Lviv.", "2024"),
        ("A missile strike on Odesa on Monday killed five people, the governor said on Tuesday.", "2024-11-11"),
        ("On Tuesday 12 drones were shot down.", "2024-11-12"),
        ("A strike on Thursday killed two people in Sumy.", "2024-11-07"),
        ("Late on Monday a drone attack wounded two people in Kharkiv.", "2024-11-12"),
        ("On Monday night a drone attack wounded two people in Kharkiv.", "2024-11-12"),
        ("A day earlier, a drone killed a man in Sumy, officials said.", "2024-11-12"),
        ("Three days ago a drone killed a man in Sumy, officials said.", "2024-11-10"),
        ("Five people were killed on Nov. 9 in Mykolaiv.", "2024-11-09"),
    ],
)
def test_another_time_is_read_as_far_as_it_is_told(said: str, when: str) -> None:
    assert set(happened(said)) == {when}


@pytest.mark.parametrize(
    "said",
    [
        "Drones hit Kyiv on Wednesday, wounding six people.",
        "A strike overnight killed two people in Sumy.",
        "A strike on Sumy killed two people.",
        "Late on Tuesday a drone attack wounded two people in Kharkiv.",  # the night that ends on Wednesday
        "Officials said on Tuesday that the attack had killed three people.",
        "In a post on Telegram on Tuesday, the mayor said four people were wounded.",
        "The governor told reporters on Tuesday that 12 drones were shot down.",
        "Two people were killed in Kherson in the deadliest attack this week.",
        "The attack, the third this week, killed two people in Kyiv.",
        "Four people were killed in Kharkiv, the most since Monday.",
        "A man who had been wounded by Wednesday was one of six people injured.",
    ],
)
def test_what_somebody_said_then_or_what_is_only_compared_did_not_happen_then(said: str) -> None:
    assert set(happened(said)) == {None}


def test_what_stands_next_to_a_number_counts() -> None:
    assert happened("Russia launched 90 drones overnight, after 145 drones were launched on Sunday.") == [
        None,
        "2024-11-10",
    ]


def test_all_that_can_happen_has_its_day() -> None:
    told = read(
        OPENING + "On Monday Russia launched 30 drones, of which 20 were shot down. Debris damaged a school.", DAY
    )
    assert {type(fact).__name__: fact.happened for fact in told.facts} == {
        "TallyFact": "2024-11-11",
        "DamageFact": "2024-11-11",
    }


def test_a_sentence_goes_by_what_its_paragraph_said_before_it_and_no_other_paragraph_does() -> None:
    assert happened("A strike on Monday hit a school. Five people were killed.\n\nA drone wounded two in Kyiv.") == [
        "2024-11-11",
        "2024-11-11",
        None,
    ]


def test_a_report_that_begins_with_a_day_is_about_that_day() -> None:
    report = (
        "A missile struck Kharkiv on Tuesday, killing five people, the governor said.\n\n"
        "Two people were wounded in Sumy.\n\nOvernight a drone wounded three people in Odesa."
    )
    assert happened(report, opening="") == ["2024-11-12", "2024-11-12", None]


def test_a_report_that_begins_with_a_week_says_of_no_other_sentence_when_it_was() -> None:
    report = "Russia killed five people in Kharkiv last week, the governor said.\n\nA drone wounded two in Sumy."
    assert happened(report, opening="") == ["2024-W45", None]


def test_two_days_of_one_number_are_two_facts() -> None:
    report = "A strike on Monday killed two people in Sumy.\n\nA strike on Tuesday killed two people in Sumy."
    assert happened(report) == ["2024-11-11", "2024-11-12"]


def test_what_is_said_or_counted_over_long_has_no_day_of_its_own() -> None:
    told = read(
        OPENING + "On Monday the mayor said the attack was a crime. Russia has lost 12,000 drones since 2022.", DAY
    )
    assert all(fact.happened is None for fact in told.facts if isinstance(fact, StatementFact | StatisticFact))
