"""Of which day a sentence speaks, as far as it says so with a date, and whether that is long before the report."""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec

from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{_MONTH})\b\.?)(?:,? (?P<year>20\d\d))?"
    rf"|\bin (?:early |late |mid-)?(?P<month3>{_MONTH}),? (?P<year3>20\d\d)\b"
    r"|\b(?:in|of|during) (?P<year4>20\d\d)\b"
    r"|\b(?P<ago>last year|a year ago|two years ago|three years ago)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r",?\s+(?:when|in\s+which)\b[^,.;]*")
_HINT = mark({*_MONTHS, "year", "years"})

OLD_AFTER = timedelta(days=31)
"""What happened longer than this before a report is told for comparison, and not read."""

_ANOTHER_DAY = timedelta(days=2)
"""What happened longer before a report than this is not what its speakers speak of."""


class Dated(msgspec.Struct, gc=False):
    day: date | None
    """None where only a month or a year is named."""
    old: bool
    start: int
    end: int
    told_to: int = 0
    """Where the clause ends that tells of that day, if it only stands beside: "the anniversary of ..., when ..."."""


def dated(sentence: Sentence, published: date) -> list[Dated]:
    """The dates that a sentence names."""
    text, begin, stop = sentence.text, sentence.begin, sentence.end
    if not sentence.mark & _HINT and text.find("20", begin, stop) < 0:
        return []
    found = []
    for match in _DAY.finditer(text, begin, stop):
        before = text[max(begin, match.start() - 14) : match.start()].lower()
        if before.rstrip().endswith(
            (
                "since",
                "since the",
                "until",
                "invasion in",
                "invasion of",
                "war in",
                "annexed in",
                "between",
                "invaded in",
            )
        ):
            continue
        if match["year4"] and before.rstrip().endswith(("annexed", "seized", "occupied", "invaded", "captured")):
            continue  # "Crimea, which Moscow annexed in 2014"
        if moment := _moment(match, published):
            day, old = moment
            told_to = 0
            if old and "anniversary" in text[max(begin, match.start() - 60) : match.start()]:
                clause = _WHEN.match(text, match.end(), stop)
                old, told_to = False, clause.end() if clause else match.end()
            found.append(Dated(day, old, match.start(), match.end(), told_to))
    return found


def _moment(match: re.Match[str], published: date) -> tuple[date | None, bool] | None:
    if match["ago"]:
        return None, True
    if match["year4"]:
        year = int(match["year4"])
        return (None, True) if year < published.year else None
    if match["month3"]:
        year, month = int(match["year3"]), _MONTHS[match["month3"].lower()]
        last = date(year + month // 12, month % 12 + 1, 1)
        return None, last < published - OLD_AFTER
    month = _MONTHS[(match["month"] or match["month2"]).lower()]
    number = int(match["day"] or match["day2"])
    try:
        day = date(int(match["year"] or published.year), month, number)
    except ValueError:
        return None
    if not match["year"] and day - published > timedelta(days=180):
        day = day.replace(year=day.year - 1)
    return day, day < published - OLD_AFTER


def speaks_of_another_day(when: list[Dated], published: date) -> bool:
    """Whether a sentence tells of a day that its speakers were not asked about."""
    return any(not one.told_to and one.day is not None and published - one.day > _ANOTHER_DAY for one in when)


def told_beside(when: list[Dated]) -> list[tuple[int, int]]:
    """What a sentence tells of a former day only beside what it is about."""
    return [(one.start, one.told_to) for one in when if one.told_to]
