"""The ground as assessment sees it: the smallest zones as discs on a flat map, and any zone as a patch of them.

The map is an azimuthal equidistant projection about the middle of the country, in kilometres: within 700 km of it no
distance is wrong by more than 0.3 %. A disc has the area of its zone. That is coarse on purpose: what is assessed from
it is who has to take cover, and a warning that depended on a kilometre would be no warning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from tocsin.atlas import Atlas
from tocsin.model import ZoneId

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

EARTH_KM = 6371.0088
GRID_KM = 25.0
PLAIN_KM = 8.0
"""The radius of a zone whose area nobody has drawn."""


class Patch(NamedTuple):
    """An area somewhere on the map."""

    x: float
    y: float
    radius_km: float
    """Of a disc of the same area."""

    @property
    def sigma_km(self) -> float:
        """How far, along one axis, something that is somewhere in it is from its middle: the standard deviation."""
        return self.radius_km / 2.0

    def widened(self, sigma_km: float) -> Patch:
        """Known less exactly by so much, along either axis."""
        return self._replace(radius_km=math.hypot(self.radius_km, 2.0 * sigma_km))


class Ground:
    """Made once of an atlas, for all assessments over it."""

    def __init__(self, atlas: Atlas) -> None:
        self.hierarchy = atlas.hierarchy
        self.level_of = {zone.id: zone.level for zone in atlas.zones}
        middle = atlas.country.point
        if middle is None:
            points = [zone.point for zone in atlas.zones if zone.point]
            middle = (float(np.mean([p[0] for p in points])), float(np.mean([p[1] for p in points])))
        self.lon0, self.lat0 = middle
        leaves = [zone for zone in atlas.zones if not atlas.hierarchy.children(zone.id)]
        centres, areas = [], []
        for zone in leaves:
            polygon = atlas.polygon(zone.id)
            if polygon is None:
                centres.append(zone.point or middle)
                areas.append(math.pi * PLAIN_KM**2)
            else:
                at = shapely.centroid(polygon)
                centres.append((at.x, at.y))
                areas.append(polygon.area * _DEGREE_KM**2 * math.cos(math.radians(at.y)))
        self.zones: tuple[ZoneId, ...] = tuple(zone.id for zone in leaves)
        """The smallest zones; everything below is by their place here."""
        self.place: dict[ZoneId, int] = {zone: number for number, zone in enumerate(self.zones)}
        lonlat = np.array(centres, dtype=np.float64)
        self.x, self.y = self.flatten(lonlat[:, 0], lonlat[:, 1])
        self.area_km2: Floats = np.array(areas)
        self.radius_km: Floats = np.sqrt(self.area_km2 / math.pi)
        self.people: Floats = np.array([float(zone.population or 0) for zone in leaves])
        self._outside = self._grid_outside()
        self._patches: dict[ZoneId, Patch] = {}
        self._below: dict[ZoneId, Indices] = {}
        self.extent_km = float(np.max(np.hypot(self.x, self.y) + self.radius_km))

    def _grid_outside(self) -> Floats:
        """Points around the country, `GRID_KM` apart."""
        far = int(float(np.max(np.hypot(self.x, self.y) + self.radius_km)) / GRID_KM) + 3
        near_km = self.radius_km + GRID_KM / 2.0
        across = np.arange(-(w := int(float(near_km.max()) / GRID_KM) + 1), w + 1)
        east, north = np.meshgrid(across, across)
        # Of each zone only the points about it are looked at.
        column = np.rint(self.x / GRID_KM).astype(np.intp)[:, None] + east.ravel()
        row = np.rint(self.y / GRID_KM).astype(np.intp)[:, None] + north.ravel()
        away = np.hypot(column * GRID_KM - self.x[:, None], row * GRID_KM - self.y[:, None])
        inside = away <= near_km[:, None]
        outside = np.ones((2 * far + 1, 2 * far + 1), dtype=np.bool_)
        outside[row[inside] + far, column[inside] + far] = False
        row, column = np.nonzero(outside)
        return np.stack([(column - far) * GRID_KM, (row - far) * GRID_KM])

    def inland_km(self, x: float, y: float) -> float:
        """About how far inside of the country a place is; little or nothing at its edge and outside."""
        return float(np.min(np.hypot(self._outside[0] - x, self._outside[1] - y))) - GRID_KM / 2.0

    def flatten(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Degrees to kilometres on the map (Snyder, Map Projections, USGS 1395, section 25)."""
        lam = np.radians(np.asarray(lon, dtype=np.float64) - self.lon0)
        phi, phi0 = np.radians(np.asarray(lat, dtype=np.float64)), math.radians(self.lat0)
        cosine = math.sin(phi0) * np.sin(phi) + math.cos(phi0) * np.cos(phi) * np.cos(lam)
        angle = np.arccos(np.clip(cosine, -1.0, 1.0))
        scale = EARTH_KM * np.where(angle < 1e-9, 1.0, angle / np.maximum(np.sin(angle), 1e-12))
        x = scale * np.cos(phi) * np.sin(lam)
        y = scale * (math.cos(phi0) * np.sin(phi) - math.sin(phi0) * np.cos(phi) * np.cos(lam))
        return x, y

    def spread_many(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Kilometres on the map back to longitudes and latitudes."""
        rho, phi0 = np.maximum(np.hypot(x, y), 1e-9), math.radians(self.lat0)
        angle = rho / EARTH_KM
        sine = np.cos(angle) * math.sin(phi0) + y * np.sin(angle) * math.cos(phi0) / rho
        lam = np.arctan2(x * np.sin(angle), rho * math.cos(phi0) * np.cos(angle) - y * math.sin(phi0) * np.sin(angle))
        return self.lon0 + np.degrees(lam), np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))

    def spread(self, x: float, y: float) -> tuple[float, float]:
        """Kilometres on the map back to longitude and latitude."""
        lon, lat = self.spread_many(np.array([x]), np.array([y]))
        return float(lon[0]), float(lat[0])

    def bearing_on_map(self, course_deg: float, x: float, y: float) -> float:
        """A course over the ground at a place, as an angle from the map's north: meridians lean inward away from the
        middle."""
        lon, _ = self.spread(x, y)
        return course_deg - (lon - self.lon0) * math.sin(math.radians(self.lat0))

    def below(self, zone: ZoneId) -> Indices:
        """The smallest zones in a zone, itself where it is one; none of a zone that is not in the atlas."""
        found = self._below.get(zone)
        if found is None:
            if zone not in self.hierarchy:
                found = np.empty(0, dtype=np.intp)
            elif zone in self.place:
                found = np.array([self.place[zone]], dtype=np.intp)
            else:
                under = [self.place[one] for one in self.hierarchy.descendants(zone) if one in self.place]
                found = np.array(sorted(under), dtype=np.intp)
            self._below[zone] = found
        return found

    def all_below(self, zones: Iterable[ZoneId]) -> Indices:
        """The smallest zones in any of these, each once."""
        parts = [self.below(zone) for zone in zones]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)

    def patch(self, zone: ZoneId) -> Patch | None:
        """Where a zone of any level is; None where the atlas does not have it."""
        known = self._patches.get(zone)
        if known is None:
            here = self.below(zone)
            if not len(here):
                return None
            area = self.area_km2[here]
            whole = float(area.sum())
            x, y = float((self.x[here] * area).sum() / whole), float((self.y[here] * area).sum() / whole)
            known = self._patches[zone] = Patch(x, y, math.sqrt(whole / math.pi))
        return known

    def within(self, x: float, y: float, radius_km: float) -> Indices:
        """The smallest zones that a circle touches."""
        return np.flatnonzero(np.hypot(self.x - x, self.y - y) <= self.radius_km + radius_km)

    def ids(self, places: Sequence[int] | Indices) -> tuple[ZoneId, ...]:
        return tuple(self.zones[int(place)] for place in places)


_DEGREE_KM = math.pi * EARTH_KM / 180.0
