"""The inner loops from a place to its shelters, compiled by numba: the piece beside it, what is reached from there,
and the way. docs/shelters.md says the same for whoever answers from a bundle.

They stand in one file because one calls the other, and what numba keeps on disk is known by the file it came from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tocsin.shelters.network import Floats, Ints
from tocsin.shelters.profiles import NO_WAY_DS, K
from tocsin.shelters.search import NO_WAY_OUT, compiled

Marks = NDArray[np.bool_]
Times = NDArray[np.uint16]
Outs = NDArray[np.uint8]


def _cells(
    ends: Floats, chosen: Ints, west: float, south: float, side: float, columns: int, rows: int
) -> tuple[Ints, Ints]:
    """Compressed rows: the pieces of cell ``i`` are those from ``first[i]`` up to ``first[i + 1]``, rising."""
    first = np.zeros(columns * rows + 1, np.int32)
    piece = np.empty(0, np.int32)
    for filling in range(2):
        if filling == 1:
            first[1:] = np.cumsum(first[1:])
            piece = np.empty(first[-1], np.int32)
            upto = first[:-1].copy()
        for i in range(len(chosen)):
            p = chosen[i]
            left = int((min(ends[p, 0], ends[p, 2]) - west) / side)
            right = int((max(ends[p, 0], ends[p, 2]) - west) / side)
            low = int((min(ends[p, 1], ends[p, 3]) - south) / side)
            high = int((max(ends[p, 1], ends[p, 3]) - south) / side)
            for row in range(max(low, 0), min(high, rows - 1) + 1):
                for column in range(max(left, 0), min(right, columns - 1) + 1):
                    cell = row * columns + column
                    if filling == 0:
                        first[cell + 1] += 1
                    else:
                        piece[upto[cell]] = p
                        upto[cell] += 1
    return first, piece


def _beside(
    x: float,
    y: float,
    ends: Floats,
    length_dm: Ints,
    first: Ints,
    piece: Ints,
    west: float,
    south: float,
    side: float,
    columns: int,
    rows: int,
) -> tuple[int, int, int]:
    """The nearest piece, of equally near ones the lowest; decimetres along it and off it. There is one at least."""
    column, row = int(np.floor((x - west) / side)), int(np.floor((y - south) / side))
    ring = max(0, -column, column - columns + 1, -row, row - rows + 1)
    best, nearest = np.inf, -1
    while True:
        low, high, left, right = row - ring, row + ring, column - ring, column + ring
        for r in range(max(low, 0), min(high, rows - 1) + 1):
            step = 1 if r in (low, high) else max(right - left, 1)
            c = left
            if step == 1:
                c = max(left, 0)
            while c <= min(right, columns - 1):
                if c >= 0:
                    cell = r * columns + c
                    for i in range(first[cell], first[cell + 1]):
                        p = piece[i]
                        x1, y1, x2, y2 = ends[p, 0], ends[p, 1], ends[p, 2], ends[p, 3]
                        dx, dy = x2 - x1, y2 - y1
                        ahead, whole = (x - x1) * dx + (y - y1) * dy, dx * dx + dy * dy
                        if ahead <= 0.0:
                            square = (x - x1) * (x - x1) + (y - y1) * (y - y1)
                        elif ahead >= whole:
                            square = (x - x2) * (x - x2) + (y - y2) * (y - y2)
                        else:
                            area = (x - x1) * dy - (y - y1) * dx
                            if area * area > best * whole * (1 + 1e-12):  # so that almost none has to be divided
                                continue
                            square = area * area / whole
                        if square < best or (square == best and p < nearest):
                            best, nearest = square, p
                c += step
        if nearest >= 0:
            clear = min(
                x - (west + left * side),
                west + (right + 1) * side - x,
                y - (south + low * side),
                south + (high + 1) * side - y,
            )
            if best <= clear * clear:
                break
        ring += 1
    x1, y1, x2, y2 = ends[nearest, 0], ends[nearest, 1], ends[nearest, 2], ends[nearest, 3]
    dx, dy = x2 - x1, y2 - y1
    share = min(1.0, max(0.0, ((x - x1) * dx + (y - y1) * dy) / max(dx * dx + dy * dy, 1e-9)))
    off_m = np.hypot(x - x1 - share * dx, y - y1 - share * dy)
    return nearest, int(np.rint(share * length_dm[nearest])), int(min(np.rint(off_m * 10), 2_000_000_000.0))


def _beside_many(
    x: Floats,
    y: Floats,
    ends: Floats,
    length_dm: Ints,
    first: Ints,
    piece: Ints,
    west: float,
    south: float,
    side: float,
    columns: int,
    rows: int,
    found: Ints,
    along_dm: Ints,
    off_dm: Ints,
) -> None:
    for i in range(len(x)):
        found[i], along_dm[i], off_dm[i] = beside(
            x[i], y[i], ends, length_dm, first, piece, west, south, side, columns, rows
        )


def _reached(
    piece: int,
    along: int,
    off: int,
    start: Ints,
    end: Ints,
    length_dm: Ints,
    cost_ds: Ints,
    label_ds: Times,
    label_shelter: Ints,
    along_first: Ints,
    along_door: Ints,
    door_shelter: Ints,
    door_along_dm: Ints,
    door_off_dm: Ints,
    open_: Marks,
) -> tuple[NDArray[np.int64], int]:
    """The nearest shelters from beside a piece, at most `K`, nearest first and of equally near ones the lower number
    first: in each row time, shelter, by which end (2: along the piece itself), and by which door then."""
    length, cost = length_dm[piece], cost_ds[piece]
    away = (10 * off + 6) // 13
    doors = along_first[piece + 1] - along_first[piece]
    found = np.empty((2 * K + doors, 4), np.int64)
    count = 0
    for way in range(2):
        point = start[piece] if way == 0 else end[piece]
        part = along if way == 0 else length - along
        there = away + (cost * part + length // 2) // length
        for k in range(K):
            shelter = label_shelter[point, k]
            if shelter < 0:
                break
            time = there + label_ds[point, k]
            known = -1
            for i in range(count):
                if found[i, 1] == shelter:
                    known = i
            if known < 0:
                known = count
                count += 1
            elif time >= found[known, 0]:
                continue
            found[known, 0], found[known, 1], found[known, 2], found[known, 3] = time, shelter, way, -1
    for i in range(along_first[piece], along_first[piece + 1]):
        door = along_door[i]
        shelter = door_shelter[door]
        if not open_[shelter]:
            continue
        between = abs(door_along_dm[door] - along)
        time = away + (cost * between + length // 2) // length + (10 * door_off_dm[door] + 6) // 13
        known = -1
        for j in range(count):
            if found[j, 1] == shelter:
                known = j
        if known < 0:
            known = count
            count += 1
        elif time > found[known, 0]:
            continue
        found[known, 0], found[known, 1], found[known, 2], found[known, 3] = time, shelter, 2, door
    kept = min(count, K)
    for k in range(kept):
        least = k
        for i in range(k + 1, count):
            if found[i, 0] < found[least, 0] or (found[i, 0] == found[least, 0] and found[i, 1] < found[least, 1]):
                least = i
        for column in range(4):
            found[k, column], found[least, column] = found[least, column], found[k, column]
    return found, kept


def _nearest_many(
    piece: Ints,
    along_dm: Ints,
    off_dm: Ints,
    start: Ints,
    end: Ints,
    length_dm: Ints,
    cost_ds: Ints,
    label_ds: Times,
    label_shelter: Ints,
    along_first: Ints,
    along_door: Ints,
    door_shelter: Ints,
    door_along_dm: Ints,
    door_off_dm: Ints,
    open_: Marks,
    time_ds: Ints,
    nearest: Ints,
) -> None:
    """Of many places beside pieces the nearest shelter and its time; -1 where no way leads to one. It
    counts as `_reached` does, and keeps the first."""
    for i in range(len(piece)):
        p, along, off = piece[i], along_dm[i], off_dm[i]
        if p < 0:
            time_ds[i], nearest[i] = -1, -1
            continue
        length, cost = length_dm[p], cost_ds[p]
        away = (10 * off + 6) // 13
        best, which = 1 << 40, -1
        for way in range(2):
            point = start[p] if way == 0 else end[p]
            part = along if way == 0 else length - along
            if label_ds[point, 0] == NO_WAY_DS:
                continue
            time = away + (cost * part + length // 2) // length + label_ds[point, 0]
            if time < best or (time == best and label_shelter[point, 0] < which):
                best, which = time, label_shelter[point, 0]
        for j in range(along_first[p], along_first[p + 1]):
            door = along_door[j]
            shelter = door_shelter[door]
            if not open_[shelter]:
                continue
            between = abs(door_along_dm[door] - along)
            time = away + (cost * between + length // 2) // length + (10 * door_off_dm[door] + 6) // 13
            if time < best or (time == best and shelter < which):
                best, which = time, shelter
        time_ds[i], nearest[i] = best if which >= 0 else -1, which


def _door_at(
    point: int,
    shelter: int,
    start: Ints,
    end: Ints,
    length_dm: Ints,
    cost_ds: Ints,
    of_first: Ints,
    of_door: Ints,
    door_piece: Ints,
    door_along_dm: Ints,
    door_off_dm: Ints,
) -> tuple[int, int]:
    """The shelter's door to which it is nearest from this point of its piece, and how much of the piece leads there."""
    best, which, walked = 1 << 40, -1, 0
    for i in range(of_first[shelter], of_first[shelter + 1]):
        door = of_door[i]
        piece = door_piece[door]
        if point not in (start[piece], end[piece]):
            continue
        length, along = length_dm[piece], door_along_dm[door]
        part = along if point == start[piece] else length - along
        time = (10 * door_off_dm[door] + 6) // 13 + (cost_ds[piece] * part + length // 2) // length
        if time < best or (time == best and door < which):
            best, which, walked = time, door, part
    return which, walked


def _way(
    piece: int,
    along: int,
    by_end: int,
    by_door: int,
    shelter: int,
    start: Ints,
    end: Ints,
    length_dm: Ints,
    cost_ds: Ints,
    lon_e6: Ints,
    lat_e6: Ints,
    first: Ints,
    to: Ints,
    way_piece: Ints,
    label_shelter: Ints,
    label_out: Outs,
    of_first: Ints,
    of_door: Ints,
    door_piece: Ints,
    door_along_dm: Ints,
    door_off_dm: Ints,
) -> tuple[int, Floats, Ints, Ints]:
    """From beside a piece to a shelter: its door; longitudes and latitudes from the street beside the place to the
    street beside the door, with a row before and one after left free; the pieces, and how much of each is walked."""
    points = 0
    door, last = by_door, 0
    if by_end < 2:
        point = start[piece] if by_end == 0 else end[piece]
        points = 1
        at = point
        while True:
            out = _out(at, shelter, label_shelter, label_out)
            if out == NO_WAY_OUT or points > len(lon_e6):
                break
            at = to[first[at] + out]
            points += 1
        door, last = door_at(
            at, shelter, start, end, length_dm, cost_ds, of_first, of_door, door_piece, door_along_dm, door_off_dm
        )
    line = np.empty((points + 4, 2), np.float64)
    pieces = np.empty(points + 1, np.int32)
    walked_dm = np.empty(points + 1, np.int32)
    pieces[0] = piece
    if by_end == 2:
        walked_dm[0] = abs(door_along_dm[door] - along)
    else:
        walked_dm[0] = along if by_end == 0 else length_dm[piece] - along
        at = start[piece] if by_end == 0 else end[piece]
        for i in range(points):
            line[i + 2, 0], line[i + 2, 1] = lon_e6[at] / 1e6, lat_e6[at] / 1e6
            if i + 1 < points:
                way = first[at] + _out(at, shelter, label_shelter, label_out)
                pieces[i + 1] = way_piece[way]
                walked_dm[i + 1] = length_dm[way_piece[way]]
                at = to[way]
        pieces[points] = door_piece[door]
        walked_dm[points] = last
    for side in range(2):
        row = 1 if side == 0 else points + 2
        where = piece if side == 0 else door_piece[door]
        share = (along if side == 0 else door_along_dm[door]) / length_dm[where]
        a, b = start[where], end[where]
        line[row, 0] = (lon_e6[a] + share * (lon_e6[b] - lon_e6[a])) / 1e6
        line[row, 1] = (lat_e6[a] + share * (lat_e6[b] - lat_e6[a])) / 1e6
    return door, line, pieces, walked_dm


def _out_of(point: int, shelter: int, label_shelter: Ints, label_out: Outs) -> int:
    """By which way out of a point the shelter is reached."""
    for k in range(K):
        if label_shelter[point, k] == shelter:
            return int(label_out[point, k])
    return NO_WAY_OUT


cells = compiled(_cells)
beside = compiled(_beside)
beside_many = compiled(_beside_many)
reached = compiled(_reached)
nearest_many = compiled(_nearest_many)
_out = compiled(_out_of)
door_at = compiled(_door_at)
way = compiled(_way)
