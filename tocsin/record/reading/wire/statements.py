"""What people say: quotations, and speech that is reported, with what they do by saying it.

Promises that what only tells of an attack's facts (how many were downed, who was hurt) is not a statement a second
time, and that a quotation's words are the report's.
"""

from __future__ import annotations

import msgspec

from tocsin.facts import Stance
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_DENIES = Stance.DENIES
_PLEDGES = Stance.PLEDGES
_WARNS = Stance.WARNS
_ASSERTS = Stance.ASSERTS
_OMITS = Stance.OMITS

_SHORTEST = 3
"""Words of a quotation that is a statement of its own; a shorter one only colours another's."""

_OMITTING = (
    (
        "without",
        words_of(
            """
        saying giving offering providing specifying elaborating detailing explaining commenting
        mentioning
    """
        ),
    ),
)
_GAVE = words_of("made gave provided offered provide give offer giving providing offering")
_SILENT = words_of(
    """
        details detail comment information elaborate evidence explanation numbers figures
    """
)
_UNSAID = words_of("comment confirm elaborate identify mention name report respond specify disclose")
_DID = (["did"], ["does"], ["has"])
_KEPT_SILENT = mark(_GAVE | _UNSAID | {"without", "refused", "declined", "comment", "commented"})
_BY_THE_WAY = 5
"""Words beside a statistic that say nothing of their own."""
_ASKING = frozenset({Stance.REQUESTS, Stance.PLEDGES, Stance.WARNS})
_PROMISES = frozenset(["will", "shall"])
_LOCAL = words_of(
    """
        governor governors mayor mayors officials authorities administration police rescuers prosecutors
        service services office firefighters medics residents force witnesses journalists reporters
        command staff defenders monitors units media agency agencies
    """
)


_WHERE_SAID = frozenset(
    [
        "on",
        "in",
        "at",
        "a",
        "an",
        "the",
        "its",
        "his",
        "her",
        "telegram",
        "facebook",
        "x",
        "statement",
        "post",
        "message",
        "address",
        "video",
        "briefing",
        "late",
        "early",
        "reporters",
    ]
)


_TIMES = lex.WEEKDAYS | words_of("evening morning nightly daily weekly night television address speech interview")


class Statement(msgspec.Struct, gc=False):
    stance: Stance
    speaker: str | None
    first: int
    last: int


_ONLY_WHERE = _WHERE_SAID | _TIMES


def statements(
    sentence: Sentence,
    frames: list[Frame],
    factual: list[tuple[int, int]],
    claimed: list[tuple[int, int]],
    last_speaker: str | None,
) -> list[Statement]:
    """What is stated in the sentence. ``factual`` are the words that other facts were read from, ``claimed`` those of
    statistics."""
    found = _omitted(sentence, frames, last_speaker)
    omitted = [(statement.first, statement.last) for statement in found]
    quoted: list[tuple[int, int]] = []
    for first, final in sentence.quoted:
        last = final
        if last - first + 1 < _SHORTEST or (last - first < 5 and any(a <= last and first <= b for a, b in factual)):
            continue
        if last - first < 5 and sentence.low[first - 2 : first - 1] == ["called"]:
            continue  # 'what he called "a massive attack"'
        frame = _of_quotation(frames, first, last)
        if frame and frame.stance in _ASKING and frame.verb < first and last - first < 5:
            continue  # "urged Europe and 'the whole world' to help": a part of what is asked
        speaker = frame.speaker if frame else last_speaker
        if speaker is None:
            continue
        while last > first and sentence.low[last] in (",",):
            last -= 1
        spared = _spares(sentence, first, last)
        stance: Stance = _DENIES if spared or (frame and frame.stance is _DENIES) else _ASSERTS
        found.append(Statement(stance, speaker, first, last))
        quoted.append((first, last))
        if sentence.low[first] == "will":
            found[-1] = Statement(_PLEDGES, speaker, first, last)
        promise = _promised(sentence, first, last)
        if promise and promise > first + 1:
            found.append(Statement(_PLEDGES, speaker, promise, last))
        elif promise:
            found[-1] = Statement(_PLEDGES, speaker, first, last)
    for number, frame in enumerate(frames):
        if frame.by in ("according", "correcting"):
            continue
        told = frame.stance is _ASSERTS and not frame.by.startswith("accus")
        if told and not _political(frame.speaker):
            continue
        span = _content(sentence, frames, number)
        if span is None:
            continue
        first, last = span
        if any(begin <= last and first <= end for begin, end in quoted + omitted) and not (
            frame.stance is _DENIES and not any(begin <= first <= end for begin, end in quoted)
        ):
            continue
        stance = frame.stance
        if told:
            if _told_already(first, last, factual, claimed):
                continue
            if _promises(sentence, first, last, frame.speaker):
                stance = _PLEDGES
        if _ONLY_WHERE.issuperset(sentence.low[first : last + 1]):
            continue
        if last - first + 1 < (_SHORTEST if stance is _ASSERTS else 2):
            continue
        found.append(Statement(stance, frame.speaker, first, last))
    return found


def _told_already(first: int, last: int, factual: list[tuple[int, int]], claimed: list[tuple[int, int]]) -> bool:
    """Whether it only says what another fact does; "it was the largest of the war" says nothing beside a statistic."""
    if any(begin <= last and first <= end for begin, end in factual):
        return True
    return any(begin - first <= _BY_THE_WAY and last - end <= _BY_THE_WAY for begin, end in claimed)


def _spares(sentence: Sentence, first: int, last: int) -> bool:
    """Whether it denies that civilians are meant: "only on military targets", "we do not strike civilians"."""
    low = sentence.low[first : last + 1]
    if not any(word.startswith(("target", "strik", "hit", "attack", "aim", "fire", "treat")) for word in low):
        return False
    only = next((at for at, word in enumerate(low) if word in ("only", "exclusively", "solely")), None)
    if only is not None and "military" in low[only : only + 6]:
        return True
    return not lex.NOT.isdisjoint(low) and any(word.startswith(("civilian", "residential", "peaceful")) for word in low)


def _of_quotation(frames: list[Frame], first: int, last: int) -> Frame | None:
    """Whose words stand between quotation marks: who speaks right after them, else before them."""
    after = [frame for frame in frames if frame.verb > last and not frame.by.endswith("ing")]
    before = [frame for frame in frames if frame.verb < first]
    if after and after[0].first - last < 6 and (not after[0].leads or not before):
        return after[0]
    return before[-1] if before else after[0] if after else None


def _promised(sentence: Sentence, first: int, last: int) -> int | None:
    """Where a quotation promises: "we will", "and will get a firm response"."""
    low = sentence.low
    for at in range(first, last):
        if low[at] in _PROMISES and low[at + 1] not in ("be", "not", "have", "never"):
            if low[at - 1] in ("we", "i"):
                return at - 1 if at - 1 > first + 1 else first
            if low[at - 1] == "and":
                back = at - 1
                while back > first and low[back - 1] not in ("which", "that", ",", "."):
                    back -= 1
                return back
    return None


_WHERE_OR_WHEN = _WHERE_SAID | lex.WEEKDAYS


_CLOSING = frozenset({";", ".", "while", "but"})


def _content(sentence: Sentence, frames: list[Frame], number: int) -> tuple[int, int] | None:
    """The words that a frame's verb introduces."""
    frame, low, size = frames[number], sentence.low, len(sentence)
    if not frame.leads:
        first, last = 0, min(frame.first, frame.verb) - 1
        while last > first and low[last] in (",", '"'):
            last -= 1
        if number and not frames[number - 1].leads:
            return None
        if number:
            return None
        return (first, last) if last > first else None
    first = frame.verb + 1
    end = size - 1
    for other in frames[number + 1 :]:
        if other.first > first:
            end = min(end, other.first - 1)
            break
    last = first
    while last <= end and (low[last] not in _CLOSING or (low[last] in ("while", "but") and last <= first + 2)):
        last += 1
    last -= 1
    while last > first and low[last] in (",", "and", ".", '"', "that", "as"):
        last -= 1
    if frame.stance in (_ASSERTS, _PLEDGES, _WARNS) and "that" in low[first : first + 9]:
        position = low.index("that", first)
        if position < last and _WHERE_OR_WHEN.issuperset(low[first:position]):
            first = position + 1
    while first < last and (
        low[first] in ("that", "on", "in", "telegram", ",", "also", '"') or low[first] in lex.WEEKDAYS
    ):
        first += 1
    if frame.stance is not _ASSERTS and frame.by not in (
        "warned",
        "promised",
        "pledged",
        "vowed",
        "warns",
        "threatened",
    ):
        first = frame.verb
    return (first, last) if last > first else None


def _political(speaker: str) -> bool:
    """Whether reported speech of theirs is a statement: not that of those who only tell what happened on the spot."""
    words = speaker.lower().replace("'s", " ").split()
    return _LOCAL.isdisjoint(words) and ("(" in speaker or "ministry" in words or len(words) <= 3)


_DEEDS = words_of(
    """
        answer continue deliver give help keep provide punish raise rebuild respond retaliate send stand
        strike supply support
    """
)
_WOULD = frozenset({"will", "would"})


def _promises(sentence: Sentence, first: int, last: int, speaker: str) -> bool:
    low = sentence.low
    return not _WOULD.isdisjoint(low[first : min(last, first + 6)]) and (not _DEEDS.isdisjoint(low[first : last + 1]))


_NOT = frozenset({"n't", "not"})
_TO_SAY = frozenset({"comment", "confirm", "elaborate", "say"})
_HARDLY = frozenset({"any", "few", "n't", "no", "not"})
_SHOWN = frozenset({"aftermath", "attack", "damage"})


def _omitted(sentence: Sentence, frames: list[Frame], last_speaker: str | None) -> list[Statement]:
    """ "without saying what", "provided no details", "gave no comment", "refused to comment"."""
    low, size = sentence.low, len(sentence)
    found: list[Statement] = []
    for at in sentence.at(_KEPT_SILENT):
        word, first = low[at], None
        if word == "without" and at + 1 < size and low[at + 1] in _OMITTING[0][1]:
            if (
                not _SHOWN.isdisjoint(low[at : at + 8])
                and low[at + 1] in ("offering", "providing", "giving")
                and low[at + 2 : at + 3] == ["details"]
            ):
                continue
            first, begin = at, at
        elif (
            word in _GAVE
            and not _HARDLY.isdisjoint(low[max(0, at - 2) : at + 3])
            and not _SILENT.isdisjoint(low[at : at + 6])
        ) or (word in ("refused", "declined") and not _TO_SAY.isdisjoint(low[at : at + 4])):
            first, begin = at, at
        elif word in _UNSAID and not lex.NOT.isdisjoint(low[at - 1 : at]) and low[at - 2 : at - 1] in _DID:
            first, begin = at - 2, at - 2
        elif word == "commented" and not lex.NOT.isdisjoint(low[max(0, at - 3) : at]):
            first, begin = at, at
        if first is None:
            continue
        while first and (low[first - 1] in lex.NOT or low[first - 1] in ("did", "does", "has", "have")):
            first -= 1
        last = max(first, at)
        while last + 1 < size and low[last + 1] not in (".", ";", ",", '"') and last - first < 22:
            last += 1
        speaker = _silent(sentence, begin, frames, last_speaker)
        if speaker:
            found.append(Statement(_OMITS, speaker, first, last))
    return found


_SPEAKING = lex.ROLES | lex.STATES.keys()


def _silent(sentence: Sentence, at: int, frames: list[Frame], last_speaker: str | None) -> str | None:
    before = [frame for frame in frames if frame.verb < at]
    if before:
        return before[-1].speaker
    back = at - 1
    while back >= 0 and (
        sentence.low[back] in lex.HAVE or sentence.low[back] in lex.ADVERBS or sentence.low[back] in lex.NOT
    ):
        back -= 1
    low = sentence.low
    if 0 <= back < 9 and (low[back] in ("he", "she", "they", "it")):
        return last_speaker
    if 0 <= back < 9 and not _SPEAKING.isdisjoint(low[: back + 1]):
        return sentence.words(0, back)
    named = sentence.cased[: back + 1]
    if 0 < len(named) <= 3 and all(word[:1].isupper() for word in named) and low[0] not in lex.DETERMINERS:
        return " ".join(named)
    return last_speaker
