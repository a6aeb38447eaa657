"""Shelters out of an OpenStreetMap extract: bunkers that shelter people, and metro stations with their entrances.

Most of what is tagged ``amenity=shelter`` keeps off the rain. It is taken only where ``shelter_type`` says what it
shelters from. A station above the ground is none. Tags: https://wiki.openstreetmap.org/wiki/Key:bunker_type,
Key:shelter_type, Tag:railway=subway_entrance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tocsin.errors import BadFile
from tocsin.shelter import Entrance
from tocsin.shelters.extra import required
from tocsin.shelters.rows import Row

STATION_M = 400.0
"""An entrance that no relation gives to a station is of the nearest one within so many metres."""

SHELTER_TYPES = frozenset({"bomb_shelter", "bunker", "air_raid", "air_raid_shelter", "fallout", "civil_defense"})
BUNKER_TYPES = frozenset({"bomb_shelter", "personnel_shelter", "civil_defense"})


def is_shelter(tags: Mapping[str, str]) -> bool:
    """Whether it is meant to shelter people from war, and still there."""
    if tags.get("ruins") == "yes" or tags.get("demolished") == "yes":
        return False
    if tags.get("amenity") == "shelter":
        return tags.get("shelter_type") in SHELTER_TYPES
    if tags.get("amenity") in {"bomb_shelter", "bunker"} or tags.get("emergency") == "bomb_shelter":
        return True
    bunker = tags.get("military") == "bunker" or tags.get("building") == "bunker"
    return bunker and tags.get("bunker_type") in BUNKER_TYPES


def is_station(tags: Mapping[str, str]) -> bool:
    """Whether it is a metro station below the ground."""
    metro = tags.get("station") == "subway" or (tags.get("railway") == "station" and tags.get("subway") == "yes")
    above = tags.get("location") in {"overground", "elevated", "surface"} or tags.get("bridge", "no") != "no"
    layer = tags.get("layer", "")
    above = above or (layer.isdecimal() and int(layer) > 0)
    return metro and not above and "disused" not in tags.get("railway", "")


def osm_rows(path: Path) -> list[Row]:
    """Errors: `BadFile`."""
    osmium = required("osmium")
    shelters: list[tuple[str, dict[str, str], float, float]] = []
    stations: dict[int, tuple[str, dict[str, str], float, float]] = {}
    entrances: dict[int, tuple[dict[str, str], float, float]] = {}
    areas: list[list[int]] = []
    keys = ("amenity", "military", "building", "station", "railway", "emergency", "public_transport")
    try:
        for thing in (
            osmium.FileProcessor(str(path)).with_locations("flex_mem").with_filter(osmium.filter.KeyFilter(*keys))
        ):
            tags = dict(thing.tags)
            if thing.is_relation():
                if tags.get("public_transport") == "stop_area":
                    areas.append([member.ref for member in thing.members if member.type == "n"])
                continue
            place = _middle(thing)
            if place is None:
                continue
            where = f"{'node' if thing.is_node() else 'way'} {thing.id}"
            if thing.is_node() and tags.get("railway") == "subway_entrance":
                entrances[thing.id] = (tags, *place)
            elif is_station(tags):
                stations[thing.id if thing.is_node() else -thing.id] = (where, tags, *place)
            elif is_shelter(tags):
                shelters.append((where, tags, *place))
    except (RuntimeError, OSError, UnicodeError) as error:
        raise BadFile(f"{path.name} cannot be read as an OpenStreetMap extract: {error}", file=path.name) from error
    rows = [Row(where, {**tags, "@id": where}, lon, lat) for where, tags, lon, lat in shelters]
    doors = _doors(stations, entrances, areas)
    for number, (where, tags, lon, lat) in stations.items():
        rows.append(Row(where, {**tags, "@id": where, "@kind": "metro"}, lon, lat, tuple(doors.get(number, ()))))
    if not rows:
        raise BadFile(f"{path.name} holds no shelter and no metro station below the ground", file=path.name)
    return rows


def _middle(thing: Any) -> tuple[float, float] | None:
    if thing.is_node():
        return (thing.location.lon, thing.location.lat) if thing.location.valid() else None
    spots = [node.location for node in thing.nodes if node.location.valid()]
    if not spots:
        return None
    return sum(spot.lon for spot in spots) / len(spots), sum(spot.lat for spot in spots) / len(spots)


def _doors(
    stations: Mapping[int, tuple[str, dict[str, str], float, float]],
    entrances: Mapping[int, tuple[dict[str, str], float, float]],
    areas: list[list[int]],
) -> dict[int, list[Entrance]]:
    """The entrances of each station: by the relation that joins them, or the nearest."""
    of: dict[int, int] = {}
    for members in areas:
        joined = [node for node in members if node in stations]
        if joined:
            of.update({node: joined[0] for node in members if node in entrances})
    found: dict[int, list[Entrance]] = {}
    for node, (tags, lon, lat) in entrances.items():
        station = of.get(node) or _nearest(stations, lon, lat)
        if station is not None:
            step_free = {"yes": True, "no": False}.get(tags.get("wheelchair", ""))
            found.setdefault(station, []).append(Entrance(lon=round(lon, 7), lat=round(lat, 7), step_free=step_free))
    return found


def _nearest(stations: Mapping[int, tuple[str, dict[str, str], float, float]], lon: float, lat: float) -> int | None:
    best: tuple[float, int] | None = None
    for number, (_, _, x, y) in stations.items():
        metres = math.hypot((x - lon) * math.cos(math.radians(lat)), y - lat) * 111_195
        if metres <= STATION_M and (best is None or metres < best[0]):
            best = metres, number
    return None if best is None else best[1]
