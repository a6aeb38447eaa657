"""How well zones are warned in attacks whose truth is known (`make bench-threats ARGS="--attacks N"`).

Each seed is one attack (tocsin/sim/attacks); its reports are replayed through the policy (tocsin/assess/replaying.py).
What the figures mean stands in tocsin/sim/attacks/scoring.py. ``--reliability`` holds each probability that was told
against how often it came true.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from tocsin.app import open_atlas
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.policy import Policy
from tocsin.assess.replaying import moments, replay
from tocsin.sim.attacks.flights import Country, flights
from tocsin.sim.attacks.saying import EPOCH, OFFICIAL, told
from tocsin.sim.attacks.scoring import Hit, Score, score

EDGES = (0.04, 0.07, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0001)
"""Of the probabilities that are held against what came."""
EVERY = 10
"""Of so many moments one is looked at."""
WITHIN_S = 1_800.0
"""It came true where something is over the zone within so long."""


def run(seeds: Iterable[int], policy: Policy, country: Country) -> list[Score]:
    scores = []
    for seed in seeds:
        flown = flights(seed, country)
        said = told(seed, flown, country)
        warned = replay((one.report for one in said), country.ground, policy)
        scores.append(score(flown, said, warned, policy, country))
    return scores


def line(name: str, hits: Sequence[Hit]) -> str:
    knowable = [hit for hit in hits if hit.perfect_s > 0.0]
    if not knowable:
        return f"{name:<20} nothing hit"
    missed = sum(hit.warned_s <= 0.0 for hit in knowable)
    ours = statistics.median(hit.warned_s for hit in knowable)
    perfect = statistics.median(hit.perfect_s for hit in knowable)
    untold = len(hits) - len(knowable)
    by_luck = sum(hit.warned_s > 0.0 for hit in hits if hit.perfect_s <= 0.0)
    return (
        f"{name:<20} {len(knowable):>7,} zones hit, missed {missed:>4} = {missed / len(knowable):6.2%}; "
        f"median warning {ours / 60:5.1f} min of {perfect / 60:5.1f} = {ours / perfect:4.0%}; "
        f"no report could have told of {untold} more ({by_luck} warned)"
    )


def prepared(policy: Policy) -> tuple[Policy, Country]:
    """The policy, trusting whose ends are right in these attacks, and the land."""
    atlas = open_atlas("ua")
    trusting = msgspec.structs.replace(policy, trusted_ends=(*policy.trusted_ends, OFFICIAL))
    return trusting, Country(atlas, Ground(atlas))


def reliability(first: int, number: int, policy: Policy) -> None:
    """For each range of probabilities: how often they were told, and how often something came."""
    policy, country = prepared(policy)
    told_n, told_sum, came_n = (np.zeros(len(EDGES) - 1) for _ in range(3))
    for seed in range(first, first + number):
        flown = flights(seed, country)
        said = told(seed, flown, country)
        entered = np.full((len(flown), len(country.ground.zones)), np.inf)
        for flight, one in enumerate(flown):
            for zone, at_s in one.entered.items():
                entered[flight, country.ground.place[zone]] = at_s
        for index, moment in enumerate(moments((one.report for one in said), country.ground, policy)):
            if index % EVERY:
                continue
            found = assess(moment.picture, moment.at)
            chance = np.zeros(len(country.ground.zones))
            rows = found.table.rows
            np.maximum.at(chance, rows.zone[found.ahead], rows.probability[found.ahead])
            now_s = (moment.at - EPOCH).total_seconds()
            came = np.any((entered >= now_s) & (entered <= now_s + WITHIN_S), axis=0)
            here = np.digitize(chance, EDGES) - 1
            for row in range(len(EDGES) - 1):
                of = here == row
                told_n[row] += of.sum()
                told_sum[row] += chance[of].sum()
                came_n[row] += (came & of).sum()
    print(f"{'probability':<14}{'told':>9}  {'mean':>6}  {'came':>6}   ({number} attacks from seed {first})")
    for row, (low, high) in enumerate(pairwise(EDGES)):
        if told_n[row]:
            mean, share = told_sum[row] / told_n[row], came_n[row] / told_n[row]
            print(f"{low:.2f} to {high:.2f}  {told_n[row]:>9,.0f}  {mean:>6.1%}  {share:>6.1%}")


def measure(first: int, number: int, policy: Policy) -> None:
    """Run attacks and print what came of them."""
    policy, country = prepared(policy)
    began = time.process_time()
    scores = run(range(first, first + number), policy, country)
    spent = time.process_time() - began
    hits = [hit for one in scores for hit in one.hits]
    reports = sum(one.reports for one in scores)
    print(f"{len(scores)} attacks, seeds {first} to {first + number - 1}, {reports:,} reports, {spent:.0f} s of CPU")
    print(line("all", hits))
    for kind in sorted({hit.kind for hit in hits}):
        print(line(kind, [hit for hit in hits if hit.kind is kind]))
    vain, wide = sum(one.vain for one in scores), sum(one.oblast_vain for one in scores)
    hours, wide_hours = sum(one.vain_hours for one in scores), sum(one.oblast_vain_hours for one in scores)
    print(
        f"in vain: {vain:,} zones of {wide:,} in the oblast-wide practice = {vain / wide:.1%}; "
        f"zone-hours {hours:,.0f} of {wide_hours:,.0f} = {hours / wide_hours:.1%}"
    )
