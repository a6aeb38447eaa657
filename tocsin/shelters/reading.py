"""Files of shelters, row by row: GeoJSON, CSV, or an OpenStreetMap extract."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tocsin.errors import BadFile
from tocsin.limits import SHELTER_FILE_BYTES, SHELTERS
from tocsin.shelters.mapping import Mapping
from tocsin.shelters.rows import Row, ShelterFile, shelters_of

EXTRACTS = (".osm.pbf", ".osm", ".osm.gz", ".osm.bz2", ".pbf")


def read_shelters(path: Path, mapping: Mapping) -> ShelterFile:
    """Errors: `BadFile` where the file as a whole cannot be read, and names no row."""
    if path.name.endswith(EXTRACTS):
        from tocsin.shelters.osm import osm_rows

        rows: Iterator[Row] = iter(osm_rows(path))
    else:
        content = _content(path)
        geojson = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        rows = _geojson(content, path) if geojson else _csv(content, path, mapping)
    return shelters_of(_limited(rows, path), mapping)


def _limited(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number >= SHELTERS:
            raise BadFile(f"{path.name} has more than {SHELTERS:,} rows", file=path.name)
        yield row


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(SHELTER_FILE_BYTES + 1)
        if content[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(SHELTER_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path.name} cannot be read: {error}", file=path.name) from error
    if len(content) > SHELTER_FILE_BYTES:
        raise BadFile(f"{path.name} is over {SHELTER_FILE_BYTES:,} bytes", file=path.name)
    return content


class _Collection(msgspec.Struct):
    features: list[msgspec.Raw]
    """Read one by one, so that no more than one of them is taken apart at a time."""


def _geojson(content: bytes, path: Path) -> Iterator[Row]:
    try:
        features = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_Collection).features
    except msgspec.ValidationError as error:
        raise BadFile(f"{path.name} is JSON, but no FeatureCollection of GeoJSON", file=path.name) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFile(f"{path.name} is not JSON, or cut short: {error}", file=path.name) from error
    for number, raw in enumerate(features, 1):
        where = f"feature {number}"
        try:
            feature = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Row(where, {}, fault=f"it cannot be read: {error}")
            continue
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            yield Row(where, {}, fault="it is no feature")
            continue
        properties = {**(feature.get("properties") or {}), "@id": feature.get("id")}
        point = _point(feature.get("geometry"))
        yield Row(where, properties) if point is None else Row(where, properties, *point)


def _point(geometry: object) -> tuple[float, float] | None:
    """A point, or the middle of what is drawn: longitude, latitude."""
    if not isinstance(geometry, dict):
        return None
    spots: list[tuple[float, float]] = []
    left = [geometry.get("coordinates")]
    while left:
        here = left.pop()
        if not isinstance(here, list):
            continue
        if len(here) >= 2 and all(isinstance(x, int | float) for x in here[:2]):
            spots.append((_number(here[0]), _number(here[1])))
        else:
            left += here
    if not spots:
        return None
    return math.fsum(x for x, _ in spots) / len(spots), math.fsum(y for _, y in spots) / len(spots)


def _number(said: float) -> float:
    """As a float; what is too large for one is no place either way."""
    return float(max(-1e15, min(1e15, said)))


def _csv(content: bytes, path: Path, mapping: Mapping) -> Iterator[Row]:
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=mapping.delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        known = set(header)
        if not ({mapping.lon, mapping.lat} <= known):
            raise BadFile(
                f"{path.name} has no columns {mapping.lon or '?'} and {mapping.lat or '?'} for the place",
                file=path.name,
                columns=header[:50],
            )
        for cells in reader:
            if not "".join(cells).strip():
                continue
            where = f"line {reader.line_num}"
            if len(cells) != len(header):
                yield Row(where, {}, fault=f"it has {len(cells)} cells where the header has {len(header)}")
            else:
                yield Row(where, dict(zip(header, cells, strict=True)))
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not in UTF-8: {error}", file=path.name) from error
    except csv.Error as error:
        yield Row(f"line {reader.line_num}", {}, fault=f"it cannot be read: {error}")
