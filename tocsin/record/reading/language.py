"""In which language a text is: English, Ukrainian or Russian, or ``und`` where it is none of these.

By letters and the commonest words, which is enough to tell three languages apart, and to refuse the others.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LOOKED_AT = 2_000
"""Characters: a language shows within the first paragraphs."""

_ADDRESS = re.compile(r"https?://\S+")
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ"
_WORD = re.compile(r"\w+")
_CODED = "cp1251"
"""One byte for each letter of both alphabets, so that they are counted by leaving all other bytes out."""
_NO_LATIN = bytes(sign for sign in range(256) if not (chr(sign).isascii() and chr(sign).isalpha()))
_NO_CYRILLIC = bytes(set(range(256)) - set((_CYRILLIC + _CYRILLIC.upper()).encode(_CODED)))
_ENGLISH = frozenset(
    ("the", "of", "and", "in", "to", "on", "a", "said", "was", "were", "by", "over", "with", "its", "for", "from")
) | {
    "had",
    "has",
    "that",
    "at",
    "as",
    "while",
    "including",
    "another",
    "after",
    "killed",
    "people",
    "which",
    "who",
    "two",
    "overnight",
    "launched",
    "destroyed",
    "downed",
    "shot",
    "down",
    "strike",
    "forces",
    "enemy",
    "defence",
    "ukrainian",
    "russian",
}
"""The last are for bulletins, which are mostly names and numbers."""
_UKRAINIAN = re.compile(
    r"[іїєґ]|\b(?:та|від|збит\w+|знищен\w+|ударн(?:ий|их|і)|повітрян[іи]\w*|ворож\w+|було?|області|ракет[аи]?)\b",
    re.IGNORECASE,
)
_RUSSIAN = re.compile(r"[ыэъё]|\b(?:и|от|сбит\w+|уничтожен\w+|был[аио]?|области|ракет[аы]?)\b", re.IGNORECASE)

ENGLISH_SHARE = 0.12
"""Of running English, at least this share of the words are among these."""


def _counted(sample: str) -> tuple[int, int]:
    """How many letters are Cyrillic, and how many Latin."""
    coded = sample.encode(_CODED, "ignore") if not sample.isascii() else sample.encode()
    return len(coded.translate(None, _NO_CYRILLIC)), len(coded.translate(None, _NO_LATIN))


@lru_cache(maxsize=20_000)
def _leaning(word: str) -> int:
    """How much a word is Ukrainian, less how much it is Russian."""
    return len(_UKRAINIAN.findall(word)) - len(_RUSSIAN.findall(word))


def language_of(text: str) -> str:
    """``en``, ``uk``, ``ru`` or ``und``."""
    sample = text[:_LOOKED_AT]
    if "http" in sample:
        sample = _ADDRESS.sub(" ", sample)
    cyrillic, latin = _counted(sample)
    if cyrillic > latin:
        leaning = sum(map(_leaning, _WORD.findall(sample)))
        return "uk" if leaning > 0 else "ru" if leaning < 0 else "und"
    words = sample.lower().split()
    if latin and sum(map(_ENGLISH.__contains__, words)) >= ENGLISH_SHARE * len(words):
        return "en"
    return "und"
