"""Logs made of random orders, and how a stream may bring them: cut anywhere, in any order, narrowed to some zones."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from tests.world import COUNTRY, NOON, command
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
    WarningOrder,
    Withdraw,
)
from tocsin.engine import State, decide, fold
from tocsin.errors import TocsinError
from tocsin.events import ClockAccepted, Entry, Event, SourceEvent, WarningEvent, public
from tocsin.model import Extent, Hold, Level, SourceId, Stage, Threat, ZoneId

T = TypeVar("T")

SOURCES = (SourceId("duty"), SourceId("army"))
THREATS = (Threat.DRONES, Threat.MIG31K)


def random_order(chance: random.Random, state: State) -> Order:
    """Any order that the public hears of, upon zones and holds of which some are there."""
    held = sorted({hold.zone for hold in state.holds.values()}) or list(COUNTRY)

    def zones(among: Sequence[ZoneId] = tuple(COUNTRY)) -> tuple[ZoneId, ...]:
        return tuple(chance.sample(among, min(len(among), chance.choice((1, 1, 2)))))

    def some(choices: Sequence[T]) -> T | None:
        return chance.choice((None, None, *choices))

    def raising() -> Raise:
        return Raise(
            zones=zones(),
            threat=chance.choice(THREATS),
            stage=chance.choice(list(Stage)),
            level=chance.choice(list(Level)),
            extent=chance.choice((Extent.WHOLE, Extent.WHOLE, Extent.PART)),
        )

    on = (chance.choice(held),)
    upon: dict[str, Any] = {"zones": on, "threat": some(THREATS), "of": chance.choice(SOURCES)}
    orders: list[Callable[[], Order]] = [
        raising,
        raising,
        lambda: Escalate(**upon, to_threat=some(THREATS), to_stage=some(list(Stage)), to_level=some(list(Level))),
        lambda: Escalate(**upon, to_stage=Stage.ALERT, to_level=Level.RED),
        lambda: Escalate(**upon, to_level=Level.RED),
        lambda: Escalate(**upon, to_threat=chance.choice(THREATS)),
        lambda: Release(**upon),
        lambda: Withdraw(**upon),
        lambda: Narrow(**upon, to=zones(COUNTRY.descendants(on[0]) or on)),
        lambda: Narrow(**upon, to=zones(COUNTRY.descendants(on[0]) or on)),
        lambda: Extend(**upon, to=zones()),
        lambda: Replace(**upon, by=raising()),
        lambda: Annotate(**upon, note=f"note {chance.random()}"),
        lambda: Heartbeat(silent_after_s=chance.choice((5, 60)), zones=zones()),
        lambda: SourceSilent(of=chance.choice(SOURCES)),
        lambda: SourceSilent(of=chance.choice(SOURCES)),
        lambda: SourceBack(of=chance.choice(SOURCES)),
    ]
    return chance.choice(orders)()


def random_log(chance: random.Random, length: int) -> list[Entry]:
    """What the engine makes of random orders, a minute apart, some of them of a while ago."""
    entries = [Entry(seq=1, recorded_at=NOON, order="first", event=ClockAccepted(at=NOON))]
    state = fold(State(COUNTRY), [entries[0].event])
    while len(entries) < length:
        now = NOON + timedelta(minutes=len(entries))
        order = random_order(chance, state)
        if isinstance(order, WarningOrder) and chance.random() < 0.4:
            order = msgspec.structs.replace(order, at=now - timedelta(minutes=chance.randint(0, 20)))
        given = command(order, source=chance.choice(SOURCES))
        try:
            events: tuple[Event, ...] = decide(state, given, now)
        except TocsinError:
            continue
        if chance.random() < 0.1:
            events = (*events, ClockAccepted(at=now))
        entries += [
            Entry(seq=seq, recorded_at=now, order=given.key, event=event)
            for seq, event in enumerate(events, state.seq + 1)
        ]
        state = fold(state, events)
    return entries


def plain(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def heard(log: list[Entry]) -> bool:
    """Whether it tells of any warning or source."""
    return any(not isinstance(entry.event, ClockAccepted) for entry in log)


def jumbled(chance: random.Random, entries: list[Any]) -> list[Any]:
    """In any order, some of them more than once."""
    copies = chance.choices(entries, k=chance.randint(0, 10)) if entries else []
    return chance.sample([*entries, *copies], len(entries) + len(copies))


def between_orders(chance: random.Random, log: list[Entry], least: int) -> int:
    """A seq at which nothing is half done: what an order leads to is appended at once."""
    ends = [seq for seq in range(1, len(log)) if log[seq - 1].order != log[seq].order]
    return chance.choice([seq for seq in (*ends, len(log)) if seq >= least])


# --- a stream that is narrowed to some zones -----------------------------------------------------


def concerns(zone: ZoneId, named: Collection[ZoneId]) -> bool:
    """Whether what is about the zone can change what is said of one of those named."""
    line = (zone, *COUNTRY.ancestors(zone))
    return any(one in line or zone in COUNTRY.ancestors(one) for one in named)


def told(entry: Entry, named: Collection[ZoneId]) -> bool:
    """Whether a stream narrowed to the zones named tells of it."""
    event = entry.event
    return concerns(event.zone, named) if isinstance(event, WarningEvent) else isinstance(event, SourceEvent)


def narrowed(log: Sequence[Entry], named: Collection[ZoneId], first: int = 0) -> list[dict[str, Any]]:
    """The log's entries as such a stream tells them. Nothing is known of what lies before ``first``."""
    entries, before = [], first
    for entry in log:
        if entry.seq > first and told(entry, named):
            entries.append({**plain(public(entry)), "prev": before})
            before = entry.seq
    return entries


def near(holds: Collection[Hold], named: Collection[ZoneId]) -> list[Hold]:
    """The holds that concern the zones named."""
    return [hold for hold in holds if concerns(hold.zone, named)]
