"""What the lookout says: the threats, the zones at risk, and the warnings it proposes to raise or to end.

All of it is a view upon reports and a moment; nothing of it is a warning before somebody orders it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import msgspec

from tocsin.assess.advice import Act, Advice, Held, HeldBack
from tocsin.assess.advising import advise_on
from tocsin.assess.assessment import Assessment, AtRisk, Band, Seen
from tocsin.assess.wanting import Wants
from tocsin.engine import State, covering
from tocsin.limits import REPORTS_KEPT_S
from tocsin.model import Extent, Hazard, Level, Stage, Status, Threat, ZoneId


class ProposedZone(msgspec.Struct, frozen=True, kw_only=True):
    zone: ZoneId
    band: Band
    """How likely it is that a threat gets there."""
    earliest: datetime
    """When it can be there first."""
    likely: datetime
    why: str
    """In a sentence."""
    tracks: tuple[str, ...]
    """The threats it is for, the most pressing first."""
    held_back: str | None
    """Why the machine does not place it, where the policy would let it."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Zones that should be under one warning, the most pressing first."""

    id: str
    hazard: Hazard
    threat: Threat
    stage: Stage
    level: Level
    zones: tuple[ProposedZone, ...]
    people: int
    """How many live there at least."""


class ProposedEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A warning that the machine placed, and that may be over."""

    zone: ZoneId
    threat: Threat
    ended: bool
    """Whether somebody declared it over; else all that it was for has gone elsewhere."""
    why: str


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of what the machine places by itself, at a moment."""

    wait: timedelta
    """For which it holds back."""
    zones: int
    """Beyond which it does."""
    mine: frozenset[Held]
    """What it placed and is open."""
    since: Mapping[Held, tuple[datetime, datetime]]
    """Since when something is wanted, and until when at last."""
    may: frozenset[Held]
    """What the policy lets it place now."""
    refused: Mapping[Held, str]
    """Why it does not place some of that."""


@dataclass(frozen=True, kw_only=True)
class View:
    """What the lookout sees at a moment. What only officers look at is reckoned when one of them does: to draw a
    thousand cones, and to write a thousand zones, takes longer than to warn of them."""

    at: datetime
    seq: int
    """Of the log: upon this was it reckoned."""
    wants: Wants | None = field(default=None, compare=False, repr=False)
    state: State | None = field(default=None, compare=False, repr=False)
    declined: frozenset[tuple[Held, Stage]] = frozenset()
    machine: Machine | None = None
    """None where the policy places nothing."""
    ends: tuple[ProposedEnd, ...] = ()

    @property
    def assessment(self) -> Assessment | None:
        return None if self.wants is None else self.wants.assessment

    @cached_property
    def wanted(self) -> tuple[Advice, ...]:
        """All that the policy wants under warning now, whether it is or not."""
        return () if self.wants is None else advise_on(self.wants, {}).raises

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        if self.state is None:
            return ()
        held_back = {} if self.machine is None else left_to_people(self.machine, self.wanted, self.at)
        return proposals(self.state, self.wanted, held_back, self.declined)

    @property
    def threats(self) -> tuple[Seen, ...]:
        """Those of which anything was said in the time for which reports are held, the newest word first."""
        lately = self.at - timedelta(seconds=REPORTS_KEPT_S)
        return () if self.assessment is None else tuple(one for one in self.assessment.seen if one.last >= lately)

    @property
    def at_risk(self) -> tuple[AtRisk, ...]:
        return () if self.assessment is None else self.assessment.at_risk

    def in_the_air(self, *, stale: bool) -> int:
        """How many threats there are of which news is old, or is not."""
        if self.assessment is None:
            return 0
        now_s = self.assessment.now_s
        return sum(track.stale(now_s) is stale for track in self.assessment.picture.tracks.values())


SAYS = {
    (Stage.EARLY_WARNING, Level.YELLOW): Status.EARLY_WARNING,
    (Stage.EARLY_WARNING, Level.RED): Status.EARLY_WARNING,
    (Stage.ALERT, Level.YELLOW): Status.YELLOW,
    (Stage.ALERT, Level.RED): Status.RED,
}


def warned(state: State, advice: Advice) -> bool:
    """Whether all of the zone is under such a warning, or a worse one, already, whoever gave it."""
    wanted = SAYS[advice.stage, advice.level].rank
    return any(
        hold.says.rank >= wanted and hold.hazard is advice.hazard and hold.extent is Extent.WHOLE
        for hold in covering(state, advice.zone)
    )


def proposals(
    state: State, wanted: Iterable[Advice], held_back: Mapping[Held, str], declined: frozenset[tuple[Held, Stage]]
) -> tuple[Proposal, ...]:
    """What is wanted and not yet under warning, one proposal for each kind of warning, the worst first."""
    groups: dict[tuple[Hazard, Threat, Stage, Level], list[ProposedZone]] = {}
    for advice in wanted:
        if warned(state, advice) or decided_against(declined, advice):
            continue
        groups.setdefault((advice.hazard, advice.threat, advice.stage, advice.level), []).append(
            ProposedZone(
                zone=advice.zone,
                band=advice.band,
                earliest=advice.earliest,
                likely=advice.likely,
                why=advice.why,
                tracks=advice.tracks,
                held_back=held_back.get((advice.zone, advice.threat)),
            )
        )
    worst_first = sorted(groups.items(), key=lambda one: -SAYS[one[0][2:]].rank)
    return tuple(_proposal(state, kind, zones) for kind, zones in worst_first)


def left_to_people(machine: Machine, wanted: Iterable[Advice], now: datetime) -> dict[Held, str]:
    """Why what the policy would place is left to people."""
    found: dict[Held, str] = {}
    for advice in wanted:
        held = advice.zone, advice.threat
        if held in machine.may or held in machine.mine or (advice.act is not Act.PLACE and advice.held_back is None):
            continue
        waits = now - machine.since[held][0] < machine.wait
        why = advice.held_back
        if why is None:  # it would be placed, were there nothing yet
            why = HeldBack.HOLD_BACK if waits and len(machine.mine) >= machine.zones else HeldBack.CEILING
        elif why is HeldBack.HOLD_BACK and not waits:
            why = HeldBack.CEILING
        found[held] = why.value
    return {**found, **machine.refused}


def decided_against(what: Container[tuple[Held, Stage]], advice: Advice) -> bool:
    """Whether somebody decided against this, or against an alert in its place: who did not want an early warning has
    not decided on an alert."""
    held = advice.zone, advice.threat
    return (held, advice.stage) in what or (held, Stage.ALERT) in what


def _proposal(state: State, kind: tuple[Hazard, Threat, Stage, Level], zones: Sequence[ProposedZone]) -> Proposal:
    hazard, threat, stage, level = kind
    soonest = sorted(zones, key=lambda one: (one.earliest, one.zone))
    return Proposal(
        id=".".join(kind),
        hazard=hazard,
        threat=threat,
        stage=stage,
        level=level,
        zones=tuple(soonest),
        people=state.hierarchy.reach(one.zone for one in soonest).counted,
    )


def cause_of(threat: Threat, earliest: datetime) -> str:
    """What people are told of why: nothing that is not public."""
    return f"{threat.replace('_', ' ')}, earliest arrival {earliest:%H:%M} UTC"
