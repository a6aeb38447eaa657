"""Words, and what each can be to the readers of a sentence: one bit for each kind, worked out once for each word.

Readers say at their import which words they go by (`mark`). What stands between two white spaces is cut into words and
remembered, so that a sentence knows, before anybody looks closer, whether a reader has anything to do there, and where.
It promises that a word's bits depend on the word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_REMEMBERED = 20_000
"""Pieces that are kept; then it begins anew."""
_LONG = 40
"""Characters of a piece that is not worth keeping."""

_WORD = re.compile(
    r"[A-Za-z]\.(?:[A-Za-z]\.)+|[^\W\d_]+(?:[-/]\w+|'(?!s\b)\w+)*|'s\b"
    r"|\d+(?:,\d{3})*(?:\.\d+)?(?:-[A-Za-z]+)*|[^\w\s]"
)

UPPER = 1
"""Begins with a capital."""
NUMERAL = 2
"""May begin a number: digits, or joined words ("twenty-five"); number words mark themselves."""
JOINED = 4
"""Has a digit at its end, a hyphen or a slash: may be a weapon's designation."""
GLUED = 8
"""Stands in one piece with the word before it: there is no space between them."""
ODD = 16
"""Its piece holds something that is in no word."""


SHAPES = UPPER | NUMERAL | JOINED | GLUED | ODD
"""What a word has by its form alone; beyond these every bit is of a list of words."""


class _Pieces(dict[str, tuple[Any, ...]]):
    """The words of each piece, as it stands between two white spaces: cut when it is first met.

    Three entries for each word, one after the other: as it is written, in lower case, and its bits. A sentence takes
    every third of its pieces', which costs less than to open a tuple for each word.
    """

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, int] = {}
        self.kinds = 5

    def __missing__(self, written: str) -> tuple[Any, ...]:
        cased = _WORD.findall(written)
        odd = 0 if "".join(cased) == written else ODD
        if "—" in written:
            cased = ["-" if one == "—" else one for one in cased]
        words: tuple[Any, ...] = ()
        for at, one in enumerate(cased):
            word = one.lower()
            words += one, word, self.known.get(word, 0) | _shape(word, one) | odd | (GLUED if at else 0)
        if len(written) <= _LONG:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = words
        return words


class _Within(dict[str, tuple[tuple[int, int], ...]]):
    """Where each word of a piece begins and ends in it."""

    def __missing__(self, written: str) -> tuple[tuple[int, int], ...]:
        spans = tuple(match.span() for match in _WORD.finditer(written))
        if len(written) <= _LONG:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[written] = spans
        return spans


PIECES, WITHIN = _Pieces(), _Within()


def _shape(word: str, cased: str) -> int:
    bits = UPPER if cased[0].isupper() else 0
    if word[0].isdigit() or (word[0] in "tfsen" and "-" in word):
        bits |= NUMERAL
    if word[-1].isdigit() or "-" in word or "/" in word:
        bits |= JOINED
    return bits


def mark(words: Iterable[str]) -> int:
    """A bit that these words have from now on."""
    bit = 1 << PIECES.kinds
    PIECES.kinds += 1
    also(bit, words)
    return bit


def also(bit: int, words: Iterable[str]) -> None:
    """Give a bit to more words."""
    for word in words:
        PIECES.known[word] = PIECES.known.get(word, 0) | bit
    PIECES.clear()
