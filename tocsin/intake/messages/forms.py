"""The cases of Ukrainian place names: from a name as the classifier has it to the forms in which a message says it.

More forms than grammar has are made where the ending alone does not tell the paradigm (Петрового and Петрова): what is
never written does no harm. Sources: the endings of the nouns and adjectives in Український правопис 2019, paragraphs
82 to 100, for geographical names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VOWELS = "аеєиіїоуюя"
HUSHING = "жчшщ"


Case = int
"""A sum of the following: what a form may be."""

NOMINATIVE: Final = 1
GENITIVE: Final = 2
DATIVE: Final = 4
ACCUSATIVE: Final = 8
INSTRUMENTAL: Final = 16
LOCATIVE: Final = 32

EVERY: Final = 63

N, G, D, A, I, L = NOMINATIVE, GENITIVE, DATIVE, ACCUSATIVE, INSTRUMENTAL, LOCATIVE  # noqa: E741  # as grammars do
SOFTENED = {"к": "ц", "г": "з", "х": "с"}

Endings = tuple[tuple[str, Case], ...]

ADJECTIVE_M: Endings = (("ий", N | A), ("ого", G | A), ("ому", D | L), ("им", I), ("ім", L))
ADJECTIVE_M_SOFT: Endings = (("ій", N | A), ("ього", G | A), ("ьому", D | L), ("ім", I | L))
ADJECTIVE_F: Endings = (("ої", G), ("ій", D | L), ("у", A), ("ою", I))
ADJECTIVE_F_SOFT: Endings = (("ьої", G), ("ій", D | L), ("ю", A), ("ьою", I))
ADJECTIVE_N: Endings = (("ого", G), ("ому", D | L), ("им", I), ("ім", L))
ADJECTIVE_N_SOFT: Endings = (("ього", G), ("ьому", D | L), ("ім", I | L))
ADJECTIVE_P: Endings = (("их", G | L), ("им", D), ("ими", I))
ADJECTIVE_P_SOFT: Endings = (("іх", G | L), ("ім", D), ("іми", I))
NOUN_A: Endings = (("и", G), ("у", A), ("ою", I))
NOUN_A_HUSHING: Endings = (("і", G | D | L), ("у", A), ("ею", I))
NOUN_YA: Endings = (("і", G | D | L), ("ю", A | D), ("ею", I), ("єю", I), ("ям", I))
NOUN_O: Endings = (("а", G), ("у", D | L), ("ом", I), ("і", L))
NOUN_E: Endings = (("я", G), ("а", G), ("ю", D), ("у", D), ("ем", I), ("і", L))
NOUN_P: Endings = (("ів", G), ("ам", D), ("ами", I), ("ах", L))
NOUN_P_SOFT: Endings = (
    ("ів", G),
    ("ей", G),
    ("їв", G),
    ("ям", D),
    ("ями", I),
    ("ях", L),
    ("ам", D),
    ("ами", I),
    ("ах", L),
)
NOUN_M: Endings = (("а", G), ("у", G | D | L), ("ові", D | L), ("ом", I), ("ем", I), ("і", L))
NOUN_M_SOFT: Endings = (("я", G), ("ю", G | D), ("еві", D | L), ("ем", I), ("і", L))
NOUN_M_J: Endings = (("я", G), ("ю", G | D), ("єві", D | L), ("єм", I), ("ї", L))
OWNED: Endings = (("а", G), ("у", D), ("им", I), ("ому", L), ("і", L))
"""Of names in -ів, -їв, -ин and neuter -ове: Київ, Петрове."""


def forms(word: str) -> Iterator[tuple[str, Case]]:
    """Every form of one word of a name, folded to small letters without apostrophes, with the cases it may be."""
    yield word, N | A
    if len(word) < 3:
        return
    for stem, endings in _paradigms(word):
        for ending, case in endings:
            yield stem + ending, case


def _paradigms(word: str) -> Iterator[tuple[str, Endings]]:  # one line for each ending that names have
    stem, last, two = word[:-1], word[-1], word[-2:]
    if two == "ий":
        yield word[:-2], ADJECTIVE_M
        yield stem, NOUN_M_J
    elif two == "ій":
        yield word[:-2], ADJECTIVE_M_SOFT
        yield stem, NOUN_M_J
        yield word[:-2] + "о", NOUN_M_J
    elif last == "й":
        yield stem, NOUN_M_J
    elif last == "а":
        yield stem, NOUN_A_HUSHING if stem[-1] in HUSHING else NOUN_A
        yield stem[:-1] + SOFTENED.get(stem[-1], stem[-1]), (("і", D | L),)
        yield stem, ADJECTIVE_F
    elif last == "я":
        yield stem, NOUN_YA
        yield stem, (("ї", G | D | L),) if stem[-1] in VOWELS + "ь" else ADJECTIVE_F_SOFT
    elif last == "о":
        yield stem, NOUN_O
    elif last == "е":
        yield stem, ADJECTIVE_N
        yield stem, NOUN_E
        yield stem, OWNED
    elif last == "є":
        yield stem, ADJECTIVE_N_SOFT
    elif last in "иі":
        yield stem, ADJECTIVE_P if last == "и" else ADJECTIVE_P + ADJECTIVE_P_SOFT
        yield stem, NOUN_P if last == "и" else NOUN_P_SOFT
        yield from ((bare, (("", G),)) for bare in _without_ending(stem))
    elif last == "ї":
        yield stem, (("їв", G), ("ям", D), ("ями", I), ("ях", L))
    elif last == "ь":
        yield from _soft(word)
    elif last not in VOWELS:
        yield from _hard(word)


def _without_ending(stem: str) -> Iterator[str]:
    """The genitive plural of Суми, Лубни, Гребінки: сум, лубен, гребінок."""
    yield stem
    yield stem + "ь"
    if len(stem) > 2 and stem[-2] not in VOWELS:
        for vowel in "оеє":
            yield stem[:-1].removesuffix("ь") + vowel + stem[-1]


def _changed(word: str) -> Iterator[str]:
    """The stem before an ending: Канів, Канев-; Бориспіль, Борисполь-; Степок, Степк-."""
    yield word
    for place in (len(word) - 2, len(word) - 3):
        if place > 0 and word[place] in "ії":
            for vowel in ("о", "е") if word[place] == "і" else ("є", "о"):
                yield word[:place] + vowel + word[place + 1 :]
            break
    if len(word) > 3 and word[-2] in "оеє":
        yield word[:-2] + ("й" if word[-2] == "є" else "") + word[-1]


def _hard(word: str) -> Iterator[tuple[str, Endings]]:
    for stem in _changed(word):
        yield stem, NOUN_M
        if stem[-1] in "вн":
            yield stem, OWNED
    if word[-1] in HUSHING + "р":
        yield word, (("і", G | D | L), ("ю", I), (word[-1] + "ю", I))


def _soft(word: str) -> Iterator[tuple[str, Endings]]:
    bare = word[:-1]
    for stem in _changed(bare):
        yield stem, NOUN_M_SOFT
        yield stem, (("і", G | D | L), ("ю", I), (stem[-1] + "ю", I))
    if bare.endswith(("ец", "єц")):  # Тростянець, Тростянця
        yield bare[:-2] + ("йц" if bare[-2] == "є" else "ц"), NOUN_M_SOFT
        yield bare[:-2] + "ьц", NOUN_M_SOFT
