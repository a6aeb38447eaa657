"""How well zones are warned in attacks whose truth is known (`make bench-threats ARGS="--attacks N"`).

Each seed is one attack (tocsin/sim/attacks), told by words alone and then by words and acoustic posts; its reports are
replayed through the policy (tocsin/assess/replaying.py). What the figures mean stands in
tocsin/sim/attacks/scoring.py. ``--reliability`` holds each probability that was told against how often it came true.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec
import numpy as np

from tocsin.app import open_atlas
from tocsin.assess.assessment import assess
from tocsin.assess.ground import Ground
from tocsin.assess.policy import Policy
from tocsin.assess.replaying import moments, replay
from tocsin.sim.attacks.flights import Country, flights
from tocsin.sim.attacks.posts import Network, network
from tocsin.sim.attacks.saying import OFFICIAL, told
from tocsin.sim.attacks.scoring import Down, Hit, Score, score
from tocsin.sim.attacks.telling import EPOCH

EDGES = (0.04, 0.07, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0001)
"""Of the probabilities that are held against what came."""
EVERY = 10
"""Of so many moments one is looked at."""
WITHIN_S = 1_800.0
"""It came true where something is over the zone within so long."""


NETWORK = 1
"""The seed of the posts: one network for all attacks."""


class By(StrEnum):
    """By what attacks are told."""

    WORDS = "words"
    POSTS = "posts"


def run(seeds: Iterable[int], policy: Policy, country: Country, posts: Network | None) -> list[Score]:
    scores = []
    for seed in seeds:
        flown = flights(seed, country)
        said = told(seed, flown, country, posts)
        warned = replay((one.report for one in said), country.ground, policy)
        scores.append(score(flown, said, warned, policy, country))
    return scores


def line(name: str, hits: Sequence[Hit]) -> str:
    knowable = [hit for hit in hits if hit.perfect_s > 0.0]
    if not knowable:
        return f"{name:<20} nothing hit"
    perfect = statistics.median(hit.perfect_s for hit in knowable)
    told = []
    for what in ("proposed_s", "alerted_s"):
        stood = [getattr(hit, what) for hit in knowable]
        missed, ours = sum(one <= 0.0 for one in stood), statistics.median(stood)
        told.append(
            f"{missed:>4} = {missed / len(stood):6.2%}, "
            f"median warning {ours / 60:5.1f} min of {perfect / 60:5.1f} = {ours / perfect:4.0%}"
        )
    untold = len(hits) - len(knowable)
    by_luck = sum(hit.proposed_s > 0.0 for hit in hits if hit.perfect_s <= 0.0)
    return (
        f"{name:<20} {len(knowable):>7,} zones hit, missed {told[0]}; by alerts alone {told[1]}; "
        f"no report could have told of {untold} more ({by_luck} warned)"
    )


def came_down(downs: Sequence[Down]) -> str:
    """The narrower reading: where something came down, rather than flew over."""
    known = [down for down in downs if down.known]
    if not known:
        return "came down in         nothing"
    kinds = ", ".join(
        f"{kind} {sum(not down.alerted for down in some)} of {len(some)}"
        for kind in sorted({down.kind for down in known})
        for some in [[down for down in known if down.kind is kind]]
    )
    missed, none = (sum(not getattr(down, what) for down in known) for what in ("alerted", "proposed"))
    return (
        f"{'came down in':<20} {len(known):>7,} zones, without an alert {missed:>4} = {missed / len(known):6.2%} "
        f"({kinds}; "
        f"without a proposal of any stage {none:>4} = {none / len(known):6.2%}); "
        f"no report could have told of {len(downs) - len(known)} more"
    )


def prepared(policy: Policy) -> tuple[Policy, Country]:
    """The policy, trusting whose ends are right in these attacks, and the land."""
    atlas = open_atlas("ua")
    trusting = msgspec.structs.replace(policy, trusted_ends=(*policy.trusted_ends, OFFICIAL))
    return trusting, Country(atlas, Ground(atlas))


def reliability(first: int, number: int, policy: Policy) -> None:
    """For each range of probabilities: how often they were told, and how often something came. Zones that something was
    over already are left out: whether what is there comes there is no question."""
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
            here = np.where(np.any(entered < now_s, axis=0), -1, np.digitize(chance, EDGES) - 1)
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


def measure(first: int, number: int, policy: Policy, by: Sequence[By] = tuple(By)) -> None:
    """Run attacks and print what came of them, by words alone, by words and posts, or by both one after the other."""
    policy, country = prepared(policy)
    for one in by:
        posts = network(NETWORK, country) if one is By.POSTS else None
        began = time.process_time()
        scores = run(range(first, first + number), policy, country, posts)
        spent = time.process_time() - began
        words = "words alone" if posts is None else f"words and {len(posts.working):,} posts that work"
        print(f"told by {words}: {number} attacks, seeds {first} to {first + number - 1}, {spent:.0f} s of CPU")
        _print(scores)


def _print(scores: Sequence[Score]) -> None:
    hits = [hit for one in scores for hit in one.hits]
    print(f"{sum(one.reports for one in scores):,} reports")
    print(line("all", hits))
    for kind in sorted({hit.kind for hit in hits}):
        print(line(kind, [hit for hit in hits if hit.kind is kind]))
    print(came_down([down for one in scores for down in one.downs]))
    wide = [one.oblasts for one in scores]
    for name, some in (("alerts", [one.alerted for one in scores]), ("proposals", [one.proposed for one in scores])):
        zones, wide_zones = (sum(one.zones for one in each) for each in (some, wide))
        hours, wide_hours = (sum(one.hours for one in each) for each in (some, wide))
        print(
            f"{name} in vain: {zones:,} zones of {wide_zones:,} in the oblast-wide practice = "
            f"{zones / wide_zones:.1%}; "
            f"zone-hours {hours:,.0f} of {wide_hours:,.0f} = {hours / wide_hours:.1%}"
        )
