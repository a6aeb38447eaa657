"""A policy tried on what was reported and on the alarms of that time: who would have been warned, when, and at what
cost.

What truly flew where is not known. *Seen* is a zone that a report names as where something is, passes or came down, by
itself and not as one of several; the first such report counts. A zone is warned if an alarm covered it before that
report came in: with it is too late. *In vain* is an alarm over a zone where nothing was seen by these reports, which
does not mean that nothing was there.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import hypot

import msgspec

from tocsin.assess.ground import Ground
from tocsin.assess.policy import Policy
from tocsin.assess.profiles import Manner, profiles
from tocsin.assess.replaying import replay
from tocsin.model import Stage, Threat, ZoneId
from tocsin.report import Report, Role

OUT_OF_NOWHERE_KM = 120.0
OUT_OF_NOWHERE = timedelta(minutes=40)
"""Where nothing of its kind was reported from nearer than this in so long before, no report could have told."""

PLACED = "policy, not country-wide"
EARLY_TOO = "policy, be-ready too"

STEP = timedelta(minutes=10)
"""Of the chart."""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A zone of any level under alarm."""

    zone: ZoneId
    since: datetime
    until: datetime
    part: bool = False
    """Whether only some of it was, nobody knows which."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The first time that something was seen in a zone."""

    zone: ZoneId
    at: datetime
    out_of_nowhere: bool
    """Whether no report before could have told."""


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A zone in which something was seen that was not warned before."""

    zone: ZoneId
    at: datetime
    out_of_nowhere: bool
    late_s: float | None
    """How long after that it was warned; None where it never was."""


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of warning came to."""

    name: str
    seen: int
    warned: int
    """Of those seen, the zones that were under alarm before."""
    median_warning_s: float | None
    """Of those warned; an alarm from before the reports began counts from then."""
    missed: tuple[Missed, ...]
    zones: int
    """How many zones were under alarm at any time."""
    vain: int
    """How many of them had nothing seen in them."""
    zone_hours: float
    person_hours: float
    people: tuple[float, ...]
    """Under alarm at each step of the time."""


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """A policy beside the alarms as they were."""

    began: datetime
    ended: datetime
    reports: int
    practices: tuple[Practice, ...]
    """History first; the alerts of the policy; the same without what threatens the whole country at once; its early
    warnings too; and the same alerts as the second widened to the raions and the oblasts that they are in."""
    history_in_part: int
    """How many of the alarms as they were covered only some of their zone: each is counted as if it covered it all."""


def backtest(reports: Sequence[Report], alarms: Iterable[Alarm], ground: Ground, policy: Policy) -> Backtest:
    """Errors: none; there must be a report."""
    assert reports
    began = min(report.received_at for report in reports)
    ended = max(report.received_at for report in reports)
    clipped = [
        msgspec.structs.replace(alarm, since=max(began, alarm.since), until=min(ended, alarm.until))
        for alarm in alarms
        if alarm.since < ended and alarm.until > began
    ]
    seen = first_seen(reports, ground)
    practices = [_practice("alarms as they were", _spans(clipped, ground), seen, began, ended, ground)]
    proposed = replay(reports, ground, policy, ended)
    wanted = [one for one in proposed if one.stage is Stage.ALERT]
    placed = [one for one in wanted if profiles().of((one.threat,), None).manner is not Manner.COUNTRY]
    for level, name, some in (
        (None, "policy", wanted),
        (None, PLACED, placed),
        (None, EARLY_TOO, proposed),
        ("raion", "policy, by raion", wanted),
        ("oblast", "policy, by oblast", wanted),
    ):
        widened = [Alarm(zone=_in(one.zone, level, ground), since=one.since, until=one.until) for one in some]
        practices.append(_practice(name, _spans(widened, ground), seen, began, ended, ground))
    return Backtest(
        began=began,
        ended=ended,
        reports=len(reports),
        practices=tuple(practices),
        history_in_part=sum(alarm.part for alarm in clipped),
    )


def _in(zone: ZoneId, level: str | None, ground: Ground) -> ZoneId:
    """The zone of a level that a zone lies in; the zone itself where there is none."""
    above = (zone, *ground.hierarchy.ancestors(zone))
    return next((one for one in above if ground.level_of[one] == level), zone)


def first_seen(reports: Iterable[Report], ground: Ground) -> dict[ZoneId, Seen]:
    """The zones in which something was seen, and when for the first time."""
    found: dict[ZoneId, Seen] = {}
    before: list[tuple[datetime, frozenset[Threat], float, float]] = []
    for report in sorted(reports, key=lambda report: (report.received_at, report.id)):
        kinds = frozenset(report.kinds)
        here = []
        for spot in report.spots:
            if len(spot.zones) != 1 or spot.zones[0] not in ground.place:
                continue
            number = ground.place[spot.zones[0]]
            x, y = float(ground.x[number]), float(ground.y[number])
            if spot.role in (Role.AT, Role.PASSING, Role.IMPACT) and spot.zones[0] not in found:
                since = report.received_at - OUT_OF_NOWHERE
                near = any(
                    at >= since and (not kinds or kinds & theirs) and hypot(x - east, y - north) <= OUT_OF_NOWHERE_KM
                    for at, theirs, east, north in reversed(before[-2_000:])
                )
                found[spot.zones[0]] = Seen(zone=spot.zones[0], at=report.received_at, out_of_nowhere=not near)
            here.append((report.received_at, kinds, x, y))
        before += here
    return found


Spans = Mapping[ZoneId, list[tuple[datetime, datetime]]]


def _spans(alarms: Iterable[Alarm], ground: Ground) -> Spans:
    """For each of the smallest zones when it was under alarm; what overlaps or touches is one."""
    spans: dict[ZoneId, list[tuple[datetime, datetime]]] = {}
    for alarm in sorted(alarms, key=lambda alarm: (alarm.since, alarm.until, alarm.zone)):
        for zone in ground.ids(ground.below(alarm.zone)):
            each = spans.setdefault(zone, [])
            if each and alarm.since <= each[-1][1]:
                each[-1] = (each[-1][0], max(each[-1][1], alarm.until))
            else:
                each.append((alarm.since, alarm.until))
    return spans


def _practice(
    name: str, spans: Spans, seen: Mapping[ZoneId, Seen], began: datetime, ended: datetime, ground: Ground
) -> Practice:
    warnings, missed = [], []
    for one in seen.values():
        each = spans.get(one.zone, [])
        covering = [since for since, until in each if since < one.at <= until]
        if covering:
            warnings.append((one.at - covering[0]).total_seconds())
            continue
        later = [(since - one.at).total_seconds() for since, _ in each if since >= one.at]
        late_s = min(later, default=None)
        missed.append(Missed(zone=one.zone, at=one.at, out_of_nowhere=one.out_of_nowhere, late_s=late_s))
    hours = {
        zone: sum((until - since).total_seconds() for since, until in each) / 3600.0 for zone, each in spans.items()
    }
    people = {zone: float(ground.people[ground.place[zone]]) for zone in spans}
    steps = int((ended - began) / STEP) + 1
    at = [began + STEP * step for step in range(steps)]
    return Practice(
        name=name,
        seen=len(seen),
        warned=len(warnings),
        median_warning_s=statistics.median(warnings) if warnings else None,
        missed=tuple(sorted(missed, key=lambda one: (one.at, one.zone))),
        zones=len(spans),
        vain=len(spans.keys() - seen.keys()),
        zone_hours=sum(hours.values()),
        person_hours=sum(hours[zone] * people[zone] for zone in spans),
        people=tuple(
            sum(people[zone] for zone, each in spans.items() if any(since <= moment < until for since, until in each))
            for moment in at
        ),
    )
