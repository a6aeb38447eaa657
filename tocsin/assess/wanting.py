"""Which zones the rules of a policy want under warning at a moment, and by which rows of the assessment.

All rows are looked at as arrays; nothing is made of a zone before somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from tocsin.assess.advice import Held
from tocsin.assess.assessment import AT_LEAST, Assessment, Band, Mask, band
from tocsin.assess.ground import Ground, Indices
from tocsin.assess.policy import Ahead, Policy, Rule, Shown
from tocsin.assess.table import KIND_OF, KINDS
from tocsin.model import Threat, ZoneId


class Brief(NamedTuple):
    """A zone that is wanted under warning, in short."""

    zone: ZoneId
    threat: Threat
    band: Band
    earliest_s: float
    likely_s: float


class OfRule:
    """What one rule wants: a unit and a kind are one key, its place in `helds`."""

    def __init__(self, assessment: Assessment, rule: Rule, rows: Indices, keys: Indices, helds: list[Held]) -> None:
        self._assessment = assessment
        self.rule, self.rows, self.keys, self.helds = rule, rows, keys, helds

    @cached_property
    def wanted(self) -> list[int]:
        """The keys that there are."""
        return self._some(np.ones(len(self.keys), dtype=np.bool_))

    @cached_property
    def soonest_s(self) -> list[float]:
        """Of each key the likely arrival."""
        soonest = np.full(len(self.helds), np.inf)
        np.minimum.at(soonest, self.keys, self._assessment.table.rows.likely_s[self.rows])
        found: list[float] = soonest.tolist()
        return found

    @cached_property
    def near(self) -> frozenset[int]:
        """The keys that the rule would have placed, were the threats confirmed."""
        return frozenset(self._some(self._near))

    @cached_property
    def confirmed(self) -> frozenset[int]:
        """Those of them for which enough sources speak of one that is near."""
        table = self._assessment.table
        enough = table.sources[table.track[self.rows]] >= self.rule.confirmations
        return frozenset(self._some(self._near & enough))

    @cached_property
    def _near(self) -> Mask:
        return due(self._assessment, self.rule.place, self.rows)

    def brief(self, keys: list[int]) -> Iterator[Brief]:
        """What can be said of some keys at once."""
        every, now_s = self._assessment.table.rows, self._assessment.now_s
        best, earliest = np.zeros(len(self.helds)), np.full(len(self.helds), np.inf)
        np.maximum.at(best, self.keys, every.probability[self.rows])
        np.minimum.at(earliest, self.keys, every.earliest_s[self.rows])
        at = np.array(keys, dtype=np.intp)
        chances, firsts = best[at].tolist(), earliest[at].tolist()
        for key, chance, first_s in zip(keys, chances, firsts, strict=True):
            zone, threat = self.helds[key]
            likely_s = self.soonest_s[key]
            yield Brief(zone, threat, band(chance), max(now_s, first_s), max(now_s, likely_s))

    def _some(self, which: Mask) -> list[int]:
        found: list[int] = np.flatnonzero(np.bincount(self.keys[which], minlength=1)).tolist()
        return found

    def sorted(self, keys: list[int]) -> tuple[Indices, Indices]:
        """The rows of some keys, those of the first key first, of each the most pressing first; and where each
        begins."""
        place = np.full(len(self.helds), -1, dtype=np.intp)
        place[keys] = np.arange(len(keys))
        at = place[self.keys]
        some = at >= 0
        rows, at = self.rows[some], at[some]
        every = self._assessment.table.rows
        order = np.lexsort((-every.probability[rows], every.likely_s[rows], at))
        return rows[order], np.searchsorted(at[order], np.arange(len(keys)))


class Wants:
    """What a policy wants under warning."""

    def __init__(self, assessment: Assessment, policy: Policy) -> None:
        self.assessment, self.policy = assessment, policy
        self.rules = [found for rule in policy.rules for found in _of_rule(assessment, rule)]
        self.held: Mapping[Held, tuple[OfRule, int]] = self._held()
        """By which rule, and under which key: the first rule that fits counts."""

    def told_to_all(self) -> Iterator[Brief]:
        """What everybody may be told, by the policy."""
        by_rule: dict[OfRule, list[int]] = {}
        for of_rule, key in self.held.values():
            if of_rule.rule.public is Shown.ZONES:
                by_rule.setdefault(of_rule, []).append(key)
        for of_rule, keys in by_rule.items():
            yield from of_rule.brief(keys)

    def _held(self) -> dict[Held, tuple[OfRule, int]]:
        found: dict[Held, tuple[OfRule, int]] = {}
        for of_rule in self.rules:
            for key in of_rule.wanted:
                found.setdefault(of_rule.helds[key], (of_rule, key))
        return found


def _of_rule(assessment: Assessment, rule: Rule) -> Iterator[OfRule]:
    table = assessment.table
    place = np.full(len(KINDS), -1, dtype=np.intp)
    for number, threat in reversed(list(enumerate(rule.threats))):
        place[KIND_OF[threat]] = number
    of_track = place[table.kind]
    if not (of_track >= 0).any():
        return
    rows = np.flatnonzero(assessment.ahead & (of_track >= 0)[table.track])
    allowed = _allowed(assessment.ground, rule.zones)
    if allowed is not None:
        rows = rows[allowed[table.rows.zone[rows]]]
    if not rule.lone_noise:
        rows = rows[~table.lone_noise[table.track[rows]]]
    rows = rows[due(assessment, rule.propose, rows)]
    if len(rows):
        unit_of, helds = _helds(assessment.ground, rule.unit, rule.threats)
        keys = unit_of[table.rows.zone[rows]] * len(rule.threats) + of_track[table.track[rows]]
        yield OfRule(assessment, rule, rows, keys, helds)


def due(assessment: Assessment, ahead: Ahead, rows: Indices) -> Mask:
    """Which of these rows are near enough in time for how likely they are."""
    every = assessment.table.rows
    found = np.zeros(len(rows), dtype=np.bool_)
    if ahead == Ahead():
        return found
    chance = every.probability[rows]
    for which, minutes in (
        (Band.NEAR_CERTAIN, ahead.near_certain),
        (Band.LIKELY, ahead.likely),
        (Band.POSSIBLE, ahead.possible),
        (Band.UNLIKELY, ahead.unlikely),
    ):
        if minutes is not None:
            arrival = (every.earliest_s if which in (Band.POSSIBLE, Band.UNLIKELY) else every.likely_s)[rows]
            found |= (chance >= AT_LEAST[which]) & (arrival <= assessment.now_s + 60.0 * minutes)
    return found


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
