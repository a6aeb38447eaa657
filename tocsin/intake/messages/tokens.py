"""A message cut into lines, clauses and words, with the place where each stands.

Nothing is lost: a token knows its first and last character in the message as it came, so whatever is found is quoted as
it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

APOSTROPHES = dict.fromkeys(map(ord, "'’ʼ‘`´\u0301-"))
LATIN = str.maketrans("aceiopxyABCEHIKMOPTXa", "асеіорхуАВСЕНІКМОРТХа")
"""Letters that look alike, where they stand among Cyrillic ones."""

_TOKEN = re.compile(
    r"(?P<word>[рР]-н[а-яіїє]*|[^\W\d_]+(?:['’ʼ‘`´][^\W\d_]+)*\.?)"
    r"|(?P<number>\d+(?:[:.,]\d+)?(?:-?(?:х|x|а|ма|ти|го)\b)?)"
    r"|(?P<arrow>[➡→⟶↗↘↙↖⬆⬇⬅►▶]\ufe0f?|->|=>)"
    r"|(?P<mark>[.,;:!?()/\\«»\"“”„–—‒-]|\n)"
    r"|(?P<sign>[^\s\w])"
)
ABBREVIATED = frozenset(
    ("н", "п", "обл", "р", "м", "с", "смт", "вул", "просп", "ае", "жит", "т", "о", "рн", "км", "сел", "шт", "хв")
)


class Token(NamedTuple):
    """One word, number or mark."""

    text: str
    folded: str
    """In small letters without apostrophes; of an abbreviation without its full stop."""
    start: int
    end: int
    kind: str
    """word, number, arrow, mark, sign."""

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The form in which words are compared."""
    if not word.isascii() and any("a" <= letter <= "z" or "A" <= letter <= "Z" for letter in word):
        word = word.translate(LATIN)
    return word.translate(APOSTROPHES).lower().replace("ё", "е")


def tokens(text: str, offset: int = 0) -> Iterator[Token]:
    """The tokens of a text that stands at ``offset``. A full stop belongs to a word only if that is an abbreviation."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "sign"
        start, end, said = found.start() + offset, found.end() + offset, found.group()
        if kind == "word" and said.endswith("."):
            if fold(said[:-1]) in ABBREVIATED:
                yield Token(said, fold(said[:-1]), start, end, kind)
                continue
            yield Token(said[:-1], fold(said[:-1]), start, end - 1, kind)
            yield Token(".", ".", end - 1, end, "mark")
            continue
        yield Token(said, fold(said) if kind in ("word", "number") else said, start, end, kind)


def clauses(line: list[Token]) -> Iterator[list[Token]]:
    """A line's tokens, cut at the ends of sentences."""
    begun: list[Token] = []
    for place, token in enumerate(line):
        begun.append(token)
        following = line[place + 1] if place + 1 < len(line) else None
        if token.text in (".", "!", "?", ";") and following is not None and following.text not in (".", "!", "?", ")"):
            yield begun
            begun = []
    if begun:
        yield begun
