"""A model of the engine too dumb to be wrong: all open holds in a list, and everything said by looking at all of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

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
    UponHolds,
    Withdraw,
)
from tocsin.errors import BadTime, EndBeforeStart, NotAnEscalation, NothingHeld, NotInside, SourceUnknown, TocsinError
from tocsin.model import Extent, Hazard, Hold, Level, Stage, Status, Threat, ZoneId

STATUSES = list(Status)
SAME = attrgetter("zone", "source", "ref", "hazard", "threat", "stage", "level", "extent")
"""What two holds are the same by."""


@dataclass(frozen=True)
class One:
    """One open hold."""

    zone: ZoneId
    source: str
    ref: str | None
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    extent: Extent
    since: datetime
    note: str | None = None

    @property
    def says(self) -> Status:
        if self.stage is Stage.EARLY_WARNING:
            return Status.EARLY_WARNING
        return Status(self.level.value)


class Refused(Exception):
    def __init__(self, error: type[TocsinError]) -> None:
        self.error = error


def known_as(hold: Hold) -> One:
    """A hold of the engine in the model's own form."""
    return One(
        zone=hold.zone,
        source=hold.source,
        ref=hold.ref,
        hazard=hold.hazard,
        threat=hold.threat,
        stage=hold.stage,
        level=hold.level,
        extent=hold.extent,
        since=hold.since,
        note=hold.note,
    )


@dataclass
class Dumb:
    parents: dict[ZoneId, ZoneId | None]
    open: list[One] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    promised: dict[str, tuple[ZoneId, ...]] = field(default_factory=dict)

    # --- what orders do ----------------------------------------------------------------------

    def obey(self, giver: str, order: Order, now: datetime) -> type[TocsinError] | None:
        """Carry it out, or say what it is refused with and leave all as it was."""
        before = list(self.open)
        try:
            self._obey(giver, order, now)
        except Refused as refused:
            self.open = before
            return refused.error
        return None

    def _obey(self, giver: str, order: Order, now: datetime) -> None:
        match order:
            case Raise():
                self.place(giver, order, order.at or now)
            case Heartbeat():
                self.promised[giver] = order.zones
                self.silent.discard(giver)
            case SourceSilent():
                source = order.of or giver
                if source not in {one.source for one in self.open} | set(self.promised) | self.silent:
                    raise Refused(SourceUnknown)
                self.silent.add(source)
            case SourceBack():
                self.silent.discard(order.of or giver)
            case _:
                assert isinstance(order, UponHolds)
                self._upon(giver, order, now)

    def _upon(self, giver: str, order: UponHolds, now: datetime) -> None:
        zones = list(dict.fromkeys(order.zones))
        meant = [one for zone in zones for one in self.open if one.zone == zone and self.means(giver, order, one)]
        if {one.zone for one in meant} != set(zones):
            raise Refused(NothingHeld)
        match order:
            case Escalate():
                self._escalate(order, meant, now)
            case Annotate():
                for one in meant:
                    self.open[self.open.index(one)] = replace(one, note=order.note)
            case Extend():
                for one in meant:
                    for zone in order.to:
                        self.add(replace(one, zone=zone, source=giver, since=order.at or now, note=None))
            case Release() | Withdraw():
                self.end(meant, order.at, now)
            case Narrow():
                if any(not any(self.within(zone, held) for held in zones) for zone in order.to):
                    raise Refused(NotInside)
                ending = [one for one in meant if one.zone not in order.to]
                for one in ending:
                    for zone in order.to:
                        if zone != one.zone and self.within(zone, one.zone):
                            self.add(replace(one, zone=zone, note=None))
                self.end(ending, order.at, now)
            case Replace():
                begins = order.by.at or order.at or now
                if order.at is not None and begins > order.at:
                    raise Refused(BadTime)
                stays = {SAME(one) for one in self.new(giver, order.by, now)}
                ending = [one for one in meant if SAME(one) not in stays]
                self.place(giver, order.by, begins)
                self.end(ending, order.at, now)

    def _escalate(self, order: Escalate, meant: list[One], now: datetime) -> None:
        for one in meant:
            after = replace(
                one,
                threat=order.to_threat or one.threat,
                stage=order.to_stage or one.stage,
                level=order.to_level or one.level,
            )
            if (one.stage, after.stage) == (Stage.ALERT, Stage.EARLY_WARNING):
                raise Refused(NotAnEscalation)
            if (one.level, after.level) == (Level.RED, Level.YELLOW):
                raise Refused(NotAnEscalation)
            if after.stage is not one.stage:
                after = replace(after, since=max(order.at or now, one.since))
            self.open[self.open.index(one)] = after

    def means(self, giver: str, order: UponHolds, one: One) -> bool:
        return (
            one.source == (order.of or giver)
            and one.hazard is order.hazard
            and order.threat in (None, one.threat)
            and order.ref in (None, one.ref)
        )

    def new(self, giver: str, order: Raise, since: datetime) -> list[One]:
        return [
            One(
                zone=zone,
                source=giver,
                ref=order.ref,
                hazard=order.hazard,
                threat=order.threat,
                stage=order.stage,
                level=order.level,
                extent=order.extent,
                since=since,
            )
            for zone in order.zones
        ]

    def place(self, giver: str, order: Raise, since: datetime) -> None:
        for one in self.new(giver, order, since):
            self.add(one)

    def add(self, one: One) -> None:
        if SAME(one) not in [SAME(other) for other in self.open]:
            self.open.append(one)

    def end(self, ending: list[One], at: datetime | None, now: datetime) -> None:
        if at is not None and any(at < one.since for one in ending):
            raise Refused(EndBeforeStart)
        for one in ending:
            self.open.remove(one)

    # --- what is said ------------------------------------------------------------------------

    def within(self, zone: ZoneId | None, other: ZoneId) -> bool:
        """Whether ``zone`` is ``other`` or lies in it."""
        return zone is not None and (zone == other or self.within(self.parents[zone], other))

    def over(self, zone: ZoneId) -> list[One]:
        return [one for one in self.open if one.extent is Extent.WHOLE and self.within(zone, one.zone)]

    def parts(self, zone: ZoneId) -> list[One]:
        below = [one for one in self.open if one.zone != zone and self.within(one.zone, zone)]
        return below + [one for one in self.open if one.zone == zone and one.extent is Extent.PART]

    def around(self, zone: ZoneId) -> list[One]:
        above = [one for one in self.open if one.zone != zone and self.within(zone, one.zone)]
        return [one for one in above if one.extent is Extent.PART]

    def says(self, zone: ZoneId) -> Status:
        if over := self.over(zone):
            return worst(over)
        return Status.PARTIAL if self.parts(zone) else Status.CLEAR

    def since(self, zone: ZoneId) -> datetime | None:
        return min((one.since for one in self.over(zone) or self.parts(zone)), default=None)

    def stale(self, zone: ZoneId) -> bool:
        rests_on = self.over(zone) or self.parts(zone)
        part = [one for one in self.open if one.zone == zone and one.extent is Extent.PART]
        silent = any(one.source in self.silent for one in rests_on + part + self.around(zone))
        spoken = [place for source in self.silent for place in self.promised.get(source, ())]
        return silent or any(self.within(zone, place) for place in spoken)


def worst(holds: list[One]) -> Status:
    return max((one.says for one in holds), key=STATUSES.index, default=Status.CLEAR)
