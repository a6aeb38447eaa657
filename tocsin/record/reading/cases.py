"""Names of settlements in Ukrainian, from whatever case a sentence has them in to what they may be called.

Endings are tried, and every name that one could come of is given: which of them there is, is for a list to say. With a
name too many a mistake may be passed over; nothing right is flagged for want of one.
"""

from __future__ import annotations

from itertools import product

_ADJECTIVES = (("ому", ("ий", "е", "ій")), ("ій", ("а", "я")), ("ої", ("а",)), ("ого", ("ий", "е")), ("их", ("і",)))
"""Endings of a name that is declined as an adjective, or of the adjective in it, and those that they come of."""

_ENDINGS = ("ові", "еві", "єві", "ах", "ях", "ом", "ем", "єм", "ою", "ею", "а", "я", "у", "ю", "і", "ї", "и")
_NOMINATIVES = ("", "ь", "а", "я", "о", "е", "и", "і", "ї")
_HARDENED = {"ц": "к", "з": "г", "с": "х"}
"""What stands before the ending of the locative, and what before others: Шостці, Шостка."""

_OPENED = {"о": "і", "е": "і", "є": "ї"}
"""A vowel in an open syllable, and in a closed one: Харкові, Харків; Києві, Київ."""

_VOWELS = frozenset("аеєиіїоуюя")
_LONGEST = 40
"""Characters: a longer word is no name."""


def nominatives(name: str) -> frozenset[str]:
    """What a name may be in the nominative, itself among them."""
    words = name.split(" ")
    if len(words) > 3 or any(len(word) > _LONGEST for word in words):
        return frozenset({name})
    forms = [_word(word, last=number == len(words) - 1) for number, word in enumerate(words)]
    return frozenset({name, *(" ".join(chosen) for chosen in product(*forms))})


def _word(word: str, *, last: bool) -> list[str]:
    found = [word]
    for ending, own in _ADJECTIVES:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            found += [word[: -len(ending)] + one for one in own]
    if last:
        found += [
            stem + ending
            for written in _ENDINGS
            if word.endswith(written) and len(word) > len(written) + 1
            for stem in _stems(word[: -len(written)])
            for ending in _NOMINATIVES
        ]
    return found


def _stems(stem: str) -> list[str]:
    found = [stem]
    if stem[-1] in _HARDENED:
        found.append(stem[:-1] + _HARDENED[stem[-1]])
    for one in tuple(found):
        at = max((number for number, sign in enumerate(one) if sign in _VOWELS), default=-1)
        if 0 < at < len(one) - 1 and one[at] in _OPENED:
            found.append(one[:at] + _OPENED[one[at]] + one[at + 1 :])
    return found
