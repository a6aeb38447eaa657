"""Words of a report know where they stand, and what they can be, however the text is spaced and cut."""

from __future__ import annotations

import pytest

from tests.record.reading.gold import cases
from tocsin.record.reading.wire.tokens import Sentence, fold, sentences
from tocsin.record.reading.wire.words import NUMERAL, PIECES, UPPER, mark

TEXTS = [case.text for file in ("seen.txt", "more.txt", "agencies.txt", "longer.txt") for case in cases(file)]
ODD = [
    "Ukraine's  air\tforce said:\n12 drones (of 20) were\u00a0downed - all over Kyiv.",
    '"We will respond," he said... "Soon!"',
    "_ __ a_b Shahed-136/131 U.S. 1,200.5 don't",
    "x" * 500 + " drones.",
]


@pytest.mark.parametrize("text", [*TEXTS, *ODD])
def test_every_word_stands_where_it_says(text: str) -> None:
    folded = fold(text)
    for sentence in sentences(folded):
        spans = list(zip(sentence.starts, sentence.ends, strict=True))
        assert [folded[start:end] for start, end in spans] == sentence.cased
        assert spans == sorted(spans)
        assert len(sentence.cased) == len(sentence.low) == len(sentence.marks)
        assert not spans or sentence.begin <= spans[0][0] <= spans[-1][1] <= sentence.end


@pytest.mark.parametrize("text", [*TEXTS[:20], *ODD])
def test_words_in_a_row_are_told_as_the_text_has_them(text: str) -> None:
    for sentence in sentences(fold(text)):
        for first in range(0, len(sentence), 3):
            for last in range(first, min(first + 6, len(sentence))):
                said = sentence.text[sentence.starts[first] : sentence.ends[last]]
                assert sentence.words(first, last) == " ".join(said.split())


def test_a_sentence_without_words_has_none() -> None:
    for text in ("", " ", "_"):
        sentence = Sentence(text, 0, len(text), 0, False)
        assert (len(sentence), sentence.starts, sentence.ends, sentence.at(NUMERAL)) == (0, [], [], [])


def test_a_word_that_is_marked_late_is_known_from_then_on() -> None:
    text = "Quokkas saw 12 quokkas."
    assert Sentence(text, 0, len(text), 0, False).at(UPPER | NUMERAL) == [0, 2]
    quokkas = mark(["quokkas"])
    assert Sentence(text, 0, len(text), 0, False).at(quokkas) == [0, 3]


def test_no_more_pieces_are_kept_than_are_meant_to_be() -> None:
    text = " ".join(f"word{number}" for number in range(25_000))
    assert len(Sentence(text, 0, len(text), 0, False)) == 2 * 25_000
    assert len(PIECES) <= 20_000
    text = "long" * 50
    assert len(Sentence(text, 0, len(text), 0, False)) == 1
    assert text not in PIECES
