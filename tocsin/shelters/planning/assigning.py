"""Who gets under a roof: everyone running to the nearest shelter, and the best that can be done.

The best is a flow from buildings to shelters: along each arc between a building and a shelter in its reach as many as
live there, out of each shelter as many as it holds. OR-tools finds the largest flow, and of all the largest one with
the least walking. People are whole numbers (of hundredths): no assignment has more under a roof.

So that there is less to be searched, ways are counted in steps of 10 seconds, and buildings on the same stretch with
the same shelters in reach, whose ways are within one step, are one source of people; and what no assignment needs is
left out. How many get under a roof does not depend on that. How far they walk is least to within 20 seconds a person;
over Aarhus it is 0.15 of 280.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.extra import required
from tocsin.shelters.network import Ints
from tocsin.shelters.planning.reach import STEP_DS, Reach
from tocsin.shelters.planning.reaching import apart, needed

Counts = NDArray[np.int64]
"""People, in hundredths."""

UNKNOWN = -1
"""The capacity of a shelter of which nobody says it."""


class Nearest(NamedTuple):
    """Everyone runs to the nearest shelter, if it is in reach."""

    goes_to: Ints
    """Of each building; -1 where none is in reach."""
    come: Counts
    """To each shelter."""
    share: NDArray[np.float64]
    """Of each shelter, how much of those who come there it holds; NaN where nobody says how many it holds."""
    walked: int
    """All their ways together, in tenths of a second of an adult, times people."""


class Best(NamedTuple):
    """Everyone is told where to go."""

    given: Counts
    """Of each entry of the reach, how many go there."""
    walked: int


def everyone_to_the_nearest(time_ds: Ints, nearest: Ints, people: Counts, capacity: Counts, limit_ds: int) -> Nearest:
    """``time_ds`` and ``nearest`` are of each building, as `guide.nearest_times` gives them."""
    reached = (nearest >= 0) & (time_ds <= limit_ds)
    goes_to = np.where(reached, nearest, -1).astype(np.int32)
    come = np.zeros(len(capacity), np.int64)
    np.add.at(come, goes_to[reached], people[reached])
    share = np.where(come > capacity, capacity / np.maximum(come, 1), 1.0)
    share[capacity == UNKNOWN] = np.nan
    return Nearest(goes_to, come, share, int((people[reached] * time_ds[reached].astype(np.int64)).sum()))


def best(reach: Reach, people: Counts, capacity: Counts, alike: NDArray[np.integer]) -> Best:
    """The assignment with most people under a roof, and of these one with the least walking. Shelters of unknown
    capacity are none of it. ``alike`` is a number for each building, the same for those whose ways may be counted as
    equally long.

    Errors: `BadSetting` where OR-tools is not installed.
    """
    of = reach.building()
    usable = np.flatnonzero((capacity[reach.shelter] > 0) & (people[of] > 0))
    rows = reach.only(_marks(usable, len(of)))
    kept, come = needed(rows.first, rows.shelter, rows.time_ds, people, capacity)
    usable, rows = usable[kept], rows.only(kept)
    given = np.zeros(len(reach.shelter), np.int64)
    # Whoever has only a shelter with room for all goes there; the others are what there is to find out.
    count = np.diff(rows.first)
    settled = (count[of[usable]] == 1) & (come[rows.shelter] <= capacity[rows.shelter])
    given[usable[settled]] = people[of[usable[settled]]]
    if not settled.all():
        left = usable[~settled]
        room = capacity - np.bincount(reach.shelter, weights=given, minlength=len(capacity)).astype(np.int64)
        given[left] = _best(rows.only(~settled), people, room, alike)
    return Best(given, int((given * reach.time_ds.astype(np.int64)).sum()))


def _marks(chosen: NDArray[np.int64], of: int) -> NDArray[np.bool_]:
    marks = np.zeros(of, np.bool_)
    marks[chosen] = True
    return marks


def _best(rows: Reach, people: Counts, capacity: Counts, alike: NDArray[np.integer]) -> Counts:
    active = np.flatnonzero(np.diff(rows.first) > 0)
    key = np.stack([alike[active].astype(np.int64), *_sets(rows, active)], axis=1)
    order = np.lexsort(key.T[::-1])
    new = np.ones(len(order), bool)
    new[1:] = (key[order][1:] != key[order][:-1]).any(axis=1)
    group_first = np.append(np.flatnonzero(new), len(order))
    member = active[order]
    group_people = np.add.reduceat(people[member], group_first[:-1])
    one = member[group_first[:-1]]  # of each group, the one whose times stand for all
    count = np.diff(rows.first)[one]
    arc_first = np.append(0, np.cumsum(count))
    entry = np.repeat(rows.first[one] - arc_first[:-1], count) + np.arange(arc_first[-1])
    tail = np.repeat(np.arange(len(one), dtype=np.int32), count)
    flow = _flow(tail, group_people, rows.shelter[entry], rows.time_ds[entry], capacity)
    found: Counts = apart(group_first, member, rows.first, people, arc_first, flow)
    return found


def _sets(rows: Reach, active: NDArray[np.int64]) -> list[Counts]:
    """Which shelters each building reaches, as numbers: how many, and two sums of 64 bits that are the same for other
    sets in one of 2^128 cases."""
    found = [np.diff(rows.first)[active]]
    for seed in (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03):
        mixed = (rows.shelter.astype(np.uint64) + np.uint64(1)) * np.uint64(seed)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        found.append(np.add.reduceat(mixed ^ (mixed >> np.uint64(31)), rows.first[active]).view(np.int64))
    return found


def _flow(tail: Ints, people: Counts, shelter: Ints, time_ds: Ints, capacity: Counts) -> Counts:
    """How many go along each arc from a group to a shelter."""
    solver = required("ortools.graph.python.min_cost_flow", "plan").SimpleMinCostFlow()
    used = np.unique(shelter)
    sink = len(people) + len(used)
    node = np.full(len(capacity), -1, np.int32)
    node[used] = np.arange(len(people), sink, dtype=np.int32)
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail, node[shelter], np.minimum(people[tail], capacity[shelter]), (time_ds // STEP_DS).astype(np.int64)
    )
    last, nothing = np.full(len(used), sink, np.int32), np.zeros(len(used), np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(node[used], last, capacity[used], nothing)
    supplies = np.concatenate([people, nothing, [-int(people.sum())]])
    solver.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supplies)
    status = solver.solve_max_flow_with_min_cost()
    assert status == solver.OPTIMAL, f"nothing at all can always flow, but OR-tools says {status}"
    found: Counts = np.asarray(solver.flows(arcs), np.int64)
    return found
