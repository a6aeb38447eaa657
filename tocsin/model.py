"""The nouns: zones, holds and what is said of a zone. Frozen records, no behaviour beyond themselves.

The hazards, threats, stages and levels are those that authorities in Ukraine use
(docs/architecture.md, "Words").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NewType

import msgspec

ZoneId = NewType("ZoneId", str)
SourceId = NewType("SourceId", str)
HoldId = NewType("HoldId", int)


class Realm(StrEnum):
    """A drill is another world with its own log; nothing crosses."""

    LIVE = "live"
    DRILL = "drill"


class Hazard(StrEnum):
    AIR_RAID = "air_raid"
    ARTILLERY = "artillery"
    URBAN_FIGHTING = "urban_fighting"
    CHEMICAL = "chemical"
    NUCLEAR = "nuclear"


class Threat(StrEnum):
    """What kind of thing comes, where the hazard is an air raid."""

    DRONES = "drones"
    CRUISE_MISSILES = "cruise_missiles"
    BALLISTIC_MISSILES = "ballistic_missiles"
    UNSPECIFIED_MISSILES = "unspecified_missiles"
    GUIDED_BOMBS = "guided_bombs"
    TACTICAL_AVIATION = "tactical_aviation"
    STRATEGIC_AVIATION = "strategic_aviation"
    MIG31K = "mig31k"
    AIR_DEFENCE = "air_defence"
    UNKNOWN = "unknown"


class Stage(StrEnum):
    EARLY_WARNING = "early_warning"
    ALERT = "alert"


class Level(StrEnum):
    YELLOW = "yellow"
    RED = "red"


class Extent(StrEnum):
    """Whether a hold covers its whole zone, or some part of it that its source does not name."""

    WHOLE = "whole"
    PART = "part"


class Status(StrEnum):
    """What is said of a zone, from calm to worst; ``partial`` means that only some of it is held."""

    CLEAR = "clear"
    PARTIAL = "partial"
    EARLY_WARNING = "early_warning"
    YELLOW = "yellow"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for clear to 4 for red."""
        return _RANK[self]


_RANK = {status: rank for rank, status in enumerate(Status)}


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """An area warned as one unit."""

    id: ZoneId
    level: str
    """Its level's name in its own country: country, oblast, raion, hromada."""
    parent: ZoneId | None
    names: dict[str, str]
    """By language tag, such as ``uk`` and ``en``."""
    codes: dict[str, str]
    """Its ids in other systems, such as ``iso3166_2`` or ``alerts_in_ua``."""
    point: tuple[float, float] | None
    """Where to put its label: longitude, latitude (WGS 84)."""
    population: int | None
    shelter_s: int | None = None
    """Seconds there are to reach shelter, where the authority publishes it."""


class Hierarchy:
    """Which zone lies in which: all that the engine needs to know of an atlas."""

    __slots__ = ("_ancestors", "_children", "parents")

    def __init__(self, parents: Mapping[ZoneId, ZoneId | None]) -> None:
        """``parents`` maps every zone to its parent; a root has none. A cycle or an unknown parent is a bug."""
        self.parents = dict(parents)
        self._children: dict[ZoneId, list[ZoneId]] = {zone: [] for zone in self.parents}
        self._ancestors: dict[ZoneId, tuple[ZoneId, ...]] = {}
        for zone, parent in self.parents.items():
            if parent is not None:
                self._children[parent].append(zone)
        for zone in self.parents:
            chain: list[ZoneId] = []
            above = self.parents[zone]
            while above is not None:
                assert len(chain) < 16, f"the parents of {zone} form a cycle"
                chain.append(above)
                above = self.parents[above]
            self._ancestors[zone] = tuple(chain)

    def __contains__(self, zone: object) -> bool:
        return zone in self.parents

    def __len__(self) -> int:
        return len(self.parents)

    def __iter__(self) -> Iterator[ZoneId]:
        return iter(self.parents)

    def ancestors(self, zone: ZoneId) -> tuple[ZoneId, ...]:
        """From the parent up to the root."""
        return self._ancestors[zone]

    def children(self, zone: ZoneId) -> tuple[ZoneId, ...]:
        return tuple(self._children[zone])

    def descendants(self, zone: ZoneId) -> tuple[ZoneId, ...]:
        """Everything below, nearest first."""
        found: list[ZoneId] = list(self._children[zone])
        for below in found:
            found.extend(self._children[below])
        return tuple(found)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why a zone is under warning."""

    id: HoldId
    """The seq of the event that placed it."""
    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    extent: Extent
    source: SourceId
    since: datetime
    ref: str | None
    """The source's own id of this alert, where it has one."""
    cause: str | None

    @property
    def says(self) -> Status:
        """The status this hold alone gives to what it covers."""
        if self.stage is Stage.EARLY_WARNING:
            return Status.EARLY_WARNING
        return Status.RED if self.level is Level.RED else Status.YELLOW


class ZoneStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one zone now."""

    zone: ZoneId
    status: Status
    within: Status
    """The worst status of any part of it: its descendants' and partial holds'. ``clear`` where there is none."""
    around: Status
    """The worst status of a partial hold on an ancestor: some part of what this zone lies in is under warning, the
    source does not say which, and it may be this one. Say so wherever ``status`` is clear."""
    since: datetime | None
    """Since when: the start of the oldest hold still open that the status rests on."""
