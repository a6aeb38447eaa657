"""Power, heat and water that were cut off, and for whom.

Promises that a plant, a line and a grid are things that are damaged, and no supply that is cut.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.tokens import Sentence

SUPPLIES = words_of("power electricity outages outage blackouts blackout disruptions heating heat water light darkness")
_ENDS = lex.BARRIERS | frozenset({".", "!", "?", '"', ";"})
_CUT = words_of(
    """
        cut cutting knocked knocking lost losing disrupted disrupting
    """
)


def cut_off(sentence: Sentence, at: int) -> tuple[int, int, int, int] | None:
    """What stands at ``at`` as something cut off: where that is said, and the words for it."""
    low, size = sentence.low, len(sentence.low)
    word = low[at]
    if word == "darkness":
        begin = next((back for back in range(at - 1, max(-1, at - 14), -1) if low[back] in _PLUNGED), at)
        into = (
            low[at - 1] in ("in", "into")
            and begin < at
            and "," not in low[begin:at]
            and _ENDS.isdisjoint(low[begin:at])
        )
        return (begin, at, begin + 1, at) if into else None
    if word == "light" and low[at - 1 : at] != ["without"]:
        return None
    if word == "power" and low[at + 1 : at + 2] == ["cuts"]:
        if not _BEGUN.isdisjoint(low[at + 2 : at + 6]):
            return at, at + 2, at, at + 1
        return (at - 1, at + 1, at, at + 1) if low[at - 1 : at] and low[at - 1] in _BROUGHT else None
    if word in ("outages", "outage", "blackouts", "blackout", "disruptions"):
        if word == "disruptions" and _OF_SUPPLY.isdisjoint(low[at - 2 : at + 5]):
            return None
        if told := _applied(low, at):
            return told
        for back in range(at - 1, max(-1, at - 7), -1):
            if low[back] == ",":
                break
            if low[back] in _BROUGHT or low[back] == "reported":
                return back, at, max(back + 1, at - 2), at
        return None
    if at + 1 < size and low[at + 1] in (
        "plant",
        "plants",
        "station",
        "stations",
        "line",
        "lines",
        "grid",
        "facility",
        "facilities",
        "system",
    ):
        return None
    before = low[max(0, at - 3) : at]
    if "." in before:
        before = before[before.index(".") + 1 :]
    if "without" in before or ("no" in before and not _HAD.isdisjoint(low[max(0, at - 4) : at])):
        back = at - 1
        while back >= 0 and low[back] not in _ENDS and at - back < 16 and low[back] not in lex.SPEECH:
            if low[back] == "and" and low[back - 1] in lex.DAMAGE:
                break  # "was set ablaze and parts of the city were left without power"
            back -= 1
        last = at
        while (
            low[last + 1 : last + 2] in (["and"], ["or"], [","])
            and low[last + 2 : last + 3]
            and low[last + 2] in SUPPLIES
        ):
            last += 2  # "without power, heating and water"
        return back + 1, last, max(back + 1, at - 1), last
    if verb := _failed(low, at):
        return at, verb, at, verb
    if not _CUT.isdisjoint(before):
        first = next(i for i in range(at - 1, -1, -1) if low[i] in _CUT)
        last = at
        if at + 1 < size and low[at + 1] == "to":
            last = min(size - 1, at + 4)
            while last > at and low[last] in (".", ",", "and"):
                last -= 1
        return first, last, at, at
    return None


def _applied(low: list[str], at: int) -> tuple[int, int, int, int] | None:
    """ "there were power outages in", "blackouts were reported": where, and the words for it."""
    begin = at
    while begin and low[begin - 1] in _KINDS:
        begin -= 1
    if low[begin - 2 : begin] in (["there", "are"], ["there", "were"]):
        return begin - 2, at, begin, at
    verb = at + 1
    while low[verb : verb + 1] and (low[verb] in lex.BE or low[verb] in lex.HAVE or low[verb] in lex.ADVERBS):
        verb += 1
    applied = verb > at + 1 and low[verb : verb + 1] and low[verb] in _APPLIED
    return (begin, verb, begin, at) if applied else None


_KINDS = frozenset({"power", "electricity", "emergency", "water", "heating", "rolling", "hourly", "energy"})
_OF_SUPPLY = frozenset({"power", "electricity", "energy", "water", "heating", "heat", "supply", "supplies"})
_APPLIED = frozenset({"recorded", "registered", "reported"})


def _failed(low: list[str], at: int) -> int | None:
    """ "power was cut", "water supplies were also disrupted": where the verb of it stands."""
    verb = at + 2 if low[at + 1 : at + 2] in (["supply"], ["supplies"]) else at + 1
    if low[verb : verb + 1] not in (["was"], ["were"]):
        return None
    verb += 1
    while low[verb : verb + 1] and low[verb] in lex.ADVERBS:
        verb += 1
    return verb if low[verb : verb + 1] and low[verb] in _FAILED else None


_FAILED = frozenset({"cut", "lost", "interrupted", "out", "disrupted", "suspended"})
_BROUGHT = words_of(
    """
        caused causing triggered triggering led leading sparked sparking experienced experiencing suffered suffering
        faced facing face prompting prompted
    """
)
_BEGUN = frozenset({"began", "reported", "introduced", "started", "imposed", "affected", "hit", "followed"})
_PLUNGED = words_of("plunged plunging plunges left leaving leave")
_HAD = frozenset({"had", "has", "have", "with"})
