"""The inner loops, compiled by numba: the nearest shelters of every point, all at once.

Dijkstra's algorithm from all shelters together, in which a point is settled as often as it has nearest shelters. Times
are whole numbers, so what waits lies in buckets, one for each tenth of a second (Dial, Algorithm 360, 1969). Where two
shelters are equally far the one with the lower number comes first, and of two ways the way out with the lower number:
the answer is the only one there can be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.extra import required
from tocsin.shelters.network import Ints
from tocsin.shelters.profiles import FARTHEST_DS, NO_WAY_DS, K

NO_WAY_OUT = 0xFF
"""Instead of a way out: the shelter stands beside this piece of way."""


def compiled(function: Any) -> Any:
    """Compiled when first called, and kept on disk where there is room beside the module or in the user's cache."""
    numba = required("numba")
    try:
        return numba.njit(function, cache=True, nogil=True)
    except RuntimeError:  # nowhere to keep it: it is compiled anew by each process
        return numba.njit(function, nogil=True)


def _k_nearest(  # noqa: PLR0915 - a call inside the loop would be slower, and cannot be compiled apart
    first: Ints,
    to: Ints,
    cost: Ints,
    back: NDArray[np.uint8],
    seed_at: Ints,
    seed_shelter: Ints,
    seed_ds: Ints,
    buckets: int,
) -> tuple[Ints, Ints, NDArray[np.uint8]]:
    """``buckets`` is a power of two above every cost and every seed's time. Gives times, shelters and ways out."""
    points = len(first) - 1
    times = np.full((points, K), NO_WAY_DS, np.int32)
    shelters = np.full((points, K), -1, np.int32)
    outs = np.full((points, K), NO_WAY_OUT, np.uint8)
    known = np.zeros(points, np.uint8)
    room = len(seed_at) + len(to) * K + 1
    bucket = np.full(buckets, -1, np.int32)
    after = np.empty(room, np.int32)
    at = np.empty(room, np.int32)
    of = np.empty(room, np.int32)
    by = np.empty(room, np.uint8)
    mask = buckets - 1
    made = 0
    waiting = 0
    for i in range(len(seed_at)):
        slot = seed_ds[i] & mask
        at[made], of[made], by[made] = seed_at[i], seed_shelter[i], NO_WAY_OUT
        after[made] = bucket[slot]
        bucket[slot] = made
        made += 1
        waiting += 1
    now = 0
    while waiting > 0 and now <= FARTHEST_DS:
        slot = now & mask
        head = bucket[slot]
        if head < 0:
            now += 1
            continue
        bucket[slot] = -1
        # First all that arrives in this moment is put in its place, then what stayed goes on.
        entry = head
        while entry >= 0:
            waiting -= 1
            point, shelter, out = at[entry], of[entry], by[entry]
            count = known[point]
            place = count
            fits = True
            for i in range(count):
                if shelters[point, i] == shelter:
                    if times[point, i] == now and out < outs[point, i]:
                        outs[point, i] = out
                    fits = False
                    break
            if fits:
                while place > 0 and times[point, place - 1] == now and shelters[point, place - 1] > shelter:
                    place -= 1
                if place < K:
                    if count < K:
                        known[point] = count + 1
                    else:
                        count = K - 1
                    for i in range(count, place, -1):
                        times[point, i] = times[point, i - 1]
                        shelters[point, i] = shelters[point, i - 1]
                        outs[point, i] = outs[point, i - 1]
                    times[point, place] = now
                    shelters[point, place] = shelter
                    outs[point, place] = out
            entry = after[entry]
        entry = head
        while entry >= 0:
            point, shelter, out = at[entry], of[entry], by[entry]
            entry = after[entry]
            stayed = False
            for i in range(known[point]):
                if shelters[point, i] == shelter and times[point, i] == now and outs[point, i] == out:
                    stayed = True
            if not stayed:
                continue
            for way in range(first[point], first[point + 1]):
                there = to[way]
                count = known[there]
                if count == K and times[there, K - 1] <= now:
                    continue
                dup = False
                for i in range(count):
                    if shelters[there, i] == shelter:
                        dup = True
                if dup:
                    continue
                at[made], of[made], by[made] = there, shelter, back[way]
                slot = (now + cost[way]) & mask
                after[made] = bucket[slot]
                bucket[slot] = made
                made += 1
                waiting += 1
        now += 1
    return times, shelters, outs


def _spread(
    points: int,
    corner: Ints,
    inside: Ints,
    ends: Ints,
    ends_ds: Ints,
    times: Ints,
    shelters: Ints,
    outs: NDArray[np.uint8],
) -> tuple[NDArray[np.uint16], Ints, NDArray[np.uint8]]:
    """From the corners to all points: inside a chain the nearest are nearest at one of its ends."""
    all_times = np.full((points, K), NO_WAY_DS, np.uint16)
    all_shelters = np.full((points, K), -1, np.int32)
    all_outs = np.full((points, K), NO_WAY_OUT, np.uint8)
    for i in range(len(corner)):
        point = corner[i]
        for k in range(K):
            all_times[point, k] = times[i, k]
            all_shelters[point, k] = shelters[i, k]
            all_outs[point, k] = outs[i, k]
    for i in range(len(inside)):
        point = inside[i]
        a, b = ends[i, 0], ends[i, 1]
        from_a, from_b, count = 0, 0, 0
        while count < K:
            best, shelter, out = NO_WAY_DS, -1, NO_WAY_OUT
            if a >= 0 and from_a < K and shelters[a, from_a] >= 0:
                best, shelter, out = times[a, from_a] + ends_ds[i, 0], shelters[a, from_a], 0
            if b >= 0 and from_b < K and shelters[b, from_b] >= 0:
                there, other = times[b, from_b] + ends_ds[i, 1], shelters[b, from_b]
                if there < best or (there == best and (other < shelter or shelter < 0)):
                    best, shelter, out = there, other, 1
            if shelter < 0 or best > FARTHEST_DS:
                break
            if out == 0:
                from_a += 1
            else:
                from_b += 1
            dup = False
            for k in range(count):
                if all_shelters[point, k] == shelter:
                    dup = True
            if dup:
                continue
            all_times[point, count] = best
            all_shelters[point, count] = shelter
            all_outs[point, count] = out
            count += 1
    return all_times, all_shelters, all_outs


k_nearest = compiled(_k_nearest)
spread = compiled(_spread)
