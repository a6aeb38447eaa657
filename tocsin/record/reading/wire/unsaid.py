"""What somebody leaves unsaid: "without saying what", "gave no details", "did not comment", "refused to say"."""

from __future__ import annotations

import msgspec

from tocsin.facts import Stance
from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.speech import Frame
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

# Named once: Python 3.11 looks for a member of an enum for longer than these loops take around it.
_OMITS = Stance.OMITS

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
        details detail comment mention information elaborate evidence explanation numbers figures toll
    """
)
_UNSAID = words_of(
    """
        acknowledge acknowledged claim claimed clarify comment commented confirm confirmed disclose disclosed elaborate
        identify mention mentioned name report respond responded specify specified
    """
)
_DID = (["did"], ["does"], ["has"], ["have"])
_DID_NOT = frozenset({"didn't", "doesn't", "hasn't", "haven't", "don't"})
_WHAT = words_of("how if what when where whether which who whose why")
_KEPT_SILENT = mark(_GAVE | _UNSAID | {"say", "without", "refused", "declined", "comment", "commented"})


class Statement(msgspec.Struct, gc=False):
    stance: Stance
    speaker: str | None
    first: int
    last: int


_TO_SAY = frozenset({"comment", "confirm", "elaborate", "say"})
_HARDLY = frozenset({"any", "few", "n't", "no", "not"})
_SHOWN = frozenset({"aftermath", "attack", "damage"})


def omitted(sentence: Sentence, frames: list[Frame], last_speaker: str | None) -> list[Statement]:
    """ "without saying what", "provided no details", "gave no comment", "refused to comment"."""
    low, size = sentence.low, len(sentence.low)
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
        elif word in ("comment", "confirm") and low[at - 2 : at] == ["yet", "to"]:
            first = begin = at - 2  # "have yet to comment on the claim"
        elif word == "say" and (at + 1 == size or low[at + 1] not in _WHAT):
            continue
        elif (
            (word in _UNSAID or word == "say")
            and not lex.NOT.isdisjoint(low[at - 1 : at])
            and (low[at - 2 : at - 1] in _DID or low[at - 1] in _DID_NOT)
        ):
            first = begin = at - 1 if low[at - 1] in _DID_NOT else at - 2
        elif word == "commented" and not lex.NOT.isdisjoint(low[max(0, at - 3) : at]):
            first, begin = at, at
        if first is None:
            continue
        while first and (low[first - 1] in lex.NOT or low[first - 1] in ("did", "does", "has", "have", "yet")):
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
    if back >= 0 and low[back] in lex.STATES and low[back - 1 : back] in ([], [","], ["and"], ["but"]):
        return f"{lex.STATES[low[back]]} (government)"
    if 0 <= back < 9 and (low[back] in ("he", "she", "they", "it")):
        return last_speaker
    if 0 <= back < 9 and not _SPEAKING.isdisjoint(low[: back + 1]):
        aside = next((at for at in range(1, back) if low[at] == "," and low[at + 1] in ("which", "who")), back + 1)
        name = sentence.words(0, aside - 1)  # "Moscow, which has not commented"
        return f"{lex.STATES[low[0]]} (government)" if aside == 1 and low[0] in lex.STATES else name
    named = sentence.cased[: back + 1]
    if 0 < len(named) <= 3 and all(word[:1].isupper() for word in named) and low[0] not in lex.DETERMINERS:
        return " ".join(named)
    return last_speaker
