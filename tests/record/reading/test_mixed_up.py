"""Sentences of many reports shuffled, cut and mistyped: whatever comes of it is read to its end, and quotes itself."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest

from tests.record.reading.gold import FILES, cases
from tests.record.reading.pictures import PICTURES, POSTS
from tests.record.reading.styles_russian import BULLETINS
from tests.record.reading.test_styles import STYLES
from tocsin.facts import QUOTE_WORDS, CasualtyFact, TallyFact
from tocsin.record.reading import read

ENGLISH = [part for file in FILES for case in cases(file) for part in re.split(r"(?<=[.!?\"])\s+", case.text)]
CYRILLIC = [
    part
    for _, text, _ in (*STYLES, *BULLETINS, *PICTURES, *POSTS)
    for part in re.split(r"(?<=[.;:!])\s+|\n", text)
    if part.strip()
]


def mistyped(draw: random.Random, sentence: str, words: list[str]) -> str:
    said = sentence.split()
    for _ in range(draw.randint(0, 3)):
        at = draw.randrange(len(said))
        said[at] = draw.choice((draw.choice(words), said[at].upper(), str(draw.randint(1, 3_000)), "", said[at] * 2))
    return " ".join(said)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("sentences", [ENGLISH, CYRILLIC], ids=["english", "cyrillic"])
def test_whatever_is_put_together_is_read_and_quotes_itself(sentences: list[str], seed: int) -> None:
    draw = random.Random(seed)
    words = " ".join(sentences).split()
    for _ in range(25):
        parts = [mistyped(draw, draw.choice(sentences), words) for _ in range(draw.randint(1, 8))]
        text = draw.choice((" ", "\n", "\n\n")).join(parts)
        found = read(text, date(2024, 11, 13))
        for fact in found.facts:
            assert fact.quote
            assert len(fact.quote.split()) <= QUOTE_WORDS
            assert " ".join(text[fact.start : fact.end].split()) == fact.quote
            whole = fact.subset_of if isinstance(fact, TallyFact | CasualtyFact) else None
            assert whole is None or 0 <= whole < len(found.facts)
        assert all(0 <= number < len(found.facts) for check in found.checks for number in check.facts)


def test_a_fire_that_has_only_been_spoken_of_is_read_to_its_end() -> None:
    text = "A Russian drone attack on Kyiv sparked fires, which have since been forgotten."
    assert read(text, date(2024, 11, 13)).facts
