"""What a sensor finds, laid on the ground: a position, or a bearing from where the sensor stands, with its uncertainty.

An acoustic station hears a direction and hardly a distance; a camera or a radar may know both. Whatever it is becomes
one circle that holds the whole of it: coarse, and never narrower than what was measured.
"""

from __future__ import annotations

import math

from tocsin.report import Role, Spot

EARTH_M = 6_371_008.8
"""Mean radius (Moritz, Geodetic Reference System 1980)."""


def cone(
    lon: float, lat: float, bearing_deg: float, bearing_error_deg: float, nearest_m: float, farthest_m: float
) -> Spot:
    """The circle around a sector: what lies from ``nearest_m`` to ``farthest_m`` of a place, within
    ``bearing_error_deg`` on either side of a bearing."""
    half = math.radians(min(bearing_error_deg, 180.0))
    if half >= math.pi / 2:
        return circle(lon, lat, farthest_m)  # it may be on every side
    # The circle's middle lies on the bearing, where the far corners are as far from it as the near end.
    middle_m = min((farthest_m + nearest_m) / 2 / math.cos(half), farthest_m * math.cos(half))
    middle_m = max(middle_m, 0.0)
    corners = (
        _apart(middle_m, farthest_m, half),
        _apart(middle_m, nearest_m, half),
        abs(farthest_m - middle_m),
        abs(middle_m - nearest_m),
    )
    x, y = destination(lon, lat, bearing_deg, middle_m)
    return circle(x, y, max(corners))


def circle(lon: float, lat: float, radius_m: float) -> Spot:
    """A position with its uncertainty."""
    return Spot(role=Role.AT, lon=round(lon, 5), lat=round(lat, 5), radius_m=float(math.ceil(radius_m)))


def destination(lon: float, lat: float, bearing_deg: float, distance_m: float) -> tuple[float, float]:
    """Where one is after going so far on a great circle (Sinnott, Virtues of the haversine, 1984)."""
    angle, course = distance_m / EARTH_M, math.radians(bearing_deg)
    phi, lam = math.radians(lat), math.radians(lon)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(course)
    phi2 = math.asin(max(-1.0, min(1.0, sine)))
    lam2 = lam + math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(phi2)
    )
    return (math.degrees(lam2) + 540.0) % 360.0 - 180.0, math.degrees(phi2)


def _apart(one_m: float, other_m: float, angle: float) -> float:
    """The third side of a triangle, flat: a sensor's reach is small beside the Earth."""
    return math.sqrt(max(0.0, one_m**2 + other_m**2 - 2 * one_m * other_m * math.cos(angle)))
