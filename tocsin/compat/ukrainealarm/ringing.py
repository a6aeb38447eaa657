"""Which alarms begin and end with an order, as webhooks are told of them.

An alarm is told of with the region where it was placed, and not once more for each region in it. It has ended for a
region only when nothing covers that any more: where the alarm of a raion ends under one of its oblast, the raion's end
is told together with the oblast's. So whoever looks at one region alone never hears an end too early.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from tocsin.compat.ukrainealarm.regions import Region, Regions
from tocsin.compat.ukrainealarm.shapes import TYPE_OF, Notice, Status
from tocsin.engine import Draft, State
from tocsin.events import Entry, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.model import Extent, Hazard, Hold, Stage, ZoneId


class Key(NamedTuple):
    region: str
    hazard: Hazard


class Rung(NamedTuple):
    """One beginning or end of an alarm."""

    key: Key
    status: Status
    at: datetime

    @property
    def body(self) -> bytes:
        """As it is delivered."""
        return msgspec.json.encode(
            Notice(
                status=self.status,
                region_id=int(self.key.region),
                alarm_type=TYPE_OF[self.key.hazard],
                created_at=self.at.astimezone(UTC).replace(microsecond=0),
            )
        )


class Ringing:
    """Follows the log, order by order, from the state it begins with."""

    def __init__(self, state: State, regions: Regions, told: Iterable[Key] | None = None) -> None:
        """``told``: the alarms of which webhooks were told last that they stand; if not said, those that do."""
        self._draft = Draft(state)
        self._regions = regions
        self.told = set(self._standing() if told is None else told)

    @property
    def seq(self) -> int:
        return self._draft.state.seq

    def take(self, order: Sequence[Entry]) -> list[Rung]:
        """What the entries of one order come to; those that are known already are passed over."""
        new = self._applied(order)
        touched: dict[ZoneId, datetime] = {}
        for entry in new:
            if isinstance(entry.event, HoldRaised | HoldEscalated | HoldReleased | HoldWithdrawn):
                touched[entry.event.zone] = entry.event.at
        return list(self._rung(self._reached(touched)))

    def pass_over(self, entries: Sequence[Entry]) -> None:
        """Take in what nobody is to be told of."""
        self._applied(entries)
        self.told = set(self._standing())

    def catch_up(self, now: datetime) -> list[Rung]:
        """What webhooks have to be told so that they were told what stands."""
        ringing = {key.region for key in (*self.told, *self._standing())}
        return list(self._rung({region.id: now for region in self._regions if region.id in ringing}))

    def _applied(self, entries: Sequence[Entry]) -> list[Entry]:
        new = [entry for entry in entries if entry.seq > self.seq]
        self._draft.apply(entry.event for entry in new)
        return new

    def _reached(self, touched: Mapping[ZoneId, datetime]) -> dict[str, datetime]:
        """The regions of which something may have to be told, with the moment."""
        reached: dict[str, datetime] = {}
        ringing = {key.region for key in self.told}
        for zone, at in touched.items():
            for region, _ in self._regions.telling(zone):
                reached.setdefault(region.id, at)
        for zone, at in touched.items():
            for region in self._regions.below(zone):
                if region.id in ringing:
                    reached.setdefault(region.id, at)
        return reached

    def _rung(self, reached: Mapping[str, datetime]) -> Iterator[Rung]:
        """Of each region, what begins before what ends: where one alarm takes the place of another, there is no gap."""
        for number, at in reached.items():
            region = self._regions.get(number)
            if region is None:
                continue
            ended = []
            for hazard in Hazard:
                key = Key(number, hazard)
                before = key in self.told
                placed = self._placed(region, hazard)
                if placed and not before:
                    self.told.add(key)
                    yield Rung(key, Status.ACTIVATE, at)
                elif before and not placed and not self._covered(region, hazard):
                    self.told.discard(key)
                    ended.append(Rung(key, Status.DEACTIVATE, at))
            yield from ended

    def _standing(self) -> Iterator[Key]:
        for zone in self._draft.state.by_zone:
            for hold in self._alerts(zone):
                for region, _ in self._regions.telling(zone):
                    yield Key(region.id, hold.hazard)

    def _placed(self, region: Region, hazard: Hazard) -> bool:
        """Whether an alert is told at the region by its own number."""
        zones = self._regions.told_at(region)
        if region in self._regions.states:
            zones = (*zones, *self._regions.hierarchy.roots)
        return any(hold.hazard is hazard for zone in zones for hold in self._alerts(zone))

    def _covered(self, region: Region, hazard: Hazard) -> bool:
        """Whether an alert covers all of something that the region lies in."""
        above = self._regions.hierarchy.ancestors(region.zone) if region.zone else ()
        return any(
            hold.hazard is hazard and hold.extent is Extent.WHOLE for zone in above for hold in self._alerts(zone)
        )

    def _alerts(self, zone: ZoneId) -> Iterator[Hold]:
        state = self._draft.state
        for number in state.by_zone.get(zone, ()):
            hold = state.holds[number]
            if hold.stage is Stage.ALERT:
                yield hold
