"""The nouns: zones, holds and what is said of a zone. Frozen records, no behaviour beyond themselves.

The hazards, threats, stages and levels are those that authorities in Ukraine use
(docs/architecture.md, "Words").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


class Ending(StrEnum):
    """How a hold ends: the danger is over, or only for some of its zone, or it goes on as another hold."""

    RELEASED = "released"
    NARROWED = "narrowed"
    REPLACED = "replaced"


class Freshness(StrEnum):
    """Whether every source that a status rests on can be heard. ``stale`` clears nothing and raises nothing."""

    FRESH = "fresh"
    STALE = "stale"


class Verb(StrEnum):
    """What a grant allows."""

    REPORT = "report"
    RAISE = "raise"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    DRILL = "drill"
    RECORD = "record"
    ADMINISTER = "administer"
    SHELTERS = "shelters"


class HolderKind(StrEnum):
    """Only people can stand in for another source, and only people count as the second of two."""

    PERSON = "person"
    SERVICE = "service"


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


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far an order goes."""

    zones: int
    """The zones named and all below them, each once."""
    people: int | None
    """Who lives there; None where the atlas does not know it of any one of them."""
    counted: int
    """Who lives there at least: those of whom the atlas knows."""
    country_wide: bool
    """Whether it reaches a root or more than half of all zones."""


class Hierarchy:
    """Which zone lies in which, and how many live there: all that is decided upon from an atlas."""

    __slots__ = ("_ancestors", "_children", "parents", "populations", "roots")

    def __init__(
        self, parents: Mapping[ZoneId, ZoneId | None], populations: Mapping[ZoneId, int | None] | None = None
    ) -> None:
        """``parents`` maps every zone to its parent; a root has none. A cycle or an unknown parent is a bug."""
        self.parents = dict(parents)
        self.populations = dict(populations or {})
        self.roots = tuple(zone for zone, parent in self.parents.items() if parent is None)
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

    def reach(self, zones: Iterable[ZoneId]) -> Reach:
        """How far an order over these zones goes; a zone named beside its ancestor counts once."""
        named = set(zones)
        tops = [zone for zone in named if named.isdisjoint(self._ancestors[zone])]
        count = sum(1 + len(self.descendants(zone)) for zone in tops)
        people: int | None = 0
        counted = 0
        for zone in tops:
            here = self.people(zone)
            people = None if here is None or people is None else people + here
            counted += self._counted(zone)
        whole = not named.isdisjoint(self.roots)
        return Reach(zones=count, people=people, counted=counted, country_wide=whole or 2 * count > len(self.parents))

    def people(self, zone: ZoneId) -> int | None:
        """Who lives in the zone: its own figure, or, where it has none, the sum of its parts'."""
        own = self.populations.get(zone)
        if own is not None or not self._children[zone]:
            return own
        total = 0
        for child in self._children[zone]:
            part = self.people(child)
            if part is None:
                return None
            total += part
        return total

    def _counted(self, zone: ZoneId) -> int:
        own = self.populations.get(zone)
        return sum(map(self._counted, self._children[zone])) if own is None else own


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
    """When it began; an early warning that became an alert begins again as one."""
    ref: str | None
    """The source's own id of this alert, where it has one."""
    cause: str | None
    note: str | None = None
    """The latest word added to it."""

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
    freshness: Freshness
    """``stale`` where a source fell silent that one of these holds rests on, or that speaks for this zone: what is
    said may be over, or worse by now."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A source whose life is watched, or that was found silent."""

    id: SourceId
    silent_after_s: int | None
    """After so many seconds without a heartbeat it counts as silent; None where nothing is watched."""
    zones: tuple[ZoneId, ...]
    """The zones it speaks for even while it holds nothing there: when it is silent, their calm is not to be trusted."""
    silent_since: datetime | None


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a grant says. Nothing is allowed that no grant allows."""

    holder: str
    """Who: a person's or a service's name."""
    kind: HolderKind
    sources: tuple[SourceId, ...]
    """As whom the holder speaks; on the first its orders rest where they name no other."""
    zones: tuple[ZoneId, ...]
    """Where: these zones and all below them."""
    hazards: tuple[Hazard, ...]
    verbs: tuple[Verb, ...]
    max_zones: int | None = None
    """Ceiling: so many zones, with all below them, may stand under the source's warnings at once."""
    max_people: int | None = None
    """Ceiling: so many people may. Where the atlas does not know the number, the order is refused."""
    realm: Realm = Realm.LIVE
    expires: datetime | None = None
