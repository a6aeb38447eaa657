"""Which zone a point is in: one point, many points, and the same by brute force."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from tocsin.atlas import Atlas, load_atlas
from tocsin.atlas.locate import CHUNK_POINTS, PointIndex
from tocsin.errors import BadRequest

Floats = npt.NDArray[np.float64]

CHORNOBYL = (30.1, 51.39)
KYIV = (30.52, 50.45)
SEVASTOPOL = (33.52, 44.6)
SIMFEROPOL = (34.1, 44.95)
BLACK_SEA = (31.0, 44.6)


def test_a_point_in_a_town_is_in_its_hromada(ukraine: Atlas) -> None:
    zone = ukraine.locate(24.03, 49.84)
    assert zone is not None
    assert zone.names["uk"] == "Львівська міська громада"


def test_a_point_in_the_chornobyl_zone_falls_back_to_its_raion(ukraine: Atlas) -> None:
    zone = ukraine.locate(*CHORNOBYL)
    assert zone is not None
    assert (zone.level, zone.names["uk"]) == ("raion", "Вишгородський район")


def test_a_point_in_kyiv_or_sevastopol_falls_back_to_the_first_level(ukraine: Atlas) -> None:
    assert ukraine.locate(*KYIV) is ukraine.resolve("м. Київ")
    assert ukraine.locate(*SEVASTOPOL) is ukraine.resolve("м. Севастополь")


def test_crimea_has_no_hromadas_and_a_point_there_is_in_its_raion(ukraine: Atlas) -> None:
    zone = ukraine.locate(*SIMFEROPOL)
    assert zone is not None
    assert zone.names["uk"] == "Сімферопольський район"
    assert ukraine.resolve("UA-43") in ukraine.ancestors(zone.id)


@pytest.mark.parametrize("point", [BLACK_SEA, (21.0, 52.2), (37.6, 55.75), (0.0, 0.0), (180.0, -90.0)])
def test_a_point_on_the_sea_or_abroad_is_in_no_zone(ukraine: Atlas, point: tuple[float, float]) -> None:
    assert ukraine.locate(*point) is None
    assert ukraine.locate_many([point[0]], [point[1]]).tolist() == [-1]


def test_a_label_point_is_in_its_own_zone_or_in_one_below(ukraine: Atlas) -> None:
    for zone in ukraine.zones[1:]:
        assert zone.point is not None
        found = ukraine.locate(*zone.point)
        assert found is not None
        assert zone in (found, *ukraine.ancestors(found.id))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 180.5, -181.0])
def test_what_is_no_point_on_earth_is_refused(ukraine: Atlas, wrong: float) -> None:
    for lon, lat in ((wrong, 50.0), (30.0, wrong / 2)):
        with pytest.raises(BadRequest):
            ukraine.locate(lon, lat)
        with pytest.raises(BadRequest) as caught:
            ukraine.locate_many([30.0, lon], [50.0, lat])
        assert caught.value.detail == {"index": 1, "wrong": 1}


def test_many_points_need_a_latitude_for_each_longitude(ukraine: Atlas) -> None:
    with pytest.raises(BadRequest):
        ukraine.locate_many([30.0, 31.0], [50.0])
    with pytest.raises(BadRequest):
        ukraine.locate_many([[30.0]], [[50.0]])
    assert ukraine.locate_many([], []).tolist() == []


# --- the same answer on every way ---------------------------------------------------------------


def around(ukraine: Atlas, count: int) -> tuple[Floats, Floats]:
    """Seeded points: over the whole box, round the labels of zones, in the gaps, and on corners of borders."""
    random = np.random.default_rng(20240826)
    labels = np.array([zone.point for zone in ukraine.zones])
    gaps = np.array([CHORNOBYL, KYIV, SEVASTOPOL, SIMFEROPOL, BLACK_SEA, (31.9, 46.6), (30.4, 46.2)])
    corners = shapely.get_coordinates([ukraine.polygon(zone.id) for zone in ukraine.zones[:200]])
    points = np.concatenate(
        [
            random.uniform((22.0, 44.2), (40.4, 52.5), (count // 4, 2)),
            random.choice(labels, count // 4) + random.normal(0, 0.15, (count // 4, 2)),
            random.choice(gaps, count // 4) + random.normal(0, 0.3, (count // 4, 2)),
            random.choice(corners, count // 4),
        ]
    )
    return points[:, 0], points[:, 1]


def by_brute_force(ukraine: Atlas, lons: Floats, lats: Floats) -> list[int]:
    """Level by level from below, the smallest of all polygons that hold the point; no tree, nothing prepared."""
    answer = np.full(len(lons), -1)
    for level in reversed(ukraine.levels[1:]):
        zones = ukraine.zones_of_level(level)
        shapes = [shapely.from_wkb(shapely.to_wkb(ukraine.polygon(zone.id))) for zone in zones]
        best = np.full(len(lons), np.inf)
        this = np.full(len(lons), -1)
        for zone, shape in zip(zones, shapes, strict=True):
            west, south, east, north = shape.bounds
            boxed = np.flatnonzero((lons >= west) & (lons <= east) & (lats >= south) & (lats <= north))
            if not len(boxed):
                continue
            holds = boxed[shapely.intersects_xy(shape, lons[boxed], lats[boxed])]
            smaller = holds[shape.area < best[holds]]
            best[smaller] = shape.area
            this[smaller] = ukraine.index_of(zone.id)
        answer = np.where(answer == -1, this, answer)
    return [int(number) for number in answer]


def test_bulk_single_and_brute_force_agree(ukraine: Atlas) -> None:
    lons, lats = around(ukraine, 6_000)
    bulk = ukraine.locate_many(lons, lats).tolist()
    single = [ukraine.locate(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
    assert bulk == [-1 if zone is None else ukraine.index_of(zone.id) for zone in single]
    assert bulk == by_brute_force(ukraine, lons, lats)
    levels = {"none" if number == -1 else ukraine.zones[number].level for number in bulk}
    assert levels == {"none", "oblast", "raion", "hromada"}, "the points reach every case"


def test_more_points_than_are_tested_together_keep_their_order(ukraine: Atlas) -> None:
    places = np.array([CHORNOBYL, KYIV, BLACK_SEA, (24.03, 49.84)])
    few = ukraine.locate_many(places[:, 0], places[:, 1])
    picked = np.arange(CHUNK_POINTS + 3) % 4
    assert (ukraine.locate_many(places[picked, 0], places[picked, 1]) == few[picked]).all()


def test_threads_may_ask_at_the_same_time(israel: Atlas) -> None:
    points = [zone.point for zone in israel.zones if zone.point is not None and zone.level == "area"]

    def ask(_: int) -> list[str | None]:
        return [zone.id if (zone := israel.locate(*point)) else None for point in points]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert answers == [[zone.id for zone in israel.zones if zone.level == "area"]] * 4


# --- on shapes made for it ------------------------------------------------------------------------


def index(*boxes: tuple[int, float, float, float, float]) -> PointIndex:
    """Boxes as depth, west, south, east, north; each is known by its place."""
    polygons = np.array([shapely.box(*box[1:]) for box in boxes], dtype=object)
    return PointIndex(polygons, np.array([box[0] for box in boxes]), np.arange(len(boxes)))


def answers(shapes: PointIndex, *points: tuple[float, float]) -> list[int]:
    one = [shapes.one(*point) for point in points]
    many = shapes.many(np.array([lon for lon, _ in points]), np.array([lat for _, lat in points]))
    assert many.tolist() == one
    return one


def test_where_two_overlap_the_smaller_wins_whatever_their_order() -> None:
    assert answers(index((1, 0, 0, 10, 10), (1, 9, 0, 12, 3)), (9.5, 1.0), (1.0, 1.0), (11.0, 1.0)) == [1, 0, 1]
    assert answers(index((1, 9, 0, 12, 3), (1, 0, 0, 10, 10)), (9.5, 1.0), (1.0, 1.0), (11.0, 1.0)) == [0, 1, 0]


def test_a_deeper_zone_wins_even_where_it_is_larger() -> None:
    assert answers(index((1, 0, 0, 1, 1), (2, 0, 0, 9, 9)), (0.5, 0.5)) == [1]


def test_a_point_on_a_border_belongs_to_the_smaller_side() -> None:
    assert answers(index((1, 0, 0, 2, 1), (1, 2, 0, 3, 1)), (2.0, 0.5), (0.0, 0.5)) == [1, 0]


def test_without_polygons_there_is_no_zone() -> None:
    assert PointIndex(np.empty(0, dtype=object), np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)).one(1, 1) == -1


def test_an_atlas_may_have_no_polygons_at_all(island: Path) -> None:
    manifest = (island / "atlas.json").read_text("utf-8")
    entry = '{"file": "areas.geojson", "property": "siren", "system": "siren"}'
    assert entry in manifest
    (island / "atlas.json").write_text(manifest.replace(entry, ""), encoding="utf-8")
    atlas = load_atlas(island)
    assert atlas.locate(10.5, 50.5) is None
    assert atlas.locate_many([10.5, 11.5], [50.5, 50.5]).tolist() == [-1, -1]
