"""Reads polygons from TopoJSON or GeoJSON: (property value, MultiPolygon) for every feature of a file.

Coordinates are longitude and latitude in degrees (WGS 84), as RFC 7946 has them for GeoJSON. TopoJSON is read after its
format specification 1.0: arcs are delta-encoded where the topology is quantised (section 2.1.2), and ``~i`` is arc i
backwards (section 2.1.4). All rings of a file become geometries in a few calls, since one call per ring takes seconds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from tocsin.errors import BadAtlas

Floats = npt.NDArray[np.float64]


WRONG_SHAPE = (ValueError, TypeError, IndexError, RecursionError)
"""What nested lists of another shape than expected end in; to check each before use would cost more than the load."""


class Shapes(NamedTuple):
    """The features of one file that have an area."""

    keys: list[str]
    """What each feature's property says."""
    polygons: npt.NDArray[np.object_]
    """A shapely MultiPolygon for each."""


class _Transform(msgspec.Struct):
    scale: tuple[float, float]
    translate: tuple[float, float]


class _Kind(msgspec.Struct):
    type: str


class _Geometry(msgspec.Struct):
    type: str | None
    arcs: list[Any] = []
    properties: dict[str, Any] = {}
    geometries: list[_Geometry] = []


class _Topology(msgspec.Struct):
    arcs: list[list[tuple[float, float]]]
    objects: dict[str, _Geometry]
    transform: _Transform | None = None


class _Position(msgspec.Struct):
    type: str
    coordinates: list[Any] = []


class _Feature(msgspec.Struct):
    geometry: _Position | None
    properties: dict[str, Any] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]


def read_shapes(raw: bytes, file: str, key: str) -> Shapes:
    """``key`` is the property that names the zone. Anything that is not polygons with that property is a BadAtlas."""
    try:
        kind = msgspec.json.decode(raw, type=_Kind).type
        if kind == "Topology":
            return _from_topology(msgspec.json.decode(raw, type=_Topology), key)
        if kind == "FeatureCollection":
            return _from_collection(msgspec.json.decode(raw, type=_Collection), key)
        raise BadAtlas(f"a {kind!r} is neither a Topology nor a FeatureCollection")
    except (BadAtlas, msgspec.MsgspecError, shapely.GEOSException, *WRONG_SHAPE) as error:
        raise BadAtlas(f"{file}: {error}", file=file) from error


class _Rings:
    """Gathers rings and says to which polygon of which feature each belongs."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._rings: list[Floats] = []
        self._polygon_of_ring: list[int] = []
        self._feature_of_polygon: list[int] = []

    def feature(self, properties: dict[str, Any] | None, key: str) -> None:
        value = (properties or {}).get(key)
        if value is None:
            raise BadAtlas(f"feature {len(self.keys) + 1} has no property {key!r}")
        self.keys.append(str(value))

    def polygon(self, rings: list[Floats]) -> None:
        """The outer ring first, then the holes."""
        if not rings:
            raise BadAtlas(f"a polygon of {self.keys[-1]} has no ring")
        self._polygon_of_ring.extend([len(self._feature_of_polygon)] * len(rings))
        self._feature_of_polygon.append(len(self.keys) - 1)
        self._rings.extend(rings)

    def shapes(self) -> Shapes:
        if not self.keys:
            return Shapes([], np.empty(0, dtype=object))
        coords = np.concatenate(self._rings)
        # NaN fails this comparison too.
        if not (np.abs(coords) <= (180, 90)).all():
            raise BadAtlas("a coordinate is not a longitude and a latitude")
        of_point = np.repeat(np.arange(len(self._rings)), [len(ring) for ring in self._rings])
        rings = shapely.linearrings(coords, indices=of_point)
        polygons = shapely.polygons(rings, indices=np.array(self._polygon_of_ring))
        return Shapes(self.keys, shapely.multipolygons(polygons, indices=np.array(self._feature_of_polygon)))


def _from_topology(topology: _Topology, key: str) -> Shapes:
    arcs = _decode_arcs(topology)
    rings = _Rings()
    for top in topology.objects.values():
        for geometry in top.geometries if top.type == "GeometryCollection" else [top]:
            rings.feature(geometry.properties, key)
            for polygon in _parts(geometry.type, geometry.arcs):
                rings.polygon([_stitch(ring, arcs) for ring in polygon])
    return rings.shapes()


def _from_collection(collection: _Collection, key: str) -> Shapes:
    rings = _Rings()
    for feature in collection.features:
        rings.feature(feature.properties, key)
        shape = feature.geometry
        for polygon in _parts(shape.type if shape else None, shape.coordinates if shape else []):
            # A position may carry a height as a third number; RFC 7946, section 3.1.1.
            rings.polygon([np.array([position[:2] for position in ring], dtype=np.float64) for ring in polygon])
    return rings.shapes()


def _parts(kind: str | None, nested: list[Any]) -> list[Any]:
    """The polygons of a polygon or of many, as lists of rings."""
    if kind == "Polygon":
        return [nested]
    if kind == "MultiPolygon" and nested:
        return nested
    raise BadAtlas(f"a zone must be a Polygon or a MultiPolygon, not {kind}")


def _decode_arcs(topology: _Topology) -> list[Floats]:
    """Every arc as absolute positions; they are decoded together and then cut apart."""
    if not topology.arcs:
        return []
    lengths = np.array([len(arc) for arc in topology.arcs])
    ends = np.cumsum(lengths)
    flat = np.array([position for arc in topology.arcs for position in arc], dtype=np.float64).reshape(-1, 2)
    if topology.transform is not None:
        # Sums that grow past all bounds are refused later, as no longitude and latitude.
        with np.errstate(over="ignore", invalid="ignore"):
            running = np.cumsum(flat, axis=0)
            # What had been summed before an arc began is no part of it.
            before = np.vstack([np.zeros((1, 2)), running])[ends - lengths]
            steps = running - np.repeat(before, lengths, axis=0)
            flat = steps * topology.transform.scale + topology.transform.translate
    return np.split(flat, ends[:-1])


def _stitch(ring: list[int], arcs: list[Floats]) -> Floats:
    """Joins arcs end to end; each begins where the one before it ended, so that position is taken once."""
    parts = [arcs[index] if index >= 0 else arcs[~index][::-1] for index in ring]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
