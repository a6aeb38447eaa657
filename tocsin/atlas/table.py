"""Reads the tables of an atlas folder: ``zones.csv``, and ``aliases.csv`` where there is one.

Every fault is a BadAtlas that names the file and the line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from tocsin.atlas.manifest import ALIASES_FILE, ZONES_FILE, Manifest, read_bytes
from tocsin.errors import BadAtlas
from tocsin.limits import NAME_CHARS
from tocsin.model import Zone, ZoneId

PLAIN_COLUMNS = {"id", "level", "parent", "lon", "lat", "population", "shelter_s"}
ALIAS_COLUMNS = ("system", "value", "zone", "relation", "note")
NAME_SYSTEM = "name"
"""In ``aliases.csv``, the system of a further name, which is looked up as names are and not as a code."""

_ID = re.compile(rf"[A-Za-z0-9._-]{{1,{NAME_CHARS}}}")
"""An id stands in addresses, topics and file names, so it is kept to what is safe in all of them."""


class Relation(StrEnum):
    """How what an alias names relates to its zone."""

    SAME = "same"
    FORMER = "former"
    PART = "part"
    """It names a part of the zone only: who warns it this way warns wider."""


class Alias(msgspec.Struct, frozen=True):
    """One more id or name that points at a zone."""

    system: str
    value: str
    zone: ZoneId
    relation: Relation
    note: str


def read_zones(folder: Path, manifest: Manifest) -> tuple[Zone, ...]:
    """The zones in the order of the file. That they form a tree is checked elsewhere."""
    levels = {level.id for level in manifest.levels}
    zones: list[Zone] = []
    for line, row in _rows(folder, ZONES_FILE):
        if line == 1:
            _check_columns(row, manifest)
            continue
        where = f"{ZONES_FILE} line {line}"
        if not _ID.fullmatch(row["id"]):
            raise BadAtlas(f"{where}: {row['id']!r} cannot be an id (letters, digits, '.', '_', '-')", line=line)
        if row["level"] not in levels:
            raise BadAtlas(f"{where}: level {row['level']!r} is not in atlas.json", line=line)
        names = {key[5:]: value for key, value in row.items() if value and key.startswith("name:")}
        if not names:
            raise BadAtlas(f"{where}: {row['id']} has no name", line=line)
        try:
            zones.append(
                Zone(
                    id=ZoneId(row["id"]),
                    level=row["level"],
                    parent=ZoneId(row["parent"]) if row["parent"] else None,
                    names=names,
                    codes={key[5:]: value for key, value in row.items() if value and key.startswith("code:")},
                    point=_point(row.get("lon", ""), row.get("lat", "")),
                    population=_count(row.get("population", "")),
                    shelter_s=_count(row.get("shelter_s", "")),
                )
            )
        except ValueError as error:
            raise BadAtlas(f"{where}: {error}", line=line) from error
    return tuple(zones)


def read_aliases(folder: Path, manifest: Manifest) -> tuple[Alias, ...]:
    """The aliases; an atlas need not have any. That their zones exist is checked elsewhere."""
    if not (folder / ALIASES_FILE).exists():
        return ()
    aliases: list[Alias] = []
    for line, row in _rows(folder, ALIASES_FILE):
        if line == 1:
            if tuple(row) != ALIAS_COLUMNS:
                raise BadAtlas(f"{ALIASES_FILE}: the columns must be {','.join(ALIAS_COLUMNS)}", line=line)
            continue
        where = f"{ALIASES_FILE} line {line}"
        if row["system"] != NAME_SYSTEM and row["system"] not in manifest.code_systems:
            raise BadAtlas(f"{where}: code system {row['system']!r} is not in atlas.json", line=line)
        if not row["value"]:
            raise BadAtlas(f"{where}: the value is empty", line=line)
        try:
            relation = Relation(row["relation"])
        except ValueError as error:
            raise BadAtlas(f"{where}: {error}", line=line) from error
        aliases.append(Alias(row["system"], row["value"], ZoneId(row["zone"]), relation, row["note"]))
    return tuple(aliases)


def _rows(folder: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row; the first is the header, each column mapped to itself."""
    try:
        text = read_bytes(folder, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAtlas(f"{name} is not UTF-8: {error.reason}", file=name) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] | None = None
    try:
        for row in reader:
            if columns is None:
                columns = row
                if len(set(columns)) != len(columns):
                    raise BadAtlas(f"{name}: a column is listed twice", file=name)
            elif not row:
                continue
            elif len(row) != len(columns):
                raise BadAtlas(f"{name} line {reader.line_num}: {len(row)} fields, not {len(columns)}", file=name)
            yield reader.line_num, dict(zip(columns, row, strict=True))
    except csv.Error as error:
        raise BadAtlas(f"{name} line {reader.line_num}: {error}", file=name) from error
    if columns is None:
        raise BadAtlas(f"{name} is empty", file=name)


def _check_columns(columns: dict[str, str], manifest: Manifest) -> None:
    for needed in ("id", "level", "parent"):
        if needed not in columns:
            raise BadAtlas(f"{ZONES_FILE}: the column {needed} is missing", file=ZONES_FILE)
    for column in columns:
        if column.startswith("code:") and column[5:] not in manifest.code_systems:
            raise BadAtlas(f"{ZONES_FILE}: code system {column[5:]!r} is not in atlas.json", file=ZONES_FILE)
        if column not in PLAIN_COLUMNS and not re.fullmatch(r"(name|code):.+", column):
            raise BadAtlas(f"{ZONES_FILE}: the column {column!r} is not known", file=ZONES_FILE)


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    if not lon and not lat:
        return None
    point = (float(lon), float(lat))
    if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        raise ValueError(f"{point} is not a longitude and a latitude")
    return point


def _count(text: str) -> int | None:
    if not text:
        return None
    count = int(text)
    if count < 0:
        raise ValueError(f"{count} is below zero")
    return count
