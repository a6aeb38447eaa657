"""What ``atlas.json`` holds: the one file of a country's folder that says how to read the others.

The format is described in docs/atlas.md. Unknown keys are refused, so that a misspelt one is not silently ignored.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tocsin.errors import BadAtlas

FORMAT = 1
"""The version of the format that this program reads."""

MANIFEST_FILE = "atlas.json"
ZONES_FILE = "zones.csv"
ALIASES_FILE = "aliases.csv"

DEEPEST = 16
"""Most levels a country may have."""


class LevelEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    names: dict[str, str]
    words: tuple[str, ...] = ()
    """Words that end a name and say that it is of this level, such as ``Raion``: a reader may leave them out."""


class CodeSystem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    bare: bool = False
    """Whether its codes are told apart from all others by their form, and so are understood without ``system:``."""


class PolygonFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    file: str
    property: str = "id"
    """The property of each feature that names its zone."""
    system: str | None = None
    """The code system that property belongs to; none where it is the zone's own id."""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where some of the files come from and on which terms."""

    files: tuple[str, ...]
    origin: str
    licence: str
    attribution: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    id: str
    """The id of the root zone."""
    levels: tuple[LevelEntry, ...]
    """From the root downward."""
    attribution: str
    """What a map of these zones must show."""
    sources: tuple[Source, ...]
    code_systems: dict[str, CodeSystem] = {}
    name_prefixes: tuple[str, ...] = ()
    """Words that may stand before a name without being part of it, such as ``м.``."""
    polygons: tuple[PolygonFile, ...] = ()
    time_zone: str = "UTC"
    """Whose hour its people go by: a name of the IANA time zone database, such as ``Europe/Kyiv``."""
    map: dict[str, str] = {}
    """Files for drawing, by what they are for."""


def read_bytes(folder: Path, name: str) -> bytes:
    """One file of the folder; that it is missing or unreadable is the folder's fault."""
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise BadAtlas(f"{name} cannot be read: {error.strerror}", file=name, folder=str(folder)) from error


def read_manifest(folder: Path) -> Manifest:
    raw = read_bytes(folder, MANIFEST_FILE)
    try:
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadAtlas(f"{MANIFEST_FILE}: {error}", file=MANIFEST_FILE) from error
    if manifest.format != FORMAT:
        raise _bad(f"format {manifest.format} is not known, only {FORMAT}")
    try:
        ZoneInfo(manifest.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _bad(f"time zone {manifest.time_zone!r} is not known") from error
    if not 1 <= len(manifest.levels) <= DEEPEST:
        raise _bad(f"there must be 1 to {DEEPEST} levels, not {len(manifest.levels)}")
    ids = [level.id for level in manifest.levels]
    if len(set(ids)) != len(ids):
        raise _bad("a level is listed twice")
    for polygons in manifest.polygons:
        if polygons.system is not None and polygons.system not in manifest.code_systems:
            raise _bad(f"{polygons.file} is said to carry codes of an unknown system {polygons.system!r}")
    for name in manifest.map.values():
        if not (folder / name).is_file():
            raise _bad(f"the map file {name} is missing")
    return manifest


def _bad(message: str) -> BadAtlas:
    return BadAtlas(f"{MANIFEST_FILE}: {message}", file=MANIFEST_FILE)
