"""Sentences cut into words: the quick ways of finding where a word stands give what the slow one gives."""

from __future__ import annotations

import random
import re

import pytest

from tests.record.reading.test_mixed_up import ENGLISH, mistyped
from tocsin.record.reading.wire.subjects import left
from tocsin.record.reading.wire.tokens import Sentence, fold, sentences

WORD = re.compile(
    r"[A-Za-z]\.(?:[A-Za-z]\.)+|[^\W\d_]+(?:[-/]\w+|'(?!s\b)\w+)*|'s\b|\d+(?:,\d{3})*(?:\.\d+)?(?:-[A-Za-z]+)*|[^\w\s]"
)
ABBREVIATED = (
    *("Mr", "Mrs", "Ms", "Dr", "St", "Lt", "Gen", "Col", "Maj", "Capt", "Sgt", "Adm", "Brig", "Sen", "Rep", "Gov"),
    *("Prof", "No", "approx", "Inc", "Ltd", "vs", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept"),
    *("Oct", "Nov", "Dec", "J", "U.S", "a.m", "p.m"),
)  # fmt: skip
SPACES = (" ", "  ", "\n", " \t", "_ ", " _", "\u2003")


def spaced(draw: random.Random, sentence: str) -> str:
    """With other white space, and signs that are in no word, between some of its words."""
    return "".join(word + (draw.choice(SPACES) if draw.random() < 0.2 else " ") for word in sentence.split())


@pytest.mark.parametrize("seed", range(6))
def test_every_word_stands_where_its_sentence_says(seed: int) -> None:
    draw = random.Random(seed)
    words = " ".join(ENGLISH).split()
    for _ in range(60):
        text = fold(spaced(draw, mistyped(draw, draw.choice(ENGLISH), words)))
        sentence = Sentence(text, 0, len(text), 0, False)
        found = list(WORD.finditer(text))
        assert sentence.cased == [match[0] for match in found]
        assert sentence.starts == [match.start() for match in found]
        assert sentence.ends == [match.end() for match in found]
        for _ in range(8 if found else 0):
            first = draw.randrange(len(found))
            last = draw.randrange(first, len(found))
            start, end = found[first].start(), found[last].end()
            assert sentence.span(first, last) == (start, end)
            assert sentence.words(first, last) == " ".join(text[start:end].split())


@pytest.mark.parametrize("abbreviation", ABBREVIATED)
def test_an_abbreviation_ends_no_sentence(abbreviation: str) -> None:
    text = f"Russia attacked Kyiv, said {abbreviation}. Petrenko on Monday. Nobody was hurt."
    assert [" ".join(text[one.begin : one.end].split()) for one in sentences(text)] == [
        f"Russia attacked Kyiv, said {abbreviation}. Petrenko on Monday.",
        "Nobody was hurt.",
    ]


def test_a_speaker_begins_behind_the_verb_of_another_clause() -> None:
    text = "In Sumy the raid is over local officials said on Monday."
    sentence = Sentence(text, 0, len(text), 0, False)
    found = left(sentence, sentence.low.index("said"))
    assert found is not None
    assert "raid" not in sentence.words(*found)
    assert sentence.words(*found).endswith("local officials")
