"""Over what time a sentence counts: what is counted since the war began, or over weeks, is no count of this attack.

Promises that a superlative ("the largest since the war began") makes no count of its sentence a total of the war.
"""

from __future__ import annotations

import re

from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_WAR = re.compile(
    r"\bsince\s+(?:the\s+(?:start|beginning|outset|full-scale|invasion|war|outbreak)|Russia|Moscow|the\s+Russian"
    r"|February\s+(?:24,?\s+)?2022|2014|2022|January)"
    r"|\bso\s+far\s+(?:this\s+year|in\s+20)|\bthroughout\s+the\s+war\b",
    re.IGNORECASE,
)
_N = r"(?:(?:two|three|four|five|six|seven|eight|nine|ten|twelve|several|few|\d+)\s+)?"
_WEEKS = re.compile(
    rf"\b(?:over|in|during|within|for|across)\s+the\s+(?:past|last|previous)\s+{_N}(?:days|weeks?|months?|years?)\b"
    r"|\bin\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+alone\b"
    r"|\b(?:this|last|past)\s+(?:week|month|year)\s+alone\b|\bso\s+far\s+(?:this\s+(?:week|month)|in\s+\w+)\b"
    r"|\b(?:brought|took|(?:bring|tak(?:e|(?=ing)))(?:s|ing)?)\s+(?:the|its|their)\s+(?:\w+\s+){0,2}(?:total|number|toll|tally|count)\b[^.;,]{0,40}?\bto\b",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(
    r"\b(?:most|largest|biggest|heaviest|deadliest|worst|highest|greatest|longest|strongest|first|record|since|second"
    r"|third)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_WONT = re.compile(
    r"\b(?:has|have)\s+(?:increasingly|regularly|frequently|routinely|systematically|steadily)\b"
    r"|\bin\s+recent\s+(?:weeks|months)\b|\bin\s+the\s+(?:past|last)\s+(?:weeks|months|years)\b"
    r"|\b(?:over|for|during)\s+the\s+(?:past|last|previous)\s+(?:\w+\s+)?(?:winters|years|months)\b"
    r"|\bat\s+various\s+(?:points|times)\b"
    r"|\b(?:has|have)\s+(?:hit|struck|attacked|targeted)\s+(?:several|many|dozens|numerous|multiple|various)\b"
    r"|\brecent\s+(?:\w+\s+){0,6}(?:attacks|strikes)\s+have\b",
    re.IGNORECASE,
)
_USUAL = mark(
    words_of("""
        increasingly regularly frequently routinely systematically steadily recent various several many dozens numerous
        multiple past last previous winters
    """)
)
_SPAN = mark(
    words_of("""
        since so throughout past last previous alone bring brings bringing brought take takes taking took
    """)
)


def since_the_war(sentence: Sentence) -> int | None:
    """Where the words end that say so, if it counts since the war or a year began."""
    found = _found(_WAR, sentence)
    return found.end() if found else None


def over_weeks(sentence: Sentence) -> tuple[int, int] | None:
    """From where its numbers do, and where the words end that say so, if it counts over weeks or adds up attacks."""
    found = _found(_WEEKS, sentence)
    if found is None:
        return None
    adds_up = found[0][:1].lower() in "bt"
    return found.start() if adds_up and found[0][:4].lower() != "this" else sentence.begin, found.end()


def of_old(sentence: Sentence) -> bool:
    """Whether it tells what attacks have done for a while: "has regularly struck the grid, causing blackouts"."""
    return bool(sentence.mark & _USUAL) and _WONT.search(sentence.text, sentence.begin, sentence.end) is not None


def _found(pattern: re.Pattern[str], sentence: Sentence) -> re.Match[str] | None:
    if not sentence.mark & _SPAN:
        return None
    text, begin = sentence.text, sentence.begin
    for found in pattern.finditer(text, begin, sentence.end):
        if not _SUPERLATIVE.search(text, max(begin, found.start() - 75), found.start()):
            return found
    return None
