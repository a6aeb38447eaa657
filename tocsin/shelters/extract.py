"""Streets out of an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz), by pyosmium."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import NamedTuple

from tocsin.errors import BadFile
from tocsin.shelters.extra import required
from tocsin.shelters.walkable import traits


class Streets(NamedTuple):
    """All that can be walked: points, and the straight pieces between two of them, as they stand in the extract."""

    osm_id: array[int]
    lon_e7: array[int]
    lat_e7: array[int]
    """Degrees times 10^7, as OpenStreetMap counts them."""
    start: array[int]
    end: array[int]
    """Numbers of points."""
    traits: array[int]
    name: array[int]
    names: list[str]
    """Names of streets; the first is empty."""
    missing: int
    """Points of ways that the extract does not hold: it is cut off there."""


def read_streets(path: Path) -> Streets:
    """Errors: `BadFile` where it is no extract, is cut short, or holds nothing to walk on."""
    osmium = required("osmium")
    points: dict[int, int] = {}
    streets = Streets(
        array("q"), array("q"), array("q"), array("q"), array("q"), array("q"), array("q"), names=[""], missing=0
    )
    numbers = {"": 0}
    missing = 0
    try:
        ways = (
            osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
            .with_locations("flex_mem")
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in ways:
            tags = dict(way.tags)
            found = traits(tags)
            if found is None:
                continue
            name = numbers.setdefault(tags.get("name", ""), len(numbers))
            before = -1
            for node in way.nodes:
                location = node.location
                if not location.valid():
                    missing += 1
                    before = -1
                    continue
                here = points.get(node.ref)
                if here is None:
                    here = points[node.ref] = len(streets.osm_id)
                    streets.osm_id.append(node.ref)
                    streets.lon_e7.append(location.x)
                    streets.lat_e7.append(location.y)
                if before not in {-1, here}:
                    streets.start.append(before)
                    streets.end.append(here)
                    streets.traits.append(int(found))
                    streets.name.append(name)
                before = here
    except (RuntimeError, OSError, UnicodeError) as error:  # osmium says all that is wrong with a file in this way
        raise BadFile(f"{path.name} cannot be read as an OpenStreetMap extract: {error}", file=path.name) from error
    if not streets.start:
        raise BadFile(f"{path.name} holds no way that can be walked", file=path.name)
    return streets._replace(names=list(numbers), missing=missing)
