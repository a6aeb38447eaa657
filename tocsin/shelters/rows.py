"""From a row of a dataset to a shelter, or to why it is none. What a row does not say stays unknown."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tocsin.limits import NAME_CHARS, TEXT_CHARS
from tocsin.shelter import Entrance, Shelter
from tocsin.shelters.mapping import Flag, Mapping, said

MOST_PLACES = 1_000_000
WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


class Row(NamedTuple):
    """One row as it was read."""

    where: str
    """``line 7``, ``feature 7``, ``node 123``: how a person finds it."""
    said: AnyMapping[str, object]
    lon: float | None = None
    lat: float | None = None
    entrances: tuple[Entrance, ...] = ()
    fault: str | None = None
    """Why it cannot be read at all."""


class BadRow(NamedTuple):
    where: str
    reason: str


class ShelterFile(NamedTuple):
    """All that was read."""

    rows: int
    shelters: list[Shelter]
    bad: list[BadRow]
    left_out: int
    """Rows that the mapping says are no shelters."""
    where: dict[str, str]
    """Of each shelter its row."""


class Fault(Exception):
    """What is wrong with a row, for people."""


def shelters_of(rows: Iterable[Row], mapping: Mapping) -> ShelterFile:
    """Every row is a shelter, bad, or left out."""
    shelters: list[Shelter] = []
    bad: list[BadRow] = []
    where: dict[str, str] = {}
    count = left_out = 0
    for row in rows:
        count += 1
        try:
            if row.fault is not None:
                raise Fault(row.fault)
            if any(_text(said(row.said, column)) in values for column, values in mapping.leave_out.items()):
                left_out += 1
                continue
            shelter = _shelter(row, mapping)
            if shelter.id in where:
                raise Fault(f"its id {shelter.id} stands at {where[shelter.id]} already")
        except Fault as fault:
            bad.append(BadRow(row.where, str(fault)))
            continue
        where[shelter.id] = row.where
        shelters.append(shelter)
    return ShelterFile(count, shelters, bad, left_out, where)


def _shelter(row: Row, mapping: Mapping) -> Shelter:
    lon, lat = _place(row, mapping)
    name, address = _joined(row, mapping.name), _joined(row, mapping.address)
    fields = {
        "id": f"{mapping.dataset}:{_id(row, mapping, lon, lat, name or address)}",
        "lon": lon,
        "lat": lat,
        "entrances": row.entrances or _entrance(row, mapping),
        "kind": mapping.kind.values.get(_text(said(row.said, mapping.kind.column)), mapping.kind.otherwise),
        "name": name[:NAME_CHARS],
        "address": address[:NAME_CHARS],
        "capacity": _capacity(said(row.said, mapping.capacity), mapping),
        "public": _flag(row, mapping.public),
        "step_free": _flag(row, mapping.step_free),
        "pets": _flag(row, mapping.pets),
        "open": _flag(row, mapping.open),
        "as_of": _moment(said(row.said, mapping.as_of)),
        "hours": _text(said(row.said, mapping.hours))[:NAME_CHARS],
        "photo": _photo(said(row.said, mapping.photo)),
        "note": _joined(row, mapping.note)[:TEXT_CHARS],
    }
    try:
        return msgspec.convert(fields, Shelter)
    except msgspec.ValidationError as error:
        raise Fault(str(error)) from error


def _place(row: Row, mapping: Mapping) -> tuple[float, float]:
    lon = row.lon if row.lon is not None else _degrees(said(row.said, mapping.lon), mapping)
    lat = row.lat if row.lat is not None else _degrees(said(row.said, mapping.lat), mapping)
    if lon is None or lat is None:
        raise Fault("it has no place")
    _require_inside(lon, lat, mapping)
    return round(lon, 7), round(lat, 7)


def _require_inside(lon: float, lat: float, mapping: Mapping) -> None:
    west, south, east, north = mapping.bounds or (-180.0, -90.0, 180.0, 90.0)
    if west <= lon <= east and south <= lat <= north:
        if lon == 0 and lat == 0:
            raise Fault("its place is 0, 0, which is in the sea and mostly means that nobody knows it")
        return
    if west <= lat <= east and south <= lon <= north:
        raise Fault(f"its place {lat:g}, {lon:g} seems to have its coordinates swapped")
    raise Fault(f"its place {lat:g}, {lon:g} (latitude, longitude) lies outside of where this dataset is")


def _degrees(value: object, mapping: Mapping) -> float | None:
    if value is None:
        return None
    text = str(value).strip().replace(",", ".") if mapping.decimal_comma else str(value).strip()
    try:
        found = float(text)
    except ValueError as error:
        raise Fault(f"its place {text[:40]!r} is not in degrees") from error
    if not math.isfinite(found):
        raise Fault(f"its place {text[:40]!r} is not in degrees")
    return found


def _entrance(row: Row, mapping: Mapping) -> tuple[Entrance, ...]:
    if not mapping.entrance_lon or not mapping.entrance_lat:
        return ()
    lon = _degrees(said(row.said, mapping.entrance_lon), mapping)
    lat = _degrees(said(row.said, mapping.entrance_lat), mapping)
    if lon is None or lat is None:
        return ()
    _require_inside(lon, lat, mapping)
    return (Entrance(lon=round(lon, 7), lat=round(lat, 7)),)


def _id(row: Row, mapping: Mapping, lon: float, lat: float, called: str) -> str:
    parts = [_text(said(row.said, column)) for column in mapping.id]
    if mapping.id and all(parts):
        return "/".join(parts)[: NAME_CHARS - 70]
    return hashlib.sha256(f"{lon:.5f} {lat:.5f} {called}".encode()).hexdigest()[:16]


def _capacity(value: object, mapping: Mapping) -> int | None:
    """How many people; None where nobody says. Errors: `Fault` for what is no number of people."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "".join(str(value).split())  # thousands are set apart in many ways
    if not WHOLE.fullmatch(text):
        raise Fault(f"its capacity {str(value)[:40]!r} is not a whole number")
    number = int(text) if len(text) < 12 else MOST_PLACES + 1
    if number == 0 and mapping.zero_is_unknown:
        return None
    if number <= 0:
        raise Fault(f"its capacity is {number}; where it is not known, nothing must stand there")
    if number > MOST_PLACES:
        raise Fault(f"its capacity {text[:40]} is more than any shelter holds")
    return number


def _flag(row: Row, flag: Flag) -> bool | None:
    if not flag.column:
        return flag.otherwise
    word = _text(said(row.said, flag.column)).casefold()
    return _meaning(flag).get(word, flag.otherwise) if word else flag.otherwise


@lru_cache(maxsize=64)
def _meaning(flag: Flag) -> AnyMapping[str, bool]:
    """What each word means."""
    return {word.casefold(): False for word in flag.no} | {word.casefold(): True for word in flag.yes}


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    text = str(value).strip()
    if re.fullmatch(r"\d{13}", text):  # milliseconds, as ArcGIS counts
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = datetime.combine(date.fromisoformat(text[:10]), datetime.min.time())
        except ValueError as error:
            raise Fault(f"its date {text[:40]!r} cannot be read") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _photo(value: object) -> str:
    text = _text(value)
    return text if text.startswith(("https://", "http://")) and len(text) <= NAME_CHARS else ""


def _joined(row: Row, columns: Iterable[str]) -> str:
    texts = [text for column in columns if (text := _text(said(row.said, column)))]
    return texts[0] if len(texts) == 1 else ", ".join(dict.fromkeys(texts))


def _text(value: object) -> str:
    """As it stands there: numbers and yes or no in their plainest form."""
    if isinstance(value, str):
        return " ".join(value.split())
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
