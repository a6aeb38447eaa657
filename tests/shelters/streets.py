"""Streets drawn in a test, as an extract, a network or a bare graph."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tocsin.shelters.beside import Beside
from tocsin.shelters.extract import Streets
from tocsin.shelters.graph import Graph, graph_of
from tocsin.shelters.labels import Doors, Labels
from tocsin.shelters.network import Network, build
from tocsin.shelters.profiles import NO_WAY_DS, K
from tocsin.shelters.walkable import Trait

DATA = Path(__file__).parent.parent / "data" / "shelters"
AARHUS = DATA / "aarhus.osm.pbf"

Place = tuple[float, float]
"""Metres east and north of a corner of nowhere."""

LON0, LAT0 = 30.0, 50.0
METRE = 1 / 111_195.0


def degrees(place: Place) -> tuple[float, float]:
    return LON0 + place[0] * METRE / float(np.cos(np.radians(LAT0))), LAT0 + place[1] * METRE


def extract(path: Path, places: Mapping[int, Place], ways: Sequence[tuple[Sequence[int], Mapping[str, str]]]) -> Path:
    """An extract in OpenStreetMap's XML."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    for number, place in places.items():
        lon, lat = degrees(place)
        lines.append(f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>')
    for number, (points, tags) in enumerate(ways, 1):
        lines.append(f'<way id="{number}" version="1">')
        lines += [f'<nd ref="{point}"/>' for point in points]
        lines += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("</way>")
    path.write_text("\n".join([*lines, "</osm>"]), "utf-8")
    return path


def network(places: Sequence[Place], pieces: Sequence[tuple[int, int]], steps: Sequence[int] = ()) -> Network:
    """``steps`` are the numbers of the pieces that are steps, without a ramp."""
    both = int(Trait.STEPS | Trait.NOT_STEP_FREE)
    spots = [degrees(place) for place in places]
    streets = Streets(
        osm_id=array("q", range(len(places))),
        lon_e7=array("q", (round(lon * 1e7) for lon, _ in spots)),
        lat_e7=array("q", (round(lat * 1e7) for _, lat in spots)),
        start=array("q", (a for a, _ in pieces)),
        end=array("q", (b for _, b in pieces)),
        traits=array("q", (both if number in steps else 0 for number in range(len(pieces)))),
        name=array("q", [0] * len(pieces)),
        names=[""],
        missing=0,
    )
    return build(streets).network


def plainly(network: Network, graph: Graph, doors: Doors, open_: Sequence[bool]) -> list[list[tuple[int, int]]]:
    """The same as labels, by a search from each shelter on its own: time and shelter, nearest first."""
    found: list[list[tuple[int, int]]] = [[] for _ in range(network.points)]
    cost = {int(piece): int(ds) for piece, ds in zip(graph.piece, graph.cost_ds, strict=True)}
    for shelter in sorted({int(number) for number in doors.shelter}):
        if not open_[shelter]:
            continue
        best: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        for door, of in enumerate(doors.shelter):
            if of != shelter:
                continue
            piece, along, off = (int(column[door]) for column in doors.beside)
            length, ds = int(network.length_dm[piece]), cost[piece]
            away = (10 * off + 6) // 13
            heap.append((away + (ds * along + length // 2) // length, int(network.start[piece])))
            heap.append((away + (ds * (length - along) + length // 2) // length, int(network.end[piece])))
        heapq.heapify(heap)
        while heap:
            time, point = heapq.heappop(heap)
            if point in best:
                continue
            best[point] = time
            for way in range(graph.first[point], graph.first[point + 1]):
                if int(graph.to[way]) not in best:
                    heapq.heappush(heap, (time + int(graph.cost_ds[way]), int(graph.to[way])))
        for point, time in best.items():
            if time < NO_WAY_DS:
                found[point].append((time, shelter))
    return [sorted(near)[:K] for near in found]


def told(labels: Labels) -> list[list[tuple[int, int]]]:
    return [
        [(int(time), int(shelter)) for time, shelter in zip(times, shelters, strict=True) if shelter >= 0]
        for times, shelters in zip(labels.time_ds, labels.shelter, strict=True)
    ]


def doors_at(network: Network, spots: Sequence[tuple[int, int, int, int]], *, wheels: bool = False) -> Doors:
    """Entrances, each as its shelter, its piece (taken from those of the graph), decimetres along and off it."""
    pieces = np.unique(graph_of(network, wheels=wheels).piece)
    piece = np.array([pieces[spot[1] % len(pieces)] for spot in spots], np.int32)
    along = np.array([spot[2] for spot in spots], np.int32) % (network.length_dm[piece] + 1)
    return Doors(
        np.array([spot[0] for spot in spots], np.int32),
        Beside(piece, along.astype(np.int32), np.array([spot[3] for spot in spots], np.int32)),
    )
