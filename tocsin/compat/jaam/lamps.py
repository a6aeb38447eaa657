"""The 28 lamps of a JAAM map, and which of them are lit. Pure.

A lamp is lit by an air-raid alert over all of its zone, and, as a district alert, by one over a raion in it or over an
unnamed part that may be of it. A hromada alone lights no oblast, as in the original: one that has been under alert for
years would hide whatever happens to its oblast. Two cities have lamps of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.atlas import Atlas
from tocsin.engine import State
from tocsin.errors import UnknownZone
from tocsin.model import Extent, Hazard, Hold, Stage, Threat, ZoneId

SYSTEM = "alerts_in_ua"
"""What the atlas calls the numbers by which the zones are found."""

IN_ORDER = (
    *(11, 13, 21, 27, 8, 5, 10, 14, 25, 20, 22, 16, 28, 12, 23, 29, 18, 17, 9, 19, 24, 15, 4, 3, 26, 31),
    *(1293, 564),
)
"""From Zakarpattia eastward around the country to Chernivtsi, then Kyiv, Kharkiv and Zaporizhzhia, the cities."""

CITIES = {
    1293: "м. Харків та Харківська територіальна громада",
    564: "м. Запоріжжя та Запорізька територіальна громада",
}
"""As they are called there; oblasts are called as in the atlas."""

DRONES = frozenset({Threat.DRONES})
BOMBS = frozenset({Threat.GUIDED_BOMBS})
MISSILES = frozenset({Threat.CRUISE_MISSILES, Threat.BALLISTIC_MISSILES, Threat.UNSPECIFIED_MISSILES, Threat.MIG31K})


@dataclass(frozen=True, slots=True)
class Lamp:
    name: str
    zone: ZoneId


@dataclass(frozen=True, slots=True)
class Light:
    """What one lamp shows; there is none where it is dark."""

    district: bool
    """Whether only some of its zone is under alert."""
    holds: tuple[Hold, ...]
    """Why, oldest first."""

    @property
    def since(self) -> datetime:
        """Since when it has been lit by what still stands."""
        return min(hold.since for hold in self.holds)

    def under(self, threats: frozenset[Threat]) -> datetime | None:
        """Since when any of these threatens."""
        return min((hold.since for hold in self.holds if hold.threat in threats), default=None)


class Lamps:
    """All of them, over one atlas; none where it does not have their zones."""

    def __init__(self, atlas: Atlas) -> None:
        try:
            zones = [(uid, atlas.by_code(SYSTEM, str(uid))) for uid in IN_ORDER]
        except UnknownZone:
            zones = []
        self.lamps = tuple(Lamp(CITIES.get(uid) or zone.names["uk"], zone.id) for uid, zone in zones)

    def lights(self, state: State) -> list[Light | None]:
        """One for each lamp, in their order."""
        holds: defaultdict[ZoneId, list[Hold]] = defaultdict(list)
        for hold in state.holds.values():
            if hold.hazard is Hazard.AIR_RAID and hold.stage is Stage.ALERT:
                holds[hold.zone].append(hold)
        return [self._light(state, lamp.zone, holds) for lamp in self.lamps]

    def _light(self, state: State, zone: ZoneId, holds: Mapping[ZoneId, list[Hold]]) -> Light | None:
        here = [hold for at in (zone, *state.hierarchy.ancestors(zone)) for hold in holds.get(at, ())]
        # Right in an oblast lie raions, in a hromada nothing.
        within = [hold for raion in state.hierarchy.children(zone) for hold in holds.get(raion, ())]
        lit = sorted((*here, *within), key=lambda hold: hold.id)
        if not lit:
            return None
        return Light(not any(hold.extent is Extent.WHOLE for hold in here), tuple(lit))
