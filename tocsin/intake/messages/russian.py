"""Ukrainian place names as a Russian-speaking channel writes them: Чернигов, Белая Церковь, Нежина.

Names of the larger places are a table; their Russian cases are made here. Smaller places are not known in Russian.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from tocsin.intake.messages.forms import A, Case, D, G, I, L, N


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Russian words by the Ukrainian word of the name, both folded."""
    found: dict[str, tuple[str, ...]] = {}
    text = (files("tocsin.data") / "threat-words/russian.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        found[row["ukrainian"]] = (*found.get(row["ukrainian"], ()), row["russian"])
    return found


def russian_forms(ukrainian: str) -> Iterator[tuple[str, Case]]:
    """The Russian forms of one Ukrainian word of a name, folded; none where the table has not got it."""
    for word in _table().get(ukrainian, ()):
        yield word, N | A
        yield from _declined(word)


def _declined(word: str) -> Iterator[tuple[str, Case]]:  # the endings of Russian names of places
    stem, last = word[:-1], word[-1]
    if word.endswith("ий") or word.endswith("ый"):
        bare = word[:-2]
        yield from ((bare + "ого", G), (bare + "ому", D), (bare + "им", I), (bare + "ом", L))
    elif word.endswith("ая"):
        bare = word[:-2]
        yield from ((bare + "ой", G | D | I | L), (bare + "ую", A))
    elif word.endswith(("ое", "ие", "ые")):
        bare = word[:-2]
        yield from ((bare + "ого", G), (bare + "ому", D), (bare + "ом", L), (bare + "им", I), (bare + "ых", G | L))
    elif last == "а":
        yield from (
            (stem + "ы", G),
            (stem + "и", G),
            (stem + "е", D | L),
            (stem + "у", A),
            (stem + "ой", I),
            (stem + "ей", I),
        )
    elif last == "я":
        yield from ((stem + "и", G | D | L), (stem + "ю", A), (stem + "ей", I), (stem + "е", D | L))
    elif last in "ыи":
        yield from (
            (stem, G),
            (stem + "ов", G),
            (stem + "ам", D),
            (stem + "ами", I),
            (stem + "ах", L),
            (stem + "ей", G),
        )
    elif last == "ь":
        for bare in (stem, stem[:-2] + stem[-1]):
            yield from ((bare + "я", G), (bare + "ю", D), (bare + "ем", I), (bare + "е", L), (bare + "и", G | D | L))
        yield word + "ю", I
    elif last in "ое":
        yield from ((stem + "а", G), (stem + "у", D), (stem + "ом", I), (stem + "е", L))
    else:
        for bare in (word, word[:-2] + word[-1]):
            yield from ((bare + "а", G), (bare + "у", D), (bare + "ом", I), (bare + "ым", I), (bare + "е", L))
