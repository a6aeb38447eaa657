"""The words of threat messages, from tocsin/data/threat-words/words.toml, ready to be looked for.

Beginnings of words stand for all their endings. Lists grow there, not here. What a word may mean is worked
out once and remembered, since messages say the same few words again and again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from tocsin.intake.messages.tokens import Token, fold
from tocsin.model import Threat

KINDS = tuple(Threat)
"""The kind whose bit in a meaning is its place here."""


class Sense:
    """What a word says beside the kinds of threats: bits of a meaning, plain numbers for speed."""

    _FIRST: Final = 1 << len(KINDS)
    MISSILE: Final = _FIRST
    NOT_KIND: Final = _FIRST << 1
    IMPACT: Final = _FIRST << 2
    LAUNCH: Final = _FIRST << 3
    ENDS: Final = _FIRST << 4
    MINUS: Final = _FIRST << 5
    STALE: Final = _FIRST << 6
    PAST: Final = _FIRST << 7
    MOTION: Final = _FIRST << 8
    NOT_AFTER: Final = _FIRST << 9
    NOT_BEFORE: Final = _FIRST << 10
    ADVERT: Final = _FIRST << 11
    DOWN: Final = _FIRST << 12
    EVERYDAY: Final = _FIRST << 13
    URGENT: Final = _FIRST << 14
    DANGER: Final = _FIRST << 15
    ATTENTION: Final = _FIRST << 16
    ANY_KIND: Final = _FIRST - 1


Meaning = int
"""Bits: those of `KINDS` and of `Sense`."""

REMEMBERED_WORDS = 50_000

WITHIN = frozenset(
    (
        "сектор",
        "області",
        "т",
        "о",
        "тот",
        "акваторії",
        "території",
        "територію",
        "повітряний",
        "простір",
        "простору",
        "повітряного",
        "повітряному",
        "просторі",
        "небі",
        "неба",
    )
)
"""What stands in a list of places and does not end it."""

PREPOSITIONS = ("на", "в", "у", "во", "до", "к", "ко", "по", "для")


class _Entry(NamedTuple):
    means: Meaning
    parts: tuple[str, ...]
    whole: tuple[bool, ...]
    """Of each part: whether it is the whole word and not its beginning."""

    def begins(self, word: str) -> bool:
        return word == self.parts[0] if self.whole[0] else word.startswith(self.parts[0])

    def follows(self, words: Sequence[str], at: int) -> bool:
        """Whether the parts after the first are the words after the one at ``at``."""
        if at + len(self.parts) > len(words):
            return False
        return all(
            words[at + number] == part if whole else words[at + number].startswith(part)
            for number, (part, whole) in enumerate(zip(self.parts, self.whole, strict=True))
            if number
        )


class Grammar(msgspec.Struct, frozen=True, kw_only=True):
    """Words that steer; each set is explained in words.toml."""

    and_words: frozenset[str]
    compass_at: frozenset[str]
    compass_to: frozenset[str]
    sides: frozenset[str]
    away_from: frozenset[str]
    outskirts: frozenset[str]
    edges: frozenset[str]
    standing: frozenset[str]
    towards: frozenset[str]
    not_whither: frozenset[str]
    on_the_way: frozenset[str]
    from_words: frozenset[str]
    with_genitive: frozenset[str]
    locality: frozenset[str]
    oblast: frozenset[str]
    raion: frozenset[str]
    state: frozenset[str]
    not_an_oblast: frozenset[str]
    common: frozenset[str]
    more: frozenset[str]
    told_of_what_was: frozenset[str]
    asks: frozenset[str]
    supposes: frozenset[str]
    general_advice: frozenset[str]
    awaited: frozenset[str]
    not_yet: frozenset[str]
    lifted: frozenset[str]
    lasts: frozenset[str]
    of_alarm: tuple[str, ...]
    clear_of: frozenset[str]
    there_is_none: frozenset[str]
    one_of_several: tuple[str, ...]
    feminine: tuple[str, ...]
    masculine: tuple[str, ...]


class Lexicon:
    """One file of words."""

    def __init__(self, read: dict[str, Any]) -> None:
        def words(of: str, under: str = "words") -> frozenset[str]:
            return frozenset(map(fold, read[of][under]))

        self._entries: dict[str, list[_Entry]] = {}
        """By the first two letters of their first word."""
        for kind, said in read["kinds"].items():
            self._take(1 << KINDS.index(Threat(kind)), said)
        for sense, of, under in (
            (Sense.MISSILE, "missile", "words"),
            (Sense.NOT_KIND, "not_kinds", "words"),
            (Sense.IMPACT, "impact", "words"),
            (Sense.LAUNCH, "launch", "words"),
            (Sense.ENDS, "ends", "words"),
            (Sense.MINUS, "ends", "minus"),
            (Sense.STALE, "stale", "words"),
            (Sense.PAST, "past", "words"),
            (Sense.MOTION, "motion", "words"),
            (Sense.NOT_AFTER, "generic", "after"),
            (Sense.NOT_BEFORE, "generic", "before"),
            (Sense.ADVERT, "adverts", "words"),
            (Sense.DOWN, "down", "words"),
            (Sense.EVERYDAY, "everyday", "words"),
            (Sense.URGENT, "everyday", "urgent"),
            (Sense.DANGER, "danger", "words"),
        ):
            self._take(sense, read[of][under])
        self._take(Sense.ATTENTION, [f"{word}." for word in read["attention"]["words"]])
        self._remembered: dict[str, tuple[Meaning, tuple[_Entry, ...]]] = {}
        self.acronyms = {word: Threat(kind) for kind, said in read["acronyms"].items() for word in said}
        self.signs = {sign: Threat(kind) for kind, said in read["kinds_by_sign"].items() for sign in said}
        self.heading, self.passing, self.leaving = words("heading"), words("passing"), words("from")
        self.at = words("at")
        self._links = re.compile("|".join(map(re.escape, read["adverts"]["links"])))
        self.not_places = words("not_places")
        self.grammar = msgspec.convert(read["grammar"], Grammar)
        grammar = self.grammar
        self.steering = self.heading | self.passing | self.leaving | self.at | WITHIN | frozenset(PREPOSITIONS)
        """All words by which a walk over a clause is steered (`roles`); what is not here only ends what was begun."""
        for some in (
            *(grammar.on_the_way, grammar.and_words, grammar.locality, grammar.raion, grammar.towards),
            *(grammar.sides, grammar.compass_at),
        ):
            self.steering |= some

    def _take(self, means: Meaning, said: Iterable[str]) -> None:
        for phrase in said:
            parts = phrase.split()
            entry = _Entry(
                means,
                tuple(fold(part.removesuffix(".")) for part in parts),
                tuple(part.endswith(".") for part in parts),
            )
            self._entries.setdefault(entry.parts[0][:2], []).append(entry)

    def meaning(self, words: Sequence[str]) -> Meaning:
        """All that the folded words say."""
        found = 0
        remembered = self._remembered
        for at, word in enumerate(words):
            alone, longer = remembered.get(word) or self._look_up(word)
            found |= alone
            for entry in longer:
                if entry.follows(words, at):
                    found |= entry.means
        return found

    def leads_away(self, line: str) -> bool:
        """Whether a line as it was written has a link in it."""
        return self._links.search(line) is not None

    def of_word(self, word: str) -> Meaning:
        """What one folded word says by itself."""
        return (self._remembered.get(word) or self._look_up(word))[0]

    def _look_up(self, word: str) -> tuple[Meaning, tuple[_Entry, ...]]:
        if len(self._remembered) >= REMEMBERED_WORDS:
            self._remembered.clear()
        beginning = [entry for entry in self._entries.get(word[:2], ()) if entry.begins(word)]
        alone = 0
        for entry in beginning:
            if len(entry.parts) == 1:
                alone |= entry.means
        known = alone, tuple(entry for entry in beginning if len(entry.parts) > 1)
        self._remembered[word] = known
        return known


@cache
def lexicon() -> Lexicon:
    """The words that come with Tocsin."""
    return Lexicon(tomllib.loads((files("tocsin.data") / "threat-words/words.toml").read_text(encoding="utf-8")))


def said(words: Iterable[Token]) -> list[str]:
    """The folded words and numbers of a clause."""
    return [word.folded for word in words if word.kind in ("word", "number")]
