"""In which order the weapons of an attack came."""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.named import Phrases
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_FIRST = words_of(
    """
        began started opened first begin starting beginning initially
    """
)
_NEXT = words_of(
    """
        followed then later second subsequently next after another afterwards before
    """
)
_LAST = words_of(
    """
        ended last finally concluded final lastly finished
    """
)
_SAME = frozenset(["simultaneously"])
_ORDERED = mark(_FIRST | _NEXT | _LAST | _SAME | {"waves", "wave", "approaching"})
_SPANS = words_of(
    """
        week month year night weeks months summer winter spring autumn
    """
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


class Wave(msgspec.Struct, gc=False):
    order: int
    weapon: str
    first: int
    last: int


def waves(sentence: Sentence, phrases: Phrases, order: int) -> list[Wave]:
    """The waves told of, numbered on from ``order``, the highest number so far."""
    low = sentence.low
    if not sentence.mark & _ORDERED or not (phrases.weapons or phrases.modifying):
        return []
    named = sorted(
        [(phrase.first, phrase.last, phrase.weapon) for phrase in phrases.weapons if not phrase.elided]
        + [(at, at, weapon) for at, weapon in phrases.modifying]
    )
    found: list[Wave] = []
    for first, last, weapon in named:
        if wave := _wave(low, first, last, weapon, order, found):
            found.append(wave)
            order = max(order, wave.order)
    return found


_SINCE = frozenset({"in", "since"})
_CAME = lex.BE | frozenset({"came"})
_FIRST_OR_LAST = frozenset({"first", "last"})
_WHEN = frozenset({"as", "when"})
_APPROACHING = frozenset({"approaching"})
_ATTACKING = lex.ATTACK_NOUNS | lex.ATTACK_VERBS | frozenset({"came", "launched"})
_PARTING = frozenset({'"', ";"})


def _wave(low: list[str], first: int, last: int, weapon: str, order: int, found: list[Wave]) -> Wave | None:
    lead_from = max(0, first - 10)
    while not _PARTING.isdisjoint(low[lead_from:first]) or "." in low[lead_from:first]:
        lead_from += 1
    lead = low[lead_from:first]
    far = 9 if "then" in low[last + 1 : last + 4] else 4  # "first a drone and then a missile attack"
    attack = not _ATTACKING.isdisjoint(lead + low[last + 1 : last + far]) or bool(found) or order > 0
    if "waves" in lead[-5:] or "wave" in lead[-4:]:
        if low[last + 1 : last + 2] and low[last + 1] in lex.ATTACK_NOUNS and "in" in low[last + 2 : last + 4]:
            return None  # "a wave of drone attacks in recent months" is no wave of one attack
        ordinal = next((_ORDINALS[word] for word in lead if word in _ORDINALS), None)
        if ordinal:
            return Wave(ordinal, weapon, lead_from, last)
        if not _FIRST.isdisjoint(lead):
            return Wave(1, weapon, lead_from, last)
        at = next(i for i in range(first - 1, -1, -1) if low[i] in ("waves", "wave"))
        return Wave(max(order, 1), weapon, max(0, at - 1), last)
    if (
        low[first - 1 : first] == ["and"]
        and found
        and found[-1].last == first - 2
        and "waves" in low[max(0, first - 5) : first]
    ):
        return Wave(found[-1].order, weapon, found[-1].first, last)
    after = low[last + 1 : last + 7]
    if after and (after[0] in lex.ATTACK_VERBS or after[0] in ("came", "arrived")) and "first" in after:
        return Wave(1, weapon, first, last + 1 + after.index("first"))
    if not attack and _APPROACHING.isdisjoint(low[last : last + 4]):
        return None
    if not _SAME.isdisjoint(lead):
        return Wave(max(order, 1), weapon, _from(low, lead_from, first), last)
    if not _WHEN.isdisjoint(lead[:1]) and "approaching" in low[last + 1 : last + 4]:
        return Wave(max(order, 1), weapon, lead_from, last + 3)
    marks = [
        word
        for at, word in enumerate(lead)
        if word in _FIRST | _NEXT | _LAST and not (word == "last" and lead[at + 1 : at + 2] and lead[at + 1] in _SPANS)
    ]
    tail = low[last + 1 : last + 4]
    if not marks and not _FIRST_OR_LAST.isdisjoint(tail) and not _CAME.isdisjoint(tail):
        marks = [word for word in tail if word in ("last", "first")]
    if not marks:
        return None
    mark = marks[-1]
    if mark in _FIRST and not (found and order):
        if not _SINCE.isdisjoint(low[first : last + 8]) and mark == "first":
            return None
        return Wave(1, weapon, _from(low, lead_from, first), last)
    if mark in _LAST and order:
        return Wave(
            order + 1,
            weapon,
            _from(low, lead_from, first),
            last + (3 if low[last + 1 : last + 2] and low[last + 1] in lex.BE else 0),
        )
    if mark in _NEXT and (found or (order and mark != "another")):
        return Wave(order + 1, weapon, _from(low, lead_from, first), last)
    return None


def _from(low: list[str], lead: int, first: int) -> int:
    """Where the words begin that say when it came."""
    begin = first
    while begin > lead and low[begin - 1] not in (",", ";", "that"):
        begin -= 1
    if begin == first and begin > lead:
        begin = max(lead, first - 5)
    return begin
