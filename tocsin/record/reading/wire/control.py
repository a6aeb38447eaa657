"""Who says that a territory is theirs. It is a claim and never becomes geometry."""

from __future__ import annotations

import msgspec

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.places import Place
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_TAKEN = words_of(
    """
        captured seized liberated occupied retaken recaptured retook took taken wrested regained
        conquered annexed freed capturing seizing taking liberating claimed claims claiming
    """
)
_SETTLED = words_of(
    """
        village town city stronghold settlement settlements villages towns region oblast control hamlet suburb
    """
)
_OWN = words_of(
    """
        part territory land russian ukrainian own soil
    """
)
_WITH_CONTROL = frozenset(["took", "taken", "taking", "wrested", "regained", "claimed", "claims", "claiming"])
_CLAIM_VERBS = words_of(
    """
        claims claim claimed says considers regards declared calls insists maintains
    """
)
_CLAIMING, _TAKING, _UNDER = mark(_CLAIM_VERBS), mark(_TAKEN), mark({"control", "capture"})
_SAYING = _CLAIMING | _TAKING
_HINT = _SAYING | _UNDER


class Control(msgspec.Struct, gc=False):
    place: str
    asserted_by: str | None
    first: int
    last: int
    asserted_only: bool = False
    """Whether nothing is said but that: no statement stands beside it."""


_OWNED = _OWN | frozenset({"annexed"})


def controls(sentence: Sentence, frames: list[Frame], found: list[Place]) -> list[Control]:
    """The claims to territory in a sentence."""
    if not sentence.mark & _HINT:
        return []
    low = sentence.low
    claims: list[Control] = []
    for at in sentence.at(_SAYING):
        word = low[at]
        owned = word in _CLAIM_VERBS and not _OWNED.isdisjoint(low[at + 1 : at + 10])
        if owned and (claim := _part_of(sentence, at, frames, found)):
            claims.append(claim)
        if word in _TAKEN and (claim := _taken(sentence, at, frames, found)):
            claims.append(claim)
            claims.extend(_listed(low, claim, found))
        elif word in _TAKEN:
            claims.extend(_dashed(sentence, at, frames))
    for at in sentence.at(_UNDER):
        if low[at] == "capture" and (named := _capture(sentence, at, frames, found)):
            claims.append(named)
        if "under" in low[at - 3 : at - 1] and low[at - 1] in _WHOSE and (held := _held(sentence, at, frames, found)):
            claims.append(held)
    return claims


def _held(sentence: Sentence, at: int, frames: list[Frame], found: list[Place]) -> Control | None:
    """ "The village of X was also under Russian control, it said"."""
    low = sentence.low
    place = next((place for place in found if place.last < at and not place.country and not place.region), None)
    frame = next((frame for frame in frames if frame.verb > at or frame.leads), None)
    if place is None or frame is None or _SETTLED.isdisjoint(low[max(0, place.first - 3) : place.first]):
        return None
    if _COMES.isdisjoint(low[place.last + 1 : at]) or not lex.NOT.isdisjoint(low[place.last + 1 : at]):
        return None
    return Control(_called(place), frame.speaker, max(0, place.first - 3), at)


def _capture(sentence: Sentence, at: int, frames: list[Frame], found: list[Place]) -> Control | None:
    """ "announced the capture of X, a village outside Y"."""
    low = sentence.low
    frame = next((frame for frame in frames if frame.by in _ANNOUNCING and 0 < at - frame.verb < 4), None)
    place = next((place for place in found if at < place.first <= at + 7 and not place.country), None)
    if frame is None or place is None or low[at + 1 : at + 2] != ["of"]:
        return None
    return Control(_called(place), frame.speaker, frame.verb, place.last)


_ANNOUNCING = frozenset({"announced", "announces", "announcing", "claimed", "claims", "confirmed", "reported"})
_WHOSE = frozenset({"russian", "ukrainian", "moscow's", "kyiv's", "'s", "its", "their", "our"})
_COMES = lex.BE | {"came", "comes", "come", "passed"}


def _dashed(sentence: Sentence, at: int, frames: list[Frame]) -> list[Control]:
    """ "had captured three villages near the border - X, Y and Z"."""
    low, cased = sentence.low, sentence.cased
    dash = next((i for i in range(at + 2, min(at + 18, len(low))) if low[i] in ("-", ":")), 0)
    frame = next((frame for frame in reversed(frames) if frame.verb <= at and frame.leads), None)
    if not dash or frame is None or _VILLAGES.isdisjoint(low[at + 1 : dash]) or "," in low[at:dash]:
        return []
    claims, begin = [], dash + 1 + (low[dash + 1 : dash + 2] == ["-"])
    for end in range(begin, len(low) + 1):
        word = low[end] if end < len(low) else "."
        if word in (",", "and") or not cased[end : end + 1] or not cased[end][:1].isupper():
            if begin < end:
                claims.append(Control(sentence.words(begin, end - 1), frame.speaker, max(frame.verb, at - 3), end - 1))
            begin = end + 1
            if word not in (",", "and"):
                break
    return claims


_VILLAGES = frozenset({"villages", "settlements", "towns"})


def _listed(low: list[str], claim: Control, found: list[Place]) -> list[Control]:
    """ "the villages of X and Y": each place of the list."""
    others: list[Control] = []
    last = claim.last
    for place in found:
        if place.first <= last or place.country:
            continue
        gap = low[last + 1 : place.first]
        if not gap or not _LISTING.issuperset(gap) or place.region or place.kind:
            break
        others.append(Control(_called(place), claim.asserted_by, claim.first, place.last))
        last = place.last
    return others


_LISTING = frozenset({",", "and", "the", "village", "town", "settlement", "of"})
_BEING = lex.BE | lex.HAVE | frozenset({"as", "to"})


def _part_of(sentence: Sentence, at: int, frames: list[Frame], found: list[Place]) -> Control | None:
    """ "Kherson, which the Kremlin claims is part of Russia"; "Moscow claims that Kherson is part of Russia"."""
    low = sentence.low
    own = next(i for i in range(at + 1, min(at + 10, len(low))) if low[i] in _OWN or low[i] == "annexed")
    if _BEING.isdisjoint(low[at + 1 : own + 1]):
        return None
    last = own
    while last + 1 < len(low) and low[last + 1] in ("of", "russia", "ukraine", "land", "territory", "its", "russian"):
        last += 1
    which = next((i for i in range(at - 1, max(-1, at - 8), -1) if low[i] in ("which", "that")), None)
    speaker = next((frame.speaker for frame in frames if frame.verb == at), None)
    if which is not None:
        place = next((place for place in reversed(found) if place.last < which and not place.country), None)
        first = which if place is None else place.first
        if speaker is None:
            speaker = _named(sentence, which + 1, at - 1)
    else:
        place = next((place for place in found if at < place.first <= own and not place.country), None)
        first = max(0, at - 3)
        if place is None and (named := _capitalised(sentence, at + 1, own)):
            place = named
    if place is None or speaker is None:
        return None
    return Control(_called(place), speaker, first, last, True)


def _capitalised(sentence: Sentence, first: int, last: int) -> Place | None:
    """ "considers Luhansk to be Russian land": a name that nothing leads to."""
    for at in range(first, last):
        if sentence.cased[at][:1].isupper() and sentence.low[at] not in ("russian", "ukrainian", "russia", "ukraine"):
            return Place(at, at, sentence.cased[at], False, False)
    return None


def _named(sentence: Sentence, first: int, last: int) -> str | None:
    while last > first and sentence.low[last] in lex.ADVERBS:
        last -= 1
    low = sentence.low[first : last + 1]
    if not low:
        return None
    if len(low) == 1 and low[0] in lex.STATES:
        return f"{lex.STATES[low[0]]} (government)"
    return sentence.words(first, last)


_STANDING = frozenset({"occupied", "annexed", "liberated"})
_PARTED = lex.BARRIERS | frozenset({",", "from", "in", "near"})
_HELD = _SETTLED | frozenset({"control"})


def _taken(sentence: Sentence, at: int, frames: list[Frame], found: list[Place]) -> Control | None:
    """ "said its troops had captured the village of X", "had wrested control of X"."""
    low = sentence.low
    if low[at].startswith("claim") and "control" not in low[at + 1 : at + 3]:
        return None
    if (
        low[at] in _STANDING
        and low[at - 1] not in _BEING
        and at + 1 < len(low)
        and sentence.cased[at + 1][:1].isupper()
    ):
        return None  # "launched from occupied Crimea"
    if low[at - 1] == "the" or (low[at - 1] in lex.ADVERBS and low[at - 2 : at - 1] in (["the"], ["'s"])):
        return None  # "the recently captured Avdiivka": said by the way, and nobody's claim
    over = low[at - 1] in lex.BE and low[at + 1 : at + 2] == ["over"]
    if low[at] in _WITH_CONTROL and not over and _HELD.isdisjoint(low[at + 1 : at + 5]):
        return None
    if (
        low[at] in ("captured", "seized", "freed", "occupied", "annexed", "conquered", "liberated")
        and low[at - 1 : at] in (["been"], ["be"])
        and low[at + 1 : at + 2] in (["in"],)
    ):
        return None
    if low[at - 1] in lex.BE or low[at - 2 : at] in (["been", '"'], ["were", '"'], ["was", '"']):
        return _was_taken(sentence, at, frames, found)
    place = next((place for place in found if at < place.first <= at + 12 and not place.country), None)
    if place is None or not _PARTED.isdisjoint(low[at + 1 : place.first]):
        return None
    if _SETTLED.isdisjoint(low[at + 1 : place.last + 5]) and low[at + 1] != low[place.first]:
        return None
    frame = next((frame for frame in reversed(frames) if frame.verb <= at and frame.leads), None) or next(
        (frame for frame in frames if frame.verb > at and not frame.leads), None
    )
    if frame is None:
        return None
    subject = low[frame.verb + 1 : at]
    if not lex.NOT.isdisjoint(subject):
        return None
    return Control(_called(place), frame.speaker, max(frame.verb if frame.verb <= at else 0, at - 5), place.last)


def _was_taken(sentence: Sentence, at: int, frames: list[Frame], found: list[Place]) -> Control | None:
    """ "said the village of X had been liberated"."""
    low = sentence.low
    before = [place for place in found if place.last < at and not place.country]
    if len(before) > 1 and before[-1].region and low[before[-2].last + 1 : before[-1].first] in _WITHIN:
        before.pop()  # "the settlement of X in the Y region was captured"
    place = before[-1] if before and at - before[-1].last <= 9 else None
    frame = next((frame for frame in reversed(frames) if frame.verb < at and frame.leads), None)
    if (
        place is None
        or frame is None
        or frame.verb > place.first
        or "if" in low[:at]
        or not lex.NOT.isdisjoint(low[:at])
    ):
        return None
    if _SETTLED.isdisjoint(low[max(0, place.first - 5) : place.first] + low[place.last + 1 : place.last + 2]):
        return None
    return Control(_called(place), frame.speaker, max(frame.verb + 1, place.first - 4), at)


_WITHIN = (["in", "the"], ["in"], ["village", "in", "the"], ["in", "ukraine", "'s"], ["village", "in"])


def _called(place: Place) -> str:
    return place.called
