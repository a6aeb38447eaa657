"""From places to pieces and shelters: the compiled search against plain ones."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shelters.streets import AARHUS, DATA, METRE, degrees, network
from tests.shelters.towns import ABOUT, closed, register, shelter, street, town
from tocsin.errors import NotFound
from tocsin.shelters import beside
from tocsin.shelters.area import Area, Standing
from tocsin.shelters.beside import Beside, Pieces
from tocsin.shelters.extract import read_streets
from tocsin.shelters.guide import nearest, nearest_times
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.network import Floats, Network, build
from tocsin.shelters.profiles import Profile, seconds
from tocsin.shelters.reading import read_shelters


def by_tree(streets: Network, lon: Floats, lat: Floats) -> tuple[list[int], list[int], list[float]]:
    """The pieces found by a tree of lines instead of a grid of cells, decimetres along and off them, and metres off."""
    plane = Pieces(streets).plane
    x, y = plane.xy(streets.lon_e6.astype(float), streets.lat_e6.astype(float))
    start, end = (np.stack([x[side], y[side]], axis=1) for side in (streets.start, streets.end))
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
    places = shapely.points(*plane.xy(lon * 1e6, lat * 1e6))
    piece = tree.query_nearest(places, all_matches=False)[1]
    lines = shapely.linestrings(np.stack([start[piece], end[piece]], axis=1))
    along = (
        shapely.line_locate_point(lines, places) / np.maximum(shapely.length(lines), 1e-9) * streets.length_dm[piece]
    )
    metres = shapely.distance(places, lines)
    return piece.tolist(), np.rint(along).astype(int).tolist(), metres.tolist()


def require_same(streets: Network, found: Beside, lon: Floats, lat: Floats) -> None:
    """As near as the tree has it; another piece only where both are equally near."""
    for one, (piece, along, metres) in enumerate(zip(*by_tree(streets, lon, lat), strict=True)):
        off = int(found.off_dm[one])
        assert abs(off - min(metres * 10, 2e9)) < 0.51
        if found.piece[one] == piece:
            assert abs(int(found.along_dm[one]) - along) <= 1
        else:
            mine = by_tree(
                streets._replace(
                    **{name: getattr(streets, name)[[found.piece[one]]] for name in ("start", "end", "length_dm")}
                ),
                lon[[one]], lat[[one]],
            )  # fmt: skip
            assert mine[2][0] == pytest.approx(metres, abs=1e-6)


coordinate = st.integers(-3, 12).map(lambda n: n * 50.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=9, unique=True),
    st.lists(st.tuples(st.integers(-900, 1_500), st.integers(-900, 1_500)), min_size=1, max_size=6),
    st.sampled_from([7.0, 64.0, 5_000.0]),
)
def test_the_piece_beside_a_place_is_the_nearest_however_wide_the_cells(
    corners: list[tuple[float, float]], places: list[tuple[int, int]], cell_m: float
) -> None:
    streets = network(corners, [(n, n + 1) for n in range(len(corners) - 1)])
    spots = np.array([degrees((float(x), float(y))) for x, y in places])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beside, "CELL_M", cell_m)
        pieces = Pieces(streets)
    lon, lat = np.ascontiguousarray(spots[:, 0]), np.ascontiguousarray(spots[:, 1])
    found = pieces.beside(lon, lat)
    require_same(streets, found, lon, lat)
    alone = [pieces.beside_one(x, y) for x, y in spots.tolist()]
    assert alone == list(zip(*(column.tolist() for column in found), strict=True))


def test_a_place_at_a_crossing_is_beside_the_piece_with_the_lowest_number() -> None:
    cross = network([(0, 0), (100, 0), (-100, 0), (0, 100), (0, -100)], [(0, n) for n in range(1, 5)])
    middle = next(p for p in range(cross.points) if np.bincount(np.r_[cross.start, cross.end])[p] == 4)
    lon, lat = cross.lon_e6[middle] / 1e6, cross.lat_e6[middle] / 1e6
    assert Pieces(cross).beside_one(lon, lat)[0] == 0
    assert Pieces(cross, np.array([3, 2])).beside_one(lon, lat)[0] == 2


def test_a_place_very_far_away_is_told_how_far_it_is() -> None:
    far = Pieces(street()).beside(np.array([31.0, 151.0]), np.array([50.0, -33.0])).off_dm
    assert far[0] == pytest.approx((1 / METRE * np.cos(np.radians(50)) - 2_000) * 10, rel=0.01)
    assert far[1] > 80_000_000


def test_where_no_piece_may_be_found_there_is_none() -> None:
    none = Pieces(street(), np.array([], np.int32))
    assert none.beside_one(30.0, 50.0)[0] == -1
    assert none.beside(np.array([30.0]), np.array([50.0])).piece.tolist() == [-1]


@pytest.fixture(scope="module")
def aarhus() -> Standing:
    shelters = read_shelters(DATA / "aarhus.geojson.gz", load_mapping("aarhus")).shelters
    return Area(build(read_streets(AARHUS)).network, ABOUT).at(register(shelters))


def somewhere(streets: Network, number: int, seed: int) -> tuple[Floats, Floats]:
    chance = np.random.default_rng(seed)
    points = chance.integers(0, streets.points, number)
    lon = streets.lon_e6[points] / 1e6 + chance.normal(0, 4e-4, number)
    lat = streets.lat_e6[points] / 1e6 + chance.normal(0, 3e-4, number)
    return lon, lat


def test_in_a_city_the_pieces_are_those_that_a_tree_finds(aarhus: Standing) -> None:
    lon, lat = somewhere(aarhus.network, 20_000, 3)
    require_same(aarhus.network, aarhus.foot.pieces.beside(lon, lat), lon, lat)


def test_many_are_answered_as_each_of_them_alone_in_however_many_threads(
    aarhus: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    lon, lat = somewhere(aarhus.network, 700, 5)
    for ways, profile in ((aarhus.foot, Profile.OLDER), (aarhus.wheels, Profile.WHEELCHAIR)):
        places = ways.pieces.beside(lon, lat)
        time_ds, which = nearest_times(ways, aarhus.network, places)
        monkeypatch.setattr(beside, "SHARED", 100)
        monkeypatch.setattr(beside, "processors", lambda: 3)
        again = ways.pieces.beside(lon, lat)
        assert [column.tolist() for column in again] == [column.tolist() for column in places]
        assert [it.tolist() for it in nearest_times(ways, aarhus.network, again)] == [time_ds.tolist(), which.tolist()]
        monkeypatch.undo()
        for one, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            try:
                near = nearest(aarhus, x, y, profile)
            except NotFound:
                continue
            if not near:
                assert which[one] == -1
                continue
            assert aarhus.shelters[which[one]].id == near[0].shelter.id
            assert seconds(int(time_ds[one]), profile) == near[0].seconds


def test_of_many_those_without_a_way_to_a_shelter_are_named() -> None:
    parts = network([(0, 0), (1_200, 0), (0, 5_000), (1_200, 5_000)], [(0, 1), (2, 3)])
    standing = town(parts).at(closed(register([shelter(1, 100), shelter(2, 0, 5_000)]), 2))
    lon, lat = np.array([degrees((50.0, y)) for y in (0.0, 5_000.0)]).T
    time_ds, which = nearest_times(standing.foot, parts, standing.foot.pieces.beside(lon.copy(), lat.copy()))
    assert (time_ds[0] > 0, which.tolist(), int(time_ds[1])) == (True, [0, -1], -1)
