"""The regions of ukrainealarm and the zones that they are. Pure.

Its tree is not quite ours: two cities stand beside the oblasts, one hromada is missing from it, Sevastopol and the
raions of the occupied lands have no number, and there is a region for tests that is no place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tocsin.atlas import Atlas
from tocsin.model import Zone, ZoneId

SYSTEM = "ukrainealarm"
"""What the atlas calls these numbers."""

NO_SUCH_REGION = frozenset({"30"})
"""Numbers that the atlas has and the system has not: it does not know Sevastopol."""

NOT_IN_THE_TREE = frozenset({"1181"})
"""A hromada that the published tree leaves out. It is told of by its number all the same."""

CITIES = {
    "1293": "м. Харків та Харківська територіальна громада",
    "564": "м. Запоріжжя та Запорізька територіальна громада",
}
"""Hromadas that stand beside the oblasts in the tree, as they are called there."""

TEST_REGION = "0"
TEST_NAMES = ("Тестовий регіон", "Test region")


class RegionType(StrEnum):
    STATE = "State"
    DISTRICT = "District"
    COMMUNITY = "Community"


TYPES = {"oblast": RegionType.STATE, "raion": RegionType.DISTRICT, "hromada": RegionType.COMMUNITY}
"""By the level of the zone."""


@dataclass(frozen=True, slots=True)
class Region:
    id: str
    type: RegionType
    name: str
    name_en: str
    zone: ZoneId | None
    """None for the region for tests."""
    children: tuple[str, ...] = ()


class Regions:
    """All of them, over one atlas. Where the atlas has no such numbers there are none."""

    def __init__(self, atlas: Atlas) -> None:
        self.hierarchy = atlas.hierarchy
        self._by_zone: dict[ZoneId, str] = {}
        for zone in atlas.zones:
            number = zone.codes.get(SYSTEM)
            if number is not None and number not in NO_SUCH_REGION and zone.level in TYPES:
                self._by_zone[zone.id] = number
        self._regions = {number: self._region(atlas.zone(zone), number) for zone, number in self._by_zone.items()}
        if self._regions:
            self._regions[TEST_REGION] = Region(TEST_REGION, RegionType.STATE, *TEST_NAMES, None)
        told_at: defaultdict[str, list[ZoneId]] = defaultdict(list)
        for zone_id in self.hierarchy:
            if self.hierarchy.ancestors(zone_id):
                for region, _ in self.telling(zone_id):
                    told_at[region.id].append(zone_id)
        self._told_at = {number: tuple(zones) for number, zones in told_at.items()}
        self.states = tuple(region for region in self._regions.values() if region.type is RegionType.STATE)
        """The roots of the tree."""

    def __iter__(self) -> Iterator[Region]:
        """In the order of the atlas, the region for tests last."""
        return iter(self._regions.values())

    def __len__(self) -> int:
        return len(self._regions)

    def get(self, number: str) -> Region | None:
        return self._regions.get(number)

    def of(self, zone: ZoneId) -> Region | None:
        """The region that a zone is."""
        number = self._by_zone.get(zone)
        return None if number is None else self._regions[number]

    def telling(self, zone: ZoneId) -> tuple[tuple[Region, bool], ...]:
        """The regions at which what is placed on the zone itself is told, and whether they are no more than the zone.

        The country has no number: it is told at everything that stands at the root of the tree. What lies in a region
        and has no number itself is told at the nearest that has one above it, of which it is a part. Sevastopol lies in
        none.
        """
        own = self.of(zone)
        if own is not None:
            return ((own, True),)
        above = self.hierarchy.ancestors(zone)
        if not above:
            return tuple((state, True) for state in self.states if state.zone is not None)
        for up in above[:-1]:
            region = self.of(up)
            if region is not None:
                return ((region, False),)
        return ()

    def above(self, region: Region) -> Iterator[Region]:
        """What the region lies in, nearest first, whatever the tree says of it."""
        if region.zone is not None:
            for up in self.hierarchy.ancestors(region.zone):
                found = self.of(up)
                if found is not None:
                    yield found

    def told_at(self, region: Region) -> tuple[ZoneId, ...]:
        """The zones that are told at a region: its own, and those in it that have no other."""
        return self._told_at.get(region.id, ())

    def below(self, zone: ZoneId) -> Iterator[Region]:
        """The regions that lie in a zone."""
        for down in self.hierarchy.descendants(zone):
            found = self.of(down)
            if found is not None:
                yield found

    def _region(self, zone: Zone, number: str) -> Region:
        names = zone.names
        name = CITIES.get(number) or names.get("uk") or next(iter(names.values()))
        return Region(
            id=number,
            type=RegionType.STATE if number in CITIES else TYPES[zone.level],
            name=name,
            name_en=names.get("en", name),
            zone=zone.id,
            children=tuple(
                child
                for down in self.hierarchy.children(zone.id)
                if (child := self._by_zone.get(down)) and child not in CITIES and child not in NOT_IN_THE_TREE
            ),
        )
