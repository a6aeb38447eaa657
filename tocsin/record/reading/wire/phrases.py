"""Which words of a sentence name weapons and people, and how many of them.

Promises that phrases do not overlap, and that a weapon that only tells what kind of thing another noun is ("a drone
attack") is no weapon here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.elided import elided, pointing_back
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.named import Phrases, Weapons
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
_MAY_NAME = NUMERAL | JOINED | _HEAD | _AIR
_SORTS = words_of("attack strike combat kamikaze reconnaissance")
_LONGEST_JOINT = 3
"""Words that may stand between two names of one phrase: "and/or"."""
_FIRST = attrgetter("first")
_DIGIT = re.compile(r"\d")
_BOTH_SORTS = re.compile(r"(\w+) and (decoy \w+)$")
"""Of "attack and decoy drones" some are attack drones and some decoys."""
_SECOND = re.compile(r"\b(kh-|x-|s-)(\d+)/(?=\d)")
"""Kh-59/69 is Kh-59 and Kh-69."""
_TYPES = words_of("type types kind kinds")
_WHICH_TYPES = words_of("other various different unidentified unknown unspecified undetermined another several")
_BESIDE = _TYPES | _WHICH_TYPES | {"of", "imitator", "simulator", "decoy", "unmanned", "aerial", *_SORTS}


@lru_cache(maxsize=4096)
def weapon_named(words: str) -> str:
    """The id for the words of one phrase; empty where they name none."""
    ids = tuple(
        mention.weapon for mention in mentions(_SECOND.sub(r"\1\2/\1", words.replace("aircraft-type", "")), "en")
    )
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
    for at in sentence.at(_MAY_NAME):
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
    named: list[Weapons] = []
    modifying: list[tuple[int, str]] = []
    if heads:
        named, modifying = _named(sentence, heads, {number.last: number for number in numbers})
    if named or last_weapon:
        elided(low, numbers, named, last_weapon)
    if named and sentence.mark & _BACK:
        pointing_back(low, numbers, named)
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
    if low[at] != "targets":
        return False
    if low[at + 1 : at + 2] in (["were"], ["was"]) and low[at - 1][:1].isdigit():
        # "718 targets were neutralised": nobody else says so of what stands on the ground
        return not _IN_FLIGHT.isdisjoint(low[at + 2 : at + 4])
    before = low[max(0, at - 4) : at]
    shot = any(lex.EVENTS.get(word) is lex.DOWNED or word == "down" for word in before)
    return shot and "air" in low[:at]


_IN_FLIGHT = frozenset({"neutralised", "neutralized", "intercepted", "downed", "down", "shot", "suppressed"})


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
        first, last = group[0], _with_type(low, group)
        after = low[last + 1] if last + 1 < size else ""
        wide = _widens(low, first) or (low[first - 1 : first] == ["and"] and low[first - 2] in _SORTS)
        words = sentence.words(max(0, first - 2) if wide else first, last).lower()
        weapon = weapon_named(_BOTH_SORTS.sub(r"\1 drones, \2", words))
        if low[last] == "rockets" and after == "of" and last + 5 < size:
            weapon = weapon_named(sentence.words(last + 1, last + 5).lower()) or weapon
        if not weapon and low[last] in ("targets", "weapons", "means"):
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
        if low[first - 1] == "(" and after == ")" and named and named[-1].last == first - 2:
            continue  # "unmanned aerial vehicles (UAV)"
        number, total, begin = _counted(low, first, last, by_end)
        if after == "out" and number and total is None and (whole := _out_of(low, last, by_end)):
            total, last = whole, whole.last
        if number and low[max(0, number.first - 2) : number.first] == ["all", "but"]:
            number = None  # "all but 18 of the 100": how many is not said
        named.append(Weapons(begin, last, weapon, number, total))
    return _shared(low, named) if len(named) > 1 else named, modifying


def _with_type(low: list[str], group: list[int]) -> int:
    """Where the name ends: "drones of various types", "strike UAVs of the Shahed type"."""
    last = group[-1]
    after = low[last + 1 : last + 4]
    if after[:1] == ["type"] and len(group) > 1 and low[last - 1] in ("of", "the"):
        return last + 1
    return last + 3 if after[:1] == ["of"] and after[-1] in _TYPES and after[1] in _WHICH_TYPES else last


def _shared(low: list[str], named: list[Weapons]) -> list[Weapons]:
    """ "63 missiles and drones": one number for both."""
    merged: list[Weapons] = []
    for at, phrase in enumerate(named):
        before = merged[-1] if merged else None
        if (
            before
            and (before.number or before.total)
            and not (before.number and before.number.article)
            and not phrase.number
            and _of_one_number(low, before, phrase, named[at + 1 : at + 2])
        ):
            both = (*before.weapon.split("/"), *phrase.weapon.split("/"))
            of_it = is_a(phrase.weapon, before.weapon)  # "drones and decoys" are drones
            before.last, before.weapon = phrase.last, before.weapon if of_it else composite(both)
        else:
            merged.append(phrase)
    return merged


def _of_one_number(low: list[str], before: Weapons, phrase: Weapons, after: list[Weapons]) -> bool:
    """ "Missiles and drones", "Shaheds and drones of other types", "Shaheds, Gerberas and other types of drones"."""
    gap = low[before.last + 1 : phrase.first]
    if gap == [","]:  # "47 Kh-101, Kalibr and Iskander-K missiles"
        goes_on = after and not after[0].number and low[phrase.last + 1 : phrase.last + 2] in (["and"], [","])
        return bool(goes_on) and any(
            is_a(phrase.weapon, sort) and is_a(before.weapon, sort) for sort in ("drone", "missile")
        )
    return gap[:1] == ["and"] and _BESIDE.issuperset(gap[1:])


def _widens(low: list[str], first: int) -> bool:
    """Whether a word before the head says which kind it is: attack drones, unmanned aerial vehicles, guided bombs."""
    return first > 0 and low[first] not in lex.ABROAD and low[first - 1] not in _STOPS


def _joins(low: list[str], head: int, other: int) -> bool:
    """Whether two names are one phrase: "Iskander-M or KN-23 ballistic missiles", "Shahed drones"."""
    gap = low[head + 1 : other]
    if not gap or len(gap) > _LONGEST_JOINT:
        return not gap
    if gap == ["("]:
        return low[head] in lex.AIR_HEADS and low[other + 1 : other + 2] == [")"]  # "unmanned vehicles (UAVs)"
    if low[head] in ("cruise", "ballistic"):
        return gap in (["and"], ["or"], [","]) or gap == ["/"]
    if gap in (["of"], ["of", "the"]):
        return low[head] in _UNNAMED and low[other + 1 : other + 2] == ["type"]  # "strike UAVs of the Shahed type"
    if gap == ["attack", "and"] and low[other] == "decoy":
        return low[head] in _OWN_NAMES or low[head].endswith("-type")  # "Shahed-type attack and decoy drones"
    if gap in (["or"], ["/"], ["hypersonic"], ["guided"], ["air-launched"], ["and", "/", "or"]):
        return True
    if _SORTED.issuperset(gap):
        return low[head] in _OWN_NAMES or lex.DESIGNATION.fullmatch(low[head]) is not None
    return gap == ["and"] and lex.DESIGNATION.fullmatch(low[head]) is not None


_UNNAMED = words_of(
    """
        drone drones uav uavs uas missile missiles rocket rockets bomb bombs cruise ballistic decoy decoys vehicles
        vehicle
    """
)
_OWN_NAMES = lex.WEAPON_HEADS - _UNNAMED
"""Of "24 Shahed combat drones" the name, whatever sort is put between."""
_SORTED = words_of(
    """
        type - strike attack kamikaze suicide combat guided air aviation cruise ballistic aeroballistic hypersonic
        air-launched anti-aircraft anti-ship anti-radar anti-radiation supersonic long-range
    """
)


_SINGLE = frozenset({"drone", "missile", "rocket", "bomb", "uav"})


def _counted(
    low: list[str], first: int, last: int, by_end: dict[int, Number]
) -> tuple[Number | None, Number | None, int]:
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
            if low[number.first - 1 : number.first] == ["of"] and low[number.first - 2] in lex.SHARES:
                return None, number, number.first  # "half of the 80 drones"
            if low[number.first - 1] == "'s" and low[number.first - 3] == "of" and low[number.first - 4] in lex.SHARES:
                return None, number, number.first  # "most of Russia's 80 drones"
            return number, None, number.first
        if low[at] in ("and", ",") and _from_where(low[at - 1 - (low[at - 1] == ",")]) and _from_where(low[at + 1]):
            at -= 1 + (low[at - 1] == ",")  # "78 air, ground, and sea-launched missiles"
            continue
        if low[at] == "and" and low[at - 1] in _SORTS:
            at -= 2  # "476 attack and decoy drones"
            continue
        if low[at] == '"' and low[at - 2 : at - 1] == ['"']:
            at -= 3  # '14 "Shahed" drones'
            continue
        if low[at] in lex.DETERMINERS:
            outer = _partitive(low, at - 1, by_end)
            only = Number(at, at, 1, None, True, False) if low[at] == "the" and low[last] in _SINGLE else None
            return (outer, None, outer.first) if outer else (only, None, at)
        if low[at] == "of" and (outer := _partitive(low, at, by_end)):
            return outer, None, outer.first
        seen = low[at] in lex.CAME and at - 1 in by_end  # "of the 52 detected drones"
        if low[at] in _STOPS or (low[at] in _EVENT_STOPS and low[at] not in ("used", "downed", "fired") and not seen):
            return None, None, first
        at -= 1
    return None, None, first


def _from_where(word: str) -> bool:
    return word in ("air", "ground", "sea", "land") or word.endswith("-launched")


def _out_of(low: list[str], last: int, by_end: dict[int, Number]) -> Number | None:
    """The 55 of "43 drones out of 55 launched"."""
    if low[last + 2 : last + 3] != ["of"]:
        return None
    of = last + 2 + (low[last + 3 : last + 4] in (["the"], ["a"]))
    whole = next((by_end[at] for at in range(of + 1, of + 4) if at in by_end), None)
    if whole is None or whole.first > of + 1 or low[whole.last + 1 : whole.last + 2] == ["of"]:
        return None
    return None if low[whole.last + 1 : whole.last + 2] and low[whole.last + 1] in lex.WEAPON_HEADS else whole


def _partitive(low: list[str], at: int, by_end: dict[int, Number]) -> Number | None:
    """The number before "of" or "out of", where one ends at ``at``."""
    while at >= 0 and low[at] in ("the", "its", "all", "total", "those", "these"):
        at -= 1
    if at > 2 and low[at] == "'s" and low[at - 2] == "of":
        at -= 2  # "two of Russia's nine missiles"
    if at < 1 or low[at] != "of":
        return None
    at -= 1
    if low[at] == "out":
        at -= 1
    return by_end.get(at)
