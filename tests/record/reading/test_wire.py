"""English wire reports of our own making, read and compared with what they say."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.record.reading.gold import Case, Score, cases, compare, scored
from tocsin.facts import QUOTE_WORDS
from tocsin.record.reading import read

CASES = [*cases("seen.txt"), *cases("unseen.txt")]


def score(file: str) -> dict[str, Score]:
    count: Counter[tuple[str, str]] = Counter()
    for case in cases(file):
        count += compare(read(case.text, case.published).facts, case)[0]
    return scored(count)


def test_the_reports_that_the_grammar_was_written_on_are_read() -> None:
    assert score("seen.txt")["all"].f1 >= 0.9


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
