"""Who is cited: "the agency cited the plant, saying", "Ukrinform reports this citing the governor".

Promises that a paper which only passes on what another says is not who says so.
"""

from __future__ import annotations

from tocsin.record.reading.wire.speakers import Discourse, speaker_of
from tocsin.record.reading.wire.subjects import left, right
from tocsin.record.reading.wire.tokens import Sentence


def who_cites(sentence: Sentence, at: int, said: Discourse, region: str) -> str:
    """Whoever "cited a statement of the plant, saying" something."""
    cited = next((i for i in range(1, at) if sentence.low[i] == "cited"), 0)
    span = left(sentence, cited) if cited else None
    return speaker_of(sentence, *span, said, region) if span else ""


def behind_the_paper(sentence: Sentence, speaker: str, said: Discourse, region: str) -> str:
    """Whom a paper cites that only passes on what he says; else the paper."""
    low = sentence.low
    if "citing" not in low:
        return speaker
    span = right(sentence, low.index("citing") + 1)
    return (speaker_of(sentence, *span, said, region) if span else "") or speaker
