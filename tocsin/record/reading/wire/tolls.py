"""Tolls: "the death toll rose to 40", "the number of wounded climbed to 97"."""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.numbers import Number
from tocsin.record.reading.wire.people import Harmed
from tocsin.record.reading.wire.tokens import Sentence

_EARLIER = frozenset({"earlier", "initial", "previous", "previously"})
_MISSING = frozenset({"missing"})
_INJURED = frozenset({"casualties", "hurt", "injured", "injuries", "wounded"})
_KILLED = frozenset({"dead", "deaths", "fatalities", "killed", "victims"})


def toll_of(sentence: Sentence, at: int, numbers: list[Number]) -> list[Harmed]:
    """ "the death toll rose to 40", "the number of wounded climbed to 97"."""
    low = sentence.low
    window = low[max(0, at - 3) : at + 6]
    if low[at + 1 : at + 2] == ["of"] and "," not in window:
        window += low[at + 6 : at + 9]  # "the number of workers of the plant killed"
    if low[at] == "toll" or not _KILLED.isdisjoint(window):
        outcome = "killed"
    elif not _INJURED.isdisjoint(window):
        outcome = "injured"
    elif not _MISSING.isdisjoint(window):
        outcome = "missing"
    else:
        return []
    if not _EARLIER.isdisjoint(low[max(0, at - 3) : at]) or low[at + 1 : at + 2] in (["includes"], ["included"]):
        return []  # "the toll includes a family of three"
    for number in numbers:
        if (
            number.first > at
            and not number.article
            and low[number.first - 1] in ("to", "at", "reached", "was", "is", "stood", "of", "stands", "now")
            and number.first - at < 30
        ):
            if not lex.SPEECH.keys().isdisjoint(low[at : number.first]) and low[number.first - 1] == "of":
                continue
            if low[number.last + 1 : number.last + 2] in (["injured"], ["wounded"], ["hurt"]):
                outcome = "injured"  # "an updated toll of 14 injured"
            return [Harmed(outcome, number.value, number, at, number.last, (), False, number.first)]
    return []
