"""A log from a few lines: who was held when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec

from tests.world import COUNTRY, NOON, minute
from tocsin.commands import Command
from tocsin.engine import State, decide, fold
from tocsin.events import Entry, Event, HoldRaised, HoldReleased
from tocsin.model import Extent, Hazard, HoldId, Level, SourceId, Stage, Status, Threat, ZoneId
from tocsin.record.history import transitions
from tocsin.record.ledger import How, Ledger


class Row(msgspec.Struct, frozen=True):
    """A hold from one minute after noon to another; without an end it stands."""

    zone: str
    start: float
    end: float | None
    extent: Extent = Extent.WHOLE
    level: Level = Level.RED
    stage: Stage = Stage.ALERT


def part(zone: str, start: float, end: float | None) -> Row:
    return Row(zone, start, end, Extent.PART)


def entries(rows: Sequence[Row], recorded_at: datetime = NOON) -> list[Entry]:
    """The log: every hold raised in the order given, and released right after, however late or early it was."""
    log: list[Entry] = []

    def add(event: Event) -> int:
        log.append(Entry(seq=len(log) + 1, recorded_at=recorded_at, order=f"order {len(log)}", event=event))
        return len(log)

    for row in rows:
        seq = add(
            HoldRaised(
                zone=ZoneId(row.zone),
                hazard=Hazard.AIR_RAID,
                threat=Threat.UNKNOWN,
                stage=row.stage,
                level=row.level,
                extent=row.extent,
                source=SourceId("file"),
                at=minute(row.start),
            )
        )
        if row.end is not None:
            add(HoldReleased(hold=HoldId(seq), zone=ZoneId(row.zone), source=SourceId("file"), at=minute(row.end)))
    return log


def ledger(*rows: Row) -> Ledger:
    made = Ledger()
    made.apply(entries(rows))
    return made


def lived(*commands: Command) -> list[Entry]:
    """The log of these commands, each decided by the engine upon what the ones before it left, an hour after noon."""
    state, log = State(COUNTRY), list[Entry]()
    for given in commands:
        events = decide(state, given, minute(60))
        state = fold(state, events)
        for event in events:
            log.append(Entry(seq=len(log) + 1, recorded_at=minute(60), order=given.key, event=event))
    return log


def ledger_of(*commands: Command) -> Ledger:
    made = Ledger()
    made.apply(lived(*commands))
    return made


def holds_at(rows: Iterable[Row], at: float) -> list[Row]:
    """What stands just after a minute."""
    return [row for row in rows if row.start <= at and (row.end is None or at < row.end)]


def touches(row: Row, zone: ZoneId) -> bool:
    """Whether the hold covers the zone or some of it."""
    return covers(row, zone) or row.zone == zone or zone in COUNTRY.ancestors(ZoneId(row.zone))


def covers(row: Row, zone: ZoneId) -> bool:
    """Whether the hold covers the whole of the zone."""
    return row.extent is Extent.WHOLE and row.zone in (zone, *COUNTRY.ancestors(zone))


def stretches(minutes: Sequence[bool], first: int = 0) -> list[tuple[int, int]]:
    """From and until which minutes it held, the first minute being ``first``."""
    edges = [
        number
        for number, (before, after) in enumerate(pairwise([False, *minutes, False]), first)
        if before is not after
    ]
    return list(zip(edges[::2], edges[1::2], strict=True))


def changes(ledger: Ledger, zone: ZoneId) -> list[tuple[float, Status, int, How]]:
    """From the first to the last: in which minute, to which status, by which event and what that was."""
    found = transitions(ledger, COUNTRY, zone, minute(60))[::-1]
    return [((one.at - minute(0)).total_seconds() / 60, one.after, one.seq, one.how) for one in found]
