"""The orders of which the small worlds (soak/worlds/catalogue.py) are made.

For each order about one source or one hazard there are the same about the other ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations, product

from soak.worlds.book import HAZARDS, SILENT_AFTER_S, SOURCES, Kind
from soak.worlds.dumb import COUNTRY, OBLAST, RAION, ZONES
from tocsin.commands import (
    Annotate,
    Escalate,
    Extend,
    Heartbeat,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceSilent,
    Withdraw,
)
from tocsin.limits import FUTURE_S
from tocsin.model import Extent, Hazard, Hierarchy, Level, SourceId, Stage, Threat, ZoneId

HIERARCHY = Hierarchy({COUNTRY: None, OBLAST: COUNTRY, RAION: OBLAST})
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE = START - timedelta(minutes=1)
LATER = START + timedelta(days=1, seconds=FUTURE_S)
NOWHERE = ZoneId("nowhere")

RED = Kind()
YELLOW = Kind(level=Level.YELLOW)
EARLY = Kind(stage=Stage.EARLY_WARNING, level=Level.YELLOW)
PART = Kind(extent=Extent.PART)
DOWN = {COUNTRY: (OBLAST, RAION), OBLAST: (RAION,), RAION: ()}
Orders = Iterator[tuple[SourceId, Order]]


def now(seq: int) -> datetime:
    """When the order is given that finds the log at ``seq``: each a minute after the one before."""
    return START + timedelta(minutes=seq)


def said(kind: Kind, hazard: Hazard, *zones: ZoneId) -> Raise:
    return Raise(
        zones=zones,
        hazard=hazard,
        threat=kind.threat,
        stage=kind.stage,
        level=kind.level,
        extent=kind.extent,
        ref=kind.ref,
    )


def raised(kinds: Mapping[ZoneId, Iterable[Kind]]) -> Orders:
    for (zone, says), source, hazard in product(kinds.items(), SOURCES, HAZARDS):
        for kind in says:
            yield source, said(kind, hazard, zone)


def raised_everywhere(kind: Kind) -> Orders:
    for source, hazard in product(SOURCES, HAZARDS):
        yield source, said(kind, hazard, *ZONES)


GIVERS: tuple[tuple[SourceId, SourceId | None], ...] = (
    (SOURCES[0], None),
    (SOURCES[1], None),
    (SOURCES[0], SOURCES[1]),
    (SOURCES[1], SOURCES[0]),
)
"""Who orders, and whose holds are named: their own, or the other source's."""


def released() -> Orders:
    for (source, of), hazard, zone in product(GIVERS, HAZARDS, ZONES):
        yield source, Release(zones=(zone,), hazard=hazard, of=of)


def ended() -> Orders:
    for (source, of), hazard in product(GIVERS, HAZARDS):
        for zone in ZONES:
            yield source, Release(zones=(zone,), hazard=hazard, of=of)
            yield source, Withdraw(zones=(zone,), hazard=hazard, of=of)
        if of is None:
            yield source, Release(zones=(OBLAST, COUNTRY), hazard=hazard)
            yield source, Withdraw(zones=(COUNTRY, RAION), hazard=hazard)


def escalated(*to: tuple[Stage | None, Level | None]) -> Orders:
    for (source, of), hazard, zone, (stage, level) in product(GIVERS, HAZARDS, ZONES, to):
        yield source, Escalate(zones=(zone,), hazard=hazard, of=of, to_stage=stage, to_level=level)


def narrowed() -> Orders:
    for (source, of), hazard in product(GIVERS, HAZARDS):
        for zone, below in DOWN.items():
            for to in below:
                yield source, Narrow(zones=(zone,), to=(to,), hazard=hazard, of=of)
        if of is None:
            yield source, Narrow(zones=(COUNTRY,), to=(OBLAST, RAION), hazard=hazard)
            yield source, Narrow(zones=(COUNTRY, OBLAST), to=(RAION,), hazard=hazard)
            yield source, Narrow(zones=(COUNTRY, RAION), to=(RAION,), hazard=hazard)


def extended() -> Orders:
    for (source, of), hazard in product(GIVERS, HAZARDS):
        for zone, to in permutations(ZONES, 2):
            yield source, Extend(zones=(zone,), to=(to,), hazard=hazard, of=of)
        if of is None:
            yield source, Extend(zones=(OBLAST, RAION), to=ZONES, hazard=hazard)


def replaced(kinds: Mapping[ZoneId, Sequence[Kind]]) -> Orders:
    """On its own zone by each of the kinds, and by the other hazard; on the others by the first of theirs."""
    for (source, of), hazard, zone in product(GIVERS, HAZARDS, ZONES):
        for kind in kinds[zone]:
            yield source, Replace(zones=(zone,), hazard=hazard, of=of, by=said(kind, hazard, zone))
        if of is None:
            for to in ZONES:
                if to != zone:
                    yield source, Replace(zones=(zone,), hazard=hazard, by=said(kinds[to][0], hazard, to))
            other = HAZARDS[1 - HAZARDS.index(hazard)]
            yield source, Replace(zones=(zone,), hazard=hazard, by=said(kinds[zone][0], other, zone))


def annotated() -> Orders:
    for source, hazard, zone in product(SOURCES, HAZARDS, ZONES):
        yield source, Annotate(zones=(zone,), hazard=hazard, note="confirmed")
    for source, of in GIVERS[2:]:
        for hazard in HAZARDS:
            yield source, Annotate(zones=(OBLAST,), hazard=hazard, of=of, note="seen from here")


def lives(spoken: Sequence[tuple[ZoneId, ...]]) -> Orders:
    for source, of in GIVERS:
        yield source, SourceSilent(of=of)
        yield source, SourceBack(of=of)
    for source, zones in product(SOURCES, spoken):
        yield source, Heartbeat(silent_after_s=SILENT_AFTER_S, zones=zones)


def slips() -> Orders:
    """Orders that are wrong whatever stands, and some that are wrong about all that can stand."""
    for source, hazard in product(SOURCES, HAZARDS):
        yield source, said(RED, hazard, RAION, NOWHERE)
        yield source, Release(zones=(COUNTRY, NOWHERE), hazard=hazard)
        yield source, Narrow(zones=(OBLAST,), to=(COUNTRY,), hazard=hazard)
        yield source, Narrow(zones=(COUNTRY,), to=(NOWHERE,), hazard=hazard)
        yield source, Withdraw(zones=(COUNTRY,), hazard=hazard, at=BEFORE)
        yield source, Release(zones=(OBLAST,), hazard=hazard, at=LATER)
        yield source, Replace(zones=(RAION,), hazard=hazard, at=BEFORE, by=said(RED, hazard, COUNTRY))
        for zone in ZONES:
            yield (
                source,
                Escalate(zones=(zone,), hazard=hazard, to_stage=Stage.EARLY_WARNING, to_level=Level.YELLOW),
            )


def by_alert(threats: Sequence[Threat | None], refs: Sequence[str | None]) -> Orders:
    """Upon one threat or one alert of a source only."""
    for (source, of), hazard, zone, threat, ref in product(GIVERS, HAZARDS, ZONES, threats, refs):
        yield source, Release(zones=(zone,), hazard=hazard, of=of, threat=threat, ref=ref)
        for to in DOWN[zone]:
            yield source, Narrow(zones=(zone,), to=(to,), hazard=hazard, of=of, threat=threat, ref=ref)
        if of is None:
            to_threat = threats[-1] if threat != threats[-1] else None
            yield source, Escalate(zones=(zone,), hazard=hazard, threat=threat, ref=ref, to_threat=to_threat)
