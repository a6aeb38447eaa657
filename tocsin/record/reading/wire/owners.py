"""Whose word a claim is, and how far it reaches: "the defence ministry's claim that 40 were downed was disputed".

Promises to look at the words of one sentence alone.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.tokens import Sentence


def owner_from(sentence: Sentence, end: int) -> int:
    """Where the name of an owner begins: "the Russian defence ministry" of "the Russian defence ministry's claim"."""
    low, begin = sentence.low, end
    while begin and low[begin - 1] not in _BEFORE_AN_OWNER and end - begin < 7:
        begin -= 1
    return begin


_BEFORE_AN_OWNER = (
    lex.PREPOSITIONS | lex.CONJUNCTIONS | lex.BE | lex.HAVE | lex.SPEECH.keys() | lex.EVENTS.keys() | lex.NOT
    | lex.ADVERBS | frozenset({",", '"', ";", "-", ":", "."})
)  # fmt: skip


def ruling(low: list[str], at: int) -> int:
    """Where a claim ends that is the subject of its sentence: "Moscow's claim that 40 were downed was disputed"."""
    verbs = [i for i in range(at + 1, len(low)) if low[i] in lex.BE or low[i] in lex.SPEECH or low[i] in _FAILING]
    ruled = [i for i in verbs if low[i] in _DOUBTED or low[i + 1 : i + 2] in _DOUBTS]
    return ruled[0] - 1 if ruled else 1_000_000


_DOUBTED = frozenset({"disputed", "dismissed", "contradicts", "contradicted"})
_FAILING = frozenset({"contradicts", "contradicted", "could"})
_DOUBTS = (["disputed"], ["dismissed"], ["denied"], ["rejected"], ["false"], ["not"], ["unverified"], ["untrue"])
