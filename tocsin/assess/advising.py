"""From an assessment and a policy to what should stand: what to propose, what to place, and which ends to propose.

Nothing here ends a warning (`releasing`). Of what is proposed or placed already nothing is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

import msgspec
import numpy as np

from tocsin.assess.advice import Act, Advice, Advised, Held, HeldBack, Stands
from tocsin.assess.assessment import Assessment, Band, band
from tocsin.assess.ground import Ground
from tocsin.assess.policy import Policy, Rule
from tocsin.assess.releasing import releases
from tocsin.assess.sighting import moment
from tocsin.assess.wanting import OfRule, Wants
from tocsin.model import Stage, Threat, ZoneId


def advise(assessment: Assessment, policy: Policy, standing: Mapping[Held, Stands]) -> Advised:
    """What follows now from the assessment, where ``standing`` is proposed or placed already."""
    return advise_on(Wants(assessment, policy), standing)


def advise_on(wants: Wants, standing: Mapping[Held, Stands], aside: Set[Held] = frozenset()) -> Advised:
    """The same, of what a policy is known to want. What is ``aside`` the machine may not place whatever the policy lets
    it: it takes nothing of what may be placed elsewhere."""
    assessment, now = wants.assessment, wants.assessment.now
    stands, budget = dict(standing), _Budget(wants.policy, assessment.ground, standing)
    changing: list[_Changing] = []
    for held, (of_rule, key) in wants.held.items():
        had = standing.get(held)
        if (
            had is not None
            and (had.placed or key not in of_rule.confirmed)
            and (had.stage is Stage.ALERT or not _rises(had, of_rule.rule))
        ):
            if had.unwanted is not None:
                stands[held] = msgspec.structs.replace(had, unwanted=None)
        else:
            changing.append((of_rule.soonest_s[key], held, of_rule, key))
    made: list[_Asked] = []
    for _, held, of_rule, key in sorted(changing, key=_sooner):
        had = standing.get(held)
        rises = had is None or _rises(had, of_rule.rule)
        since = had.since if had and not rises else now
        act: Act = Act.PROPOSE
        held_back: HeldBack | None = None
        if held not in aside:
            act, held_back = _act(of_rule, key, budget, (now - since).total_seconds())
        if rises or act is Act.PLACE:
            made.append((of_rule, key, act, held_back))
        stage = had.stage if had and not rises else of_rule.rule.stage
        stands[held] = Stands(since=since, stage=stage, placed=act is Act.PLACE)
    for held, had in standing.items():
        if had.unwanted is None and held not in wants.held:
            stands[held] = msgspec.structs.replace(had, unwanted=had.wanted or now)
    raises = _advices(assessment, made)
    return Advised(raises=raises, releases=releases(assessment, wants.policy, stands), standing=stands)


_Changing = tuple[float, Held, OfRule, int]
_Asked = tuple[OfRule, int, Act, HeldBack | None]


def _sooner(one: _Changing) -> tuple[float, Held]:
    return one[:2]


def _rises(had: Stands, rule: Rule) -> bool:
    """Whether what was an early warning becomes an alert."""
    return had.stage is Stage.EARLY_WARNING and rule.stage is Stage.ALERT


def without(standing: Mapping[Held, Stands], gone: Iterable[Held]) -> dict[Held, Stands]:
    """What stands when some of it was ended, by whoever may."""
    ended = set(gone)
    return {held: stands for held, stands in standing.items() if held not in ended}


class _Budget:
    """How much the machine may yet place by itself."""

    def __init__(self, policy: Policy, ground: Ground, standing: Mapping[Held, Stands]) -> None:
        self._policy, self._ground = policy, ground
        self._placed = {zone for (zone, _), stands in standing.items() if stands.placed}
        self._zones = sum(len(ground.below(zone)) for zone in self._placed)

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


def _act(of_rule: OfRule, key: int, budget: _Budget, waited_s: float) -> tuple[Act, HeldBack | None]:
    if key not in of_rule.near:
        return Act.PROPOSE, None
    if key not in of_rule.confirmed:
        return Act.PROPOSE, HeldBack.CONFIRMATIONS
    held_back = budget.refuses(of_rule.helds[key][0], waited_s)
    return (Act.PLACE if held_back is None else Act.PROPOSE), held_back


# --- in words and numbers -------------------------------------------------------------------------


def _advices(assessment: Assessment, asked: Sequence[_Asked]) -> tuple[Advice, ...]:
    """In the same sequence."""
    by_rule: dict[OfRule, list[tuple[int, _Asked]]] = {}
    for number, one in enumerate(asked):
        by_rule.setdefault(one[0], []).append((number, one))
    made: dict[int, Advice] = {}
    said = _Said(assessment)
    for of_rule, some in by_rule.items():
        advices = _of_one_rule(assessment, of_rule, [one for _, one in some], said)
        made |= zip((number for number, _ in some), advices, strict=True)
    return tuple(made[number] for number in range(len(asked)))


def _of_one_rule(assessment: Assessment, of_rule: OfRule, asked: Sequence[_Asked], said: _Said) -> Iterable[Advice]:
    table, every, rule, now_s = assessment.table, assessment.table.rows, of_rule.rule, assessment.now_s
    rows, starts = of_rule.sorted([key for _, key, _, _ in asked])
    tracks = table.track[rows]
    ids = [table.ids[number] for number in tracks.tolist()]
    columns = (
        np.maximum.reduceat(every.probability[rows], starts).tolist(),
        np.minimum.reduceat(every.earliest_s[rows], starts).tolist(),
        every.likely_s[rows[starts]].tolist(),
        np.maximum.reduceat(table.sources[tracks], starts).tolist(),
        tracks[starts].tolist(),
        starts.tolist(),
        [*starts.tolist()[1:], len(rows)],
    )
    for (_, key, act, held_back), best, earliest, likely, sources, lead, start, end in zip(
        asked, *columns, strict=True
    ):
        zone, threat = of_rule.helds[key]
        chance, earliest_s, likely_s = band(best), max(now_s, earliest), max(now_s, likely)
        yield Advice(
            zone=zone,
            hazard=rule.hazard,
            threat=threat,
            stage=rule.stage,
            level=rule.level,
            act=act,
            band=chance,
            earliest=moment(earliest_s),
            likely=moment(likely_s),
            tracks=tuple(dict.fromkeys(ids[start:end])),
            confirmations=sources,
            needed=rule.confirmations,
            held_back=held_back,
            why=f"{_NAMES[threat]}: {_NAMES[chance]}, earliest in {said.minutes(earliest_s)}, "
            f"likely in {said.minutes(likely_s)}; {said.of(lead)}",
        )


_NAMES = {one: one.replace("_", " ") for one in (*Threat, *Band)}


class _Said:
    """What is said of times and threats, each once."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._of: dict[int, str] = {}

    def minutes(self, to_s: float) -> str:
        return f"{max(0.0, to_s - self._assessment.now_s) / 60:.0f} min"

    def of(self, number: int) -> str:
        """How many speak of a threat, and how long ago the last did."""
        known = self._of.get(number)
        if known is None:
            track, now_s = self._assessment.table.tracks[number], self._assessment.now_s
            age = self.minutes(now_s + (now_s - track.last_s))
            known = f"{len(track.reports)} reports of {len(track.sources)} sources, the last {age} ago"
            self._of[number] = known
        return known
