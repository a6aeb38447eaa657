"""From the state to what is answered. Pure.

A location is under the air-raid alerts that were placed on it and under those that cover all of something it lies in.
It is partly under alert where only some of it is, or where an alert lies on an unnamed part of something it lies in,
which may be this one: the dialect has no weaker word, and none at all would be calm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from datetime import datetime

import msgspec

from tocsin.compat.alarms import alarms
from tocsin.compat.alerts_in_ua.places import OBLASTS, Place, Places
from tocsin.compat.alerts_in_ua.shapes import (
    THREAT_OF,
    TYPE_OF,
    ActiveAlert,
    AlertsTold,
    AlertTold,
    LocationType,
    Meta,
    ThreatTold,
    moment,
    updated,
)
from tocsin.compat.alerts_in_ua.words import PART, SILENT, WITHDRAWN, Marks, notes
from tocsin.engine import State, silent_sources
from tocsin.model import Extent, Hazard, Hold, Level, SourceId, Stage, ZoneId
from tocsin.record.history import RecordedHold
from tocsin.record.ledger import How

NONE, PARTLY, ACTIVE, UNASSIGNED = "N", "P", "A", " "
LEVELS = {Level.YELLOW: "Y", Level.RED: "R"}

Placed = tuple[Place, Hold]
"""A hold where it is told."""

EXPANDED = 10**9
"""An alert of the whole country is told once for each oblast; this gives each of these a number of its own."""


# --- one character for each location ----------------------------------------------------------


class Standing:
    """What is said of each zone in one character, of one state."""

    def __init__(self, state: State) -> None:
        hierarchy = state.hierarchy
        self._whole: dict[ZoneId, Level] = {}
        self._partly: set[ZoneId] = set()
        for zone, placed in alarms(state).items():
            holds = [hold for alarm in placed if alarm.hazard is Hazard.AIR_RAID for hold in alarm.holds]
            if not holds:
                continue
            self._partly.update(hierarchy.ancestors(zone))
            levels = {hold.level for hold in holds if hold.extent is Extent.WHOLE}
            below = hierarchy.descendants(zone)
            if levels:
                level = Level.RED if Level.RED in levels else Level.YELLOW
                for reached in (zone, *below):
                    if self._whole.get(reached) is not Level.RED:
                        self._whole[reached] = level
            if any(hold.extent is Extent.PART for hold in holds):
                self._partly.update((zone, *below))
        # What is under alert in every part is under alert as a whole, though nobody said so in one word.
        for zone in sorted(self._partly, key=lambda zone: len(hierarchy.ancestors(zone)), reverse=True):
            parts = [self._whole.get(part) for part in hierarchy.children(zone)]
            if parts and None not in parts and self._whole.get(zone) is not Level.RED:
                self._whole[zone] = Level.YELLOW if Level.YELLOW in parts else Level.RED

    def character(self, zone: ZoneId, *, levels: bool) -> str:
        """``levels``: red and yellow are told apart, as version 2 does."""
        level = self._whole.get(zone)
        if level is not None:
            return LEVELS[level] if levels else ACTIVE
        return PARTLY if zone in self._partly else NONE


def by_uid(standing: Standing, places: Places, *, levels: bool) -> bytes:
    """All locations: the character at each number."""
    told = [UNASSIGNED] * places.length
    for place in places:
        told[place.uid] = standing.character(place.zone, levels=levels)
    return msgspec.json.encode("".join(told))


def by_oblast(standing: Standing, places: Places, *, levels: bool) -> bytes:
    """The oblasts in their order."""
    zones = [places.zone(uid) for uid in OBLASTS]
    return msgspec.json.encode("".join(standing.character(zone, levels=levels) for zone in zones if zone))


def of_one(standing: Standing, zone: ZoneId, *, levels: bool) -> bytes:
    return msgspec.json.encode(standing.character(zone, levels=levels))


# --- the alerts themselves --------------------------------------------------------------------


def active(state: State, places: Places, mark: Marks, *, cut_off: bool = False) -> bytes:
    """Every alert, at the location where it was placed. ``cut_off``: all of it may be old."""
    silent = silent_sources(state)
    told = [
        _active(alike, mark, silent, cut_off=cut_off)
        for alike in _alike((hold for hold in state.holds.values() if hold.stage is Stage.ALERT), places)
    ]
    return msgspec.json.encode(sorted(told, key=lambda alert: (alert.started_at, alert.id)))


def past(holds: Iterable[RecordedHold], places: Places, zones: Container[ZoneId], mark: Marks) -> bytes:
    """The alerts that these were, in the zones asked about, oldest first: what one location was under without a break
    is one of them."""
    told: list[AlertTold] = []
    for alike in _alike((hold for hold in holds if hold.stage is Stage.ALERT and hold.zone in zones), places):
        if alike[0][0].zone not in zones:
            continue
        chain: list[Placed] = []
        end: datetime | None = None
        for placed in sorted(alike, key=lambda one: (one[1].since, one[1].id)):
            hold = placed[1]
            if chain and end is not None and hold.since > end:
                told.append(_past(chain, end, mark))
                chain = []
            ended = _ended(hold)
            if not chain:
                end = ended
            elif end is not None:
                end = None if ended is None else max(end, ended)
            chain.append(placed)
        told.append(_past(chain, end, mark))
    return msgspec.json.encode(sorted(told, key=lambda alert: (alert.started_at, alert.id)))


def alerts(told: bytes, modified: datetime, disclaimer: str) -> bytes:
    """A whole answer: the alerts, when there was news of any of them last, and what to know of them."""
    return msgspec.json.encode(
        AlertsTold(alerts=msgspec.Raw(told), meta=Meta(last_updated_at=updated(modified)), disclaimer=disclaimer)
    )


def _alike(holds: Iterable[Hold], places: Places) -> list[list[Placed]]:
    """The holds that are one alert: of one location and one hazard."""
    found: defaultdict[tuple[str, Hazard], list[Placed]] = defaultdict(list)
    for hold in sorted(holds, key=lambda hold: hold.id):
        for place in places.telling(hold.zone):
            found[place.zone, hold.hazard].append((place, hold))
    return list(found.values())


def _active(alike: list[Placed], mark: Marks, silent: frozenset[SourceId], *, cut_off: bool) -> ActiveAlert:
    stale = cut_off or any(hold.source in silent for _, hold in alike)
    threats: dict[tuple[str, Level], ThreatTold] = {}
    for _, hold in alike:
        threat = THREAT_OF.get(hold.threat) if hold.hazard is Hazard.AIR_RAID else None
        if threat is not None and (threat, hold.level) not in threats:
            threats[threat, hold.level] = ThreatTold(
                threat_type=threat,
                level=hold.level.value,
                started_at=moment(hold.since),
                source_message=notes(mark, [hold.note or hold.cause]),
            )
    told = _told(alike, None, mark, [SILENT if stale else None])
    return ActiveAlert(**msgspec.structs.asdict(told), threats=list(threats.values()))


def _past(chain: list[Placed], end: datetime | None, mark: Marks) -> AlertTold:
    withdrawn = end is not None and all(_withdrawn(hold) for _, hold in chain)
    return _told(chain, end, mark, [WITHDRAWN if withdrawn else None])


def _told(alike: list[Placed], end: datetime | None, mark: Marks, more: list[str | None]) -> AlertTold:
    place, first = min(alike, key=lambda one: one[1].id)
    holds = [hold for _, hold in alike]
    covering = [hold for hold in holds if hold.extent is Extent.WHOLE]
    # Where some of it covers all of the location, the level is of that: of a part it says nothing.
    red = any(hold.level is Level.RED for hold in covering or holds)
    latest = end or max(hold.since for hold in holds)
    return AlertTold(
        id=first.id if first.zone == place.zone else place.uid * EXPANDED + first.id,
        location_title=mark.uk + place.title,
        location_title_en=None if place.title_en is None else mark.en + place.title_en,
        location_type=place.type if covering else LocationType.UNKNOWN,
        started_at=moment(min(hold.since for hold in holds)),
        finished_at=None if end is None else moment(end),
        updated_at=moment(latest),
        alert_type=TYPE_OF[first.hazard],
        location_uid=str(place.uid),
        location_oblast=mark.uk + place.oblast,
        location_oblast_uid=place.oblast_uid,
        location_raion=None if place.raion is None else mark.uk + place.raion,
        notes=notes(mark, [None if covering else PART, *more]),
        country=None,
        calculated=False,
        alert_level=(Level.RED if red else Level.YELLOW).value,
    )


def _ended(hold: Hold) -> datetime | None:
    return hold.ended if isinstance(hold, RecordedHold) else None


def _withdrawn(hold: Hold) -> bool:
    return isinstance(hold, RecordedHold) and hold.ended_how is How.WITHDRAWN
