"""How well zones were warned in an attack whose truth is known, beside perfect knowledge and the oblast-wide practice.

hit: a zone that something flew over or came down in. It is known in time to those with *perfect knowledge of the
    reports*: from the first true report of a flight that was received they know all of its path. A zone that even
    they learn of only when it is hit is counted apart: no report could have told.
perfect warning time: from when they know, or from the longest time ahead that the policy proposes anything, to the
    first hit.
missed: nothing was proposed for it when it was first hit, though perfect knowledge would have. An early warning (be
    ready) is a proposal as an alert (take cover) is; beside it stands what was missed if alerts alone count.
warning time: since the first proposal that still stood; and beside it since the alert.
in vain: proposed during the attack, and never hit in it: under an alert, and beside it under either.
oblast-wide practice: all zones of every oblast that a report, true or false, names as where something is, goes to or
    threatens, and where only a launch area is named of every oblast in range. Posts name no zones, so the practice is
    the same whether there are posts or not: that of officials who go by words.

Beside these stands a narrower reading, which replaces none of them: of the zones in which something *came down*, at its
target or shot down, how many were without an alert, and without any proposal, when the first thing did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec
import numpy as np

from tocsin.assess.ground import Ground
from tocsin.assess.policy import Policy
from tocsin.assess.replaying import Warned
from tocsin.model import Stage, Threat, ZoneId
from tocsin.report import Make, Role
from tocsin.sim.attacks.flights import Country, Flight
from tocsin.sim.attacks.saying import oblasts_in_range
from tocsin.sim.attacks.telling import EPOCH, Told

KIND = {
    Make.PISTON_DRONE: Threat.DRONES,
    Make.JET_DRONE: Threat.DRONES,
    Make.SUBSONIC_CRUISE: Threat.CRUISE_MISSILES,
    Make.BALLISTIC: Threat.BALLISTIC_MISSILES,
}

Spans = Mapping[ZoneId, list[tuple[float, float]]]
"""For each zone from when to when."""


class Hit(NamedTuple):
    """A zone first hit in an attack. Times in seconds."""

    zone: ZoneId
    kind: Threat
    perfect_s: float
    """Warning time with perfect knowledge of the reports; 0 where no report could have told."""
    proposed_s: float
    """Time since something was proposed, an early warning or an alert; 0 where nothing was."""
    alerted_s: float
    """The same of alerts alone."""


class Down(NamedTuple):
    """A zone in which something came down, at the first time."""

    zone: ZoneId
    kind: Threat
    known: bool
    """Whether any report of it had been received by then."""
    alerted: bool
    proposed: bool


class Vain(NamedTuple):
    """Zones warned in an attack and never hit in it, and for how long they were."""

    zones: int
    hours: float


class Score(NamedTuple):
    """Of one attack."""

    hits: tuple[Hit, ...]
    downs: tuple[Down, ...]
    alerted: Vain
    proposed: Vain
    """By an alert or an early warning."""
    oblasts: Vain
    reports: int


def horizons(policy: Policy) -> dict[Threat, float]:
    """The longest time ahead at which anything is proposed for each kind, in seconds."""
    found: dict[Threat, float] = {}
    for rule in policy.rules:
        longest = 60.0 * max(minutes or 0.0 for minutes in msgspec.structs.astuple(rule.propose))
        for threat in rule.threats:
            found[threat] = max(found.get(threat, 0.0), longest)
    return found


def score(
    flown: Sequence[Flight], said: Sequence[Told], warned: Iterable[Warned], policy: Policy, country: Country
) -> Score:
    ground = country.ground
    ahead = horizons(policy)
    warned = list(warned)
    alerts = _spans((one for one in warned if one.stage is Stage.ALERT), ground)
    proposals = _spans(warned, ground)
    first_heard: dict[int, float] = {}
    for one in said:
        if one.flight is not None:
            heard = (one.report.received_at - EPOCH).total_seconds()
            first_heard[one.flight] = min(heard, first_heard.get(one.flight, heard))
    first_hit: dict[ZoneId, tuple[float, int]] = {}
    known: dict[ZoneId, float] = {}
    for number, flight in enumerate(flown):
        for zone, entered in flight.entered.items():
            first_hit[zone] = min(first_hit.get(zone, (entered, number)), (entered, number))
            if number in first_heard:
                from_then = max(first_heard[number], entered - ahead[KIND[flight.make]])
                known[zone] = min(known.get(zone, from_then), from_then)
    hits = []
    for zone, (entered, number) in sorted(first_hit.items()):
        kind = KIND[flown[number].make]
        perfect = max(0.0, entered - known.get(zone, entered))
        stood = (min(ahead[kind], _stood_s(each, zone, entered)) for each in (proposals, alerts))
        hits.append(Hit(zone, kind, perfect, *stood))
    everything_s = max(float(flight.at_s[-1]) for flight in flown) - min(float(flight.at_s[0]) for flight in flown)
    wide = _oblast_wide(flown, said, country) - first_hit.keys()
    return Score(
        hits=tuple(hits),
        downs=tuple(_downs(flown, first_heard, alerts, proposals, country)),
        alerted=_in_vain(alerts, first_hit.keys()),
        proposed=_in_vain(proposals, first_hit.keys()),
        oblasts=Vain(len(wide), len(wide) * everything_s / 3600.0),
        reports=len(said),
    )


def _in_vain(spans: Spans, hit: Set[ZoneId]) -> Vain:
    zones = spans.keys() - hit
    return Vain(len(zones), sum(end - begin for zone in zones for begin, end in spans[zone]) / 3600.0)


def _downs(
    flown: Sequence[Flight], first_heard: Mapping[int, float], alerts: Spans, proposals: Spans, country: Country
) -> Iterator[Down]:
    ends = sorted((float(flight.at_s[-1]), number) for number, flight in enumerate(flown))
    x, y = (np.array([getattr(flown[number], axis)[-1] for _, number in ends]) for axis in "xy")
    seen: set[ZoneId] = set()
    for (at_s, number), zone in zip(ends, country.zones_at(x, y), strict=True):
        if zone is not None and zone not in seen:
            seen.add(zone)
            known = first_heard.get(number, at_s) < at_s
            alerted, proposed = (_stood_s(each, zone, at_s) > 0.0 for each in (alerts, proposals))
            yield Down(zone, KIND[flown[number].make], known, alerted, proposed)


def _stood_s(spans: Spans, zone: ZoneId, at_s: float) -> float:
    """For how long it had been wanted at that moment, where it still was; 0 where it was not."""
    return max((at_s - begin for begin, end in spans.get(zone, ()) if begin < at_s <= end), default=0.0)


def _spans(warned: Iterable[Warned], ground: Ground) -> Spans:
    """For each of the smallest zones when it was under warning; touching spans of several kinds as one."""
    spans: dict[ZoneId, list[tuple[float, float]]] = {}
    for one in warned:
        begin, end = (one.since - EPOCH).total_seconds(), (one.until - EPOCH).total_seconds()
        for zone in ground.ids(ground.below(one.zone)):
            spans.setdefault(zone, []).append((begin, end))
    return {zone: _touching(sorted(each)) for zone, each in spans.items()}


def _touching(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _oblast_wide(flown: Sequence[Flight], said: Sequence[Told], country: Country) -> set[ZoneId]:
    ground = country.ground
    oblasts: set[ZoneId] = set()
    for one in said:
        named = [spot for spot in one.report.spots if spot.role in (Role.AT, Role.HEADING_TO, Role.UNDER_THREAT)]
        for spot in named:
            for zone in spot.zones[:1]:
                above = ground.hierarchy.ancestors(zone)
                oblasts.add(above[-2] if len(above) >= 2 else zone)
        if not named and one.flight is not None and flown[one.flight].make is Make.BALLISTIC:
            oblasts |= oblasts_in_range(flown[one.flight], country)
    return set(ground.ids(ground.all_below(sorted(oblasts))))
