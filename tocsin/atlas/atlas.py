"""The zones of one country: what lies in what, what each is called, and which one a point is in.

An Atlas never changes once it is loaded, and may be used from several threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely

from tocsin.atlas.locate import NOWHERE, Indices, PointIndex
from tocsin.atlas.manifest import CodeSystem, Manifest, Source
from tocsin.atlas.names import NameIndex
from tocsin.atlas.resolve import Resolver
from tocsin.atlas.table import NAME_SYSTEM, Alias, Relation
from tocsin.errors import BadRequest, UnknownZone
from tocsin.model import Hierarchy, Zone, ZoneId


class Atlas:
    """Made by ``load_atlas``, which has checked all that it is given here."""

    def __init__(
        self,
        *,
        folder: Path,
        manifest: Manifest,
        zones: tuple[Zone, ...],
        aliases: tuple[Alias, ...],
        hierarchy: Hierarchy,
        codes: Mapping[tuple[str, str], ZoneId],
        polygons: Mapping[ZoneId, shapely.MultiPolygon],
    ) -> None:
        self.zones = zones
        """Every zone, in the order of the folder's table."""
        self.hierarchy = hierarchy
        self.levels = tuple(level.id for level in manifest.levels)
        """From the root downward."""
        self.level_names: dict[str, dict[str, str]] = {level.id: level.names for level in manifest.levels}
        self.code_systems: dict[str, CodeSystem] = manifest.code_systems
        self.aliases = aliases
        self.attribution = manifest.attribution
        self.time_zone = ZoneInfo(manifest.time_zone)
        """What a map of these zones must show."""
        self.sources: tuple[Source, ...] = manifest.sources
        self.map_files = {use: (folder / name).resolve() for use, name in manifest.map.items()}
        """Files for drawing, by what they are for."""
        self.shape_files = tuple((folder / entry.file, entry) for entry in manifest.polygons)
        """Where the polygons came from, and how each file names its zones."""
        self._index = {zone.id: number for number, zone in enumerate(zones)}
        self._by_level: dict[str, tuple[Zone, ...]] = {
            level: tuple(zone for zone in zones if zone.level == level) for level in self.levels
        }
        self.country = zones[self._index[ZoneId(manifest.id)]]
        """The root zone."""
        self._polygons = polygons
        self._partial = {(alias.system, alias.value) for alias in aliases if alias.relation is Relation.PART}
        names = [(name, number) for number, zone in enumerate(zones) for name in zone.names.values()]
        former: list[tuple[str, int]] = []
        for alias in aliases:
            if alias.system == NAME_SYSTEM:
                into = former if alias.relation is Relation.FORMER else names
                into.append((alias.value, self._index[alias.zone]))
        self._resolver = Resolver(manifest, zones, hierarchy, codes, NameIndex(manifest, names, former))
        numbers = np.array([self._index[id] for id in polygons], dtype=np.intp)
        depths = np.array([self.levels.index(zones[number].level) for number in numbers], dtype=np.intp)
        self._points = PointIndex(np.array(list(polygons.values()), dtype=object), depths, numbers)

    def __len__(self) -> int:
        return len(self.zones)

    def __contains__(self, id: object) -> bool:
        return id in self._index

    def zone(self, id: str) -> Zone:
        """The zone with this id, or UnknownZone."""
        return self.zones[self.index_of(id)]

    def index_of(self, id: str) -> int:
        """Its place in ``zones``, or UnknownZone."""
        number = self._index.get(ZoneId(id))
        if number is None:
            raise UnknownZone(f"There is no zone {id!r}.", zone=id)
        return number

    def zones_of_level(self, level: str) -> tuple[Zone, ...]:
        """All zones of one level; BadRequest where the country has no such level."""
        if level not in self._by_level:
            raise BadRequest(f"There is no level {level!r}.", level=level, levels=list(self.levels))
        return self._by_level[level]

    def level_of(self, id: str) -> str:
        return self.zone(id).level

    def by_code(self, system: str, value: str) -> Zone:
        """The zone that another system calls ``value``, or UnknownZone."""
        return self._resolver.by_code(system, value)

    def names_a_part(self, system: str, value: str) -> bool:
        """Whether this code means only a part of the zone that ``by_code`` gives, so that the zone is wider."""
        return (system, value) in self._partial

    def resolve(self, text: str) -> Zone:
        """The zone that a person or a program means: by id, ``system:value``, code or name (see ``resolve.py``)."""
        return self._resolver.resolve(text)

    def ancestors(self, id: str) -> tuple[Zone, ...]:
        """From the parent up to the country."""
        return tuple(self.zone(above) for above in self.hierarchy.ancestors(self.zone(id).id))

    def descendants(self, id: str) -> tuple[Zone, ...]:
        """Everything below, nearest first."""
        return tuple(self.zone(below) for below in self.hierarchy.descendants(self.zone(id).id))

    def polygon(self, id: str) -> shapely.MultiPolygon | None:
        """Its area in longitude and latitude, where the atlas has one."""
        return self._polygons.get(self.zone(id).id)

    def locate(self, lon: float, lat: float) -> Zone | None:
        """The deepest zone that holds the point; None where none does. BadRequest for what is no point on Earth."""
        # NaN fails this comparison too.
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise BadRequest(f"({lon}, {lat}) is not a longitude and a latitude.", lon=str(lon), lat=str(lat))
        number = self._points.one(lon, lat)
        return None if number == NOWHERE else self.zones[number]

    def locate_many(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> Indices:
        """For each point the place of its zone in ``zones``, or -1. BadRequest if any is no point on Earth."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        if x.ndim != 1 or x.shape != y.shape:
            raise BadRequest("There must be one latitude for each longitude.", lons=list(x.shape), lats=list(y.shape))
        # NaN fails this comparison too.
        wrong = np.flatnonzero(~((np.abs(x) <= 180) & (np.abs(y) <= 90)))
        if len(wrong):
            first = int(wrong[0])
            raise BadRequest(
                f"Point {first} ({x[first]}, {y[first]}) is not a longitude and a latitude.",
                index=first,
                wrong=len(wrong),
            )
        return self._points.many(x, y)

    def ids_at(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[ZoneId | None]:
        """The same by ids; None where no zone is."""
        found = self.locate_many(lons, lats).tolist()
        return [None if number == NOWHERE else self.zones[number].id for number in found]
