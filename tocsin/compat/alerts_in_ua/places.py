"""The locations of alerts.in.ua and the zones that they are. Pure.

Every zone of the Ukrainian atlas has a number there but for the country and the raions of Crimea. A city may have one
beside that of its hromada.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.atlas import Atlas, Relation
from tocsin.compat.alerts_in_ua.shapes import LocationType, Oblast
from tocsin.model import Zone, ZoneId

SYSTEM = "alerts_in_ua"
"""What the atlas calls these numbers."""

OBLASTS = (29, 8, 4, 9, 28, 10, 11, 12, 13, 31, 14, 15, 16, 27, 17, 18, 19, 5, 30, 20, 21, 22, 23, 3, 24, 26, 25)
"""The order of the 27 characters, which is neither that of the numbers nor that of the alphabet."""

TYPES = {"oblast": LocationType.OBLAST, "raion": LocationType.RAION, "hromada": LocationType.HROMADA}
"""By the level of the zone."""

KIND_OF_HROMADA = re.compile(r" (?:сільська|селищна|міська) громада$")


@dataclass(frozen=True, slots=True)
class Place:
    """One location, as an alert names it."""

    uid: int
    zone: ZoneId
    type: LocationType
    title: str
    title_en: str | None
    oblast: str
    oblast_uid: int
    raion: str | None


class Places:
    """All of them, over one atlas. Where the atlas has no such numbers there are none."""

    def __init__(self, atlas: Atlas) -> None:
        self._hierarchy = atlas.hierarchy
        self._titles = _titles(atlas)
        self._zones = {zone.id: zone for zone in atlas.zones}
        self._uids: dict[ZoneId, int] = {}
        for zone in atlas.zones:
            if zone.level in TYPES and (uid := zone.codes.get(SYSTEM)) is not None:
                self._uids[zone.id] = int(uid)
        self._places = {uid: self._place(self._zones[zone], uid) for zone, uid in self._uids.items()}
        self._cities = {
            int(alias.value): alias.zone
            for alias in atlas.aliases
            if alias.system == SYSTEM and alias.relation is Relation.PART and alias.zone in self._uids
        }

    @property
    def complete(self) -> bool:
        """Whether all oblasts are here, so that the dialect can be spoken at all."""
        return all(uid in self._places for uid in OBLASTS)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    @property
    def length(self) -> int:
        """Of the string that has a character for each number."""
        return max(self._places) + 1

    def zone(self, uid: int) -> ZoneId | None:
        """The zone of a location; for a city, the hromada that it lies in."""
        place = self._places.get(uid)
        return self._cities.get(uid) if place is None else place.zone

    def oblasts(self) -> list[Oblast]:
        """The oblasts in their order."""
        return [
            Oblast(index=index, uid=uid, title=self._places[uid].title, title_en=self._places[uid].title_en)
            for index, uid in enumerate(OBLASTS)
        ]

    def telling(self, zone: ZoneId) -> list[Place]:
        """Where what is placed on the zone is told.

        The country has no number: every oblast is told of. Nor have the raions of Crimea: each is told of under its own
        name with the number of what it lies in, and as a location of no known type.
        """
        uid = self._uids.get(zone)
        if uid is not None:
            return [self._places[uid]]
        above = self._hierarchy.ancestors(zone)
        if not above:
            return [self._places[uid] for uid in OBLASTS]
        return [
            self._place(self._zones[zone], self._uids[up], LocationType.UNKNOWN) for up in above if up in self._uids
        ][:1]

    def _place(self, zone: Zone, uid: int, type: LocationType | None = None) -> Place:
        chain = (zone, *(self._zones[up] for up in self._hierarchy.ancestors(zone.id)))
        oblast = next((one for one in chain if one.level == "oblast"), zone)
        raion = next((one for one in chain if one.level == "raion"), None)
        return Place(
            uid=uid,
            zone=zone.id,
            type=type or TYPES[zone.level],
            title=self._titles[zone.id],
            title_en=zone.names.get("en"),
            oblast=self._titles[oblast.id],
            oblast_uid=self._uids[oblast.id],
            raion=None if raion is None else self._titles[raion.id],
        )


def _titles(atlas: Atlas) -> dict[ZoneId, str]:
    """What the dialect calls each zone: hromadas by no kind, but with their city, with straight apostrophes."""
    titles = {
        zone.id: KIND_OF_HROMADA.sub(" територіальна громада", zone.names.get("uk", zone.id)).replace("\u2019", "'")
        for zone in atlas.zones
    }
    for alias in atlas.aliases:
        if alias.system == "name" and alias.value.endswith(f" та {titles[alias.zone]}"):
            titles[alias.zone] = alias.value
    return titles
