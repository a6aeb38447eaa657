"""From the state to what is answered. Pure.

A region is under the alerts that were placed on it, and under those that cover all of a region it lies in; these keep
the number of the region where they were placed. What is placed on parts of a region is not told of it. An alert of some
part that nobody names is told at the zone that is named, and no further down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from tocsin.compat.alarms import alarms
from tocsin.compat.ukrainealarm.regions import Region, Regions
from tocsin.compat.ukrainealarm.shapes import (
    TYPE_OF,
    Alert,
    AlertLevel,
    AlertModification,
    AlertRegion,
    RegionAlarm,
    RegionAlarmsHistory,
    RegionsView,
    RegionView,
    TimeSpan,
)
from tocsin.compat.ukrainealarm.words import Marks, reason
from tocsin.engine import State, silent_sources
from tocsin.model import Extent, Hazard, Hold, Level
from tocsin.record.history import AlarmPeriod

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a region was told of last that never was."""

UNENDED = datetime(1, 1, 1, tzinfo=UTC)
"""The end of an alarm that stands: the description has a time there in any case, and this is .NET's for none. Nobody
takes it for an end."""

LEVELS = {Level.YELLOW: "Yellow", Level.RED: "Red"}


class Placed(NamedTuple):
    hold: Hold
    whole: bool
    """Whether it covers all of the region where it is told."""


class Told(NamedTuple):
    """One alert, in bytes, as it is told at its own region and in those that lie there."""

    here: msgspec.Raw
    since: datetime
    below: msgspec.Raw | None
    """None where nothing of it covers all of the region."""
    below_since: datetime


class Standing:
    """All alerts of one state, each in bytes."""

    def __init__(self, state: State, regions: Regions, marks: Marks, *, cut_off: bool = False) -> None:
        """``cut_off``: the server is an edge that does not hear whom it follows, and all that it says may be old."""
        self._regions = regions
        self._marks = marks
        self._cut_off = cut_off
        self._silent = silent_sources(state)
        self._told = {
            number: [self._alert(region, hazard, holds) for hazard, holds in by_hazard.items()]
            for number, by_hazard in placed(state, regions).items()
            if (region := regions.get(number)) is not None
        }

    def alerts(self) -> bytes:
        """Every region that is under any."""
        reached = set(self._told)
        for number, told in self._told.items():
            region = self._regions.get(number)
            if region is not None and region.zone is not None and any(alert.below is not None for alert in told):
                reached.update(below.id for below in self._regions.below(region.zone))
        return b"[%b]" % b",".join(
            msgspec.json.encode(self._entry(region, self._reaching(region), NEVER))
            for region in self._regions
            if region.id in reached
        )

    def region(self, region: Region, changed: datetime) -> bytes:
        """One region, calm or not; ``changed`` is when that was said of it last."""
        return b"[%b]" % msgspec.json.encode(self._entry(region, self._reaching(region), changed))

    def _reaching(self, region: Region) -> list[tuple[msgspec.Raw, datetime]]:
        own = [(told.here, told.since) for told in self._told.get(region.id, ())]
        above = (told for up in self._regions.above(region) for told in self._told.get(up.id, ()))
        return own + [(told.below, told.below_since) for told in above if told.below is not None]

    def _entry(self, region: Region, told: list[tuple[msgspec.Raw, datetime]], changed: datetime) -> AlertRegion:
        return AlertRegion(
            region_id=region.id,
            region_type=region.type,
            region_name=self._marks.uk + region.name,
            region_eng_name=self._marks.en + region.name_en,
            last_update=max((since for _, since in told), default=changed),
            active_alerts=[alert for alert, _ in told],
        )

    def _alert(self, region: Region, hazard: Hazard, here: list[Placed]) -> Told:
        whole = [one for one in here if one.whole]
        told, since = self._encoded(region, hazard, here)
        if len(whole) == len(here):
            return Told(told, since, told, since)
        if not whole:
            return Told(told, since, None, since)
        return Told(told, since, *self._encoded(region, hazard, whole))

    def _encoded(self, region: Region, hazard: Hazard, holds: list[Placed]) -> tuple[msgspec.Raw, datetime]:
        since = min(hold.since for hold, _ in holds)
        levels: dict[tuple[str, str], AlertLevel] = {}
        for hold, whole in holds:
            stale = self._cut_off or hold.source in self._silent
            level = AlertLevel(
                alert_level=LEVELS[hold.level],
                reason=reason(hold, whole=whole, stale=stale, marks=self._marks),
                created_at=hold.since,
            )
            levels.setdefault((level.alert_level, level.reason), level)
        alert = Alert(
            region_id=region.id,
            region_type=region.type,
            type=TYPE_OF[hazard],
            last_update=since,
            active_alert_levels=list(levels.values()),
        )
        return msgspec.Raw(msgspec.json.encode(alert)), since


def placed(state: State, regions: Regions) -> dict[str, dict[Hazard, list[Placed]]]:
    """What is told at each region by its own number, oldest first."""
    found: defaultdict[str, defaultdict[Hazard, list[Placed]]] = defaultdict(lambda: defaultdict(list))
    for zone, here in alarms(state).items():
        for region, exact in regions.telling(zone):
            for alarm in here:
                found[region.id][alarm.hazard] += (
                    Placed(hold, exact and hold.extent is Extent.WHOLE) for hold in alarm.holds
                )
    for by_hazard in found.values():
        for holds in by_hazard.values():
            holds.sort(key=lambda one: one.hold.id)
    return {number: dict(by_hazard) for number, by_hazard in found.items()}


def last_action(state: State) -> int:
    """Grows with every change of a warning, and with nothing else."""
    return max(state.touched.values(), default=0)


def last_touched(state: State, regions: Regions, region: Region) -> int:
    """The seq of the last event that may have changed what is told of a region; 0 for none."""
    if region.zone is None:
        return 0
    zones = (*regions.told_at(region), *state.hierarchy.ancestors(region.zone))
    return max((state.touched.get(zone, 0) for zone in zones), default=0)


def status(state: State) -> bytes:
    return msgspec.json.encode(AlertModification(last_action_index=last_action(state)))


def tree(regions: Regions, marks: Marks) -> bytes:
    """The regions from the root downward."""

    def view(region: Region) -> RegionView:
        return RegionView(
            region_id=region.id,
            region_name=marks.uk + region.name,
            region_type=region.type,
            region_child_ids=[view(child) for number in region.children if (child := regions.get(number))],
        )

    return msgspec.json.encode(RegionsView(states=[view(state) for state in regions.states]))


def history(asked: Iterable[tuple[Region, list[AlarmPeriod]]], now: datetime, marks: Marks) -> bytes:
    """The alarms of some regions, newest first."""
    return msgspec.json.encode(
        [
            RegionAlarmsHistory(
                region_id=region.id,
                region_name=marks.uk + region.name,
                alarms=[
                    RegionAlarm(
                        region_id=region.id,
                        start_date=period.since,
                        end_date=period.until or UNENDED,
                        duration=time_span((period.until or now) - period.since),
                        alert_type=TYPE_OF[period.hazard],
                        region_name=marks.uk + region.name,
                        is_continue=period.until is None,
                    )
                    for period in periods
                ],
            )
            for region, periods in asked
        ]
    )


def time_span(length: timedelta) -> TimeSpan:
    """A duration as .NET counts it: ticks of 100 ns; nothing where the clock has stepped back."""
    micros = max(length // timedelta(microseconds=1), 0)
    seconds, rest = divmod(micros, 1_000_000)
    return TimeSpan(
        ticks=micros * 10,
        days=seconds // 86_400,
        hours=seconds // 3_600 % 24,
        milliseconds=rest // 1_000,
        minutes=seconds // 60 % 60,
        seconds=seconds % 60,
        total_days=micros / 86_400e6,
        total_hours=micros / 3_600e6,
        total_milliseconds=micros / 1e3,
        total_minutes=micros / 60e6,
        total_seconds=micros / 1e6,
    )
