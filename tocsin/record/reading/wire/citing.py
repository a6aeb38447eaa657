"""Who is cited: "the agency cited the plant, saying", "Interfax reported, citing the governor".

Promises that a paper which only passes on what another says is not who says so.
"""

from __future__ import annotations

from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.speakers import Discourse, speaker_of
from tocsin.record.reading.wire.subjects import left, right
from tocsin.record.reading.wire.tokens import Sentence


def who_cites(sentence: Sentence, at: int, said: Discourse, region: str) -> str:
    """Whoever "cited a statement of the plant, saying" something."""
    cited = next((i for i in range(1, at) if sentence.low[i] == "cited"), 0)
    span = left(sentence, cited) if cited else None
    return speaker_of(sentence, *span, said, region) if span else ""


_PRESS = words_of(
    """
        unn ukrinform unian interfax suspilne rbc pravda tass ria novosti reuters afp ap dpa bloomberg xinhua bbc cnn
        independent post guardian times journal newspaper news media agency outlet outlets channel channels broadcaster
        portal website press astra
    """
)
_UNNAMED = words_of("residents locals witnesses eyewitnesses sources source reports")


def behind_the_paper(sentence: Sentence, at: int, speaker: str, said: Discourse, region: str) -> str:
    """Whom a paper cites that only passes on, at ``at``, what he says; else the paper. Whoever is no paper says it
    himself."""
    low = sentence.low
    begin = _cites(low, at)
    if not begin or _PRESS.isdisjoint(speaker.lower().replace("-", " ").split()):
        return speaker
    span = right(sentence, begin)
    if span is None or not _UNNAMED.isdisjoint(low[span[0] : span[1] + 1]):
        return speaker  # "citing residents": the paper vouches for them
    return speaker_of(sentence, *span, said, region) or speaker


def _cites(low: list[str], at: int) -> int:
    """Where the words begin that name who is cited; 0 if nobody is."""
    if "citing" in low:
        return low.index("citing", at if "citing" in low[at:] else 0) + 1
    if "reference" in low[at:-2]:
        begin = low.index("reference", at)
        return begin + 2 if low[begin - 1] == "with" and low[begin + 1] == "to" else 0
    return 0
