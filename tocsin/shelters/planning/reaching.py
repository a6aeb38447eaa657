"""The inner loops of a plan, compiled by numba: from shelters outward as far as there is time, and on to buildings.

They stand in one file because what numba keeps on disk is known by the file it came from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.network import Ints
from tocsin.shelters.search import compiled


def _within(
    first: Ints, to: Ints, cost: Ints, seed_first: Ints, seed_at: Ints, seed_ds: Ints, limit: int, most: int
) -> tuple[Ints, Ints, Ints, bool]:
    """Dijkstra's algorithm from each source on its own, no further than ``limit``, with a bucket for each tenth of a
    second. Gives points, sources and times, source after source, and whether there was room: no more
    than twice ``most``."""
    points = len(first) - 1
    never = limit + 1
    best = np.full(points, never, np.int32)
    settled = np.full(points, -1, np.int32)
    bucket = np.full(limit + 1, -1, np.int32)
    after = np.empty(len(to) + len(seed_at) + 1, np.int32)
    at = np.empty(len(to) + len(seed_at) + 1, np.int32)
    room = 1 << 16
    all_points, all_sources, all_times = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32)
    made = 0
    for source in range(len(seed_first) - 1):
        begun = made
        entries = 0
        for i in range(seed_first[source], seed_first[source + 1]):
            if seed_ds[i] < best[seed_at[i]]:
                best[seed_at[i]] = seed_ds[i]
                at[entries], after[entries] = seed_at[i], bucket[seed_ds[i]]
                bucket[seed_ds[i]] = entries
                entries += 1
        for now in range(limit + 1):
            entry = bucket[now]
            bucket[now] = -1
            while entry >= 0:
                point = at[entry]
                entry = after[entry]
                if best[point] != now or settled[point] == source:
                    continue
                settled[point] = source
                if made == room:
                    if made >= most:
                        return all_points[:0], all_sources[:0], all_times[:0], False
                    more = np.empty(room, np.int32)
                    all_points = np.concatenate((all_points, more))
                    all_sources = np.concatenate((all_sources, more))
                    all_times = np.concatenate((all_times, more))
                    room *= 2
                all_points[made], all_sources[made], all_times[made] = point, source, now
                made += 1
                for way in range(first[point], first[point + 1]):
                    there, time = to[way], now + cost[way]
                    if time <= limit and time < best[there]:
                        best[there] = time
                        at[entries], after[entries] = there, bucket[time]
                        bucket[time] = entries
                        entries += 1
        for i in range(begun, made):
            best[all_points[i]] = never
    return all_points[:made], all_sources[:made], all_times[:made], True


def _by_point(points: int, at: Ints, source: Ints, time: Ints) -> tuple[Ints, Ints, Ints]:
    """The same as compressed rows of points; sources keep their order."""
    first = np.zeros(points + 1, np.int32)
    for i in range(len(at)):
        first[at[i] + 1] += 1
    first[:] = np.cumsum(first)
    upto = first[:-1].copy()
    sources, times = np.empty(len(at), np.int32), np.empty(len(at), np.int32)
    for i in range(len(at)):
        place = upto[at[i]]
        sources[place], times[place] = source[i], time[i]
        upto[at[i]] += 1
    return first, sources, times


def _merged(  # noqa: PLR0915 - one loop, which cannot be compiled apart
    ends: Ints,
    ends_ds: Ints,
    first: Ints,
    source: Ints,
    time: Ints,
    piece: Ints,
    along_dm: Ints,
    off_dm: Ints,
    length_dm: Ints,
    cost_ds: Ints,
    along_first: Ints,
    along_door: Ints,
    door_source: Ints,
    door_along_dm: Ints,
    door_off_dm: Ints,
    limit: int,
    most: int,
) -> tuple[NDArray[np.int64], Ints, Ints, bool]:
    """What each building reaches within ``limit``: compressed rows of sources, rising, with times. By the one end of
    its chain or by the other, or along its own piece. And whether there was room, as above."""
    buildings = len(piece)
    rows = np.zeros(buildings + 1, np.int64)
    room = 1 << 16
    all_sources, all_times = np.empty(room, np.int32), np.empty(room, np.int32)
    made = 0
    for b in range(buildings):
        begun = made
        left, right = ends[b, 0], ends[b, 1]
        i, i_end, j, j_end = 0, 0, 0, 0
        if left >= 0:
            i, i_end = first[left], first[left + 1]
        if right >= 0:
            j, j_end = first[right], first[right + 1]
        doors = 0
        if piece[b] >= 0:
            doors = along_first[piece[b] + 1] - along_first[piece[b]]
        while made + (i_end - i) + (j_end - j) + doors > room:
            if room >= most:
                return rows, all_sources[:0], all_times[:0], False
            more = np.empty(room, np.int32)
            all_sources, all_times = np.concatenate((all_sources, more)), np.concatenate((all_times, more))
            room *= 2
        while i < i_end or j < j_end:
            if j >= j_end or (i < i_end and source[i] < source[j]):
                which, best = source[i], ends_ds[b, 0] + time[i]
                i += 1
            elif i >= i_end or source[j] < source[i]:
                which, best = source[j], ends_ds[b, 1] + time[j]
                j += 1
            else:
                which, best = source[i], min(ends_ds[b, 0] + time[i], ends_ds[b, 1] + time[j])
                i += 1
                j += 1
            if best <= limit:
                all_sources[made], all_times[made] = which, best
                made += 1
        for n in range(doors):
            door = along_door[along_first[piece[b]] + n]
            if door_source[door] < 0:
                continue
            length = length_dm[piece[b]]
            between = abs(door_along_dm[door] - along_dm[b])
            best = (
                (10 * off_dm[b] + 6) // 13
                + (cost_ds[piece[b]] * between + length // 2) // length
                + (10 * door_off_dm[door] + 6) // 13
            )
            if best > limit:
                continue
            place = made
            while place > begun and all_sources[place - 1] > door_source[door]:
                place -= 1
            if place > begun and all_sources[place - 1] == door_source[door]:
                all_times[place - 1] = min(all_times[place - 1], best)
                continue
            for k in range(made, place, -1):
                all_sources[k], all_times[k] = all_sources[k - 1], all_times[k - 1]
            all_sources[place], all_times[place] = door_source[door], best
            made += 1
        rows[b + 1] = made
    return rows, all_sources[:made], all_times[:made], True


def _apart(
    group_first: NDArray[np.int64],
    member: NDArray[np.int64],
    first: NDArray[np.int64],
    people: NDArray[np.int64],
    arc_first: NDArray[np.int64],
    flow: NDArray[np.int64],
) -> NDArray[np.int64]:
    """What flows out of groups as what flows out of their members: of each entry of ``first``'s rows, how many. All
    members of a group have the same shelters in their rows, and so as many entries as the group has arcs."""
    given = np.zeros(first[-1], np.int64)
    for group in range(len(group_first) - 1):
        arc, end = arc_first[group], arc_first[group + 1]
        left = flow[arc] if arc < end else 0
        for i in range(group_first[group], group_first[group + 1]):
            need = people[member[i]]
            while need > 0 and arc < end:
                took = min(need, left)
                given[first[member[i]] + arc - arc_first[group]] += took
                need -= took
                left -= took
                if left == 0:
                    arc += 1
                    left = flow[arc] if arc < end else 0
    return given


def _needed(
    first: NDArray[np.int64], shelter: Ints, time: Ints, people: NDArray[np.int64], capacity: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which entries are enough for a best assignment, and how many could still come by them to each shelter.

    Where a shelter has room for all who reach it, it is full in no assignment: nobody with a way there needs one that
    is no shorter, for whoever goes elsewhere can be sent there instead. What is left out so lets others have room for
    all, and so on until nothing changes.
    """
    keeps = np.ones(len(shelter), np.bool_)
    come = np.zeros(len(capacity), np.int64)
    for b in range(len(first) - 1):
        for i in range(first[b], first[b + 1]):
            come[shelter[i]] += people[b]
    changed = True
    while changed:
        changed = False
        for b in range(len(first) - 1):
            best = -1
            for i in range(first[b], first[b + 1]):
                roomy = keeps[i] and come[shelter[i]] <= capacity[shelter[i]]
                if roomy and (best < 0 or time[i] < time[best]):
                    best = i
            if best < 0:
                continue
            for i in range(first[b], first[b + 1]):
                if keeps[i] and i != best and time[i] >= time[best]:
                    keeps[i] = False
                    come[shelter[i]] -= people[b]
                    changed = True
    return keeps, come


within = compiled(_within)
needed = compiled(_needed)
apart = compiled(_apart)
by_point = compiled(_by_point)
merged = compiled(_merged)
