"""The moment of which a sentence says that it speaks: "as of 9 a.m.", "by midday on Thursday"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tocsin.record.reading.wire.dates import dated
from tocsin.record.reading.wire.tokens import Sentence
from tocsin.record.reading.wire.words import mark

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AS_OF = re.compile(
    r"\b(?:as of|as at|by)\s+(?:about\s+|around\s+|early\s+|late\s+)?"
    r"(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>[ap]\.?\s?m\b\.?)"
    r"|(?P<hour24>[01]?\d|2[0-4])[:.](?P<minute24>[0-5]\d)\b|(?P<named>noon|midday|midnight)"
    rf"|(?=(?:{'|'.join(DAYS)})\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))"
    r"(?P<zone>\s*\(?(?:gmt|utc|[\d.:]+\s*gmt)\)?)?"
    rf"(?:[\s,]*(?:local\s+time)?[\s,]*(?:on\s+)?(?P<weekday>{'|'.join(DAYS)})\b)?",
    re.IGNORECASE,
)
_BY = mark(("as", "by"))


def as_of(sentence: Sentence, published: date) -> str | None:
    """ISO 8601 as far as it is said, local as it is written; of a time in another zone only the day."""
    if not sentence.mark & _BY:
        return None
    for found in _AS_OF.finditer(sentence.text, sentence.begin, sentence.end):
        only_day = not (found["hour"] or found["hour24"] or found["named"])
        if only_day and not found[0].lower().startswith("as"):
            continue
        day = last_of_name(found["weekday"], published) if found["weekday"] else None
        if only_day and day is None:
            near = [one.day for one in dated(sentence, published) if one.day and one.start <= found.end() + 1]
            day = near[-1] if near else None
            if day is None:
                continue
        elif day is None:
            day = published
        clock = _clock(found)
        if clock is None or found["zone"]:
            return day.isoformat()
        hour, minute = clock
        if hour == 24:
            day, hour = day + timedelta(days=1), 0
        return f"{day.isoformat()}T{hour:02d}:{minute:02d}"
    return None


def last_of_name(weekday: str, published: date) -> date:
    """The last day of that name, the day of publication included."""
    return published - timedelta(days=(published.weekday() - DAYS.index(weekday.lower())) % 7)


def _clock(found: re.Match[str]) -> tuple[int, int] | None:
    if found["named"]:
        return (24, 0) if found["named"].lower() == "midnight" else (12, 0)
    if found["hour24"]:
        return int(found["hour24"]), int(found["minute24"])
    if not found["hour"]:
        return None
    hour = int(found["hour"])
    if not 1 <= hour <= 12:
        return None
    return hour % 12 + 12 * (found["half"][0] in "pP"), int(found["minute"] or 0)
