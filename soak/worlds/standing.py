"""What must hold of every state that can be reached, read from the log that led to it by the plain definitions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import msgspec

from soak.worlds import dumb
from soak.worlds.book import HAZARDS, SILENT_AFTER_S, SOURCES
from soak.worlds.dumb import RANK, ZONES, Open, Reading, Said
from soak.worlds.orders import EARLY, HIERARCHY, PART, RED, YELLOW, now
from tocsin import engine
from tocsin.commands import Command, Raise
from tocsin.engine import snapshot
from tocsin.engine.state import State, last_touched
from tocsin.errors import StaleSeq
from tocsin.model import Freshness, Hold, HoldId, Source, Status, ZoneId, ZoneStatus

AREAS = [zones for many in (1, 2, 3) for zones in combinations(ZONES, many)]


class Violation(Exception):
    """The engine did something that it never may."""


def require(holds: bool, what: str, *details: object) -> None:
    if not holds:
        raise Violation(": ".join([what, *map(repr, details)]))


def check_state(state: State, reading: Reading) -> None:
    """That the state keeps what the log says, and that all that is said of it follows from the definitions."""
    _what_is_kept(state, reading)
    told = {zone: engine.status_of(state, zone) for zone in ZONES}
    _never_said_too_early(told, reading)
    _what_is_told(state, reading, told)
    _snapshot(state)
    for area in AREAS:
        require(last_touched(state, area) == dumb.touched(reading, area), "last touched", area)


def _what_is_kept(state: State, reading: Reading) -> None:
    holds = {hold: open_as(state.holds[hold]) for hold in state.holds}
    require(holds == reading.open, "open holds", holds, reading.open)
    require(all(hold == state.holds[hold].id for hold in state.holds), "ids of holds", state.holds)
    sources = {
        name: Source(id=name, silent_after_s=life.silent_after_s, zones=life.zones, silent_since=life.silent_since)
        for name, life in reading.lives.items()
    }
    require(dict(state.sources) == sources, "sources", state.sources, sources)
    require(engine.silent_sources(state) == reading.silent, "silent sources", reading.silent)
    check_maps(state, {hold: opened.said for hold, opened in reading.open.items()})
    at = {zone: [seq for seq, there in reading.about if there == zone] for zone in ZONES}
    touched = {zone: max(seqs) for zone, seqs in at.items() if seqs}
    inside = {zone: [seq for below in ZONES[place + 1 :] for seq in at[below]] for place, zone in enumerate(ZONES)}
    below = {zone: max(seqs) for zone, seqs in inside.items() if seqs}
    require(dict(state.touched) == touched, "touched", state.touched, touched)
    require(dict(state.touched_below) == below, "touched below", state.touched_below, below)


def open_as(hold: Hold) -> Open:
    return Open(saying(hold), hold.since, hold.note)


def saying(hold: Hold) -> Said:
    return Said(hold.zone, hold.hazard, hold.threat, hold.stage, hold.level, hold.extent, hold.source, hold.ref)


def check_maps(state: State, holds: dict[int, Said]) -> None:
    """The holds by zone, and how many lie below each zone."""
    by_zone: dict[ZoneId, tuple[int, ...]] = {}
    below: dict[ZoneId, int] = {}
    for hold in sorted(holds):
        zone = holds[hold].zone
        by_zone[zone] = (*by_zone.get(zone, ()), hold)
        for above in ZONES[: ZONES.index(zone)]:
            below[above] = below.get(above, 0) + 1
    require(dict(state.by_zone) == by_zone, "holds by zone", state.by_zone, by_zone)
    require(dict(state.below) == below, "how many holds below", state.below, below)


def _never_said_too_early(told: dict[ZoneId, ZoneStatus], reading: Reading) -> None:
    for zone, saying in told.items():
        for hold in reading.open.values():
            if dumb.covers(hold.said, zone):
                require(RANK[saying.status] >= RANK[hold.said.status], "said too early", zone, saying, hold)
            if dumb.parts(hold.said, zone):
                require(saying.status is not Status.CLEAR, "said clear too early", zone, saying, hold)
                require(saying.within is not Status.CLEAR, "said calm within too early", zone, saying, hold)
            if dumb.may_mean(hold.said, zone):
                require(saying.around is not Status.CLEAR, "said calm around too early", zone, saying, hold)


def _what_is_told(state: State, reading: Reading, told: dict[ZoneId, ZoneStatus]) -> None:
    holds = [opened.said for opened in reading.open.values()]
    for zone, saying in told.items():
        over = [hold for hold, opened in reading.open.items() if dumb.covers(opened.said, zone)]
        parts = [hold for hold, opened in reading.open.items() if dumb.parts(opened.said, zone)]
        around = [hold for hold, opened in reading.open.items() if dumb.may_mean(opened.said, zone)]
        right = ZoneStatus(
            zone=zone,
            status=dumb.status(holds, zone),
            within=dumb.worst(reading.open[hold].said for hold in parts),
            around=dumb.worst(reading.open[hold].said for hold in around),
            since=min((reading.open[hold].since for hold in over or parts), default=None),
            freshness=Freshness.STALE if dumb.stale(reading, zone) else Freshness.FRESH,
        )
        require(saying == right, "what is said of a zone", saying, right)
        require([hold.id for hold in engine.covering(state, zone)] == sorted(over), "covering", zone)
        require(sorted(hold.id for hold in engine.inside(state, zone)) == sorted(parts), "inside", zone)
        require([hold.id for hold in engine.around(state, zone)] == sorted(around), "around", zone)
    said = {zone: saying.status for zone, saying in told.items()}
    require(engine.statuses(state) == said, "what is said of all zones", engine.statuses(state), said)
    stale = [zone for zone in ZONES if dumb.stale(reading, zone)]
    require(engine.stale_zones(state) == stale, "stale zones", engine.stale_zones(state), stale)
    awaited = sorted(name for name, life in reading.lives.items() if life.silent_after_s and not life.silent_since)
    late = engine.overdue(state, dict.fromkeys(SOURCES, SILENT_AFTER_S + 1.0))
    require(sorted(late) == awaited, "overdue sources", late, awaited)
    require(engine.overdue(state, dict.fromkeys(SOURCES, float(SILENT_AFTER_S))) == [], "overdue too early")


def _snapshot(state: State) -> None:
    kept = msgspec.json.encode(snapshot.pack(state))
    back = snapshot.unpack(msgspec.json.decode(kept, type=snapshot.Packed), HIERARCHY)
    require(back == state, "a state from its snapshot", back, state)
    require(msgspec.json.encode(snapshot.pack(back)) == kept, "a snapshot of the state from it")


def check_stale_orders(state: State, reading: Reading) -> None:
    """That an order is refused for what has happened to its own zones since it was decided upon, and for no more."""
    for area in (*((zone,) for zone in ZONES), ZONES[1:]):
        newest = dumb.touched(reading, area)
        for upon in range(state.seq + 2):
            order = Command(key="k", actor="a", source=SOURCES[0], order=Raise(zones=area), decided_upon=upon)
            try:
                engine.decide(state, order, now(state.seq))
            except StaleSeq:
                refused = True
            else:
                refused = False
            require(refused is not (newest <= upon <= state.seq), "decided upon", upon, area, newest)


def check_outlook(state: State, reading: Reading) -> None:
    """That what would be said, were some holds gone and others there, is what is said then."""
    for ended in (*combinations(reading.open, 1), *combinations(reading.open, 2), ()):
        rest = [opened.said for hold, opened in reading.open.items() if hold not in ended]
        outlook = engine.Outlook(state)
        for hold in ended:
            outlook.end(state.holds[HoldId(hold)])
        _require_said(outlook, rest)
    said = [opened.said for opened in reading.open.values()]
    for zone, kind in product(ZONES, (RED, YELLOW, EARLY, PART)):
        more = Said(zone, HAZARDS[0], kind.threat, kind.stage, kind.level, kind.extent, SOURCES[0], kind.ref)
        outlook = engine.Outlook(state)
        outlook.place(zone, more.extent, more.status)
        _require_said(outlook, [*said, more])


def _require_said(outlook: engine.Outlook, holds: Sequence[Said]) -> None:
    for zone in ZONES:
        said, right = outlook.said(zone), dumb.status(holds, zone)
        require(said is right, "what would be said of a zone", zone, said, right, holds)
