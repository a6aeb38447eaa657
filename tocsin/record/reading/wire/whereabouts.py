"""Which of a sentence's places a fact is about, where that is not the nearest; and what it only tells beside."""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.named import Phrases
from tocsin.record.reading.wire.places import Place, passed_by
from tocsin.record.reading.wire.quoting import apart
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import NUMERAL, mark

EACH = mark(("each",))
_THERE = frozenset({"her", "his", "there"})
_PARTED = lex.SPEECH.keys() | frozenset({".", ";", "while"})
_SETTLEMENTS = frozenset({"village", "town", "city", "settlement"})
_OVER = frozenset({"above", "around", "at", "hit", "in", "near", "of", "on", "over", "struck"})


def tally_place(
    sentence: Sentence,
    named: Phrases,
    where: list[Place],
    span: tuple[int, int],
    found: list[Frame],
    here: str | None,
) -> str | None:
    """Where weapons were counted: over what is named next, or where whoever speaks is in office. ``here`` is the place
    last spoken of."""
    low = sentence.low
    first, last = span
    aside = apart(found)
    if "where" in low[max(0, first - 3) : first]:
        before = [place for place in where if place.last < first and not place.country]
        if before:
            return before[-1].called
    if low[first - 1 : first] == ["with"]:
        struck = [place for place in where if place.last < first and not place.country]
        if (
            struck
            and first - struck[-1].last < 6
            and not lex.ATTACK_VERBS.isdisjoint(low[max(0, struck[-1].first - 1) : first])
        ):
            return struck[-1].called  # "Kyiv was attacked with two missiles"
    for place in where:
        if place.country or any(begin <= place.first <= end for begin, end in aside):
            continue
        gap = low[last + 1 : place.first]
        if (
            0 < len(gap) <= 9
            and not _OVER.isdisjoint(gap)
            and _PARTED.isdisjoint(gap)
            and not any(last < number.first < place.first for number in named.numbers if not number.article)
        ):
            return place.called
    if low[last + 1 : last + 2] == ["the"] and low[last + 2 : last + 3] in (["city"], ["town"], ["village"]):
        return here  # "two missiles hit the city"
    after = low[last + 1 : last + 8]
    own = next((place for place in where if not place.country), None)
    if own and ("his" in after or "her" in after or "there" in after):
        return own.called
    if not _THERE.isdisjoint(after) or ("over" in after and "region" in after):
        return here
    if not found or len({frame.speaker for frame in found}) > 1:
        return None
    titled = found[0]
    if lex.LOCAL_ROLES.isdisjoint(low[titled.first : titled.last + 1]):
        return None
    office = next((place.called for place in where if titled.first <= place.first <= titled.last), None)
    return office or (own.called if own and len(found) > 1 else None)


def each_place(sentence: Sentence, where: list[Place], number: int) -> list[str]:
    """The places of "one each in the Bryansk and Oryol regions": so many over every one of them."""
    low, marks = sentence.low, sentence.marks
    each = next((at for at in range(number + 1, min(number + 4, len(low))) if low[at] == "each"), None)
    if each is None:
        return []
    found: list[Place] = []
    at = each + 1
    for place in where:
        if place.first < at or place.country:
            continue
        if not _PARTED.isdisjoint(low[at : place.first]) or any(bits & NUMERAL for bits in marks[at : place.first]):
            break
        found.append(place)
        at = place.last + 1
    if len(found) < 2:
        return []
    regions = found[-1].region
    return [f"{one.name} region" if regions and not one.kind else one.called for one in found]


def titled_place(low: list[str], where: list[Place], found: list[Frame], here: str | None) -> str | None:
    """The place of a speaker's office, where no other is named; else where the report is, unless the sentence speaks of
    a whole country: "209 civilians were killed in Ukraine"."""
    own = [place for place in where if not place.country and not passed_by(low, place.first)]
    titled = [place for place in own if any(frame.first <= place.first <= frame.last for frame in found)]
    titled = [place for place in titled if "-" not in place.name or not place.name.endswith("installed")]
    if titled or own:
        return (titled or own)[0].called
    return None if any(place.country and low[place.first - 1] in _ALL_OVER for place in where) else here


_ALL_OVER = frozenset({"across", "in", "throughout"})


def main_of(own: list[Place], found: list[Frame], low: list[str]) -> Place:
    """Of the places named, the one that is spoken of: none of a speaker's office; of "Kyiv's Obolon" the latter."""
    spoken_of = own
    for frame in found:
        spoken_of = [place for place in spoken_of if not frame.first <= place.first <= frame.last]
    main, *others = spoken_of or own
    while others and others[0].first == main.last + 2 and low[main.last + 1] == "'s":
        main, *others = others
    if main.region:  # "In the Chernihiv region ... in the village of X"
        for place in others:
            if not place.region and low[place.first - 1] == "of" and low[place.first - 2] in _SETTLEMENTS:
                return place
    return main


def region_of(here: str | None, where: list[Place]) -> str | None:
    """The region that a speaker without one is of."""
    own: Place | None = None
    for place in where:
        if place.country:
            continue
        if place.region:
            return place.name
        own = own or place
    if own:
        return own.name
    return here.removesuffix(" region").rpartition("district, ")[2] if here else None


def left_out(named: Phrases, sentence: Sentence, spans: list[tuple[int, int]]) -> Phrases:
    """Without what stands between these characters."""
    inside = {at for at, start in enumerate(sentence.starts) if any(begin < start < end for begin, end in spans)}
    return Phrases(
        [number for number in named.numbers if number.last not in inside],
        [phrase for phrase in named.weapons if phrase.last not in inside],
        [(at, weapon) for at, weapon in named.modifying if at not in inside],
    )
