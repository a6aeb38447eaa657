"""Firsts, records and totals that a report claims, to be set beside what the record computes."""

from __future__ import annotations

import re

import msgspec

from tocsin.facts import Count
from tocsin.record.reading.wire.lexicon import words_of
from tocsin.record.reading.wire.numbers import number_at
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_UNITS = "hours?|days?|nights?|weeks?|months?|years?"
_N = r"(?P<hedge>(?:more than|at least|nearly|about|almost|over|around) )?(?P<n>\d+|\w+(?:-\w+)?)"
_SAYS = re.compile(
    rf"\b(?:first\b[^.;]{{0,60}}?\b(?:in|for) {_N} (?P<unit>{_UNITS})\b"
    r"|(?:after|following) an? (?P<m>\d+|\w+)[- ](?P<unit2>hour|day|night|week|month|year)s?(?: of)?"
    r" (?:break|lull|pause|hiatus|calm)"
    r"|(?P<superlative>largest|biggest|heaviest|deadliest|worst|most (?:intense|massive|powerful)"
    r"|(?:highest|greatest|largest) (?:\w+ )?(?:number|total)"
    r"|the most(?=,? (?:since|so far|to date|ever)\b))\b[^.;]{0,70}?"
    r"\b(?:since|in|of|to date|so far|yet|ever|this (?:year|month|week))\b(?: (?!and\b|but\b)[\w'-]+){0,5}"
    r"|(?P<record>\b(?:a |an |the |new )*record(?!s?,? (?:keep|hold|company|of the meeting))\b"
    r"(?:[ -](?:number|overnight|for|high|of|drone|missile|\d+)\b[^.,;]{0,50})?)"
    r"|(?P<first>(?:the )?first time\b[^.;]{0,60}|for the first time\b[^.;,]{0,60}"
    r"|first\b[^.;,]{0,50}\bsince\b(?: [\w'-]+){1,4})"
    r"|(?P<ordinal>(?:the )?(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    r"|twelfth|thirteenth|fourteenth|fifteenth|\d+(?:st|nd|rd|th))(?: such)?"
    r"(?: [\w'-]+){0,8} (?:this|in a|(?<!middle )of the) (?:week|month|year|row|day|night)\b)"
    r"|(?P<trend>uptick in [\w\s]{3,60}))",
    re.IGNORECASE,
)
_HINT = mark(
    words_of(
        """
        first largest biggest heaviest deadliest worst most highest greatest record record-breaking break lull pause
        hiatus calm uptick second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth st nd rd th
    """
    )
)
_THING = re.compile(
    r"\w+ (?:private |thermal |nuclear )*(?:dam|city|town|port|company|refinery|plant|bank|bridge|hospital"
    r"|operator|producer|power|airport|market|district|region|country)\b",
    re.IGNORECASE,
)
_RECORD_VERB = re.compile(r"(?:were|was|been|be|to|audio|police|criminal|video|track|on) (?:a )?$", re.IGNORECASE)


class Statistic(msgspec.Struct, gc=False):
    measure: str
    value: Count | None
    unit: str | None
    start: int
    end: int


def statistics(sentence: Sentence) -> list[Statistic]:
    """What the sentence claims of that kind."""
    if not sentence.mark & _HINT:
        return []
    text, begin, stop = sentence.text, sentence.begin, sentence.end
    found: list[Statistic] = []
    for match in _SAYS.finditer(text, begin, stop):
        measure, number, unit = _measure(match)
        if measure == "record" and _RECORD_VERB.search(text[max(begin, match.start() - 10) : match.start()]):
            continue
        if measure == "days_since" and number is None:
            continue
        if measure == "largest" and _THING.match(text, match.start(), match.end()):
            continue  # "hitting the country's largest dam"
        found.append(Statistic(measure, number, unit, match.start(), match.end()))
    return found


def _measure(match: re.Match[str]) -> tuple[str, Count | None, str | None]:
    if match["superlative"]:
        return (
            ("record" if match["superlative"].lower().endswith(("number", "total", "most")) else "largest"),
            None,
            None,
        )
    for name in ("record", "first", "ordinal", "trend"):
        if match[name]:
            return name, None, None
    words = match["n"] or match["m"]
    unit = (match["unit"] or match["unit2"]).rstrip("s").lower()
    low = (
        words.lower().split("-")
        if not words[0].isdigit() and number_at([words.lower()], 0) is None
        else [words.lower()]
    )
    number = number_at(low, 0)
    if number is None and words.lower().endswith(("-day", "-week")):
        number = number_at([words.lower().rsplit("-", 1)[0]], 0)
    if number is None:
        return "days_since", None, None
    hedge = (match["hedge"] or "").strip().lower()
    low_bound = None if hedge in ("about", "around", "nearly", "almost") else number.value
    high_bound = None if hedge else number.value
    return "days_since", Count(value=number.value, low=low_bound, high=high_bound, words=words), unit
