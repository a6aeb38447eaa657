"""Loads an atlas from a folder and checks that it is whole. The only place here that knows where folders lie.

Whatever is wrong with the folder, the answer is a BadAtlas that says what and where.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import shapely

import tocsin
from tocsin.atlas.atlas import Atlas
from tocsin.atlas.manifest import MANIFEST_FILE, Manifest, read_bytes, read_manifest
from tocsin.atlas.polygons import read_shapes
from tocsin.atlas.table import NAME_SYSTEM, Alias, read_aliases, read_zones
from tocsin.errors import BadAtlas
from tocsin.model import Hierarchy, Zone, ZoneId

_SHIPPED = Path(tocsin.__file__).parent / "data"


def shipped_names() -> tuple[str, ...]:
    """The countries that come with Tocsin, as ``shipped`` takes them."""
    return tuple(sorted(path.parent.name.removeprefix("zones-") for path in _SHIPPED.glob(f"zones-*/{MANIFEST_FILE}")))


@cache
def shipped(country: str) -> Atlas:
    """The atlas that comes with Tocsin for a country, such as ``ua``. Read once in a process: it never changes."""
    return load_atlas(shipped_folder(country))


def shipped_folder(country: str) -> Path:
    """Where it lies. Errors: `BadAtlas`."""
    if country not in shipped_names():
        raise BadAtlas(f"No atlas of {country!r} comes with Tocsin.", country=country, shipped=list(shipped_names()))
    return _SHIPPED / f"zones-{country}"


def load_atlas(folder: Path) -> Atlas:
    """The atlas in this folder (docs/atlas.md describes the files), or BadAtlas."""
    manifest = read_manifest(folder)
    zones = read_zones(folder, manifest)
    aliases = read_aliases(folder, manifest)
    _check_tree(manifest, zones)
    codes = _gather_codes(zones, aliases)
    return Atlas(
        folder=folder,
        manifest=manifest,
        zones=zones,
        aliases=aliases,
        hierarchy=Hierarchy({zone.id: zone.parent for zone in zones}, {zone.id: zone.population for zone in zones}),
        codes=codes,
        polygons=_read_polygons(folder, manifest, {zone.id for zone in zones}, codes),
    )


def _check_tree(manifest: Manifest, zones: tuple[Zone, ...]) -> None:
    """One root, the manifest's; every parent known and of a higher level, which also leaves no room for a cycle."""
    by_id: dict[ZoneId, Zone] = {}
    for zone in zones:
        if zone.id in by_id:
            raise BadAtlas(f"zone {zone.id} is listed twice", zone=zone.id)
        by_id[zone.id] = zone
    roots = [zone.id for zone in zones if zone.parent is None]
    depth = {level.id: number for number, level in enumerate(manifest.levels)}
    for zone in zones:
        if zone.parent is None:
            continue
        if zone.parent not in by_id:
            raise BadAtlas(f"the parent {zone.parent} of zone {zone.id} is not in the table", zone=zone.id)
        above = by_id[zone.parent]
        if depth[above.level] >= depth[zone.level]:
            raise BadAtlas(
                f"zone {zone.id} ({zone.level}) cannot lie in {above.id} ({above.level}): "
                "a parent is of a higher level, and so parents never form a cycle",
                zone=zone.id,
            )
    if roots != [manifest.id]:
        raise BadAtlas(
            f"{manifest.id} and no other zone is without a parent, but here it is {', '.join(roots[:5]) or 'none'}",
            roots=list(roots),
        )


def _gather_codes(zones: tuple[Zone, ...], aliases: tuple[Alias, ...]) -> dict[tuple[str, str], ZoneId]:
    codes: dict[tuple[str, str], ZoneId] = {}
    known = {zone.id for zone in zones}
    pairs = [(system, value, zone.id) for zone in zones for system, value in zone.codes.items()]
    pairs += [(alias.system, alias.value, alias.zone) for alias in aliases if alias.system != NAME_SYSTEM]
    for alias in aliases:
        if alias.zone not in known:
            raise BadAtlas(f"the alias {alias.value!r} points at an unknown zone {alias.zone}", zone=alias.zone)
    for system, value, id in pairs:
        if (system, value) in codes:
            raise BadAtlas(f"{codes[system, value]} and {id} have the same {system} code {value}", zone=id)
        codes[system, value] = id
    return codes


def _read_polygons(
    folder: Path, manifest: Manifest, known: set[ZoneId], codes: Mapping[tuple[str, str], ZoneId]
) -> dict[ZoneId, shapely.MultiPolygon]:
    polygons: dict[ZoneId, shapely.MultiPolygon] = {}
    for entry in manifest.polygons:
        shapes = read_shapes(read_bytes(folder, entry.file), entry.file, entry.property)
        for key, polygon in zip(shapes.keys, shapes.polygons.tolist(), strict=True):
            id = ZoneId(key) if entry.system is None else codes.get((entry.system, key))
            if id is None or id not in known:
                raise BadAtlas(f"{entry.file}: a polygon belongs to an unknown zone {key}", zone=key)
            if id in polygons:
                raise BadAtlas(f"{entry.file}: zone {id} has two polygons", zone=id)
            polygons[id] = polygon
    return polygons
