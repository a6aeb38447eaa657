"""Files of shelters, row by row: GeoJSON, CSV, or an OpenStreetMap extract."""

from __future__ import annotations

import csv
import gzip
import io
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


def _geojson(content: bytes, path: Path) -> Iterator[Row]:
    try:
        whole = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name} is not JSON, or cut short: {error}", file=path.name) from error
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        raise BadFile(f"{path.name} is JSON, but no FeatureCollection of GeoJSON", file=path.name)
    for number, feature in enumerate(features, 1):
        where = f"feature {number}"
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

    def collect(coordinates: object) -> None:
        if isinstance(coordinates, list):
            if len(coordinates) >= 2 and all(isinstance(x, int | float) for x in coordinates[:2]):
                spots.append((float(coordinates[0]), float(coordinates[1])))
            else:
                for below in coordinates:
                    collect(below)

    collect(geometry.get("coordinates"))
    if not spots:
        return None
    return sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots)


def _csv(content: bytes, path: Path, mapping: Mapping) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not in UTF-8: {error}", file=path.name) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
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
            if not any(cell.strip() for cell in cells):
                continue
            where = f"line {reader.line_num}"
            if len(cells) != len(header):
                yield Row(where, {}, fault=f"it has {len(cells)} cells where the header has {len(header)}")
            else:
                yield Row(where, dict(zip(header, cells, strict=True)))
    except csv.Error as error:
        yield Row(f"line {reader.line_num}", {}, fault=f"it cannot be read: {error}")
