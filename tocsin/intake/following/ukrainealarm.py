"""ukrainealarm v3: ``/api/v3/alerts``, all regions under alert, and ``/alerts/status``, the number of the last action.

It has no word for an end in what is polled. The body says no time at all, so the number is asked first: it tells an old
copy from a new one, and where it has not moved nothing can have ended. A server without it is read all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from tocsin.intake.following.readings import (
    Answer,
    Ask,
    Key,
    Odd,
    Places,
    Reading,
    Said,
    Unchanged,
    extent_of,
    moment,
    one_of,
    parsed,
)
from tocsin.model import Hazard, Level, Threat, ZoneId

STATUS, ALERTS = "/api/v3/alerts/status", "/api/v3/alerts"
SYSTEM = "ukrainealarm"
TEST_REGION = "0"

HAZARDS = {
    "AIR": Hazard.AIR_RAID,
    "ARTILLERY": Hazard.ARTILLERY,
    "URBAN_FIGHTS": Hazard.URBAN_FIGHTING,
    "CHEMICAL": Hazard.CHEMICAL,
    "NUCLEAR": Hazard.NUCLEAR,
}
NO_THREAT = "INFO"

PART = "частина території"
"""In each reason where the region is not wholly under alert, as Tocsin says it in this dialect."""

THREATS = (
    ("баліст", Threat.BALLISTIC_MISSILES),
    ("міг-31", Threat.MIG31K),
    ("крилат", Threat.CRUISE_MISSILES),
    ("каб", Threat.GUIDED_BOMBS),
    ("авіабомб", Threat.GUIDED_BOMBS),
    ("ракет", Threat.UNSPECIFIED_MISSILES),
    ("стратег", Threat.STRATEGIC_AVIATION),
    ("авіац", Threat.TACTICAL_AVIATION),
    ("дрон", Threat.DRONES),
    ("бпла", Threat.DRONES),
)
"""What a reason is known by, those that leave the least time first."""


class _Level(msgspec.Struct, frozen=True, rename="camel"):
    alert_level: str
    reason: str | None = None
    created_at: str | None = None


class _Alert(msgspec.Struct, frozen=True, rename="camel"):
    region_id: str | int
    type: str
    last_update: str | None = None
    active_alert_levels: list[_Level] | None = None


class _Region(msgspec.Struct, frozen=True, rename="camel"):
    region_id: str | int
    active_alerts: list[msgspec.Raw] | None
    region_name: str | None = None


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    last_action_index: int


class _Memory(msgspec.Struct, frozen=True):
    asked: int | None = None
    """The number that was told last."""
    read: int | None = None
    """The number at which the whole was read last; None where all is to be read in any case."""
    twice: bool = False
    """Whether the whole was read just now, and only that is wanted again."""
    was: bool = False
    """Whether what was read last was only wanted again."""
    numbered: bool = True
    """Whether the server has such a number."""


class UkraineAlarm:
    """The dialect."""

    def __init__(self, places: Places, token: str | None) -> None:
        self._places = places
        self._headers: Mapping[str, str] = {"Authorization": token} if token else {}

    expects: tuple[int, ...] = (404,)

    def ask(self, memory: object) -> Ask:
        known = memory if isinstance(memory, _Memory) else _Memory()
        return Ask(path=STATUS if known.numbered and not known.twice else ALERTS, headers=self._headers)

    def hear(self, memory: object, ask: Ask, answer: Answer) -> tuple[object, Reading | Unchanged | Ask]:
        """Errors: `Odd`."""
        known = memory if isinstance(memory, _Memory) else _Memory()
        whole = Ask(path=ALERTS, headers=self._headers)
        if ask.path == STATUS:
            if answer.status == 404:
                return msgspec.structs.replace(known, numbered=False, asked=None), whole
            number = parsed(answer.body, _Status).last_action_index
            if number == known.read:
                return known, Unchanged()
            return msgspec.structs.replace(known, asked=number), whole
        if answer.status == 404:
            raise Odd("there is no such thing at this address")
        if answer.status == 304:
            return msgspec.structs.replace(known, read=known.asked, twice=False), Unchanged()
        # Where the number was not asked again it is no later than what is read now.
        reading = read(answer, self._places, known.asked)
        return msgspec.structs.replace(known, read=known.asked, twice=False, was=known.twice), reading

    def forget(self, memory: object) -> object:
        known = memory if isinstance(memory, _Memory) else _Memory()
        return msgspec.structs.replace(known, read=None, twice=False)

    def again(self, memory: object) -> object:
        """The number is not asked a second time for the same whole: that may be asked for as seldom."""
        known = memory if isinstance(memory, _Memory) else _Memory()
        return msgspec.structs.replace(known, read=None, twice=known.read is not None and not known.was)


def read(answer: Answer, places: Places, index: int | None = None) -> Reading:
    """Errors: `Odd`."""
    regions: list[msgspec.Raw] = parsed(answer.body, list[msgspec.Raw])
    said: dict[Key, Said] = {}
    unknown: dict[str, None] = {}
    not_fit: list[str] = []
    for raw in regions:
        region: _Region | None = one_of(raw, _Region)
        if region is None:
            not_fit.append(f"a region has another form than this feed's: {bytes(raw)[:80]!r}")
            continue
        if str(region.region_id) == TEST_REGION:
            continue
        for one in region.active_alerts or ():
            alert: _Alert | None = one_of(one, _Alert)
            if alert is None:
                not_fit.append(f"an alert has another form than this feed's: {bytes(one)[:80]!r}")
                continue
            id = str(alert.region_id)  # a region repeats what it inherits, under the id of where that was given
            if id == TEST_REGION or alert.type == NO_THREAT:
                continue
            place = places.by_code(SYSTEM, id)
            if place is None:
                unknown[f"{id} {region.region_name or ''}".strip()] = None
                continue
            stands = _said(alert, id, *place)
            said[stands.key] = stands
    return Reading(
        said=tuple(said.values()),
        complete=True,
        marks={} if index is None else {"lastActionIndex": float(index)},
        apart=True,
        unknown=tuple(unknown),
        not_fit=tuple(not_fit),
    )


def _said(alert: _Alert, id: str, zone: ZoneId, part: bool) -> Said:
    levels = list(_latest(alert.active_alert_levels or ()))
    reasons = [level.reason for level in levels if level.reason]
    yellow = bool(levels) and all(level.alert_level.lower() == "yellow" for level in levels)
    told = " ".join(reasons).lower()
    return Said(
        zone=zone,
        ref=f"{id}:{alert.type}",
        hazard=HAZARDS.get(alert.type, Hazard.AIR_RAID),
        threat=next((threat for sign, threat in THREATS if sign in told), Threat.UNKNOWN),
        level=Level.YELLOW if yellow else Level.RED,
        extent=extent_of(part or (bool(reasons) and all(PART in reason for reason in reasons))),
        since=_moment(alert.last_update),
        cause="; ".join(reasons)[:1000] or None,
    )


def _moment(text: str | None) -> datetime | None:
    """When it began, where that can be read: a warning needs no date."""
    try:
        return moment(text) if text else None
    except Odd:
        return None


def _latest(levels: Iterable[_Level]) -> Iterable[_Level]:
    """Of each reason what was said last."""
    found: dict[str, _Level] = {}
    for level in sorted(levels, key=lambda level: level.created_at or ""):
        found[level.reason or ""] = level
    return found.values()
