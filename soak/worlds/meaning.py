"""What each order means, said in sets: which holds it ends, changes and places, or why it is refused.

It says nothing of events, of their order, of ids, or of what is told to people. How the engine gets from one set to
the other is its own affair, and checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from soak.worlds.book import Book
from soak.worlds.dumb import ZONES, Life, Reading, Said, lies_in
from soak.worlds.orders import START
from tocsin.commands import (
    Annotate,
    Command,
    Escalate,
    Extend,
    Heartbeat,
    Narrow,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceOrder,
    SourceSilent,
    UponHolds,
    WarningOrder,
    Withdraw,
)
from tocsin.errors import (
    BadTime,
    EndBeforeStart,
    NotAnEscalation,
    NothingHeld,
    NotInside,
    SourceUnknown,
    TocsinError,
    UnknownZone,
)
from tocsin.limits import FUTURE_S
from tocsin.model import Level, SourceId, Stage, ZoneId

Holds = Mapping[int, int]
"""The open holds: the number of what each says, by id."""
Refused = type[TocsinError]


class Effect(NamedTuple):
    stay: Holds
    """Of the holds there were: those that go on, and what they say now."""
    placed: set[int]


Meaning = Callable[[Holds], Effect | Refused]


def meaning(book: Book, command: Command) -> Meaning:
    """What the order means at any state. Whatever can be known before is looked up here, once."""
    order, giver = command.order, command.source
    assert isinstance(order, WarningOrder)
    if wrong := _wrong(order):
        return lambda holds: wrong
    if isinstance(order, Raise):
        saying = _all(book, order, giver)
        return lambda holds: Effect(holds, saying - set(holds.values()))
    means = {zone: _meant(book, order, giver, zone) for zone in order.zones}
    early = order.at is not None and order.at < START
    effect = _upon(book, order, giver, means)

    def upon(holds: Holds) -> Effect | Refused:
        said = set(holds.values())
        if not all(said & meant for meant in means.values()):
            return NothingHeld
        return EndBeforeStart if early else effect(holds)

    return upon


def _wrong(order: WarningOrder) -> Refused | None:
    """What is wrong with it whatever stands."""
    zones = {*order.zones, *getattr(order, "to", ())}
    if not zones <= set(ZONES):
        return UnknownZone
    return BadTime if order.at is not None and order.at > START + timedelta(seconds=FUTURE_S) else None


def _meant(book: Book, order: UponHolds, giver: SourceId, zone: ZoneId) -> set[int]:
    """All that an order can mean on the zone: what its source, or the one it names, says there of the hazard."""
    return {
        number
        for number, said in enumerate(book.contents)
        if said.zone == zone
        and said.source == (order.of or giver)
        and said.hazard is order.hazard
        and order.threat in (None, said.threat)
        and order.ref in (None, said.ref)
    }


def _all(book: Book, order: Raise, source: SourceId) -> set[int]:
    """What an order to raise says, by zone."""
    return {
        book.number[zone, order.hazard, order.threat, order.stage, order.level, order.extent, source, order.ref]
        for zone in order.zones
    }


def _upon(book: Book, order: UponHolds, giver: SourceId, means: Mapping[ZoneId, set[int]]) -> Meaning:
    every = set[int]().union(*means.values())
    match order:
        case Release() | Withdraw():
            return lambda holds: Effect(_without(holds, every), set())
        case Annotate():
            return lambda holds: Effect(holds, set())
        case Escalate():
            return _escalate(book, order, every)
        case Extend():
            copies = {number: _copies(book, number, order.to, source=giver) for number in every}
            return lambda holds: Effect(
                holds, _union(copies[number] for number in every & set(holds.values())) - set(holds.values())
            )
        case Narrow():
            return _narrow(book, order, means)
        case Replace():
            saying = _all(book, order.by, giver)
            return lambda holds: Effect(_without(holds, every - saying), saying - set(holds.values()))


def _escalate(book: Book, order: Escalate, every: set[int]) -> Meaning:
    after: dict[int, int | None] = {}
    for number in every:
        old = book.contents[number]
        new = old._replace(
            threat=order.to_threat or old.threat, stage=order.to_stage or old.stage, level=order.to_level or old.level
        )
        lower = (old.stage is Stage.ALERT and new.stage is not Stage.ALERT) or (
            old.level is Level.RED and new.level is not Level.RED
        )
        after[number] = None if lower else book.number[tuple(new)]

    def effect(holds: Holds) -> Effect | Refused:
        stay = dict(holds)
        for hold, number in holds.items():
            if number in after:
                new = after[number]
                if new is None:
                    return NotAnEscalation
                stay[hold] = new
        return Effect(stay, set())

    return effect


def _narrow(book: Book, order: Narrow, means: Mapping[ZoneId, set[int]]) -> Meaning:
    if not all(any(lies_in(to, zone) for zone in order.zones) for to in order.to):
        return lambda holds: NotInside
    ends = _union(meant for zone, meant in means.items() if zone not in order.to)
    kept = {
        number: _copies(book, number, [to for to in order.to if lies_in(to, book.contents[number].zone)])
        for number in ends
    }
    return lambda holds: Effect(
        _without(holds, ends), _union(kept[number] for number in ends & set(holds.values())) - set(holds.values())
    )


def _copies(book: Book, number: int, zones: Iterable[ZoneId], source: SourceId | None = None) -> set[int]:
    """The same said of other zones, by the same source or another."""
    old: Said = book.contents[number]
    return {book.number[tuple(old._replace(zone=zone, source=source or old.source))] for zone in zones}


def _without(holds: Holds, ended: set[int]) -> Holds:
    return {hold: number for hold, number in holds.items() if number not in ended}


def _union(sets: Iterable[set[int]]) -> set[int]:
    return set[int]().union(*sets)


def lives_after(order: SourceOrder, giver: SourceId, reading: Reading) -> dict[SourceId, Life] | Refused:
    """What is known of the sources after the order; when they fell silent aside."""
    lives = dict(reading.lives)
    match order:
        case Heartbeat():
            lives[giver] = Life(order.silent_after_s, order.zones, None)
        case SourceSilent():
            source = order.of or giver
            if source not in lives and all(hold.said.source != source for hold in reading.open.values()):
                return SourceUnknown
            known = lives.get(source, Life(None, (), None))
            lives[source] = known._replace(silent_since=known.silent_since or START)
        case SourceBack():
            source = order.of or giver
            if source in lives:
                lives[source] = lives[source]._replace(silent_since=None)
                if lives[source].silent_after_s is None:
                    del lives[source]
    return lives
