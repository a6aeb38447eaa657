"""English wire reports of our own making, read and compared with what they say."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.record.reading.gold import Case, Score, cases, compare, scored
from tocsin.facts import QUOTE_WORDS, CasualtyFact, ControlFact, TallyFact
from tocsin.record.reading import read

CASES = [*cases("seen.txt"), *cases("more.txt"), *cases("unseen.txt"), *cases("agencies.txt"), *cases("longer.txt")]


def score(file: str) -> dict[str, Score]:
    count: Counter[tuple[str, str]] = Counter()
    for case in cases(file):
        count += compare(read(case.text, case.published).facts, case)[0]
    return scored(count)


@pytest.mark.parametrize(
    ("file", "least"),
    [("seen.txt", 0.99), ("more.txt", 0.99), ("unseen.txt", 0.95), ("agencies.txt", 0.98), ("longer.txt", 0.98)],
)
def test_reports_of_our_own_making_are_read(file: str, least: float) -> None:
    assert score(file)["all"].f1 >= least


def tallies(text: str) -> list[tuple[str, str, int]]:
    facts = read(text, date(2024, 11, 13)).facts
    return [(fact.outcome.value, fact.weapon, fact.value.value) for fact in facts if isinstance(fact, TallyFact)]


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It downed 37 drones launched by Russia.", [("shot_down", "drone", 37)]),
        ("It downed all 37 drones launched by Russia.", [("launched", "drone", 37), ("shot_down", "drone", 37)]),
        ("It downed two of nine missiles.", [("launched", "missile", 9), ("shot_down", "missile", 2)]),
        ("Six drones were not shot down.", []),
        ("None of the six missiles got through.", []),
        ("A drone attack came first.", []),
        ("A drone was shot down.", [("shot_down", "drone", 1)]),
        ("In 2024 drones were shot down.", []),
        ("Russia has 300 missiles left.", []),
        ("The air defence missiles cost 40 million dollars.", []),
        ("Some 30 drone strikes were reported.", []),
        ("Twelve drones were downed and two lost.", [("shot_down", "drone", 12), ("lost", "drone", 2)]),
    ],
)
def test_a_number_counts_weapons_only_as_a_verb_says_so(sentence: str, wanted: list[tuple[str, str, int]]) -> None:
    assert tallies("Ukraine's air force spoke of the attack. " + sentence) == wanted


def test_a_claim_to_territory_is_the_claimant_s_and_of_that_place_alone() -> None:
    text = (
        "A drone attack in the southern region of Kherson, which the Kremlin claims is part of Russia, killed a man, "
        "the regional head said. Drones also struck Sumy and Kharkiv."
    )
    facts = read(text, date(2024, 11, 13)).facts
    claims = [(fact.place, fact.asserted_by) for fact in facts if isinstance(fact, ControlFact)]
    assert claims == [("Kherson region", "the Kremlin")]
    assert [fact.speaker for fact in facts if isinstance(fact, CasualtyFact)] == ["Kherson regional head"]


def test_a_broken_paragraph_is_read_as_one_and_a_quotation_is_not_cut() -> None:
    text = (
        "Ukraine's air force said it had\n\nshot down 12 drones over\n\neight regions.\n\n"
        '"The attack went on. It ended at dawn with drones," the mayor of Kyiv said.'
    )
    facts = read(text, date(2024, 11, 13)).facts
    assert [fact.quote for fact in facts if isinstance(fact, TallyFact)] == ["shot down 12 drones"]
    assert "The attack went on. It ended at dawn with drones" in [fact.quote for fact in facts]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_every_fact_has_words_of_the_report_that_stand_where_it_says(case: Case) -> None:
    for fact in read(case.text, case.published).facts:
        assert fact.quote
        assert len(fact.quote.split()) <= QUOTE_WORDS
        assert " ".join(case.text[fact.start : fact.end].split()) == fact.quote


def test_the_same_text_gives_the_same_facts() -> None:
    for case in CASES[:10]:
        assert read(case.text, case.published) == read(case.text, case.published)


def test_a_text_of_no_known_genre_gives_no_facts_and_says_so() -> None:
    found = read("The bank said on Thursday that its profit of 4 million was a record.", date(2024, 5, 2))
    assert (found.genre, found.language, found.facts) == ("other", "en", ())
