"""A line of a message cut into clauses and words, with the place where each stands.

Nothing is lost: a token knows its first and last character in the message as it came, so whatever is found is quoted as
it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
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
_GLUED = re.compile(
    r"(?<=[А-ЯІЇЄҐ])(?=(?:на|повз|над|через|курсом|біля)(?:[А-ЯІЇЄҐ]|\b))"
    r"|(?<=на|вз|ад|ез|ом|ля)(?=[А-ЯІЇЄҐ][а-яіїєґ]{2})"
)
"""Where a space is missing: БпЛАнаБровари."""

_MAYBE_GLUED = re.compile("[аздмя][А-ЯІЇЄҐ][а-яіїєґ]")
"""The same, looked for in a whole text: much faster, and once in a while where nothing is."""

ABBREVIATED = frozenset(
    ("н", "п", "обл", "р", "м", "с", "смт", "вул", "просп", "ае", "жит", "т", "о", "рн", "км", "сел", "шт", "хв")
)


UNITS = frozenset(("обл", "область", "області", "рн", "район"))
"""What a full stop before does not part from its abbreviated name: Харк. обл."""


class Token(NamedTuple):
    """One word, number or mark, and where it stands in its line."""

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


def tokens(text: str) -> list[Token]:
    """The tokens of a text. A full stop belongs to a word only if that is an abbreviation."""
    made: list[Token] = []
    take, new = made.append, tuple.__new__  # past the constructor, which takes longer than all the rest
    for found in _TOKEN.finditer(text):
        kind, said = found.lastgroup or "sign", found.group()
        start, end = found.span()
        if kind == "word":
            if said[-1] == ".":
                folded = fold(said[:-1])
                if folded in ABBREVIATED:
                    take(new(Token, (said, folded, start, end, kind)))
                else:
                    take(new(Token, (said[:-1], folded, start, end - 1, kind)))
                    take(new(Token, (".", ".", end - 1, end, "mark")))
            else:
                take(new(Token, (said, fold(said), start, end, kind)))
        else:
            take(new(Token, (said, fold(said) if kind == "number" else said, start, end, kind)))
    return _unglued(made) if _MAYBE_GLUED.search(text) else made


def _unglued(made: list[Token]) -> list[Token]:
    parted: list[Token] = []
    for token in made:
        cuts = [found.start() for found in _GLUED.finditer(token.text)] if token.kind == "word" else []
        for begin, end in pairwise([0, *cuts, len(token.text)]):
            said = token.text[begin:end]
            folded = fold(said) if cuts else token.folded
            parted.append(Token(said, folded, token.start + begin, token.start + end, token.kind))
    return parted


def clauses(line: list[Token]) -> Iterator[list[Token]]:
    """A line's tokens, cut at the ends of sentences."""
    begun: list[Token] = []
    for place, token in enumerate(line):
        begun.append(token)
        following = line[place + 1] if place + 1 < len(line) else None
        if (
            token.text in (".", "!", "?", ";")
            and following is not None
            and following.text not in (".", "!", "?", ")")
            and not (token.text == "." and following.folded in UNITS)
        ):
            yield begun
            begun = []
    if begun:
        yield begun
