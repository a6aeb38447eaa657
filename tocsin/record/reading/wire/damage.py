"""What was damaged, destroyed, set on fire or cut off; and where it is said that nothing was.

Promises that a thing is damaged because a verb says so of it: an attack "on infrastructure" damages nothing yet.
"""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.outages import SUPPLIES, cut_off
from tocsin.record.reading.wire.struck import ENDS, aloft, begin_of, object_of
from tocsin.record.reading.wire.subjects import right
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_TRIGGER = mark(lex.DAMAGE.keys() | lex.FIRES | SUPPLIES | words_of("blackout hits caught"))
_SAYING = mark(lex.DAMAGE.keys() | lex.FIRES | SUPPLIES | {"hits"})


class Damaged(msgspec.Struct, gc=False):
    what: str
    state: str
    first: int
    last: int
    cause: str | None
    at: int


def may_be_damaged(sentence: Sentence) -> bool:
    """Whether it is worth looking for any."""
    return bool(sentence.mark & _TRIGGER)


_NO = frozenset({"no", "without"})
_GEAR = words_of("howitzer howitzers mortar mortars armoured armored artillery launcher launchers gun guns")
"""What armies lose at the front: no damage of an attack from the air."""


def damaged(sentence: Sentence, weapons: set[int]) -> list[Damaged]:
    """What the sentence says was damaged, in its order; never the ``weapons``, which stand at these words."""
    low = sentence.low
    if not sentence.mark & _TRIGGER:
        return []
    found: list[Damaged] = []
    covered = -1
    for at in sentence.at(_SAYING):
        if at <= covered:
            continue
        word = low[at]
        state = lex.DAMAGE.get(word)
        hit: tuple[int, int, int, int] | None = None
        if state:
            if state == "hit" and (sentence.in_quotation(at) or word == "fell"):
                panes = word == "smashed" and not _PANES.isdisjoint(low[at + 1 : at + 4])
                state = state if word == "fell" or panes else ""
            hit = _thing(sentence, at, word, state) if state else None
            if hit and ((word == "damage" and low[hit[0]] in ("no", "nor")) or low[at - 1] in lex.NOT):
                state = "none"
        elif word in lex.FIRES:
            state, hit = "on fire", _fire(sentence, at)
        elif word in SUPPLIES:
            state, hit = "without power", cut_off(sentence, at)
        elif word == "hits" and not _NO.isdisjoint(low[max(0, at - 3) : at]):
            state, hit = "none", _none(sentence, at)
        if hit and not _GEAR.isdisjoint(low[hit[2] : hit[3] + 1]):
            hit = None
        if hit and hit[2] not in weapons and not (hit[3] in weapons and hit[3] - hit[2] < 4):
            first, last, begin, end = hit
            what = sentence.words(begin, end)
            found.append(Damaged(what, state or "", first, last, _cause(low, first, last), begin))
            covered = max(covered, last)
    return found


_DEBRIS = frozenset({"debris", "fragments", "wreckage"})


def _cause(low: list[str], first: int, last: int) -> str | None:
    window = low[max(0, first - 8) : last + 12]
    return "debris" if not _DEBRIS.isdisjoint(window) else None


def _thing(sentence: Sentence, at: int, word: str, state: str) -> tuple[int, int, int, int] | None:
    low, size = sentence.low, len(sentence.low)
    back = at - 1
    while back >= 0 and (low[back] in lex.ADVERBS or low[back] == '"'):
        back -= 1
    before = low[back] if back >= 0 else ""
    if low[at - 1 : at] == ["not"] and low[at + 1 : at + 2] == ["any"]:
        return object_of(sentence, at, at + 1)  # "did not damage any infrastructure"
    if word == "damage":
        return _damage_noun(sentence, at, before)
    if before in lex.NOT or before in ("no", "not", "to") or before in lex.MODAL:
        return None  # nor of "may try to destroy the dam"
    if word == "hit" and before in ("a", "direct") and low[at + 1 : at + 2] == ["on"]:
        return object_of(sentence, at, at + 2)  # "reported a hit on a refinery"
    if word in ("broke", "broken", "breaking") and _PANES.isdisjoint(low[max(0, at - 5) : at + 5]):
        return None
    if word == "reduced" and low[at + 1 : at + 3] not in (["to", "rubble"], ["to", "ruins"], ["to", "ashes"]):
        return _between_and(sentence, at)
    if before in _STANDING and word in ("damaged", "destroyed") and low[at - 1] == before:
        return None  # "repairs to damaged homes": that they were has been said
    passive = before in lex.BE and not word.endswith("ing")
    if word in _ADJECTIVES and not passive and sentence.in_quotation(at) and before in (",", '"', ""):
        return None  # '"Broken glass, torn frames, ruined homes"'
    if word in ("affected", "torn") and not passive:
        return None
    if word == "collapsed" and before == "that":
        return _subject(sentence, at, back - 1)  # "a house that partially collapsed"
    if before in lex.BE and not passive and word != "burning":
        return None  # "the armed forces are striking military infrastructure"
    if (
        passive
        or word in ("collapsed", "burnt", "burned", "ablaze", "blown", "shattered")
        or (
            before in ("and", "or", ",")
            and back
            and low[back - 1] in lex.DAMAGE
            and low[at + 1 : at + 2] not in _OPENING
        )
    ):
        if (
            word == "burned"
            and low[at + 1 : at + 2] == ["down"]
            and not passive
            and (found := object_of(sentence, at, at + 2))
        ):
            return found
        if word == "shattered" and not passive and (found := object_of(sentence, at, at + 1)):
            return found  # "shattered windows in three blocks"
        if word == "ablaze":
            if before == "set" and low[(was := back - 1 - (low[back - 1] in lex.ADVERBS))] in lex.BE:
                return _subject(sentence, at, was)  # "a house that was set ablaze"
            return _between(sentence, at) or (_subject(sentence, at, back) if passive else None)
        return _subject(sentence, at, back)
    if word == "smashed" and not _PANES.isdisjoint(low[at + 1 : at + 4]):
        return object_of(sentence, at, at + 1)
    if state == "hit" and word in ("slammed", "smashed", "crashed", "fell", "falling", "ripped", "tore"):
        if at + 1 >= size or low[at + 1] not in ("into", "through", "on", "onto", "in"):
            return None
        return object_of(sentence, at, at + 2)
    if found := object_of(sentence, at, at + 1):
        return found
    if word in ("damaged", "destroyed", "reduced") and before not in lex.BE and before not in ("and", ","):
        # "two houses damaged"
        return _subject(sentence, at, at - 1, near=True)
    return None


# "the attack hit and damaged a plant": what is damaged stands behind; of "were hit and damaged" before
_OPENING = (["a"], ["an"], ["the"], ["several"], ["two"], ["three"], ["four"], ["five"], ["many"], ["its"])
_STANDING = lex.PREPOSITIONS | {"the"}


def _between_and(sentence: Sentence, at: int) -> tuple[int, int, int, int] | None:
    """ "reduced a school to rubble"."""
    low = sentence.low
    for to in range(at + 2, min(at + 9, len(low) - 1)):
        if low[to] == "to" and low[to + 1] in ("rubble", "ruins", "ashes"):
            return (at, to + 1, at + 1, to - 1) if not lex.THINGS.isdisjoint(low[at + 1 : to]) else None
    return None


_ADJECTIVES = frozenset({"broken", "burned", "burnt", "ruined", "shattered", "smashed", "torn"})
_PANES = frozenset({"window", "windows", "glass"})


_PLACES = frozenset({"districts", "locations", "sites"})
"""Things where it is said of them that they were hit, and not where weapons are said to have hit so many."""
_OTHERS_DONE = lex.DAMAGE.keys() | {"hospitalised", "hospitalized", "killed", "injured", "wounded"}


_CASUALTIES = frozenset({"casualties", "injuries", "deaths", "victims", "fatalities"})


def _subject(sentence: Sentence, at: int, back: int, near: bool = False) -> tuple[int, int, int, int] | None:
    low = sentence.low
    begin, thing = back, -1
    while begin >= 0 and at - begin < 26:
        word = low[begin]
        if (
            word in ENDS
            or (word in lex.SPEECH and word not in ("reports",))
            or word in ("that", "when", "after", "as", "where")
        ) and not (word == "that" and lex.BE.issuperset(low[begin + 1 : back + 1]) and begin < back):
            break
        if (word in lex.THINGS or word in _PLACES) and not aloft(low, begin):
            thing = begin
        if (
            (word in lex.BE and begin < back and not _of_whoever(low, begin))
            or word == "which"
            or (word in lex.EVENTS and word != "fire" and begin < back)
        ):
            break
        if begin < back and word in _OTHERS_DONE:
            break
        if near and thing < 0 and begin < at - 3:
            return None
        begin -= 1
    begin += 1
    if thing < 0:
        return None
    if low[begin] == "the" and low[begin + 2 : begin + 3] == ["time"]:
        return None  # "the third time the depot was hit": no news of damage, but how often
    if low[begin] in lex.WEAPON_HEADS and "," in low[begin:thing]:
        begin = low.index(",", begin) + 1  # "as debris of the downed drones fell, a gas pipe was damaged"
    if "that" in low[thing:at]:  # "searched the ruins of a house in Kyiv that was hit"
        begin = max((i for i in range(begin, thing) if low[i] in ("a", "an", "the", "its")), default=begin)
    while begin < thing and (
        (low[begin] in (",", "and", "-", "at", "in") or low[begin] in lex.ADVERBS) and low[begin + 1] != "least"
    ):
        begin += 1
        if low[begin - 1] == "in" and "," in low[begin:back] and low[low.index(",", begin) + 1] == "and":
            begin = low.index(",", begin) + 2  # "windows were broken in two flats, and the roof was damaged"
    # a place or time that opens the sentence is no thing: "In Cherkasy region an infrastructure facility"
    if begin > 0 and low[begin - 1] in ("in", "at") and "," in low[begin:thing]:
        begin = begin + low[begin:thing].index(",") + 1
    if low[begin] == "according" and (speaker := right(sentence, begin + 2)) and speaker[1] + 1 < at:
        begin = speaker[1] + 2  # "According to the police, a shop caught fire"
    if low[begin : begin + 3] == ["a", "result", "of"] and "," in low[begin:back]:
        begin = low.index(",", begin) + 1
    if (low[begin] in lex.PREPOSITIONS or low[begin] == "out") and "and" in low[begin:back]:
        begin = max(at for at in range(begin, back) if low[at] == "and") + 1
    if low[begin] == "no" and not _CASUALTIES.isdisjoint(low[begin:thing]) and "and" in low[begin:thing]:
        begin = low.index("and", begin) + 1  # "no reports of casualties, and 98 homes were damaged"
    end = back
    while end >= begin and (
        low[end] in lex.BE or low[end] in lex.HAVE or low[end] in lex.ADVERBS or low[end] == "that"
    ):
        end -= 1
    return begin, at, begin, max(end, thing)


def _of_whoever(low: list[str], at: int) -> bool:
    """ "the car she was driving": said of who is beside the thing."""
    return low[at - 1] in lex.PRONOUNS and low[at + 1].endswith("ing")


def _between(sentence: Sentence, at: int) -> tuple[int, int, int, int] | None:
    """ "set two warehouses ablaze"."""
    low = sentence.low
    for back in range(at - 1, max(-1, at - 10), -1):
        if low[back] in ("set", "setting"):
            if not lex.THINGS.isdisjoint(low[back + 1 : at]):
                return back, at, back + 1, at - 1
            return None
    return None


_HOW_MUCH = frozenset({"heavy", "significant", "serious", "severe", "extensive", "widespread", "some", "minor"})
_DEALING = frozenset({"deal", "cause", "inflict", "do"})
_NOTED = (["reported"], ["recorded"], ["caused"], ["causing"], ["was"], ["with"])
_NOT_DONE = frozenset({"any", "little", "assess", "details", "no", "of", "on", "without"})


def _damage_noun(sentence: Sentence, at: int, before: str) -> tuple[int, int, int, int] | None:
    """ "caused minor damage", "damage to a school"; not "no damage or casualties"."""
    low, size = sentence.low, len(sentence.low)
    if low[at - 1 : at] == ["no"]:
        if low[at + 1 : at + 2] == ["to"] and (found := object_of(sentence, at, at + 2)):
            return at - 1, found[1], at - 1, found[3]  # "there was no damage to the plant"
        joined = low[at + 1 : at + 2] in (["or"], ["and"], [","]) and low[at + 2 : at + 3] != ["saying"]
        alone = not joined and low[at - 2 : at - 1] in _NOTED
        return (at - 1, at, at - 1, at) if alone else None  # "reported no damage"
    if not _NOT_DONE.isdisjoint(low[max(0, at - 3) : at]):
        return None
    if low[at - 2 : at - 1] == ["the"] and low[at - 1] in ("accumulated", "earlier", "previous", "existing"):
        return None
    if any(low[i] == "to" and low[i + 1] in _DEALING for i in range(max(0, at - 4), at - 1)):
        return None  # "aiming to deal damage to the grid"
    if at + 1 < size and low[at + 1] == "to":
        return object_of(sentence, at, at + 2)
    said = next((i for i in range(at + 2, min(at + 5, size)) if low[i] in ("reported", "recorded", "caused")), 0)
    if said and low[at + 1] in lex.BE and low[said + 1 : said + 2] in (["in"], ["on"], ["at"], ["to"]):
        return object_of(sentence, at, said + 2)  # "heavy damage was also reported on two houses"
    for back in range(at - 1, max(-1, at - 6), -1):
        if low[back] == "was" and low[back - 1 : back] == ["there"] and at - back == 2 and low[at - 1] in _HOW_MUCH:
            return back - 1, at, back + 1, at  # "there was heavy damage across the country"
        if low[back] in ("caused", "causing", "suffered", "sustained", "inflicted", "reported"):
            return back, at, back + 1, at
        if low[back] in lex.BE and low[back - 1 : back] == ["there"]:
            here = at + 1 + (low[at + 1 : at + 2] == ['"'])
            found = object_of(sentence, at, here + 1) if low[here : here + 1] in (["at"], ["in"], ["on"]) else None
            return found and (back - 1, found[1], back + 1, found[3])  # "there was damage at a depot"
    return None


def _none(sentence: Sentence, at: int) -> tuple[int, int, int, int] | None:
    """ "no direct hits to infrastructure": nothing was damaged; with casualties beside it, that fact says both."""
    low, size = sentence.low, len(sentence.low)
    first = next(i for i in range(at - 1, -1, -1) if low[i] in ("no", "without"))
    last = at
    while last + 1 < size and last - at < 10 and low[last + 1] not in ENDS and low[last + 1] not in (",", "in"):
        last += 1
    if not lex.NO_HARM_NOUNS.isdisjoint(low[at : last + 1]):
        return None
    return first, last, first, last


_BEFORE_A_FIRE = frozenset({",", "after", "the", "when", "where", "showing"})
_TOLD_OF = frozenset({"confirmed", "reported", "reporting"})
_AT = frozenset({"at", "in", "near", "on"})
_THERE = (["at"], ["in"])
_OVER = frozenset({"extinguished", "put", "contained", "localised", "localized"})


def _in_flames(low: list[str], at: int) -> bool:
    """ "showed a depot in flames"."""
    return low[at] == "flames" and low[at - 1 : at] == ["in"]


_SEEN_BURNING = [[be, seen] for be in ("was", "were") for seen in ("reported", "recorded")]


def _fire(sentence: Sentence, at: int) -> tuple[int, int, int, int] | None:
    low, size = sentence.low, len(sentence.low)
    if low[at - 1 : at] in (["under"], ["open"], ["artillery"], ["enemy"], ["russian"]) or low[at + 1 : at + 2] == [
        "brigade"
    ]:
        return None
    if not _NO.isdisjoint(low[max(0, at - 2) : at]) or low[at - 2 : at] == ["puts", "out"]:
        return None  # nor of "a train that puts out fires"
    if (
        low[at + 1 : at + 2] == ["to"]
        and low[at - 1] in ("set", "setting")
        and (found := object_of(sentence, at, at + 2))
    ):
        return found
    if low[at - 1 : at] == ["the"] and not _OVER.isdisjoint(low[at + 1 : at + 5]):
        return None  # "The fire was put out": that there was one has been said
    if low[at - 3 : at] in (["put", "out", "the"], ["putting", "out", "the"]) and low[at + 1 : at + 2] not in _THERE:
        return None
    if _in_flames(low, at):
        return _subject(sentence, at, at - 2)
    if low[at - 1 : at] == ["caught"] or low[max(0, at - 2) : at] == ["caught", "on"]:
        return _subject(sentence, at, at - 2)
    if low[at - 2 : at] == ["set", "on"] and (found := object_of(sentence, at, at + 1)):
        return found  # "drones set on fire an oil depot"
    if low[at - 1 : at] == ["on"]:
        for back in range(at - 2, max(-1, at - 10), -1):
            if low[back] in ("set", "setting") and not lex.THINGS.isdisjoint(low[back:at]):
                return back, at, back + 1, at - 2
        if not lex.BE.isdisjoint(low[max(0, at - 3) : at]):
            return _subject(sentence, at, at - 2)
        return object_of(sentence, at, at + 1) if low[at - 2] in ("set", "setting") else None
    window = low[max(0, at - 6) : at] + low[at + 1 : at + 8]
    told = low[at - 1 : at] in (["a"], ["the"]) and low[at - 2] in _TOLD_OF
    noted = low[at + 1 : at + 3] in _SEEN_BURNING
    there = noted or (
        low[at - 1 : at] == ["and"] and "there" in low[max(0, at - 4) : at]
    )  # "there was damage and fires in"
    if not there and lex.FIRE_VERBS.isdisjoint(window) and not (told and low[at + 1 : at + 2] and low[at + 1] in _AT):
        return None
    first = begin_of(sentence, at)
    last = at
    place = at + 2 if low[at + 1 : at + 3] in (["broke", "out"], ["broken", "out"]) or noted else at
    if low[at + 1 : at + 3] in (
        ["tearing", "through"],
        ["raging", "in"],
        ["raging", "at"],
        ["ripping", "through"],
        ["erupting", "from"],
    ):
        place = at + 1
    if (
        place + 2 < size
        and (low[place + 1] in _AT or place == at + 1)
        and (found := object_of(sentence, at, place + 2))
    ):
        last = found[1]
    elif at + 1 < size and low[at + 1] in _AT:
        last = min(size - 1, at + 4)
        while last > at and low[last] in (".", ",", '"', "a", "and", "in", "near", "the"):
            last -= 1
    begin = at
    while begin > first and low[begin - 1] not in lex.FIRE_VERBS and low[begin - 1] not in _BEFORE_A_FIRE:
        begin -= 1
    end = last
    out = next((i for i in range(at + 1, min(size, at + 10)) if low[i] in ("put", "extinguished")), None)
    if out is not None:
        end = last = out
        if low[last + 1 : last + 2] == ["out"]:
            end = last = last + 1
    return first, last, begin, end
