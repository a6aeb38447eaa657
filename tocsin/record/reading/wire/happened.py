"""When it happened, where a sentence says that it was at another time than the one that the report is about.

"A strike this week killed four" stands in a report of tonight's attack, and is not of it. Days are told by their names,
by dates or from the day of publication; what is told no closer than by the week or the month stays that coarse. It
promises that the day on which somebody said something is not taken for the day on which it happened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tocsin.record.reading.wire.asof import DAYS, last_of_name
from tocsin.record.reading.wire.dates import Dated
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_N = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_WHEN = re.compile(
    rf"\b(?=[adeflmostwy])(?:(?P<late>late\s+(?:on\s+)?)?(?P<weekday>{'|'.join(DAYS)})\b(?P<night>\s+(?:night|evening)\b)?"
    r"|(?P<before>a\s+day\s+(?:earlier|before(?!\s+(?:a|an|the|his|her|their|its|talks|peace)\b))|the\s+(?:previous|day)\s+(?:day|before)|yesterday)\b"
    rf"|(?P<n>{'|'.join(_N)})\s+days\s+(?:ago|earlier|before)\b"
    r"|(?P<this>(?:earlier\s+)?this|earlier\s+in\s+the)\s+(?P<unit>week|month|year)\b"
    r"|(?:(?P<last>last)\s+(?P<unit2>week|month)|(?P<ago>a\s+(?P<unit3>week|month)\s+(?:ago|earlier))"
    r"|(?:over|at|during)\s+(?P<weekend>the\s+weekend))\b"
    r"|(?P<now>overnight|today|this\s+morning)\b)",
    re.IGNORECASE,
)
_HINT = mark((*DAYS, "week", "weekend", "month", "year", "day", "days", "yesterday", "overnight", "today", "morning"))
_SAID = re.compile(
    r"\b(?=[abcfimoprstuw])(?:(?:said|says|told|saying|announced?|announcing|reported|reports|wrote|writing|posted|posts?|confirmed|added"
    r"|stated|warned|claimed|acknowledged|statement|briefing|message|report|update|bulletin|reporters|telegram|facebook"
    r"|television|address|interview|appeal|conference|published|issued|released|updated)\b[^.;,]{0,24}?"
    r"(?:\s+(?:on|early|late|in\s+an?))*\s*|(?:since|until|before|after|by|from|than|of)\s+(?:late\s+|early\s+)?)$",
    re.IGNORECASE,
)
"""What stands before the name of a day on which somebody spoke, or that bounds a time."""
_MOST = re.compile(
    r"\b(?:most|largest|biggest|heaviest|deadliest|worst|highest|greatest|longest|strongest|first|second|third|fourth"
    r"|fifth|record|only|far|time|times)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
"""What makes of "this week" the measure of a superlative, or of a count."""
_MOST_REACH = 52
"""Characters in which such a word and what may follow it have room."""


class _When(NamedTuple):
    said: str | None
    """ISO 8601 as far as it is said; None for the time that the report is about."""
    start: int
    end: int


class Happened:
    """What a sentence says of when; of one that says nothing, what was said before it in its paragraph, or else the day
    that the report begins with. Nothing is looked for before somebody asks."""

    __slots__ = ("_heard", "_lead", "_published", "_said")

    def __init__(self, published: date) -> None:
        self._published = published
        self._heard: list[tuple[Sentence, Sequence[Dated]]] = []
        self._said: dict[int, list[_When]] = {}
        """What each sentence says, by its place; of those that were looked at."""
        self._lead: tuple[str | None] | None = None

    def heard(self, sentence: Sentence, moments: Sequence[Dated]) -> None:
        """Go on to this sentence, which names these dates."""
        self._heard.append((sentence, moments))

    def of(self, start: int, end: int) -> str | None:
        """Of the words from ``start`` to ``end`` of the last sentence: what is said next to them counts."""
        last = len(self._heard) - 1
        if here := self._of_sentence(last):
            return min(here, key=lambda one: max(one.start - end, start - one.end, 0)).said
        paragraph = self._heard[last][0].paragraph
        for number in range(last - 1, -1, -1):
            if self._heard[number][0].paragraph != paragraph:
                break
            if before := self._of_sentence(number):
                return before[-1].said
        if self._lead is None:
            self._lead = (self._day_that_it_begins_with(),)
        return self._lead[0]

    def _day_that_it_begins_with(self) -> str | None:
        first = self._heard[0][0].paragraph
        for number, (sentence, _) in enumerate(self._heard):
            if sentence.paragraph != first:
                break
            if said := self._of_sentence(number):
                # A week is no day on which all that follows happened.
                return said[0].said if said[0].said and len(said[0].said) == len("2024-11-13") else None
        return None

    def _of_sentence(self, number: int) -> list[_When]:
        found = self._said.get(number)
        if found is None:
            sentence, moments = self._heard[number]
            found = _named(sentence, self._published) if sentence.mark & _HINT else []
            found += [
                _When(_other(moment.day, self._published), moment.start, moment.end)
                for moment in moments
                if moment.day is not None and not _spoken(sentence, moment.start)
            ]
            self._said[number] = found
        return found


def _named(sentence: Sentence, published: date) -> list[_When]:
    found = []
    for match in _WHEN.finditer(sentence.text, sentence.begin, sentence.end):
        if match["now"]:
            found.append(_When(None, match.start(), match.end()))
        elif match["this"]:
            if not _MOST.search(sentence.text, max(sentence.begin, match.start() - _MOST_REACH), match.start()):
                found.append(_When(_span(published, match["unit"]), match.start(), match.end()))
        elif not _spoken(sentence, match.start()):
            found.append(_When(_told(match, published), match.start(), match.end()))
    return found


def _told(match: re.Match[str], published: date) -> str | None:
    if match["weekday"]:
        day = last_of_name(match["weekday"], published)
        # A night is called by the day on which it ends.
        return _other(day + timedelta(days=1 if match["late"] or match["night"] else 0), published)
    if match["before"] or match["n"]:
        return _other(published - timedelta(days=_N[match["n"].lower()] if match["n"] else 1), published)
    unit = (match["unit2"] or match["unit3"] or "week").lower()
    if unit == "week":
        return _span(published - timedelta(days=7), unit)
    return _span(published.replace(day=1) - timedelta(days=1), unit)


def _span(day: date, unit: str) -> str:
    """The week, month or year that a day is in."""
    if unit.lower() == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return day.isoformat()[: 7 if unit.lower() == "month" else 4]


def _other(day: date, published: date) -> str | None:
    return None if day >= published else day.isoformat()


def _spoken(sentence: Sentence, at: int) -> bool:
    """Whether somebody spoke then, or a time begins or ends there."""
    text, begin = sentence.text, max(sentence.begin, at - 48)
    begin = max(begin, text.rfind(",", begin, at), text.rfind(".", begin, at), text.rfind(";", begin, at))
    return _SAID.search(text, begin, at) is not None
