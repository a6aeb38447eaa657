"""The streets of an area as lines for a small map, in whole numbers."""

from __future__ import annotations

import numpy as np
import shapely

from tocsin.shelters.network import Network

SCALE = 1e5
"""Numbers in a degree: a metre each."""

TOLERANCE_M = 4.0
"""So far a line may lie beside its street."""


def street_lines(network: Network) -> list[list[int]]:
    """Each line as longitude and latitude of its first point, and by how much each next differs from the one before."""
    lon, lat = network.lon_e6 / 1e6, network.lat_e6 / 1e6
    spots = np.stack([lon, lat], axis=1)
    pieces = shapely.linestrings(np.stack([spots[network.start], spots[network.end]], axis=1))
    whole = shapely.line_merge(shapely.multilinestrings(pieces))
    lines = shapely.simplify(shapely.get_parts(whole), TOLERANCE_M / 111_195)
    found = []
    for line in lines:
        numbers = np.rint(shapely.get_coordinates(line) * SCALE).astype(np.int64)
        steps = np.diff(numbers, axis=0, prepend=np.zeros((1, 2), np.int64))
        found.append(steps.ravel().tolist())
    return found
