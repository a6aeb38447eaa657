"""Home Front Command: ``Alerts.json``, what is called out now, and ``AlertsHistory.json``, the last hour row by row.

Neither lists what stands: what is called out is gone after some seconds, so that what is missing means nothing, and an
empty body is the rule. An alert here ends by the feed's own word alone: a row of category 13, or a title that says that
the event is over. Numbers are not to be relied upon (10 is used for a warning ahead and for the end alike), so that the
title decides, and a title that nobody knows is an alert. Drills are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import msgspec

from tocsin.intake.following.readings import (
    Answer,
    Ask,
    Ended,
    Key,
    Odd,
    Places,
    Reading,
    Said,
    Unchanged,
    extent_of,
    modified,
    one_of,
    parsed,
)
from tocsin.model import Hazard, Level, Stage, Threat, ZoneId

NOW = "/warningMessages/alert/Alerts.json"
PAST = "/warningMessages/alert/History/AlertsHistory.json"
PAST_EVERY = 5
"""Every so many requests are for the rows of the last hour."""

BELIEVED = 2
"""So often an end has to be told, in answers that follow one another."""

PRESENT_S = 20.0
"""An answer that was made longer ago, by its Date header, is an old copy."""

HEADERS = {"Referer": "https://www.oref.org.il/", "X-Requested-With": "XMLHttpRequest"}
ISRAEL = ZoneInfo("Asia/Jerusalem")

ALL_COUNTRY = ("כל הארץ", "ברחבי הארץ")
TEST = "בדיקה"
STAY_NEAR = ("להישאר בקרבת", "לשהות בסמיכות")
OVER = ("האירוע הסתיים", "ניתן לצאת מהמרחב המוגן")
AHEAD = ("בדקות הקרובות צפויות להתקבל התרעות",)

UPDATE, FLASH = 13, 14
FIRST_DRILL = 15
LIVE_DRILLS = 100
MEMORIAL = (5, 6)

KINDS: Mapping[int, tuple[Hazard, Threat]] = {
    1: (Hazard.AIR_RAID, Threat.UNSPECIFIED_MISSILES),
    2: (Hazard.AIR_RAID, Threat.DRONES),
    3: (Hazard.CHEMICAL, Threat.UNKNOWN),
    9: (Hazard.NUCLEAR, Threat.UNKNOWN),
    12: (Hazard.CHEMICAL, Threat.UNKNOWN),
}
"""By the numbers of the rows. What is not here, such as an earthquake, is told as an air raid of an unknown kind."""

ROWS_OF_LIVE = {1: 1, 2: 1, 3: 7, 4: 9, 5: 11, 6: 2, 7: 12, 13: 10}
"""From the numbers of what is called out now to those of the rows."""


class _Live(msgspec.Struct, frozen=True):
    id: str
    title: str
    data: list[str]
    cat: str | int = "0"
    desc: str = ""


class _Row(msgspec.Struct, frozen=True):
    alertDate: str  # noqa: N815 - the feed's own name
    title: str
    data: str
    category: int


class _Memory(msgspec.Struct, frozen=True):
    asked: int = 0
    called: str | None = None
    """The id of what was called out last."""
    calls: int = 0
    """How often in a row."""
    called_at: datetime | None = None
    """When the answer was made that did."""
    met: frozenset[Ended] = frozenset()
    """The ends that the rows told of last: they are believed when they are told again."""
    at: datetime | None = None
    """When the answer was made that told of them."""
    rows: frozenset[_Row] = frozenset()
    """The rows of the good answer before: a row is news once."""
    fresh: frozenset[_Row] | None = None
    """Those of the last answer, as long as nobody has said that it was not good."""


class _Word(msgspec.Struct, frozen=True):
    """One thing said of some areas."""

    areas: tuple[str, ...]
    title: str
    category: int
    """By the numbers of the rows; 0 for one that has none."""
    at: datetime | None = None


class Oref:
    """The dialect."""

    expects: tuple[int, ...] = ()

    def __init__(self, places: Places) -> None:
        self._places = places

    def ask(self, memory: object) -> Ask:
        known = memory if isinstance(memory, _Memory) else _Memory()
        return Ask(path=PAST if known.asked % PAST_EVERY == 0 else NOW, headers=HEADERS)

    def hear(self, memory: object, ask: Ask, answer: Answer) -> tuple[object, Reading | Unchanged | Ask]:
        """Errors: `Odd`."""
        known = memory if isinstance(memory, _Memory) else _Memory()
        rows = known.rows if known.fresh is None else known.fresh
        known = msgspec.structs.replace(known, asked=known.asked + 1, rows=rows, fresh=None)
        if answer.status == 304:
            return known, Unchanged()
        marks = {f"{name} of {ask.path}": mark for name, mark in modified(answer.headers).items()}
        if (at := sent(answer.headers)) is not None:
            marks[f"Date of {ask.path}"] = at.timestamp()
        if ask.path == NOW:
            id, reading = read_now(answer.body, self._places, at)
            # An end is believed when it is called for the second time in a row, and never again after that.
            calls = 1
            if id is not None and id == known.called:
                calls = known.calls + (at is None or at != known.called_at)  # nor by the very same copy
            if calls != BELIEVED or calls == known.calls:
                reading = msgspec.structs.replace(reading, ended=())
            known = msgspec.structs.replace(known, called=id, calls=calls, called_at=at)
        else:
            rows, reading = read_past(answer.body, self._places, known.rows)
            ends = frozenset(reading.ended)
            later = {row for row in rows - known.rows if not ends.isdisjoint(self._ends(row) - known.met)}
            if at is not None and at == known.at:  # the very same copy says nothing a second time
                reading = msgspec.structs.replace(reading, ended=())
                known = msgspec.structs.replace(known, fresh=known.rows)
            else:
                reading = msgspec.structs.replace(reading, ended=tuple(ends & known.met))
                known = msgspec.structs.replace(known, fresh=rows - later, met=ends - known.met, at=at)
        return known, msgspec.structs.replace(reading, as_of=at, good_for_s=PRESENT_S, marks={**reading.marks, **marks})

    def _ends(self, row: _Row) -> frozenset[Ended]:
        return frozenset(
            _reading([_Word((row.data,), row.title, row.category, _local(row.alertDate))], self._places).ended
        )

    def again(self, memory: object) -> object:
        return memory

    def forget(self, memory: object) -> object:
        """Where one file cannot be had, the other is asked for all the same."""
        known = memory if isinstance(memory, _Memory) else _Memory()
        return msgspec.structs.replace(known, asked=known.asked + 1, fresh=None, met=frozenset(), called=None)


def sent(headers: Mapping[str, str]) -> datetime | None:
    """When the answer was made, by the feed's own clock."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def read_now(body: bytes, places: Places, at: datetime | None = None) -> tuple[str | None, Reading]:
    """What is called out, with its id. Errors: `Odd`."""
    text = plain(body)
    if not text.strip():
        return None, Reading()
    live: _Live = parsed(text.encode(), _Live)
    number = int(live.cat) if str(live.cat).isdigit() else 0
    if number > LIVE_DRILLS or not live.data:
        return live.id, Reading()
    reading = _reading([_Word(tuple(live.data), live.title, ROWS_OF_LIVE.get(number, 0), at)], places)
    marks = {"id": float(live.id)} if live.id.isdigit() else {}
    return live.id, msgspec.structs.replace(reading, marks=marks)


def read_past(body: bytes, places: Places, known: frozenset[_Row] = frozenset()) -> tuple[frozenset[_Row], Reading]:
    """The rows, newest first, and what those come to that are not ``known``. Errors: `Odd`."""
    text = plain(body)
    if not text.strip():
        return frozenset(), Reading()
    rows, words, not_fit, newest = set[_Row](), [], [], 0.0
    for raw in parsed(text.encode(), list[msgspec.Raw]):
        row: _Row | None = one_of(raw, _Row)
        at = _local(row.alertDate) if row is not None else None
        if row is None or at is None:
            not_fit.append(f"a row has another form than this feed's: {bytes(raw)[:80]!r}")
            continue
        rows.add(row)
        newest = max(newest, at.timestamp())
        if row not in known and row.category < FIRST_DRILL:
            words.append(_Word((row.data,), row.title, row.category, at))
    words.reverse()
    words.sort(key=lambda word: word.at or datetime.min.replace(tzinfo=UTC))
    marks = {"newest row": newest} if newest else {}
    return frozenset(rows), msgspec.structs.replace(_reading(words, places), not_fit=tuple(not_fit), marks=marks)


def plain(body: bytes) -> str:
    """The text without what the server puts around it. Errors: `Odd`."""
    try:
        wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = body.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError as error:
        raise Odd(f"the body is no text: {error}") from error
    return text.replace("\ufeff", "").replace("\0", "")


def _reading(words: Iterable[_Word], places: Places) -> Reading:
    """In time, so that an end takes back what was said before it and a later alert stands again."""
    said: dict[Key, Said] = {}
    ended: dict[tuple[ZoneId, str], Ended] = {}
    unknown: dict[str, None] = {}
    for word in words:
        if word.category in MEMORIAL:
            continue
        kind = _kind(word)
        if word.category == UPDATE and kind is not None and kind[0] is Stage.ALERT:
            continue  # a word on an event that this version does not know: no new alert, and certainly no end
        for area in word.areas:
            if TEST in area:
                continue
            place = _place(area, places)
            if place is None:
                unknown[area] = None
                continue
            zone, part = place
            ref = " ".join(area.split()) if part else zone
            if kind is None:
                everywhere = zone == places.root
                for key in [key for key in said if everywhere or (key.zone, key.ref) == (zone, ref)]:
                    del said[key]
                ended[zone, ref] = Ended(
                    zones=(zone,), ref=None if everywhere else ref, at=word.at, cause=word.title[:1000]
                )
                continue
            stage, hazard, threat = kind
            one = Said(
                zone=zone,
                ref=ref,
                hazard=hazard,
                threat=threat,
                stage=stage,
                level=Level.RED,
                extent=extent_of(part),
                since=word.at,
                cause=word.title[:1000] or None,
            )
            before = said.get(one.key)
            if before is None or stage is Stage.ALERT:
                said[one.key] = one
            ended.pop((zone, ref), None)
    return Reading(said=tuple(said.values()), ended=tuple(ended.values()), unknown=tuple(unknown))


def _kind(word: _Word) -> tuple[Stage, Hazard, Threat] | None:
    """What is said; None for the end."""
    title = " ".join(word.title.split())
    near = any(sign in title for sign in STAY_NEAR)
    if not near and any(sign in title for sign in OVER):
        return None
    hazard, threat = KINDS.get(word.category, (Hazard.AIR_RAID, Threat.UNKNOWN))
    if near or word.category == FLASH or any(sign in title for sign in AHEAD):
        return Stage.EARLY_WARNING, Hazard.AIR_RAID, Threat.UNKNOWN
    return Stage.ALERT, hazard, threat


def _place(area: str, places: Places) -> tuple[ZoneId, bool] | None:
    name = re.sub(r"\s+", " ", area).strip().strip("'׳’`")
    if name in ALL_COUNTRY:
        return places.root, False
    return places.by_name(name)


def _local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ISRAEL).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
