"""Words in one alphabet, where whoever typed or a machine that read a picture took letters of the other for them.

Promises the same text, sign for sign, so that what stands where stays; only words that mix the two alphabets change.
"""

from __future__ import annotations

import re

from tocsin.record.reading.lexicon import LOOK_ALIKES

_MIXED = re.compile(r"[A-Za-z](?:(?=[А-Яа-яІіЇїЄєҐґ])|(?<=[А-Яа-яІіЇїЄєҐґ][A-Za-z])|(?<=\bO)TP\b|(?<=\bK)A?P\b)")
"""It begins with what is rare in a bulletin, a Latin letter, so that most of one is passed over at once."""
_ANY = re.compile(r"[А-Яа-яІіЇїЄєҐґ]")
"""Looked for first, since it costs less: most reports in English have none."""
_WORD = re.compile(r"[^\W\d_]+")
_ABBREVIATED = frozenset({"OTP", "KP", "KAP"})
"""Of the Air Force's abbreviations those that can be typed wholly in the other alphabet."""
_CYRILLIC = {sign: other for sign, other in LOOK_ALIKES.items() if chr(sign).isalpha() and chr(sign).isascii()}
_LATIN = frozenset(map(chr, _CYRILLIC))


def in_one_alphabet(text: str) -> str:
    """ "ЗНИЩЕНО" with a Latin H and "Пoвітряні" in Cyrillic; "Shahedів" and "KN-23" as they are."""
    if text.isascii() or not _ANY.search(text) or not _MIXED.search(text):
        return text
    return _WORD.sub(_one, text)


def _one(word: re.Match[str]) -> str:
    latin = {sign for sign in word[0] if sign.isascii()}
    mixed = latin <= _LATIN and len(latin) < len(set(word[0]))
    return word[0].translate(_CYRILLIC) if mixed or word[0] in _ABBREVIATED else word[0]
