"""When: the night a bulletin is about, since when it counts, and the moment of which it speaks.

Times are as the bulletin writes them, local to whoever wrote it; 24.00 is midnight at the end of that day. A year that
is not written is the one nearest to the day of publication.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from tocsin.facts import Check

# ruff: noqa: E501 - a pattern is easier to read on its line

_STEMS = {
    "січ": 1, "лют": 2, "бер": 3, "кві": 4, "тра": 5, "чер": 6, "лип": 7, "сер": 8, "вер": 9, "жов": 10, "лис": 11, "гру": 12,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11, "дек": 12,
}  # fmt: skip
MONTHS = (
    *("січня", "лютого", "березня", "квітня", "травня", "червня"),
    *("липня", "серпня", "вересня", "жовтня", "листопада", "грудня"),
)
MONTH = (
    rf"(?:{'|'.join(MONTHS)}"
    r"|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)"
)
_DAY = rf"(?P<day>\d{{1,2}})(?:-?го)?\s+(?P<month>{MONTH})(?:\s+(?P<year>20\d\d))?"
_CLOCK = r"(?P<hour>\d{1,2})\s?[.:]\s?(?P<minute>\d\d)"
_ANY_CLOCK = re.compile(r"\d{1,2}\s?[.:]\s?\d\d")
_SHORT_WORD = 6
"""Characters: "від" and its like, with room to spare."""
_A_MONTH = timedelta(days=31)
_A_FEW_DAYS = timedelta(days=3)
_WRITTEN = re.compile(_DAY, re.IGNORECASE)
_NIGHT = re.compile(
    rf"(?:у|в)\s+ніч\s+(?:на|проти)\s+(?:\w+,?\s+)?{_DAY}|(?:в\s+)?ноч[ьи]\s+на\s+{_DAY.replace('?P<day>', '?P<d2>').replace('?P<month>', '?P<m2>').replace('?P<year>', '?P<y2>')}",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"(?:\b(?:з|із|зі|с|от|від)|\()\s*{_CLOCK}(?:\s*(?:год\w*\.?|мск|\(?мск\)?))?(?:\s+{_DAY})?", re.IGNORECASE
)
_UNTIL = re.compile(rf"\b(?:по|до)\s+{_CLOCK}(?:\s*(?:год\w*\.?|мск))?(?:\s+{_DAY})?", re.IGNORECASE)
_AS_OF = re.compile(
    rf"(?:{_DAY.replace('?P<day>', '?P<d0>').replace('?P<month>', '?P<m0>').replace('?P<year>', '?P<y0>')}\s*,?\s*)?станом\s+(?:на\s+)?(?:{_DAY.replace('?P<day>', '?P<d2>').replace('?P<month>', '?P<m2>').replace('?P<year>', '?P<y2>')}\s*,?\s*)?(?:на\s+)?{_CLOCK}(?:\s*(?:год\w*\.?))?(?:\s*,?\s*{_DAY})?",
    re.IGNORECASE,
)
_DIGITAL = re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?:\.(?P<year>(?:20)?\d\d))?\b")


class Moments(NamedTuple):
    day: str | None = None
    """The day, or the day on which the night ends, ISO 8601."""
    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    checks: tuple[Check, ...] = ()


def _before(text: str, at: int) -> int:
    """Where a short word may begin that stands before the one at ``at``: what is looked for begins no sooner."""
    return max(0, len(text[:at].rstrip()) - _SHORT_WORD)


def moments(text: str, published: date) -> Moments:
    """What a bulletin says of when, and what of it does not fit together."""
    checks: list[Check] = []
    low = text.lower()
    dark = min((at for at in (low.find("ніч"), low.find("ноч")) if at >= 0), default=-1)
    night = _NIGHT.search(text, _before(text, dark)) if dark >= 0 else None
    day = _date(night, published) if night else None
    stands = low.find("станом")
    as_of_found = _AS_OF.search(text, max(0, stands - 30)) if stands >= 0 else None
    first = _WRITTEN.search(text)
    if day is None and as_of_found is not None and _dated(as_of_found):
        day = _date(as_of_found, published)
    if day is None and first is not None:
        day = _date(first, published)
    since_found, until_found, since, until = None, None, None, None
    if clock := _ANY_CLOCK.search(text):
        begin = _before(text, clock.start())
        since_found, until_found = _SINCE.search(text, begin), _UNTIL.search(text, begin)
    if (
        since_found is not None
        and as_of_found is not None
        and as_of_found.start() <= since_found.start() < as_of_found.end()
    ):
        since_found = None
    base = day or published
    if since_found is not None:
        since_day = _date(since_found, published) if since_found["day"] else None
        if since_day is None and until_found is not None and until_found["day"]:
            since_day = _date(until_found, published)
        said_day = since_day is not None
        hour = int(since_found["hour"])
        since_day = since_day or (base - timedelta(days=1) if night and hour >= 12 else base)
        since = _at(since_day, since_found)
        if night and day and said_day and since_day not in (day, day - timedelta(days=1)):
            checks.append(_odd(since_found[0], f"the night is that of {day.isoformat()}"))
        elif night and day and said_day and since_day == day and hour >= 12:
            checks.append(_odd(since_found[0], f"the night ends on {day.isoformat()}"))
        if until_found is not None and 0 <= until_found.start() - since_found.end() < 12:
            until_day = _date(until_found, published) if until_found["day"] else None
            until_day = until_day or (since_day if int(until_found["hour"]) >= hour else since_day + timedelta(days=1))
            until = _at(until_day, until_found)
    as_of = None
    if as_of_found is not None:
        said = _date(as_of_found, published) if _dated(as_of_found) else None
        as_of = _at(said or base, as_of_found)
        if said and day and said not in (day, day + timedelta(days=1)) and night:
            checks.append(_odd(as_of_found[0], f"the night is that of {day.isoformat()}"))
        if since and as_of and as_of < since:
            checks.append(_odd(as_of_found[0], f"it is before the beginning, {since}"))
    if day is not None and day > published + timedelta(days=1):
        checks.append(
            Check(rule="date", words=f"published {published.isoformat()}, but it tells of {day.isoformat()}", facts=())
        )
    elif night and day is not None and (published - day).days > 3:
        checks.append(
            Check(
                rule="date",
                words=f"published {published.isoformat()}, {(published - day).days} days after {day.isoformat()}",
                facts=(),
            )
        )
    if since is None and night and day:
        since = (day - timedelta(days=1)).isoformat()
    return Moments(day.isoformat() if day else None, since, until, as_of, tuple(checks))


def digital(text: str, published: date) -> Moments:
    """The same of an infographic, which writes 27.03.2023 (21.40-23.50)."""
    whole = moments(text, published)
    days = [d for m in _DIGITAL.finditer(text) if m["year"] and (d := _date(m, published))]
    times = [
        (int(h), int(m))
        for h, m in re.findall(r"(?<![\d.])(\d{1,2})[.:](\d\d)(?![\d.])", text)
        if int(h) <= 24 and int(m) < 60
    ]
    if not days:
        pair = re.search(r"(\d{1,2})\.(\d{1,2})\.?\s*-\s*(\d{1,2})\.(\d{1,2})", text)
        days = (
            [
                d
                for d in (
                    _day(int(pair[1]), int(pair[2]), None, published),
                    _day(int(pair[3]), int(pair[4]), None, published),
                )
                if d
            ]
            if pair
            else []
        )
        times = [t for t in times if not pair or pair[0].find(f"{t[0]:02d}.{t[1]:02d}") < 0]
    if not days:
        return whole
    since, until = None, None
    if len(times) >= 2:
        since = _clock(days[0], *times[0])
        end = days[-1] if len(days) > 1 or times[1] >= times[0] else days[0] + timedelta(days=1)
        until = _clock(end, *times[1])
    as_of = _clock(days[-1], *times[-1]) if times and until is None else until
    checks: tuple[Check, ...] = ()
    if abs((days[-1] - published).days) > 3:
        checks = (
            Check(
                rule="date",
                words=f"published {published.isoformat()}, but it tells of {days[-1].isoformat()}",
                facts=(),
            ),
        )
    return Moments(days[-1].isoformat(), since, until, as_of, checks)


def of_long_ago(words: str, published: date) -> bool:
    """Whether a sentence names a day, with its year, that was more than a month before: an anniversary, a comparison."""
    if "20" not in words:
        return False
    days = [_date(found, published) for found in _WRITTEN.finditer(words) if found["year"]]
    return bool(days) and all(day is not None and published - day > _A_MONTH for day in days)


def begins_on_another_day(words: str, night: date) -> bool:
    """Whether a sentence opens with a day that is more than three days away: "31 липня повідомляли про п'ять"."""
    found = _WRITTEN.match(words)
    day = _date(found, night) if found else None
    return day is not None and abs(night - day) > _A_FEW_DAYS


def _dated(found: re.Match[str]) -> bool:
    return bool(found["day"] or found["d2"] or found["d0"])


def _odd(words: str, why: str) -> Check:
    return Check(rule="date", words=f"“{words.strip(' (')}”, but {why}", facts=())


def _date(found: re.Match[str], published: date) -> date | None:
    group = found.groupdict()
    day, month, year = (
        next((v for n in names if (v := group.get(n))), None)
        for names in (("day", "d2", "d0"), ("month", "m2", "m0"), ("year", "y2", "y0"))
    )
    if day is None or month is None:
        return None
    number = int(month) if month.isdigit() else _STEMS[month.lower()[:3]]
    return _day(int(day), number, (2000 + int(year) % 100) if year else None, published)


def _day(day: int, month: int, year: int | None, published: date) -> date | None:
    years = (year,) if year else (published.year, published.year - 1, published.year + 1)
    near: list[date] = []
    for one in years:
        try:
            near.append(date(one, month, day))
        except ValueError:
            continue
    return min(near, key=lambda d: abs((d - published).days)) if near else None


def _at(day: date, found: re.Match[str]) -> str | None:
    return _clock(day, int(found["hour"]), int(found["minute"]))


def _clock(day: date, hour: int, minute: int) -> str | None:
    if hour == 24 and minute == 0:
        day, hour = day + timedelta(days=1), 0
    return f"{day.isoformat()}T{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
