"""Numbers that count weapons named before: "88 were intercepted", "23 of them", "568 of the former".

Promises that a number is taken so only where what follows it says something that becomes of weapons, and that an age, a
date and a number of people are none.
"""

from __future__ import annotations

from operator import attrgetter

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.named import Weapons
from tocsin.record.reading.wire.numbers import Number

_FIRST = attrgetter("first")
_AFTER_ELIDED = (
    lex.BE
    | lex.HAVE
    | words_of(
        """
        of over more others other , . and ; ) lost shot downed destroyed intercepted did failed
        disappeared crossed flew flying headed heading returned remained hit reached went in near were suppressed jammed
        around dropped fell vanished veered attacking targeting
    """
    )
)
OVER = frozenset({"over", "in", "near", "above", "off", "around"})
"""Where weapons are counted place by place."""
_THAT = frozenset({"that", "which"})
_ARE = lex.BE | lex.ADVERBS | {"of", "type", "the"}
_MOSTLY = frozenset({"majority", "mostly", "most", "mainly", "largely", "chiefly"})
_NEVER_BEFORE_ELIDED = words_of(
    """
        in on at since by from until during before after aged between age no. for number within the than
        : / $ into around to
    """
)


def elided(low: list[str], numbers: list[Number], named: list[Weapons], last_weapon: str) -> None:
    """Numbers that count weapons named before: "88 were intercepted", "23 of them"."""
    taken = {at for phrase in named for at in range(phrase.first, phrase.last + 1)}
    size = len(low)
    added: list[Weapons] = []
    for number in numbers:
        if number.article or number.last in taken:
            continue
        before = low[number.first - 1] if number.first else ""
        after = low[number.last + 1] if number.last + 1 < size else ""
        if (before == "," and after == ",") or (before == "but" and low[number.first - 2] == "all"):
            continue  # "a farmer, 41, died", "15 drones, all but one of which were shot down"
        if after in ('"', "each", "-") and number.last + 2 < size:
            after = low[number.last + 2]  # '56 "lost"', "and one each in Tula and Oryol", "six - over Tula"
        listed = before == ":" and (after in OVER or after in lex.EVENTS or after == "shot")
        if after in lex.BE and (counted := _are(low, number, named)):
            counted.number, counted.first, counted.part = number, number.first, True
            taken.update(range(counted.first, counted.last + 1))
            continue
        never = (before in _NEVER_BEFORE_ELIDED and not listed) or not (
            after in _AFTER_ELIDED or _own_clause(low, number)
        )
        if (never and not _put_at(low, number.first, named)) or _of_things(low, number, named):
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
            added.append(Weapons(number.first, last, weapon, number, total, elided=True, part=after in _THAT))
    inner = {phrase.total.first for phrase in added if phrase.total}
    named.extend(phrase for phrase in added if phrase.first not in inner)
    named.sort(key=_FIRST)


def _own_clause(low: list[str], number: Number) -> bool:
    """ "245 drones, including 128 that were jammed"."""
    that, be, done = [*low[number.last + 1 : number.last + 4], "", "", ""][:3]
    leads = that in _THAT and low[number.first - 1] in ("including", "and")
    return leads and be in lex.BE and (done in lex.EVENTS or done in lex.DOWN_VERBS)


def _of_things(low: list[str], number: Number, named: list[Weapons]) -> bool:
    """ "Debris destroyed a house and damaged 10 more": houses."""
    if low[number.first - 1] not in lex.DAMAGE or not number.first:
        return False
    if low[number.first - 1] not in lex.EVENTS:
        return True
    begin = next((phrase.last + 1 for phrase in reversed(named) if phrase.last < number.first), 0)
    between = low[begin : number.first - 1]
    return not lex.THINGS.isdisjoint(between) and any(
        word in lex.DAMAGE and word not in _ALSO_OF_WEAPONS for word in between
    )


_ALSO_OF_WEAPONS = lex.EVENTS.keys() - {"hit", "struck"}


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
    if low[at - 1 : at] not in (["at"], ["to"]):
        return False
    before = [phrase for phrase in named if phrase.last < at]
    if not before or before[-1].number or at - before[-1].last > 4:
        return False
    lead = low[max(0, before[-1].first - 4) : before[-1].first]
    return "number" in lead and "of" in lead


def pointing_back(low: list[str], numbers: list[Number], named: list[Weapons]) -> None:
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
