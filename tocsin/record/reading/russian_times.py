"""When it was, as a Russian bulletin or a sentence of a paper says: this night, these hours, or before."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tocsin.record.reading.moments import Moments, moments

_NIGHT = re.compile(r"(?:минувш|прошедш|прошл|этой|сегодня)\w*\s+ноч|ночью|(?:в|за)\s+ночь", re.IGNORECASE)
EARLIER = re.compile(
    r"\W*(?:как\s+)?(?:ранее|до\s+этого|накануне|напомним|дн[её]м\s+ранее|кроме\s+того[^.]{0,40}\sнакануне)\b",
    re.IGNORECASE,
)
"""What was reported before."""
_BEFORE = re.compile(r"(?<=[.!?»\"\n])\s*(?:Ранее|До этого|Накануне|Напомним|Дн[её]м ранее)\b")
"""From there on a text tells of other times."""
_BEFORE_WORDS = ("Ранее", "До этого", "Накануне", "Напомним", "ранее")
_A_FEW_DAYS = timedelta(days=3)
TIMED = re.compile(r"ноч|\d[.:]\d\d", re.IGNORECASE)
OTHER_TIME = re.compile(r"\b(?:утром|дн[её]м|вечером|накануне|позже|позднее|ранее|сутк\w+)\b", re.IGNORECASE)


def when_of(text: str, published: date) -> Moments:
    """The night or the hours that the words tell of; what was reported before them says nothing of it."""
    before = _BEFORE.search(text) if any(map(text.__contains__, _BEFORE_WORDS)) else None
    words = text[: before.start()] if before else text
    when = moments(words, published)
    if when.since is None and _NIGHT.search(words):
        near = when.day is not None and abs(date.fromisoformat(when.day) - published) <= _A_FEW_DAYS
        day = when.day if near and when.day else published.isoformat()  # not one that is only spoken of
        return when._replace(day=day, since=(date.fromisoformat(day) - timedelta(days=1)).isoformat(), until=day)
    if when.since is not None and "T" not in when.since and when.until is None:
        return when._replace(until=when.day)  # "в ночь на 12 сентября"
    return when
