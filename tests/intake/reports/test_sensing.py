"""Whatever a sensor measured lies within the circle that is made of it."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tocsin.intake.reports.sensing import EARTH_M, circle, cone, destination
from tocsin.report import Role, Spot

LON, LAT = 31.5, 50.2


def apart_m(lon: float, lat: float, spot: Spot) -> float:
    assert spot.lon is not None
    assert spot.lat is not None
    phi, other = math.radians(lat), math.radians(spot.lat)
    lean = math.radians(spot.lon - lon)
    hav = math.sin((other - phi) / 2) ** 2 + math.cos(phi) * math.cos(other) * math.sin(lean / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(hav)))


@given(
    bearing=st.floats(0, 359.9),
    error=st.floats(0, 180),
    near=st.floats(0, 1),
    far=st.floats(100, 100_000),
    share=st.floats(-1, 1),
    at=st.floats(0, 1),
)
def test_no_part_of_a_cone_lies_outside_of_its_circle(
    bearing: float, error: float, near: float, far: float, share: float, at: float
) -> None:
    nearest = near * far
    spot = cone(LON, LAT, bearing, error, nearest, far)
    lon, lat = destination(LON, LAT, bearing + share * error, nearest + at * (far - nearest))
    assert apart_m(lon, lat, spot) <= spot.radius_m * 1.002 + 10
    assert spot.radius_m <= far * 1.001 + 10, "it is no vaguer than its reach"
    assert spot.role is Role.AT


def test_a_narrow_cone_is_much_smaller_than_all_around() -> None:
    assert cone(LON, LAT, 90, 5, 0, 10_000).radius_m < 5_100
    assert cone(LON, LAT, 90, 180, 0, 10_000).radius_m == 10_000


def test_a_bearing_leads_where_it_points() -> None:
    lon, lat = destination(30.0, 50.0, 90, 10_000)
    assert (round(lon, 3), round(lat, 3)) == (30.14, 50.0)
    lon, lat = destination(30.0, 50.0, 180, 111_195)
    assert (round(lon, 3), round(lat, 3)) == (30.0, 49.0)


def test_a_position_is_a_circle_as_large_as_its_uncertainty() -> None:
    assert circle(30.123456789, 50.0, 99.2) == Spot(role=Role.AT, lon=30.12346, lat=50.0, radius_m=100.0)
