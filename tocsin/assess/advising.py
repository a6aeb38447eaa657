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
from tocsin.assess.sighting import End, moment
from tocsin.assess.track import Track, TrackId
from tocsin.model import Hazard, Level, Stage, Threat, ZoneId

Held = tuple[ZoneId, Threat]
Mask = npt.NDArray[np.bool_]


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """What is proposed or placed already, for one zone and one kind."""

    since: datetime
    """Since when it is wanted."""
    wanted: datetime | None = None
    """When it last was, where whoever keeps this knows."""
    unwanted: datetime | None = None
    """Since when it is not any more; None while it is."""
    stage: Stage = Stage.ALERT
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
    """What is new: zones not wanted before, an alert where an early warning was wanted, and what may be placed by now
    that was only proposed."""
    releases: tuple[Release, ...]
    standing: Mapping[Held, Stands]
    """To be handed in next time. Releases take nothing out of it: whoever ends a hold does (`without`)."""


def advise(assessment: Assessment, policy: Policy, standing: Mapping[Held, Stands]) -> Advised:
    """What follows now from the assessment, where ``standing`` is proposed or placed already."""
    now = assessment.now
    stands = dict(standing)
    wanted: dict[Held, _Wanted] = {}
    for rule in policy.rules:
        for one in _wanted(assessment, rule):
            wanted.setdefault(one.held, one)  # the first rule that fits counts
    budget = _Budget(policy, assessment.ground, standing)
    raises = []
    for one in sorted((one for one in wanted.values() if _may_change(one, standing)), key=_sooner):
        had = standing.get(one.held)
        rises = had is None or (had.stage is Stage.EARLY_WARNING and one.rule.stage is Stage.ALERT)
        since = had.since if had and not rises else now
        advice = _advice(assessment, one, budget, waited_s=(now - since).total_seconds())
        placed = advice.act is Act.PLACE
        if rises or placed:
            raises.append(advice)
        stage = had.stage if had and not rises else one.rule.stage
        stands[one.held] = Stands(since=since, stage=stage, placed=placed)
    for held, had in standing.items():
        if held in wanted:
            if had.unwanted is not None and stands[held] is had:
                stands[held] = msgspec.structs.replace(had, unwanted=None)
        elif had.unwanted is None:
            stands[held] = msgspec.structs.replace(had, unwanted=had.wanted or now)
    return Advised(raises=tuple(raises), releases=_releases(assessment, policy, stands), standing=stands)


def _may_change(one: _Wanted, standing: Mapping[Held, Stands]) -> bool:
    """Whether there is anything to say of it: it is new, or becomes an alert, or may be placed by now."""
    had = standing.get(one.held)
    if had is None or (had.stage is Stage.EARLY_WARNING and one.rule.stage is Stage.ALERT):
        return True
    return not had.placed and one.rule.place != Ahead()


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
    unit_of, helds = _helds(assessment.ground, rule.unit, rule.threats)
    kind_of = np.array([rule.threats.index(kind) if kind in rule.threats else -1 for kind in kinds], dtype=np.intp)
    keys = unit_of[assessment.zone[rows]] * len(rule.threats) + kind_of[assessment.track[rows]]
    order = np.lexsort((assessment.likely_s[rows], keys))
    rows, keys = rows[order], keys[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    ends = [*starts.tolist()[1:], len(keys)]
    soonest = assessment.likely_s[rows[starts]].tolist()
    for start, end, key, likely_s in zip(starts.tolist(), ends, keys[starts].tolist(), soonest, strict=True):
        yield _Wanted(helds[key], rule, likely_s, rows[start:end])


@lru_cache(maxsize=64)
def _helds(ground: Ground, level: str, threats: tuple[Threat, ...]) -> tuple[Indices, list[Held]]:
    """For each of the smallest zones the place of its unit; and every unit with every kind, kinds innermost."""
    units, unit_of = _units(ground, level)
    return unit_of, [(unit, threat) for unit in units for threat in threats]


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
    unwanted = [(held, stands) for held, stands in standing.items() if stands.unwanted is not None]
    if not unwanted:
        return ()
    keep_s = {threat: 60.0 * rule.keep_min for rule in reversed(policy.rules) for threat in rule.threats}
    reached, ends = _Reached(assessment), _Ends(assessment)
    found = []
    for held, stands in sorted(unwanted, key=_by_held):
        zone, threat = held
        assert stands.unwanted is not None
        if reached(zone, threat):
            continue
        ended = ends.over(zone, threat, stands.since.timestamp())
        waited = (assessment.now - stands.unwanted).total_seconds() >= keep_s.get(threat, 0.0)
        if not (ended or waited):
            continue
        why = (
            f"the end of {threat.replace('_', ' ')} was declared here"
            if ended
            else "by newer reports, all that it was for has gone elsewhere"
        )
        found.append(Release(zone=zone, threat=threat, why=why, ended=ended))
    return tuple(found)


def _by_held(pair: tuple[Held, Stands]) -> Held:
    return pair[0]


class _Ends:
    """The ends that were declared, by kind."""

    def __init__(self, assessment: Assessment) -> None:
        self._hierarchy = assessment.ground.hierarchy
        self._of: dict[Threat, list[End]] = {}
        for over in assessment.picture.overs:
            for kind in kinds_of(over.end):
                self._of.setdefault(kind, []).append(over.end)

    def over(self, zone: ZoneId, threat: Threat, since_s: float) -> bool:
        """Whether an end of the kind, and of the place, was declared since then."""
        lately = [end for end in self._of.get(threat, ()) if end.said_s >= since_s]
        if not lately:
            return False
        above = {zone, *self._hierarchy.ancestors(zone)} if zone in self._hierarchy else {zone}
        return any(not end.zones or not above.isdisjoint(end.zones) for end in lately)


class _Reached:
    """What open threats may have reached by their last report, stale ones too, however long ago: only newer reports
    tell that they went elsewhere."""

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
        for track in assessment.picture.tracks.values():
            if threat in track.kinds:
                rows = assessment.rows_of[track.id]
                mask[rows.zone[rows.probability >= AT_LEAST[Band.POSSIBLE]]] = True
        return mask
