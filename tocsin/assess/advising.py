"""From an assessment and a policy to what should stand: what to propose, what to place, and which ends to propose.

Nothing here ends a warning. A release is proposed where an end of its kind was declared, or where all that it stood
for has gone elsewhere by newer reports; never because nothing was heard. What a stale threat could still reach is not
proposed for release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.assess.assessment import AT_LEAST, Assessment, Band, band
from tocsin.assess.ground import Ground, Indices
from tocsin.assess.picture import kinds_of
from tocsin.assess.policy import Ahead, Policy, Rule
from tocsin.assess.sighting import moment
from tocsin.assess.track import Track, TrackId
from tocsin.model import Hazard, Level, Stage, Threat, ZoneId

Held = tuple[ZoneId, Threat]
Mask = npt.NDArray[np.bool_]


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed or placed already, for one zone and one kind."""

    since: datetime
    """Since when it is wanted."""
    wanted: datetime
    """When it last was."""
    placed: bool = False
    """Whether the machine placed it by itself."""


class Act(StrEnum):
    PROPOSE = "propose"
    """A person decides."""
    PLACE = "place"
    """The policy lets the machine place it."""


class HeldBack(StrEnum):
    """Why something that the policy would place is only proposed."""

    CONFIRMATIONS = "confirmations"
    CEILING = "ceiling"
    HOLD_BACK = "hold_back"


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One zone that should be under warning."""

    zone: ZoneId
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    act: Act
    band: Band
    earliest: datetime
    likely: datetime
    tracks: tuple[TrackId, ...]
    """The threats it is for, the most pressing first."""
    confirmations: int
    """How many sources speak of the best confirmed of them."""
    needed: int
    """How many the policy asks for before it is placed."""
    held_back: HeldBack | None = None
    why: str
    """In a sentence, for the officer."""


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One zone whose warning may be over. A person decides."""

    zone: ZoneId
    threat: Threat
    why: str
    ended: bool
    """Whether somebody declared it over; else all that it was for has gone elsewhere."""


class Advised(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from an assessment, and what stands with it."""

    raises: tuple[Advice, ...]
    """What is new: zones not wanted before, and what may be placed by now that was only proposed."""
    releases: tuple[Release, ...]
    standing: Mapping[Held, Stands]
    """To be handed in next time. Releases take nothing out of it: whoever ends a hold does (`without`)."""


def advise(assessment: Assessment, policy: Policy, standing: Mapping[Held, Stands]) -> Advised:
    """What follows now from the assessment, where ``standing`` is proposed or placed already."""
    now = assessment.now
    first: dict[Held, _Wanted] = {}
    for rule in policy.rules:
        for one in _wanted(assessment, rule):
            first.setdefault(one.held, one)
    wanted = sorted(first.values(), key=_sooner)  # what a ceiling cuts off is what has most time
    stands = dict(standing)
    budget = _Budget(policy, assessment.ground, standing)
    raises = []
    for one in wanted:
        had = standing.get(one.held)
        if had is not None and (had.placed or one.rule.place == Ahead()):
            stands[one.held] = Stands(since=had.since, wanted=now, placed=had.placed)
            continue
        since = had.since if had else now
        advice = _advice(assessment, one, budget, waited_s=(now - since).total_seconds())
        placed = advice.act is Act.PLACE
        if had is None or placed:
            raises.append(advice)
        stands[one.held] = Stands(since=since, wanted=now, placed=placed)
    return Advised(raises=tuple(raises), releases=_releases(assessment, policy, stands), standing=stands)


def without(standing: Mapping[Held, Stands], gone: Iterable[Held]) -> dict[Held, Stands]:
    """What stands when some of it was ended, by whoever may."""
    ended = set(gone)
    return {held: stands for held, stands in standing.items() if held not in ended}


class _Wanted(NamedTuple):
    """A zone that a rule wants under warning for a kind, and the rows of the assessment for which it does."""

    held: Held
    rule: Rule
    likely_s: float
    rows: Indices


def _sooner(one: _Wanted) -> tuple[float, Held]:
    return one.likely_s, one.held


def _due(assessment: Assessment, ahead: Ahead, rows: Indices) -> Indices:
    """Which of these rows are near enough in time for how likely they are."""
    chance = assessment.probability[rows]
    due = np.zeros(len(rows), dtype=np.bool_)
    for which, minutes in (
        (Band.NEAR_CERTAIN, ahead.near_certain),
        (Band.LIKELY, ahead.likely),
        (Band.POSSIBLE, ahead.possible),
    ):
        if minutes is not None:
            arrival = assessment.earliest_s if which is Band.POSSIBLE else assessment.likely_s
            due |= (chance >= AT_LEAST[which]) & (arrival[rows] <= assessment.now_s + 60.0 * minutes)
    return rows[due]


def _wanted(assessment: Assessment, rule: Rule) -> Iterable[_Wanted]:
    kinds = [track.threat for track in assessment.fresh]
    of_rule = np.array([kind in rule.threats for kind in kinds], dtype=np.bool_)
    if not of_rule.any():
        return
    rows = np.flatnonzero(assessment.ahead & of_rule[assessment.track])
    allowed = _allowed(assessment.ground, rule.zones)
    if allowed is not None:
        rows = rows[allowed[assessment.zone[rows]]]
    rows = _due(assessment, rule.propose, rows)
    if not len(rows):
        return
    units, unit_of = _units(assessment.ground, rule.unit)
    kind_of = np.array([rule.threats.index(kind) if kind in rule.threats else -1 for kind in kinds], dtype=np.intp)
    keys = unit_of[assessment.zone[rows]] * len(rule.threats) + kind_of[assessment.track[rows]]
    order = np.lexsort((assessment.likely_s[rows], keys))
    rows, keys = rows[order], keys[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    ends = [*starts.tolist()[1:], len(keys)]
    soonest = assessment.likely_s[rows[starts]].tolist()
    for start, end, key, likely_s in zip(starts.tolist(), ends, keys[starts].tolist(), soonest, strict=True):
        unit, kind = divmod(key, len(rule.threats))
        yield _Wanted((units[unit], rule.threats[kind]), rule, likely_s, rows[start:end])


@lru_cache(maxsize=64)
def _units(ground: Ground, level: str) -> tuple[tuple[ZoneId, ...], Indices]:
    """The zones of a level, and for each of the smallest zones the place of the one it lies in; else of itself."""
    of = [
        next((above for above in (zone, *ground.hierarchy.ancestors(zone)) if ground.level_of[above] == level), zone)
        for zone in ground.zones
    ]
    units = tuple(dict.fromkeys(of))
    place = {unit: number for number, unit in enumerate(units)}
    return units, np.array([place[unit] for unit in of], dtype=np.intp)


@lru_cache(maxsize=64)
def _allowed(ground: Ground, zones: tuple[ZoneId, ...]) -> Mask | None:
    if not zones:
        return None
    allowed = np.zeros(len(ground.zones), dtype=np.bool_)
    allowed[ground.all_below(zones)] = True
    return allowed


class _Budget:
    """How much the machine may yet place by itself."""

    def __init__(self, policy: Policy, ground: Ground, standing: Mapping[Held, Stands]) -> None:
        self._policy, self._ground = policy, ground
        self._placed = {zone for (zone, _), stands in standing.items() if stands.placed}

    def refuses(self, zone: ZoneId, waited_s: float) -> HeldBack | None:
        """Why not, if not; what it lets pass counts from then on."""
        reach = self._ground.hierarchy.reach({*self._placed, zone})
        zones = sum(len(self._ground.below(one)) for one in {*self._placed, zone})
        ceiling, back = self._policy.ceiling, self._policy.hold_back
        if zones > ceiling.zones or reach.counted > ceiling.people:
            return HeldBack.CEILING
        if zones > back.zones and waited_s < back.wait_s:
            return HeldBack.HOLD_BACK
        self._placed.add(zone)
        return None


def _advice(assessment: Assessment, wanted: _Wanted, budget: _Budget, waited_s: float) -> Advice:
    rule, rows = wanted.rule, wanted.rows.tolist()
    zone, threat = wanted.held
    by_press = sorted(rows, key=lambda row: (assessment.likely_s[row], -assessment.probability[row]))
    tracks = list(dict.fromkeys(int(assessment.track[row]) for row in by_press))
    sources = max(len(assessment.fresh[number].sources) for number in tracks)
    best = max(float(assessment.probability[row]) for row in rows)
    act, held_back = Act.PROPOSE, None
    due = _due(assessment, rule.place, wanted.rows)
    if len(due):
        confirmed = any(
            len(assessment.fresh[number].sources) >= rule.confirmations for number in assessment.track[due].tolist()
        )
        held_back = budget.refuses(zone, waited_s) if confirmed else HeldBack.CONFIRMATIONS
        act = Act.PROPOSE if held_back else Act.PLACE
    earliest = moment(max(assessment.now_s, min(float(assessment.earliest_s[row]) for row in rows)))
    likely = moment(max(assessment.now_s, min(float(assessment.likely_s[row]) for row in rows)))
    lead = assessment.fresh[tracks[0]]
    return Advice(
        zone=zone,
        hazard=rule.hazard,
        threat=threat,
        stage=rule.stage,
        level=rule.level,
        act=act,
        band=band(best),
        earliest=earliest,
        likely=likely,
        tracks=tuple(assessment.fresh[number].id for number in tracks),
        confirmations=sources,
        needed=rule.confirmations,
        held_back=held_back,
        why=_sentence(threat, best, earliest, likely, lead, assessment.now),
    )


def _sentence(threat: Threat, best: float, earliest: datetime, likely: datetime, lead: Track, now: datetime) -> str:
    def minutes(to: datetime) -> str:
        return f"{max(0.0, (to - now).total_seconds()) / 60:.0f} min"

    chance = band(best).replace("_", " ")
    age = minutes(now + (now - moment(lead.last_s)))
    return (
        f"{threat.replace('_', ' ')}: {chance}, earliest in {minutes(earliest)}, likely in {minutes(likely)}; "
        f"{len(lead.reports)} reports of {len(lead.sources)} sources, the last {age} ago"
    )


def _releases(assessment: Assessment, policy: Policy, standing: Mapping[Held, Stands]) -> tuple[Release, ...]:
    unwanted = {held: stands for held, stands in standing.items() if stands.wanted < assessment.now}
    if not unwanted:
        return ()
    keep_s = {threat: 60.0 * rule.keep_min for rule in reversed(policy.rules) for threat in rule.threats}
    reached = _Reached(assessment)
    found = []
    for held, stands in sorted(unwanted.items()):
        zone, threat = held
        ended = _declared_over(held, stands, assessment)
        waited = (assessment.now - stands.wanted).total_seconds() >= keep_s.get(threat, 0.0)
        if not (ended or waited) or reached(zone, threat):
            continue
        why = (
            f"the end of {threat.replace('_', ' ')} was declared here"
            if ended
            else "by newer reports, all that it was for has gone elsewhere"
        )
        found.append(Release(zone=zone, threat=threat, why=why, ended=ended))
    return tuple(found)


class _Reached:
    """What open threats may still reach: of stale ones all that they could, whenever."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._of: dict[Threat, Mask] = {}

    def __call__(self, zone: ZoneId, threat: Threat) -> bool:
        mask = self._of.get(threat)
        if mask is None:
            mask = self._of[threat] = self._mask(threat)
        return bool(mask[self._assessment.ground.below(zone)].any())

    def _mask(self, threat: Threat) -> Mask:
        assessment = self._assessment
        mask = np.zeros(len(assessment.ground.zones), dtype=np.bool_)
        of_kind = np.array([threat in track.kinds for track in assessment.fresh], dtype=np.bool_)
        if of_kind.any():
            possible = assessment.ahead & (assessment.probability >= AT_LEAST[Band.POSSIBLE])
            mask[assessment.zone[possible & of_kind[assessment.track]]] = True
        for track in assessment.picture.tracks.values():
            if track.stale(assessment.now_s) and threat in track.kinds:
                rows = assessment.rows_of[track.id]
                mask[rows.zone[rows.probability >= AT_LEAST[Band.POSSIBLE]]] = True
        return mask


def _declared_over(held: Held, stands: Stands, assessment: Assessment) -> bool:
    """Whether an end of its kind, and of its place, was declared since it was last wanted."""
    zone, threat = held
    ground = assessment.ground
    above = {zone, *ground.hierarchy.ancestors(zone)} if zone in ground.hierarchy else {zone}
    for over in reversed(assessment.picture.overs):
        end = over.end
        if end.said_s < stands.since.timestamp():
            break
        if threat in kinds_of(end) and (not end.zones or not above.isdisjoint(end.zones)):
            return True
    return False
