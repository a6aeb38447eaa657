"""Two numbers with one noun are one number that is not known exactly: never the larger alone."""

from __future__ import annotations

from datetime import date

import pytest

from tocsin.facts import CasualtyFact, Count, TallyFact
from tocsin.record.reading import read

OPENING = "Ukraine's air force spoke of the attack.\n\n"


def counts(said: str) -> list[Count]:
    found = [
        fact for fact in read(OPENING + said, date(2024, 11, 13)).facts if isinstance(fact, TallyFact | CasualtyFact)
    ]
    return [fact.value for fact in found if fact.value is not None]


@pytest.mark.parametrize(
    ("said", "words", "low", "high"),
    [
        ("Between two and four people were killed in Kharkiv.", "Between two and four", 2, 4),
        ("The strike killed between two and four people in Kharkiv.", "between two and four", 2, 4),
        ("Two or three people were killed in Odesa.", "Two or three", 2, 3),
        ("Two to four people were injured in Odesa.", "Two to four", 2, 4),
        ("Between 10 and 12 drones were shot down over the Sumy region.", "Between 10 and 12", 10, 12),
    ],
)
def test_a_range_is_from_its_first_to_its_last(said: str, words: str, low: int, high: int) -> None:
    assert counts(said) == [Count(value=low, low=low, high=high, words=words)]


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("The number of people killed rose from two to four in Kharkiv.", [4]),
        ("Two people were killed and four were injured in Odesa.", [2, 4]),
        ("Four or two people were killed in Odesa.", [2]),
    ],
)
def test_what_is_no_range_stays_as_it_was(said: str, values: list[int]) -> None:
    assert [count.value for count in counts(said)] == values


@pytest.mark.parametrize(
    ("said", "value", "low", "high"),
    [
        ("At least 10 to 12 drones were shot down.", 10, 10, None),
        ("Up to 10 to 12 drones were shot down.", 12, None, 12),
        ("About 10 to 12 people were injured in Odesa.", 10, 10, 12),
    ],
)
def test_a_range_that_is_hedged_keeps_the_end_that_is_sure(
    said: str, value: int, low: int | None, high: int | None
) -> None:
    [count] = counts(said)
    assert (count.value, count.low, count.high) == (value, low, high)
