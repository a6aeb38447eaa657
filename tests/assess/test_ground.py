"""The flat map that assessment reckons on."""

from __future__ import annotations

import numpy as np

from tests.assess.scene import ground
from tocsin.assess.ground import GRID_KM


def test_outside_is_what_no_zone_comes_near() -> None:
    here = ground()
    far = int(here.extent_km / GRID_KM) + 3
    line = np.arange(-far, far + 1) * GRID_KM
    points = {(float(x), float(y)) for x in line for y in line}
    outside = {
        (x, y) for x, y in points if float(np.min(np.hypot(here.x - x, here.y - y) - here.radius_km)) > GRID_KM / 2.0
    }
    for x, y in points:
        # On a point outside, the next one outside is the point itself; on a point inside it is a neighbour at best.
        assert (here.inland_km(x, y) <= -GRID_KM / 2.0) == ((x, y) in outside)
