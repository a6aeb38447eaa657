"""What the facts of a sentence share: who says it, the words that are quoted, how many and how sure.

Promises that a quotation is at most `QUOTE_WORDS` long, ends at whole words, and is told by where it stands.
"""

from __future__ import annotations

import msgspec

from tocsin.facts import (
    QUOTE_WORDS,
    Count,
    Hedge,
    Stance,
)
from tocsin.record.reading.wire.numbers import Number
from tocsin.record.reading.wire.people import Harmed
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_DENIES = Stance.DENIES
_PRELIMINARY = Hedge.PRELIMINARY
_REPORTEDLY = Hedge.REPORTEDLY

_AREAS = frozenset({"regions", "oblasts", "provinces", "areas", "locations"})
_TURNING = frozenset({"while", "whereas"})
_CUTTING = frozenset({"while", ";", "whereas"})


_HEDGING = mark(("preliminary", "preliminarily", "reportedly"))
_AFTER_WORDS = frozenset({" ", ",", ".", "\n", '"', ";", ""})
"""Where one of these follows, a word has ended."""


def said_by(sentence: Sentence, found: list[Frame], at: int, carried: str | None) -> str | None:
    """Who says what stands at ``at``: whose verb leads to it, else whose verb it leads to."""
    low = sentence.low
    if not found:
        return carried
    leading: Frame | None = None
    before: Frame | None = None
    after: Frame | None = None
    for frame in found:
        if frame.leads:
            if frame.verb < at <= frame.until:
                leading = frame
                before = before if _cut(low, frame.verb, at) else frame
        elif after is None and frame.verb > at and (not _turns(low, at, frame.verb) or _alone(low, found)):
            after = frame
    if before and after and not before.by.endswith("ing"):
        return after.speaker if _closed(low, before.verb, at) else before.speaker
    if nearest := before or after:
        return nearest.speaker
    later = next((frame for frame in found if frame.verb > at and not _cut(low, at, frame.verb)), None)
    if later and (not later.leads or _put_between(low, later)):
        return later.speaker
    last = found[-1]
    if last.verb < at and not last.leads and not _cut(low, last.verb, at):
        return last.speaker
    # after "while" or a semicolon nobody else speaks: it is still whoever spoke before
    return leading.speaker if leading else last.speaker if last.verb < at else carried


def _alone(low: list[str], found: list[Frame]) -> bool:
    """Whether all of a sentence is one speaker's, who is named at its end: "..., the mayor said."."""
    if len(found) > 1 or found[0].leads:
        return False
    ending = low[found[0].last + 1 :]
    return ending[:2] in (["said"], ["said", "."], ["reported", "."]) or (
        ending[:2] == ["said", "on"] and len(ending) < 5
    )


def denied(sentence: Sentence, found: list[Frame], at: int) -> bool:
    """Whether it is denied: "denied that five of its pilots had been killed"."""
    for frame in reversed(found):
        if frame.leads and frame.verb < at <= frame.until:
            return frame.stance is _DENIES and not _cut(sentence.low, frame.verb, at)
    return False


def _put_between(low: list[str], frame: Frame) -> bool:
    """ "Of 184 drones, the air force said, 59 were downed"."""
    return low[frame.first - 1 : frame.first] == [","] and low[frame.verb + 1 : frame.verb + 2] == [","]


def _turns(low: list[str], first: int, last: int) -> bool:
    return not _TURNING.isdisjoint(low[first + 1 : last])


def _cut(low: list[str], first: int, last: int) -> bool:
    return not _CUTTING.isdisjoint(low[first + 1 : last])


def _closed(low: list[str], verb: int, at: int) -> bool:
    """Whether what a verb introduces ended before ``at``: ", and in Lviv ..."."""
    return any(low[i] == "," and low[i + 1] in ("and", "while") and low[i + 2] == "in" for i in range(verb, at - 2))


def apart(found: list[Frame]) -> list[tuple[int, int]]:
    return [(frame.first, frame.last) for frame in found if frame.last > frame.first]


def areas_of(sentence: Sentence, numbers: list[Number]) -> Number | None:
    """Over how many regions or places something is counted."""
    low = sentence.low
    for number in numbers:
        if number.article or number.first == 0:
            continue
        if low[number.first - 1] in ("over", "in", "across") or low[number.first] == "over":
            after = low[number.last + 1 : number.last + 3]
            if not _AREAS.isdisjoint(after):
                return msgspec.structs.replace(number, hedge=None) if low[number.first] == "over" else number
    return None


def with_areas(
    text: str, sentence: Sentence, span: tuple[int, int], number: Number, areas: Number
) -> tuple[str, int, int] | None:
    """A quotation that says over how many areas too, if that is not too long; and None if it is."""
    noun = next((at for at in (areas.last + 1, areas.last + 2) if sentence.low[at] in _AREAS), areas.last)
    first, last = min(span[0], areas.first), max(span[1], noun)
    found = quoted(text, sentence, first, last, number)
    return found if sentence.words(areas.first, areas.last) in found[0] else None


def count_of(sentence: Sentence, number: Number) -> Count:
    return number.counted(sentence.words(number.first, number.last))


def harm_count(sentence: Sentence, harm: Harmed) -> Count | None:
    if harm.number is not None:
        return count_of(sentence, harm.number)
    if harm.value is None:
        return None
    return Count(
        value=harm.value,
        low=harm.value,
        high=harm.value,
        words=harm.persons[0] if len(harm.persons) == 1 == harm.value else _of(sentence, harm),
    )


def _of(sentence: Sentence, harm: Harmed) -> str:
    """The words in which several are named: as they stand there, so that whoever reads them can count."""
    return sentence.words(harm.first, min(harm.last, harm.first + (11 if harm.persons else 5)))


def hedges_of(sentence: Sentence, number: Number | None) -> tuple[Hedge, ...]:
    found = [number.hedge] if number and number.hedge else []
    if not sentence.mark & _HEDGING:
        return tuple(found)
    low = sentence.low
    if "preliminary" in low or "preliminarily" in low:
        found.append(_PRELIMINARY)
    if "reportedly" in low:
        found.append(_REPORTEDLY)
    return tuple(found)


def quoted(text: str, sentence: Sentence, first: int, last: int, around: Number | None = None) -> tuple[str, int, int]:
    """The words from ``first`` to ``last``, or as many of them as may be kept: those around a number."""
    first, last = max(0, first), min(last, len(sentence.low) - 1)
    if last - first >= QUOTE_WORDS:
        first, last = _fitting(sentence, first, last, around)
    start, end = sentence.span(first, last)
    if text[end : end + 1] not in _AFTER_WORDS:
        end = whole_words(sentence, end)
    return " ".join(text[start:end].split()), start, end


def _fitting(sentence: Sentence, first: int, last: int, around: Number | None) -> tuple[int, int]:
    while len(sentence.text[slice(*sentence.span(first, last))].split()) > QUOTE_WORDS:
        if around is not None and around.last - first > last - around.last and first < around.first:
            first += 1
        else:
            last -= 1
    return first, last


def whole_words(sentence: Sentence, end: int) -> int:
    """A quotation never ends inside a word."""
    text = sentence.text
    while end < len(text) and (text[end].isalnum() or (text[end] in "'-" and text[end + 1 : end + 2].isalpha())):
        end += 1
    return end
