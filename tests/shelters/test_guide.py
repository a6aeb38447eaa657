"""From a place to the nearest shelters, with the way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shelters.streets import AARHUS, DATA
from tests.shelters.towns import ABOUT, closed, degrees, door, register, shelter, town
from tocsin.errors import NotFound
from tocsin.shelters.area import Area, Standing
from tocsin.shelters.extract import read_streets
from tocsin.shelters.guide import Way, nearest
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.network import EARTH_M, build
from tocsin.shelters.profiles import Profile
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.wording import legs, told


def ids(ways: list[Way]) -> list[str]:
    return [way.shelter.id for way in ways]


def metres_of(way: Way) -> float:
    lon, lat = np.radians(way.line[:, 0]), np.radians(way.line[:, 1])
    steps = np.hypot(np.diff(lon) * np.cos(lat[:-1]), np.diff(lat)) * EARTH_M
    return float(steps.sum())


def require_sound(ways: list[Way], lon: float, lat: float) -> None:
    """The line begins at the place, ends at a door, and is as long as is said."""
    for way in ways:
        assert way.line[0].tolist() == [lon, lat]
        assert tuple(way.line[-1].tolist()) in {(it.lon, it.lat) for it in way.shelter.doors}
        assert metres_of(way) == pytest.approx(way.metres, rel=0.01, abs=1.5)
        assert way.metres == pytest.approx(way.off_m + float(way.piece_m.sum()) + way.to_door_m, abs=0.1)
    assert [way.seconds for way in ways] == sorted(way.seconds for way in ways)


def test_the_three_nearest_are_told_nearest_first_with_time_and_way() -> None:
    standing = town().at(register([shelter(1, 0), shelter(2, 600, 20), shelter(3, 1_900), shelter(4, 2_000)]))
    lon, lat = degrees((450.0, 10.0))
    ways = nearest(standing, lon, lat)
    assert ids(ways) == ["town:2", "town:1", "town:3"]
    assert ways[0].metres == pytest.approx(10 + 150 + 20, abs=1)
    assert ways[0].seconds == pytest.approx(180 / 1.3, abs=1)
    require_sound(ways, lon, lat)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-50, 2_050), st.integers(-90, 90)), min_size=1, max_size=7),
    st.integers(0, 2_000),
    st.integers(-100, 100),
)
def test_along_a_street_the_way_is_as_long_as_the_street_says(
    places: list[tuple[int, int]], east: int, north: int
) -> None:
    standing = town().at(register([shelter(n, float(x), float(y)) for n, (x, y) in enumerate(places)]))
    lon, lat = degrees((float(east), float(north)))
    ways = nearest(standing, lon, lat)
    require_sound(ways, lon, lat)
    if not (900 <= east <= 1_100 and north > 0) and not any(900 <= x <= 1_100 and y > 0 for x, y in places):
        straight = sorted(
            abs(min(max(x, 0), 2_000) - east) + abs(north) + np.hypot(min(0, x) + max(0, x - 2_000), y)
            for x, y in places
        )
        assert [way.metres for way in ways] == pytest.approx(straight[:3], abs=3)


def test_a_shelter_on_the_same_piece_is_reached_along_it_and_not_by_its_ends() -> None:
    standing = town().at(register([shelter(1, 140, 5)]))
    lon, lat = degrees((160.0, 5.0))
    (way,) = nearest(standing, lon, lat)
    assert way.metres == pytest.approx(30, abs=1)
    require_sound([way], lon, lat)


def test_nobody_is_sent_to_a_closed_shelter_or_one_that_is_not_for_everybody() -> None:
    known = register([shelter(1, 100), shelter(2, 200, public=False), shelter(3, 300, open=False), shelter(4, 400)])
    area = town()
    lon, lat = degrees((0.0, 0.0))
    assert ids(nearest(area.at(known), lon, lat)) == ["town:1", "town:4"]
    after = area.at(closed(known, 1))
    assert ids(nearest(after, lon, lat)) == ["town:4"]
    on_its_piece = degrees((90.0, 0.0))
    assert ids(nearest(after, *on_its_piece)) == ["town:4"]
    assert nearest(area.at(closed(known, 1, 4)), lon, lat) == []


def test_of_several_entrances_the_nearest_is_taken() -> None:
    metro = shelter(1, 1_000, 300, entrances=(door(200, 10), door(1_800, 10)))
    standing = town().at(register([metro]))
    west, east = nearest(standing, *degrees((0.0, 0.0))), nearest(standing, *degrees((2_000.0, 0.0)))
    assert [west[0].metres, east[0].metres] == pytest.approx([210, 210], abs=2)


def test_a_wheelchair_is_sent_by_no_steps_and_to_nothing_that_has_them() -> None:
    up = shelter(1, 1_000, 690)
    stepped, flat = shelter(2, 1_100, step_free=False), shelter(3, 1_900)
    standing = town().at(register([up, stepped, flat]))
    lon, lat = degrees((1_000.0, 0.0))
    assert ids(nearest(standing, lon, lat)) == ["town:2", "town:1", "town:3"]
    assert ids(nearest(standing, lon, lat, Profile.WHEELCHAIR)) == ["town:3"]
    stairs = shelter(4, 0, 0, entrances=(door(900, 0, step_free=False), door(1_800, 0, step_free=True)))
    standing = town().at(register([stairs]))
    assert nearest(standing, lon, lat)[0].metres == pytest.approx(100, abs=2)
    assert nearest(standing, lon, lat, Profile.WHEELCHAIR)[0].metres == pytest.approx(800, abs=3)


def test_whoever_is_slower_needs_longer_for_the_same_way() -> None:
    standing = town().at(register([shelter(1, 0)]))
    times = [nearest(standing, *degrees((900.0, 0.0)), profile)[0].seconds for profile in Profile]
    assert times == [pytest.approx(900 / speed, rel=0.01) for speed in (1.3, 0.9, 0.95, 0.9)]


def test_far_from_every_street_nothing_is_made_up() -> None:
    standing = town().at(register([shelter(1, 0)]))
    with pytest.raises(NotFound, match="no street"):
        nearest(standing, *degrees((0.0, 2_000.0)))


def test_a_shelter_without_a_street_is_named_and_nobody_is_sent_there() -> None:
    standing = town().at(register([shelter(1, 500, 302), shelter(2, 500, 298), shelter(3, 0, 290, open=False)]))
    assert standing.no_street == ("town:1",)
    assert ids(nearest(standing, *degrees((0.0, 0.0)))) == ["town:2"]


def test_a_way_is_told_in_words_in_both_languages() -> None:
    standing = town().at(register([shelter(1, 1_000, 690, name="Cellar")]))
    (way,) = nearest(standing, *degrees((800.0, 0.0)))
    assert [(leg.turn, round(leg.metres, -1)) for leg in legs(standing, way)] == [
        ("start", 200), ("left", 50), ("on", 640),
    ]  # fmt: skip
    words = told(standing, way)
    assert words["en"] == "Walk 200 m; turn left, steps, 50 m; go straight on 640 m."
    assert words["uk"].startswith("Йдіть 200 м; ліворуч, сходи, 50 м")


@pytest.fixture(scope="module")
def aarhus() -> Standing:
    shelters = read_shelters(DATA / "aarhus.geojson.gz", load_mapping("aarhus")).shelters
    return Area(build(read_streets(AARHUS)).network, ABOUT).at(register(shelters))


def test_in_a_city_every_way_arrives_as_long_as_it_is_said_to_be(aarhus: Standing) -> None:
    assert (len(aarhus.shelters), int(aarhus.open.sum())) == (251, 241)
    chance = np.random.default_rng(7)
    for point in chance.integers(0, aarhus.network.points, 150):
        lon = float(aarhus.network.lon_e6[point]) / 1e6 + float(chance.normal(0, 3e-4))
        lat = float(aarhus.network.lat_e6[point]) / 1e6 + float(chance.normal(0, 2e-4))
        for profile in (Profile.ADULT, Profile.WHEELCHAIR):
            ways = nearest(aarhus, lon, lat, profile)
            require_sound(ways, lon, lat)
            assert all(told(aarhus, way).keys() == {"en", "uk"} for way in ways)
            if profile is Profile.WHEELCHAIR:
                assert all(not (aarhus.network.traits[way.pieces] & 8).any() for way in ways)
            else:
                assert len(ways) == 3
