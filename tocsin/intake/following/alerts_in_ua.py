"""alerts.in.ua: ``/v1/alerts/active.json``, all alerts that stand, with the time up to which they are known.

It has no word for an end: an alert that is over is not in it. It has no early warnings. Its ``last_updated_at`` is
what tells a new copy from an old one, and is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tocsin.intake.following.readings import (
    Answer,
    Ask,
    Odd,
    Places,
    Reading,
    Said,
    Unchanged,
    extent_of,
    modified,
    moment,
    one_of,
    parsed,
)
from tocsin.model import Hazard, Level, Threat, ZoneId

PATH = "/v1/alerts/active.json"
SYSTEM = "alerts_in_ua"
UPDATED = "%Y/%m/%d %H:%M:%S %z"

UNNAMED = "unknown"
"""The type of a location that is not wholly under alert, as Tocsin says it in this dialect."""

HAZARDS = {
    "air_raid": Hazard.AIR_RAID,
    "artillery_shelling": Hazard.ARTILLERY,
    "urban_fights": Hazard.URBAN_FIGHTING,
    "chemical": Hazard.CHEMICAL,
    "nuclear": Hazard.NUCLEAR,
}

THREATS = {
    "ballistic_missiles": Threat.BALLISTIC_MISSILES,
    "mig31k_departure": Threat.MIG31K,
    "cruise_missiles": Threat.CRUISE_MISSILES,
    "guided_aerial_bombs": Threat.GUIDED_BOMBS,
    "unspecified_missiles": Threat.UNSPECIFIED_MISSILES,
    "strategic_aircraft_activity": Threat.STRATEGIC_AVIATION,
    "tactic_aircraft_activity": Threat.TACTICAL_AVIATION,
    "drones": Threat.DRONES,
    "air_defense": Threat.AIR_DEFENCE,
}
"""Those that leave the least time first: an alert has one threat here, and that is the first of these that it names."""


class _Threat(msgspec.Struct, frozen=True):
    threat_type: str
    level: str | None = None
    source_message: str | None = None


class _Alert(msgspec.Struct, frozen=True):
    id: int | str
    location_uid: str | int
    started_at: str
    alert_type: str
    location_title: str = ""
    location_type: str = ""
    notes: str | None = None
    alert_level: str | None = None
    threats: list[_Threat] | None = None


class _Meta(msgspec.Struct, frozen=True):
    last_updated_at: str


class _Active(msgspec.Struct, frozen=True):
    alerts: list[msgspec.Raw]
    meta: _Meta


class AlertsInUa:
    """The dialect. Of earlier answers it remembers nothing."""

    def __init__(self, places: Places, token: str | None) -> None:
        self._places = places
        self._headers: Mapping[str, str] = {"Authorization": f"Bearer {token}"} if token else {}

    expects: tuple[int, ...] = ()

    def again(self, memory: object) -> object:
        return memory

    def forget(self, memory: object) -> object:
        return memory

    def ask(self, memory: object) -> Ask:
        return Ask(path=PATH, headers=self._headers)

    def hear(self, memory: object, ask: Ask, answer: Answer) -> tuple[object, Reading | Unchanged | Ask]:
        """Errors: `Odd`."""
        if answer.status == 304:
            return memory, Unchanged()
        return memory, read(answer, self._places)


def read(answer: Answer, places: Places) -> Reading:
    """Errors: `Odd`."""
    told: _Active = parsed(answer.body, _Active)
    updated = told.meta.last_updated_at
    as_of = moment(updated, UPDATED) if "/" in updated else moment(updated)
    said: dict[object, Said] = {}
    unknown: list[str] = []
    not_fit: list[str] = []
    for raw in told.alerts:
        alert: _Alert | None = one_of(raw, _Alert)
        since = _moment(alert.started_at) if alert is not None else None
        if alert is None or since is None:
            not_fit.append(f"an alert has another form than this feed's: {bytes(raw)[:80]!r}")
            continue
        uid = str(alert.location_uid)
        place = places.by_code(SYSTEM, uid)
        if place is None:
            unknown.append(f"{uid} {alert.location_title}".strip())
            continue
        one = _said(alert, since, *place)
        said[one.key] = one
    return Reading(
        said=tuple(said.values()),
        complete=True,
        as_of=as_of,
        marks={"last_updated_at": as_of.timestamp(), **modified(answer.headers)},
        unknown=tuple(unknown),
        not_fit=tuple(not_fit),
    )


def _moment(text: str) -> datetime | None:
    try:
        return moment(text)
    except Odd:
        return None


def _said(alert: _Alert, since: datetime, zone: ZoneId, part: bool) -> Said:
    threats = alert.threats or []
    named = {threat.threat_type for threat in threats}
    words = [alert.notes, *(threat.source_message for threat in threats)]
    return Said(
        zone=zone,
        ref=str(alert.id),
        # A kind of danger that this version does not know is a danger all the same.
        hazard=HAZARDS.get(alert.alert_type, Hazard.AIR_RAID),
        threat=next((threat for name, threat in THREATS.items() if name in named), Threat.UNKNOWN),
        level=Level.YELLOW if alert.alert_level == "yellow" else Level.RED,
        extent=extent_of(part or alert.location_type == UNNAMED),
        since=since,
        cause="; ".join(dict.fromkeys(word for word in words if word))[:1000] or None,
    )
