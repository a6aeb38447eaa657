"""What people say: quotations, and speech that is reported, with what they do by saying it.

Promises that what only tells of an attack's facts (how many were downed, who was hurt) is not a statement a second
time, and that a quotation's words are the report's.
"""

from __future__ import annotations

from functools import lru_cache

from tocsin.facts import Stance
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.unsaid import Statement, omitted
from tocsin.record.reading.wire.words import mark

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_DENIES = Stance.DENIES
_PLEDGES = Stance.PLEDGES
_WARNS = Stance.WARNS
_ASSERTS = Stance.ASSERTS
_REQUESTS = Stance.REQUESTS

_SHORTEST = 3
"""Words of a quotation that is a statement of its own; a shorter one only colours another's."""

_BY_THE_WAY = 5
"""Words beside a statistic that say nothing of their own."""
_ASKING = frozenset({Stance.REQUESTS, Stance.PLEDGES, Stance.WARNS})
_PROMISES = frozenset(["will", "shall"])
_NO_PROMISE = words_of("be not have never miss see know lose need remember")
_LOCAL = words_of(
    """
        governor governors mayor mayors officials authorities administration police rescuers prosecutors
        service services office firefighters medics residents force witnesses journalists reporters
        command staff defenders monitors units media agency agencies users
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
        "another",
        "separate",
        "reporters",
    ]
)


_TIMES = lex.WEEKDAYS | words_of("evening morning nightly daily weekly night television address speech interview")


_ONLY_WHERE = (
    _WHERE_SAID
    | _TIMES
    | lex.IMAGES
    | frozenset({"this", "channel", "page", "account", "hours", "of", "messaging", "app", "platform"})
)


def statements(
    sentence: Sentence,
    frames: list[Frame],
    factual: list[tuple[int, int]],
    claimed: list[tuple[int, int]],
    last_speaker: str | None,
) -> list[Statement]:
    """What is stated in the sentence. ``factual`` are the words that other facts were read from, ``claimed`` those of
    statistics."""
    found = omitted(sentence, frames, last_speaker)
    if not frames and not sentence.quoted:
        return found
    silent = [(statement.first, statement.last) for statement in found]
    quoted = _quotations(sentence, frames, factual, last_speaker, found)
    _reported(sentence, frames, factual, claimed, quoted, silent, found)
    return found


def _quotations(
    sentence: Sentence,
    frames: list[Frame],
    factual: list[tuple[int, int]],
    last_speaker: str | None,
    found: list[Statement],
) -> list[tuple[int, int]]:
    """Adds what stands between quotation marks; returns where."""
    quoted: list[tuple[int, int]] = []
    for first, final in sentence.quoted:
        last = final
        if last - first + 1 - (sentence.low[last] in (".", ",")) < _SHORTEST or (
            last - first < 5 and any(a <= last and first <= b for a, b in factual)
        ):
            continue
        if last - first < 5 and _named_so(sentence.low, first):
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
        if promise and promise > first + 1 and last - promise >= _SHORTEST:
            found.append(Statement(_PLEDGES, speaker, promise, last))
        elif promise and promise <= first + 1:
            found[-1] = Statement(_PLEDGES, speaker, first, last)
    return quoted


def _named_so(low: list[str], first: int) -> bool:
    """'what he called "a massive attack"', 'a "special military operation"'."""
    return low[first - 2 : first - 1] == ["called"] or (
        low[first - 3 : first - 2] == ["called"] and low[first - 2] in ("a", "an", "the", "its")
    )


def _reported(
    sentence: Sentence,
    frames: list[Frame],
    factual: list[tuple[int, int]],
    claimed: list[tuple[int, int]],
    quoted: list[tuple[int, int]],
    silent: list[tuple[int, int]],
    found: list[Statement],
) -> None:
    """Adds what is told of what somebody said."""
    for number, frame in enumerate(frames):
        if frame.by in ("according", "correcting"):
            continue
        if frame.by in ("called", "calls") and sentence.low[frame.first - 1] == "which":
            continue  # "its invasion, which Moscow calls"
        told = frame.stance is _ASSERTS and not frame.by.startswith(("accus", "blam"))
        if told and (frame.local or not _political(frame.speaker)):
            continue
        span = _content(sentence, frames, number)
        if span is None:
            continue
        first, last = span
        if any(begin <= last and first <= end for begin, end in quoted + silent) and not (
            frame.stance is _DENIES and not any(begin <= first <= end for begin, end in quoted)
        ):
            continue
        stance, promise = frame.stance, None
        if told and _spares(sentence, first, last):
            stance = _DENIES
        elif told:
            if _told_already(first, last, factual, claimed):
                if (other := _beside_facts(sentence, first, last, factual)) is None:
                    continue
                first, last = other
            elif (turn := _turning(sentence, first, last)) is not None:
                promise, last = Statement(_PLEDGES, frame.speaker, turn + 1, last), turn - 1
            if promise is None and _promises(sentence, first, last, frame.speaker):
                stance = _PLEDGES
        if sentence.low[frame.verb] == "spoke" or ":" in sentence.low[first : first + 4]:
            continue  # 'spoke of a "massive attack"'; 'wrote on Telegram: "..."' is a quotation
        if _ONLY_WHERE.issuperset(sentence.low[first : last + 1]) or sentence.low[first : first + 2] in _THIS:
            continue
        if frame.by in lex.SHOWING and not lex.IMAGES.isdisjoint(sentence.low[first : first + 2]):
            continue  # "bloggers posted pictures of the fires"
        if frame.stance is _REQUESTS and last - first < _SHORTEST and quoted and quoted[-1][1] < frame.verb:
            continue  # '"Leave now!" he appealed to residents'
        if last - first + 1 < (_SHORTEST if stance is _ASSERTS else 2):
            continue
        found.append(Statement(stance, frame.speaker, first, last))
        if promise:
            found.append(promise)


_THIS = (["this", "again"], ["this", "in"], ["this", "on"], ["this", "after"])
"""What points back to what has been told."""


def _beside_facts(sentence: Sentence, first: int, last: int, factual: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Of "that it hit a meeting and that 60 were killed" the half that no fact was read from."""
    low = sentence.low
    for at in range(first + 3, last - 3):
        if low[at] in ("and", "but") and low[at + 1] == "that":
            for begin, end in ((first, at - 1 - (low[at - 1] == ",")), (at + 2, last)):
                if end - begin >= _SHORTEST and not any(a <= end and begin <= b for a, b in factual):
                    return begin, end
    return None


def _turning(sentence: Sentence, first: int, last: int) -> int | None:
    """Where somebody who asserts comes to promise: "was ready to talk but would continue to strike"."""
    low = sentence.low
    for at in range(first + 3, last - 2):
        if (
            low[at] == "but"
            and not _WOULD.isdisjoint(low[at + 1 : at + 6])
            and not _DEEDS.isdisjoint(low[at + 2 : last + 1])
        ):
            return at
    return None


def _told_already(first: int, last: int, factual: list[tuple[int, int]], claimed: list[tuple[int, int]]) -> bool:
    """Whether it only says what another fact does; "it was the largest of the war" says nothing beside a statistic."""
    if any(begin <= last and first <= end for begin, end in factual):
        return True
    return any(begin - first <= _BY_THE_WAY and last - end <= _BY_THE_WAY for begin, end in claimed)


_SPARING = mark(words_of("military civilian civilians people residential peaceful"))


_ALONE = frozenset({"only", "exclusively", "solely"})
_SPARED = ("civilian", "people", "residential", "peaceful")


def _spares(sentence: Sentence, first: int, last: int) -> bool:
    """Whether it denies that civilians are meant: "only on military targets", "we do not strike civilians"."""
    if not sentence.mark & _SPARING:
        return False
    low = sentence.low[first : last + 1]
    if _ALONE.isdisjoint(low) and lex.NOT.isdisjoint(low):
        return False
    if not any(word.startswith(("target", "strik", "hit", "attack", "aim", "fire", "treat")) for word in low):
        return False
    only = next((at for at, word in enumerate(low) if word in _ALONE), None)
    if only is not None and "military" in low[only : only + 6]:
        return True
    if not any(word.startswith(_SPARED) for word in low):
        return False
    verbs = [at for at, word in enumerate(low) if word.startswith(("target", "strik", "hit", "attack", "aim", "fire"))]
    # not of "they could not have been unaware that they were targeting civilians"
    return any(not lex.NOT.isdisjoint(low[max(0, at - 5) : at + 1]) for at in verbs)


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
        if low[at] in _PROMISES and low[at + 1] not in _NO_PROMISE:
            if low[at - 1] in ("we", "i"):
                return at - 1 if at - 1 > first + 1 else first
            if low[at - 1] == "and":
                back = at - 1
                while back > first and low[back - 1] not in ("which", "that", ",", "."):
                    back -= 1
                return back
    return None


_WHERE_OR_WHEN = (
    _WHERE_SAID
    | _TIMES
    | lex.MONTHS
    | {"."}
    | words_of("afternoon app channel media messaging network networks platform social update")
)
_TENSELESS = frozenset({"be", "have", "like", "need", "never", "not", "mean", "also"})
_ONESELF = frozenset({"he", "she", "they"})


_CLOSING = frozenset({";", ".", "while", "but"})
_TURNED = frozenset({"would", "will", "that"})


def _content(sentence: Sentence, frames: list[Frame], number: int) -> tuple[int, int] | None:
    """The words that a frame's verb introduces."""
    frame, low, size = frames[number], sentence.low, len(sentence)
    if frame.by == "denied by":
        return next((at + 1 for at in range(frame.verb, 0, -1) if low[at] == ","), 0), frame.last
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
            begun = _content(sentence, frames, frames.index(other)) if other.by == "denied by" else None
            end = min(end, (begun[0] if begun else other.first) - 1)
            break
    last = first
    while last <= end and (low[last] not in _CLOSING or _goes_on(low, first, last)):
        last += 1
    last -= 1
    while last > first and low[last] in (",", "and", ".", '"', "that", "as"):
        last -= 1
    if frame.stance in (_ASSERTS, _PLEDGES, _WARNS) and "that" in low[first : first + 9]:
        position = low.index("that", first)
        when = [word for word in low[first:position] if not word.isdigit()]
        if position < last and _WHERE_OR_WHEN.issuperset(when):
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


def _goes_on(low: list[str], first: int, at: int) -> bool:
    """Whether what began at ``first`` does not end with the word at ``at``: "said that, while it rained, ..."."""
    if low[at] not in ("while", "but"):
        return low[at] == "." and low[at - 1] in lex.MONTHS  # "on Sept. 9"
    return at <= first + 2 or (low[at] == "but" and low[at + 1 : at + 2] != [] and low[at + 1] in _TURNED)


@lru_cache(maxsize=4096)
def _political(speaker: str) -> bool:
    """Whether reported speech of theirs is a statement: not that of those who only tell what happened on the spot."""
    words = speaker.lower().replace("'s", " ").replace("general staff", "").split()
    return (
        _LOCAL.isdisjoint(words)
        and lex.IMAGES.isdisjoint(words)
        and ("(" in speaker or "ministry" in words or len(words) <= 3)
    )


_DEEDS = words_of(
    """
        answer continue deliver give help keep provide punish raise rebuild respond retaliate send stand
        strike supply support
    """
)
_WOULD = frozenset({"will", "would"})


def _promises(sentence: Sentence, first: int, last: int, speaker: str) -> bool:
    low = sentence.low
    if low[first] in _ONESELF and low[first + 1] == "would" and _TENSELESS.isdisjoint(low[first + 2 : first + 3]):
        return True  # "that he would cut short his visit"
    would = next((at for at in range(first, min(last, first + 6)) if low[at] in _WOULD), None)
    return would is not None and not _DEEDS.isdisjoint(low[would + 1 : would + 5])
