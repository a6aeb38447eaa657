"""The small country of every run: thirteen zones on four levels, and who may do what in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from tocsin.model import Hazard, Hierarchy, HolderKind, Realm, SourceId, Terms, Verb, ZoneId
from tocsin.sim.universe import EPOCH

LAND, EAST, WEST, NORTH, CAPITAL = (ZoneId(name) for name in ("land", "east", "west", "north", "capital"))
COAST, HILLS, FOREST, LAKES, MARSH = (ZoneId(name) for name in ("coast", "hills", "forest", "lakes", "marsh"))
PORT, BEACH, GLADE = (ZoneId(name) for name in ("port", "beach", "glade"))

PARENTS: Final[dict[ZoneId, ZoneId | None]] = {
    LAND: None,
    EAST: LAND,
    WEST: LAND,
    NORTH: LAND,
    CAPITAL: LAND,
    COAST: EAST,
    HILLS: EAST,
    FOREST: WEST,
    LAKES: WEST,
    MARSH: NORTH,
    PORT: COAST,
    BEACH: COAST,
    GLADE: FOREST,
}
PEOPLE: Final[dict[str, int | None]] = {
    CAPITAL: 900_000,
    PORT: 40_000,
    BEACH: 3_000,
    HILLS: 60_000,
    FOREST: 12_000,
    GLADE: 2_000,
    LAKES: None,
    MARSH: 5_000,
}

COUNTRY: Final = Hierarchy(PARENTS, {zone: PEOPLE.get(zone) for zone in PARENTS})

ZONES: Final = tuple(PARENTS)


def lineage(zone: ZoneId) -> tuple[ZoneId, ...]:
    """The zone and all it lies in, read off the table above."""
    parent = PARENTS[zone]
    return (zone,) if parent is None else (zone, *lineage(parent))


LINEAGE: Final[dict[str, tuple[ZoneId, ...]]] = {zone: lineage(zone) for zone in ZONES}
WITHIN: Final[dict[str, tuple[ZoneId, ...]]] = {
    zone: tuple(below for below in ZONES if zone in LINEAGE[below]) for zone in ZONES
}
"""Each zone with all that lies in it."""

TokenLife = tuple[float, tuple[ZoneId, ...]]
"""Seconds until a token expires, and where it is good; wherever its holder's grants are, if there are none."""

DAY: TokenLife = (86_400.0, ())

RECORD = (Verb.RECORD,)
WARN = (Verb.REPORT, Verb.RAISE, Verb.RELEASE, Verb.WITHDRAW)


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A person or a service, with what is granted at the start and when the tokens end."""

    name: str
    kind: HolderKind
    terms: tuple[Terms, ...]
    tokens: tuple[TokenLife, ...] = (DAY,)

    @property
    def source(self) -> SourceId:
        return self.terms[0].sources[0]


def _holder(
    realm: Realm,
    name: str,
    kind: HolderKind,
    sources: tuple[str, ...],
    zones: tuple[ZoneId, ...],
    verbs: tuple[Verb, ...],
    hazards: tuple[Hazard, ...] = tuple(Hazard),
    tokens: tuple[TokenLife, ...] = (DAY,),
    max_zones: int | None = None,
    max_people: int | None = None,
    expires_s: float | None = None,
) -> Holder:
    terms = Terms(
        holder=name,
        kind=kind,
        sources=tuple(SourceId(source) for source in sources),
        zones=zones,
        hazards=hazards,
        verbs=(*verbs, Verb.DRILL) if realm is Realm.DRILL else verbs,
        max_zones=max_zones,
        max_people=max_people,
        realm=realm,
        expires=None if expires_s is None else EPOCH + timedelta(seconds=expires_s),
    )
    return Holder(name=name, kind=kind, terms=(terms,), tokens=tokens)


def people(realm: Realm) -> tuple[Holder, ...]:
    """Who gives orders of their own accord."""
    person, everything = HolderKind.PERSON, (*WARN, Verb.RECORD, Verb.ADMINISTER)
    state = (
        _holder(realm, "anna", person, ("state", "anna"), (LAND,), everything),
        _holder(realm, "bohdan", person, ("state",), (LAND,), everything, tokens=(DAY, (86_400, (EAST,)), (60, ()))),
        _holder(realm, "clara", person, ("clara",), (LAND,), everything),
    )
    if realm is Realm.DRILL:
        return state
    return (
        *state,
        _holder(realm, "olena", person, ("east-duty",), (EAST,), WARN, tokens=(DAY, (86_400, (COAST,)), (25, ()))),
        _holder(realm, "petro", person, ("west-duty",), (WEST,), WARN, max_zones=3),
        _holder(
            realm, "roman", person, ("city",), (CAPITAL, NORTH), WARN, (Hazard.AIR_RAID, Hazard.CHEMICAL),
            max_people=901_000,
        ),
        _holder(realm, "taras", person, ("taras",), (EAST, NORTH), WARN, expires_s=100),
        _holder(realm, "vira", person, ("vira",), (WEST, CAPITAL), (Verb.REPORT, Verb.RAISE)),
    )  # fmt: skip


def editor(realm: Realm) -> Holder:
    """Who reviews what was read of reports."""
    return _holder(realm, "iryna", HolderKind.PERSON, ("desk", "agency"), (LAND,), RECORD)


def agency(realm: Realm) -> Holder:
    """Who takes reports in."""
    return _holder(realm, "agency", HolderKind.SERVICE, ("agency",), (LAND,), RECORD)


def machine(realm: Realm) -> Holder:
    """Whoever starts Tocsin on the machine that keeps the log; no grant says so."""
    return _holder(realm, "local", HolderKind.PERSON, ("local",), (LAND,), (*WARN, Verb.ADMINISTER))


def services(realm: Realm) -> tuple[Holder, ...]:
    """Who speaks as a sensor or for another system."""
    service = HolderKind.SERVICE
    if realm is Realm.DRILL:
        return (_holder(realm, "radar", service, ("radar",), (COAST, HILLS), WARN),)
    return (
        _holder(realm, "radar", service, ("radar",), (COAST, HILLS), WARN),
        _holder(realm, "siren", service, ("siren", "siren-2"), (WEST,), WARN, max_zones=4),
        _holder(realm, "neighbour", service, ("neighbour",), (LAND,), WARN),
    )
