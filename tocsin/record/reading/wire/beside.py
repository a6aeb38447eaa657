"""Who speaks by other means than a subject and a verb of speech: "a claim denied by Kyiv", "photos shared by the mayor
showed", "AFP reporters saw".

Promises to look at the words beside the verb alone.
"""

from __future__ import annotations

from tocsin.record.reading.wire import lexicon as lex
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.subjects import left, right
from tocsin.record.reading.wire.tokens import Sentence

DENIED_BY = words_of("denied rejected dismissed disputed refuted")
SHOWN_BY = words_of("shared posted published released distributed")
SAW = frozenset({"saw"})
_EYES = words_of("correspondent correspondents journalist journalists reporter reporters witness witnesses")
_SHOWS = frozenset({"showed", "show", "shows", "showing"})


def denied_by(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """ "..., a claim quickly denied by Kyiv"."""
    return right(sentence, at + 2) if sentence.low[at + 1 : at + 2] == ["by"] else None


def shown_by(sentence: Sentence, at: int) -> tuple[int, tuple[int, int]] | None:
    """ "Photos shared by the governor showed a burning house": where they are said to show it, and whose they are."""
    low = sentence.low
    if low[at + 1 : at + 2] != ["by"] or lex.IMAGES.isdisjoint(low[max(0, at - 3) : at]):
        return None
    shows = next((i for i in range(at + 3, min(at + 14, len(low))) if low[i] in _SHOWS), 0)
    return (shows, (at + 2, shows - 1)) if shows else None


def seen_by(sentence: Sentence, at: int) -> tuple[int, int] | None:
    """ "AFP reporters saw a house in flames": who was there says so."""
    return left(sentence, at) if at and sentence.low[at - 1] in _EYES else None
