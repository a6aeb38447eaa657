"""To whom it is according, what is said "according to air force data" or "to reports from the police".

Promises that data which are nobody's, "preliminary information", are nobody's word.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.subjects import right
from tocsin.record.reading.wire.tokens import Sentence

DATA = words_of("information data figures")
"""According to what, rather than to whom."""
_WRITTEN = words_of("message post report reports statement statements update")
_HAVE_DATA = lex.ROLES - {"official"}


def according_to(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """The words that name whoever something is said according to, where "according" stands at ``at``."""
    low = sentence.low
    if origin := _reports_of(low, at):
        return right(sentence, origin)
    if low[at + 1 : at + 2] != ["to"]:
        return None
    if data := _data(low, at + 2):
        return _whose(low, at + 2, data)
    span = right(sentence, at + 2)
    if span and "," in low[span[0] : span[1]] and "statement" in low[span[0] : span[1]]:
        return span[0], low.index(",", span[0]) - 1  # "According to a ministry statement, the forces"
    return span


def _data(low: list[str], begin: int) -> int:
    """Where the data stand that it is according to; 0 if it is not according to any."""
    for at in range(begin, min(begin + 5, len(low))):
        if low[at] == ",":
            break
        if low[at] in DATA:
            return at
    return 0


def _whose(low: list[str], begin: int, data: int) -> tuple[int, int] | None:
    """ "Air force data", "the ministry's figures": whose they are."""
    last = data - 1 - (low[data - 1] in ("'s", "preliminary"))
    return (begin, last) if not _HAVE_DATA.isdisjoint(low[begin : last + 1]) else None


def _reports_of(low: list[str], at: int) -> int:
    """ "According to initial reports from the authorities": where those begin who report."""
    for i in range(at + 2, min(at + 6, len(low) - 2)):
        if (low[i] in DATA or low[i] in _WRITTEN) and low[i + 1] in ("from", "by"):
            return i + 2
    return 0
