"""What other systems call an alert: one zone under one hazard, for as long as any hold on it says so. Pure.

An early warning is none: those systems have no word for it, and a lamp that lit for it would cry wolf. The dialect that
has one reads the holds itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import msgspec

from tocsin.engine import State
from tocsin.model import Extent, Hazard, Hold, Level, Stage, ZoneId


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One zone under one hazard."""

    zone: ZoneId
    hazard: Hazard
    level: Level
    """The worst of its holds."""
    whole: bool
    """Whether any of them covers all of the zone; if not, a part that nobody names."""
    since: datetime
    """The start of the oldest of them."""
    holds: tuple[Hold, ...]
    """Oldest first."""

    @property
    def id(self) -> int:
        """Stays the same while the oldest hold does."""
        return self.holds[0].id


def alarms(state: State) -> dict[ZoneId, list[Alarm]]:
    """The alarms placed on each zone itself, one for each hazard; what lies on its ancestors is not repeated."""
    grouped: defaultdict[tuple[ZoneId, Hazard], list[Hold]] = defaultdict(list)
    for hold in sorted(state.holds.values(), key=lambda hold: hold.id):
        if hold.stage is Stage.ALERT:
            grouped[hold.zone, hold.hazard].append(hold)
    found: defaultdict[ZoneId, list[Alarm]] = defaultdict(list)
    for (zone, hazard), holds in grouped.items():
        red = any(hold.level is Level.RED for hold in holds)
        found[zone].append(
            Alarm(
                zone=zone,
                hazard=hazard,
                level=Level.RED if red else Level.YELLOW,
                whole=any(hold.extent is Extent.WHOLE for hold in holds),
                since=min(hold.since for hold in holds),
                holds=tuple(holds),
            )
        )
    return dict(found)


def reaching(state: State, placed: Mapping[ZoneId, list[Alarm]], zone: ZoneId) -> list[Alarm]:
    """The alarms that a zone is under: its own, and those that cover all of something it lies in."""
    above = (alarm for up in state.hierarchy.ancestors(zone) for alarm in placed.get(up, ()) if alarm.whole)
    return [*placed.get(zone, ()), *above]
