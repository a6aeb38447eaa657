"""Which words of a sentence name weapons and people, and how many of them.

Promises that phrases do not overlap, and that a weapon that only tells what kind of thing another noun is ("a drone
attack") is no weapon here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.numbers import HYPHENED, NUMBER_STARTS, Number, number_at, spanned
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import JOINED, NUMERAL, also, mark
from tocsin.record.weapons import ROOT, composite, is_a, lineage, mentions

_REACH = 7
"""How many words may stand between a number and its noun."""

_GENERAL = frozenset(
    {"missile", "cruise_missile", "ballistic_missile", "guided_missile", "hypersonic_missile", "anti_aircraft_missile"}
)

_STOPS = (
    lex.BE | lex.HAVE | lex.MODAL | lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.SPEECH.keys() | lex.DETERMINERS | lex.NOT
    | lex.DOWN_PARTICLES | lex.PRONOUNS
    | frozenset({",", ".", ";", ":", '"', "(", ")", "-", "!", "?", "'s", "'", "there"})
)  # fmt: skip
_EVENT_STOPS = frozenset(word for word in lex.EVENTS if word not in ("incoming",))
also(NUMERAL, NUMBER_STARTS)
_STARTER = mark(NUMBER_STARTS | lex.WEAPON_HEADS | HYPHENED)
_BACK = mark(("respectively", "former", "latter", "all"))
_HEAD, _AIR = mark(lex.WEAPON_HEADS), mark(lex.AIR_HEADS)
_SHARES = words_of("half third quarter most majority percent many some several dozens part none few rest bulk")
_LONGEST_JOINT = 3
"""Words that may stand between two names of one phrase: "and/or"."""
_FIRST = attrgetter("first")
_DIGIT = re.compile(r"\d")


class Weapons(msgspec.Struct, gc=False):
    """A phrase that names weapons."""

    first: int
    last: int
    weapon: str
    number: Number | None
    total: Number | None = None
    """Of how many: the four of "one of four missiles"; alone where it is not said how many of them."""
    elided: bool = False
    """Only a number stands here; which weapon was said before."""
    part: bool = False
    """It is a part of what was named before it: "including two over Moscow"."""
    events: list[tuple[str, bool]] = []


class Phrases(msgspec.Struct, gc=False):
    numbers: list[Number]
    weapons: list[Weapons]
    modifying: list[tuple[int, str]]
    """Where a weapon only tells of what kind an attack is."""


@lru_cache(maxsize=4096)
def weapon_named(words: str) -> str:
    """The id for the words of one phrase; empty where they name none."""
    ids = tuple(mention.weapon for mention in mentions(words, "en"))
    own = composite(ids)
    parts = own.split("/")
    if any(part not in _GENERAL for part in parts):
        return "/".join(part for part in parts if part not in _GENERAL)
    if len(parts) > 1 and _GENERAL.issuperset(parts):
        return lineage(own)[1]
    return own


@lru_cache(maxsize=4096)
def _designates(word: str) -> bool:
    return lex.DESIGNATION.fullmatch(word) is not None and weapon_named(word) != ""


def phrases(sentence: Sentence, last_weapon: str) -> Phrases:
    """What is named in the sentence; ``last_weapon`` is what a number without a noun may count."""
    low = sentence.low
    numbers: list[Number] = []
    heads: list[int] = []
    if not sentence.mark & _STARTER and not _DIGIT.search(sentence.text, sentence.begin, sentence.end):
        return Phrases([], [], [])
    beyond = 0
    for at in sentence.at(NUMERAL | JOINED | _HEAD | _AIR):
        if at < beyond:
            continue
        bits = sentence.marks[at]
        if bits & NUMERAL and (number := number_at(low, at)):
            if numbers and (wider := spanned(low, numbers[-1], number)) is not number:
                numbers[-1] = number = wider
            else:
                numbers.append(number)
            beyond = number.last + 1
        elif (
            bits & _HEAD
            or (bits & _AIR and (_in_the_air(low, at) or _shot_at(low, at) or _used(low, at)))
            or (bits & JOINED and _designates(low[at]))
        ):
            heads.append(at)
    by_end = {number.last: number for number in numbers}
    named, modifying = _named(sentence, heads, by_end)
    if named or last_weapon:
        _elided(low, numbers, named, last_weapon)
    if named and sentence.mark & _BACK:
        _pointing_back(low, numbers, named)
    return Phrases(numbers, named, modifying)


def _in_the_air(low: list[str], at: int) -> bool:
    return not lex.AIR_WORDS.isdisjoint(low[max(0, at - 3) : at])


def _used(low: list[str], at: int) -> bool:
    """ "the 741 weapons that were used"."""
    if low[at] != "weapons" or low[at - 1] in lex.DETERMINERS:
        return False
    after = [word for word in low[at + 1 : at + 4] if word not in ("that", "which", "were")]
    return after[:1] in (["used"], ["launched"], ["fired"])


def _shot_at(low: list[str], at: int) -> bool:
    """ "air defences destroyed 144 targets": what air defence shoots at flies."""
    before = low[max(0, at - 4) : at]
    shot = any(lex.EVENTS.get(word) is lex.DOWNED or word == "down" for word in before)
    return low[at] == "targets" and shot and "air" in low[:at]


def _named(
    sentence: Sentence, heads: list[int], by_end: dict[int, Number]
) -> tuple[list[Weapons], list[tuple[int, str]]]:
    low, size = sentence.low, len(sentence.low)
    named: list[Weapons] = []
    modifying: list[tuple[int, str]] = []
    groups: list[list[int]] = []
    for head in heads:
        if groups and _joins(low, groups[-1][-1], head):
            groups[-1].append(head)
        else:
            groups.append([head])
    for group in groups:
        first, last = group[0], group[-1]
        after = low[last + 1] if last + 1 < size else ""
        weapon = weapon_named(sentence.words(max(0, first - 2) if _widens(low, first) else first, last).lower())
        if low[last] == "rockets" and after == "of" and last + 5 < size:
            weapon = weapon_named(sentence.words(last + 1, last + 5).lower()) or weapon
        if not weapon and low[last] in ("targets", "weapons"):
            weapon = ROOT
        if not weapon:
            continue
        if after in lex.NOT_HEAD_BEFORE or (
            after in ("and", "or", ",")
            and last + 3 < size
            and low[last + 3] in lex.NOT_HEAD_BEFORE
            and low[last + 2] in lex.WEAPON_HEADS
        ):
            modifying.append((last, weapon))
            continue
        number, total, begin = _counted(low, first, by_end)
        if number and low[max(0, number.first - 2) : number.first] == ["all", "but"]:
            number = None  # "all but 18 of the 100": how many is not said
        named.append(Weapons(begin, last, weapon, number, total))
    return _shared(low, named), modifying


def _shared(low: list[str], named: list[Weapons]) -> list[Weapons]:
    """ "63 missiles and drones": one number for both."""
    merged: list[Weapons] = []
    for phrase in named:
        before = merged[-1] if merged else None
        if (
            before
            and (before.number or before.total)
            and not (before.number and before.number.article)
            and not phrase.number
            and low[before.last + 1 : phrase.first] == ["and"]
        ):
            both = (*before.weapon.split("/"), *phrase.weapon.split("/"))
            of_it = is_a(phrase.weapon, before.weapon)  # "drones and decoys" are drones
            before.last, before.weapon = phrase.last, before.weapon if of_it else composite(both)
        else:
            merged.append(phrase)
    return merged


def _widens(low: list[str], first: int) -> bool:
    """Whether a word before the head says which kind it is: attack drones, unmanned aerial vehicles, guided bombs."""
    return first > 0 and low[first] not in lex.ABROAD and low[first - 1] not in _STOPS


def _joins(low: list[str], head: int, other: int) -> bool:
    """Whether two names are one phrase: "Iskander-M or KN-23 ballistic missiles", "Shahed drones"."""
    gap = low[head + 1 : other]
    if not gap or len(gap) > _LONGEST_JOINT:
        return not gap
    if low[head] in ("cruise", "ballistic"):
        return gap in (["and"], ["or"], [","]) or gap == ["/"]
    if gap in (["or"], ["/"], ["hypersonic"], ["guided"], ["air-launched"], ["and", "/", "or"]):
        return True
    return bool(lex.DESIGNATION.fullmatch(low[head])) and gap in (
        ["and"],
        ["type"],
        ["-"],
        ["strike"],
        ["attack"],
        ["kamikaze"],
    )


def _counted(low: list[str], first: int, by_end: dict[int, Number]) -> tuple[Number | None, Number | None, int]:
    """The number of a phrase whose name begins at ``first``, of how many, and where the phrase begins."""
    at = first - 1
    for _ in range(_REACH):
        if at < 0:
            return None, None, first
        if number := by_end.get(at):
            if number.article and (outer := _partitive(low, number.first - 1, by_end)):
                return outer, None, outer.first
            if outer := _partitive(low, number.first - 1, by_end):
                return outer, number, outer.first
            if low[number.first - 1 : number.first] == ["of"] and low[number.first - 2] in _SHARES:
                return None, number, number.first  # "half of the 80 drones"
            return number, None, number.first
        if low[at] in lex.DETERMINERS:
            outer = _partitive(low, at - 1, by_end)
            return (outer, None, outer.first) if outer else (None, None, at)
        if low[at] == "of" and (outer := _partitive(low, at, by_end)):
            return outer, None, outer.first
        if low[at] in _STOPS or (low[at] in _EVENT_STOPS and low[at] not in ("used", "downed", "fired")):
            return None, None, first
        at -= 1
    return None, None, first


def _partitive(low: list[str], at: int, by_end: dict[int, Number]) -> Number | None:
    """The number before "of" or "out of", where one ends at ``at``."""
    while at >= 0 and low[at] in ("the", "its", "all", "total"):
        at -= 1
    if at < 1 or low[at] != "of":
        return None
    at -= 1
    if low[at] == "out":
        at -= 1
    return by_end.get(at)


_AFTER_ELIDED = (
    lex.BE
    | lex.HAVE
    | words_of(
        """
        of over more others other , . and ; ) lost shot downed destroyed intercepted did failed
        disappeared crossed flew returned remained hit reached went in near were suppressed jammed
        around
    """
    )
)
_ARE = lex.BE | lex.ADVERBS | {"of", "type", "the"}
_MOSTLY = frozenset({"majority", "mostly", "most", "mainly", "largely", "chiefly"})
_NEVER_BEFORE_ELIDED = words_of(
    """
        in on at since by from until during before after aged between age no. for number within the than
        : / $ into around to
    """
)


def _elided(low: list[str], numbers: list[Number], named: list[Weapons], last_weapon: str) -> None:
    """Numbers that count weapons named before: "88 were intercepted", "23 of them"."""
    taken = {at for phrase in named for at in range(phrase.first, phrase.last + 1)}
    size = len(low)
    added: list[Weapons] = []
    for number in numbers:
        if number.article or number.last in taken:
            continue
        before = low[number.first - 1] if number.first else ""
        after = low[number.last + 1] if number.last + 1 < size else ""
        if before == "," and after == ",":
            continue  # "a farmer, 41, died"
        if after == '"' and number.last + 2 < size:
            after = low[number.last + 2]  # '56 "lost"'
        listed = before == ":" and (after == "over" or after in lex.EVENTS or after == "shot")
        if after in lex.BE and (counted := _are(low, number, named)):
            counted.number, counted.first, counted.part = number, number.first, True
            taken.update(range(counted.first, counted.last + 1))
            continue
        put = before in ("at", "to") and _put_at(low, number.first, named)
        if not put and ((before in _NEVER_BEFORE_ELIDED and not listed) or after not in _AFTER_ELIDED):
            continue
        last = number.last
        if after in ("more", "others", "other"):
            last += 1
            after = low[last + 1] if last + 1 < size else ""
            if after not in _AFTER_ELIDED and after not in ("by", "with", "using"):
                continue
        ahead = (phrase for phrase in reversed(named) if phrase.last < number.first and not _of_most(low, phrase))
        weapon = next((phrase.weapon for phrase in ahead), last_weapon)
        total = None
        if after == "of" and last + 2 < size:
            following = low[last + 2]
            if following in ("them", "those", "these", "which"):
                last += 2
                if last + 1 < size and low[last + 1] in lex.PEOPLE:
                    continue
                if last + 1 < size and low[last + 1] in ("ballistic", "cruise", "hypersonic"):
                    continue
            elif nested := next(
                (other for other in numbers if other.first in (last + 2, last + 3) and low[last + 1] == "of"), None
            ):
                if nested.last in taken:
                    continue
                total, last = nested, nested.last
            else:
                continue
        elif after == "out" and (nested := next((other for other in numbers if other.first == last + 3), None)):
            total, last = nested, nested.last
        if weapon:
            added.append(Weapons(number.first, last, weapon, number, total, elided=True))
    inner = {phrase.total.first for phrase in added if phrase.total}
    named.extend(phrase for phrase in added if phrase.first not in inner)
    named.sort(key=_FIRST)


def _are(low: list[str], number: Number, named: list[Weapons]) -> Weapons | None:
    """ "728 were Shaheds and decoys": what so many of those that were named before are."""
    ahead = next((phrase for phrase in named if phrase.first > number.last), None)
    if ahead is None or ahead.number or ahead.total or not any(phrase.last < number.first for phrase in named):
        return None
    return ahead if all(word in _ARE for word in low[number.last + 1 : ahead.first]) else None


def _of_most(low: list[str], phrase: Weapons) -> bool:
    """ "550 drones and missiles, the vast majority Shaheds": said by the way, and not what is counted on."""
    return phrase.number is None and not _MOSTLY.isdisjoint(low[max(0, phrase.first - 3) : phrase.last])


def _put_at(low: list[str], at: int, named: list[Weapons]) -> bool:
    """ "put the number of drones destroyed at 29"."""
    before = [phrase for phrase in named if phrase.last < at]
    if not before or before[-1].number or at - before[-1].last > 4:
        return False
    lead = low[max(0, before[-1].first - 4) : before[-1].first]
    return "number" in lead and "of" in lead


def _pointing_back(low: list[str], numbers: list[Number], named: list[Weapons]) -> None:
    """ "of which 37 and 55 respectively were shot down", "568 of the former", "and all were brought down"."""
    whole = [phrase for phrase in named if phrase.number and not phrase.elided]
    if not whole:
        return
    if "respectively" in low:
        at = low.index("respectively")
        mine = [number for number in numbers if number.last < at and not number.article]
        while mine and any(word not in (",", "and", "or") for word in _between(low, mine, at)):
            mine.pop(0)
        ahead = [phrase for phrase in whole if mine and phrase.last < mine[0].first]
        if 1 < len(mine) <= len(ahead):
            taken = {number.first for number in mine}
            named[:] = [phrase for phrase in named if phrase.first not in taken]
            for number, phrase in zip(mine, ahead[-len(mine) :], strict=True):
                named.append(Weapons(number.first, number.last, phrase.weapon, number, elided=True))
    for number in numbers:
        after = low[number.last + 1 : number.last + 4]
        if after in (["of", "the", "former"], ["of", "the", "latter"]) and len(whole) > 1:
            weapon = whole[-2].weapon if after[-1] == "former" else whole[-1].weapon
            named.append(Weapons(number.first, number.last + 3, weapon, number, elided=True))
    for at, word in enumerate(low):
        if word == "all" and low[at + 1 : at + 2] and (low[at + 1] in lex.BE or low[at + 1 : at + 3] == ["of", "them"]):
            before = [phrase for phrase in whole if phrase.last < at]
            if before and (counted := before[-1].number):
                every = Number(at, at, counted.value, counted.hedge, False, False)
                named.append(Weapons(at, at, before[-1].weapon, every, elided=True))
    named.sort(key=_FIRST)


def _between(low: list[str], numbers: list[Number], end: int) -> list[str]:
    """The words from the first of these numbers to ``end`` that are no part of them."""
    inside = {at for number in numbers for at in range(number.first, number.last + 1)}
    return [low[at] for at in range(numbers[0].first, end) if at not in inside]
