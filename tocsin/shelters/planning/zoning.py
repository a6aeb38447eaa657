"""In which part of the city a building stands: a zone of the atlas, an area of a file, and a square of the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from tocsin.errors import BadFile
from tocsin.limits import AREAS_OF_A_CITY, SHELTER_FILE_BYTES
from tocsin.shelters.beside import Plane
from tocsin.shelters.network import Floats

CELL_M = 250.0
"""How wide a square of the map is."""


class Part(NamedTuple):
    """A part of the city, with its names by language."""

    id: str
    names: Mapping[str, str]


class Zoning(NamedTuple):
    parts: Sequence[Part]
    of: NDArray[np.integer]
    """Of each building, which part; -1 where none."""


def by_areas(path: Path, name: str, lon: Floats, lat: Floats) -> Zoning:
    """The areas of a GeoJSON file, each called as its property ``name`` says. Where areas overlap the first counts.

    Errors: `BadFile`, naming the feature.
    """
    parts: list[Part] = []
    shapes: list[Any] = []
    for number, feature in enumerate(_features(path), 1):
        where = f"{path.name}, feature {number}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        said = properties.get(name) if isinstance(properties, dict) else None
        if not isinstance(said, str | int) or not str(said).strip():
            raise BadFile(f"{where} has no {name!r} that names it (--area-name)", file=path.name, feature=number)
        try:
            shape = shapely.from_geojson(msgspec.json.encode(feature.get("geometry")))
        except shapely.errors.GEOSException as error:
            raise BadFile(f"{where} has no geometry that can be read", file=path.name, feature=number) from error
        if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
            raise BadFile(f"{where} is no area: it needs a Polygon or a MultiPolygon", file=path.name, feature=number)
        parts.append(Part(str(said).strip(), {"": str(said).strip()}))
        shapes.append(shape if shape.is_valid else shapely.make_valid(shape))
    of = np.full(len(lon), -1, np.int32)
    area, building = shapely.STRtree(shapely.points(lon, lat)).query(np.array(shapes), predicate="intersects")
    np.maximum.at(of, building, -area.astype(np.int32) + len(parts))
    return Zoning(parts, np.where(of >= 0, len(parts) - of, -1))


def _features(path: Path) -> list[Any]:
    try:
        if path.stat().st_size > SHELTER_FILE_BYTES:
            raise BadFile(f"{path.name} is larger than {SHELTER_FILE_BYTES:,} bytes", file=path.name)
        whole = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise BadFile(f"{path.name} cannot be read: {error.strerror}", file=path.name) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFile(f"{path.name} is not JSON, or cut short: {error}", file=path.name) from error
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or not features:
        raise BadFile(f"{path.name} is no FeatureCollection of GeoJSON with an area in it", file=path.name)
    if len(features) > AREAS_OF_A_CITY:
        raise BadFile(f"{path.name} has more than {AREAS_OF_A_CITY:,} areas", file=path.name)
    return features


class Cells(NamedTuple):
    """Squares of the map with a building in them."""

    of: NDArray[np.integer]
    """Of each building, which square."""
    corners: NDArray[np.float64]
    """Shape (squares, 4): west, south, east, north, in degrees."""


def cells(plane: Plane, lon: Floats, lat: Floats) -> Cells:
    x, y = plane.xy(lon * 1e6, lat * 1e6)
    spots = np.stack([np.floor(x / CELL_M), np.floor(y / CELL_M)], axis=1)
    known, of = np.unique(spots, axis=0, return_inverse=True)
    west, south = known[:, 0] * CELL_M, known[:, 1] * CELL_M
    east, north = west + CELL_M, south + CELL_M
    degrees = [(side / plane.east + plane.lon0_e6) / 1e6 for side in (west, east)]
    others = [(side / plane.north + plane.lat0_e6) / 1e6 for side in (south, north)]
    return Cells(of.ravel(), np.stack([degrees[0], others[0], degrees[1], others[1]], axis=1))
