"""How well zones are warned in attacks whose truth is known (`make bench-threats ARGS="--attacks N"`).

Each seed is one attack (tocsin/sim/attacks); its reports are replayed through the policy (tocsin/assess/replaying.py).
What the figures mean stands in tocsin/sim/attacks/scoring.py.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence

import msgspec

from tocsin.app import open_atlas
from tocsin.assess.ground import Ground
from tocsin.assess.policy import Policy
from tocsin.assess.replaying import replay
from tocsin.sim.attacks.flights import Country, flights
from tocsin.sim.attacks.saying import OFFICIAL, told
from tocsin.sim.attacks.scoring import Hit, Score, score


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


def measure(first: int, number: int, policy: Policy) -> None:
    """Run attacks and print what came of them."""
    policy = msgspec.structs.replace(policy, trusted_ends=(*policy.trusted_ends, OFFICIAL))
    atlas = open_atlas("ua")
    country = Country(atlas, Ground(atlas))
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
