"""Finds zones by what people call them, whatever the case, the apostrophe, the dash or a word left out.

A name said letter for letter wins over one said loosely, and a full name over a shortened one. A shortened name is
compared without the words that only say its level: one who leaves out ``громада`` still finds it, but one who says
``область`` never gets a raion, nor a city that is called so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tocsin.atlas.manifest import Manifest

_DROPPED = dict.fromkeys(map(ord, "'’ʼ‘`´′\"“”„″״׳"))
_SPACED = dict.fromkeys(map(ord, "-‐‑–—־.,()/_"), " ")

CONTRADICTION = ""
"""The level of a text that says two: no zone is of it."""


def fold(text: str) -> str:
    """The form in which names are compared."""
    folded = unicodedata.normalize("NFKC", text.translate(_DROPPED)).translate(_SPACED).casefold()
    return " ".join(folded.split())


class NameIndex:
    """Which zones, by their numbers, have a name."""

    def __init__(self, manifest: Manifest, names: Iterable[tuple[str, int]], former: Iterable[tuple[str, int]]) -> None:
        """A ``former`` name is never a full one: somebody else may have taken it since."""
        self._level_of_word = {fold(word): level.id for level in manifest.levels for word in level.words}
        self._prefixes = {fold(prefix) for prefix in manifest.name_prefixes}
        self._exact: dict[str, dict[int, None]] = {}
        self._full: dict[str, dict[int, None]] = {}
        self._short: dict[str, dict[tuple[int, str | None], None]] = {}
        for name, number in names:
            self._exact.setdefault(name, {})[number] = None
            self._full.setdefault(fold(name), {})[number] = None
            self._add_short(name, number)
        for name, number in former:
            self._add_short(name, number)

    def find(self, text: str) -> list[int]:
        """Every zone the text may mean, each once."""
        # Letter for letter first: there are places that only an apostrophe tells apart.
        if text in self._exact:
            return list(self._exact[text])
        folded = fold(text)
        if folded in self._full:
            return list(self._full[folded])
        short, said = self._shorten(folded)
        return list(dict.fromkeys(n for n, level in self._short.get(short, ()) if said is None or said == level))

    def _add_short(self, name: str, number: int) -> None:
        short, level = self._shorten(fold(name))
        self._short.setdefault(short, {})[number, level] = None

    def _shorten(self, folded: str) -> tuple[str, str | None]:
        """Without prefix and level words, and the level that these named."""
        words = folded.split()
        if len(words) > 1 and words[0] in self._prefixes:
            words = words[1:]
        level: str | None = None
        while len(words) > 1 and words[-1] in self._level_of_word:
            word = self._level_of_word[words.pop()]
            level = word if level in (None, word) else CONTRADICTION
        return " ".join(words), level
