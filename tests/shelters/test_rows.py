from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.shelters.streets import DATA
from tocsin.errors import BadFile, NotFound
from tocsin.shelter import Shelter, ShelterKind
from tocsin.shelters.mapping import Flag, Kinds, Mapping, load_mapping, mapping_names
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.rows import Row, ShelterFile, shelters_of

MAPPING = Mapping(
    title="",
    dataset="town",
    attribution="",
    id=("no",),
    name=("name",),
    address=("street", "house"),
    lon="x",
    lat="y",
    capacity="places",
    as_of="checked",
    kind=Kinds(column="sort", values={"cellar": ShelterKind.SIMPLE}),
    public=Flag(column="whose", yes=("all",), no=("none",)),
    leave_out={"sort": ("kiosk",)},
    bounds=(29.0, 49.0, 32.0, 51.0),
)


def read(**said: object) -> ShelterFile:
    return shelters_of([Row("line 2", {"no": 1, "x": "30.5", "y": "50.4"} | said)], MAPPING)


def one(**said: object) -> Shelter:
    (shelter,) = read(**said).shelters
    return shelter


def fault(**said: object) -> str:
    found = read(**said)
    assert found.shelters == []
    (bad,) = found.bad
    assert bad.where == "line 2"
    return bad.reason


def test_a_row_becomes_a_shelter_and_what_it_does_not_say_stays_unknown() -> None:
    assert one(name=" School  7 ", street="Long St", house=4) == Shelter(
        id="town:1", lon=30.5, lat=50.4, name="School 7", address="Long St, 4"
    )
    shelter = one()
    assert (shelter.capacity, shelter.public, shelter.step_free, shelter.pets, shelter.open) == (None,) * 5


@pytest.mark.parametrize(
    ("places", "known"), [(60, 60), ("60", 60), ("1 200", 1_200), (60.0, 60), ("", None), (None, None), ("  ", None)]
)
def test_a_capacity_is_a_number_of_people_or_unknown(places: object, known: int | None) -> None:
    assert one(places=places).capacity == known


@pytest.mark.parametrize(
    "places", ["about 50", "50-60", "-5", -5, "0", 0, "12.5", 12.5, "1e3", "٥٠", "∞", "9" * 40, 2_000_000, True]
)
def test_a_capacity_that_is_none_makes_the_row_bad_and_never_a_zero(places: object) -> None:
    assert "capacity" in fault(places=places)


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ("50.4", "30.5", "coordinates swapped"),
        ("0", "0", "outside"),
        ("", "50.4", "no place"),
        (None, None, "no place"),
        ("30,5", "50,4", "not in degrees"),
        ("east", "50.4", "not in degrees"),
        ("nan", "50.4", "not in degrees"),
        ("inf", "50.4", "not in degrees"),
        ("305000", "504000", "outside"),
    ],
)
def test_a_place_that_cannot_be_is_named_for_what_it_is(x: object, y: object, why: str) -> None:
    assert why in fault(x=x, y=y)


def test_without_bounds_a_place_off_the_earth_and_the_middle_of_nowhere_are_still_bad() -> None:
    anywhere = Mapping(title="", dataset="town", attribution="", lon="x", lat="y")
    rows = [Row("line 2", {"x": 30, "y": 95}), Row("line 3", {"x": 0, "y": 0}), Row("line 4", {"x": 181, "y": 5})]
    found = shelters_of(rows, anywhere)
    assert [bad.where for bad in found.bad] == ["line 2", "line 3", "line 4"]
    assert "swapped" in found.bad[0].reason


def test_words_are_read_as_the_mapping_says_and_others_are_unknown() -> None:
    assert one(sort="cellar", whose="ALL").kind is ShelterKind.SIMPLE
    assert [one(whose=word).public for word in ("all", "None", "some", "")] == [True, False, None, None]
    assert read(sort="kiosk").left_out == 1


def test_dates_are_read_as_they_are_written_and_a_date_that_is_none_makes_the_row_bad() -> None:
    assert one(checked="2024-05-01").as_of == datetime(2024, 5, 1, tzinfo=UTC)
    assert one(checked="1714521600000").as_of == datetime(2024, 5, 1, tzinfo=UTC)
    assert "date" in fault(checked="in spring")


def test_the_second_row_of_an_id_is_bad_and_names_the_first() -> None:
    rows = [Row(f"line {n}", {"no": 7, "x": 30.5, "y": 50.4}) for n in (2, 3)]
    found = shelters_of(rows, MAPPING)
    assert len(found.shelters) == 1
    assert found.bad[0].where == "line 3"
    assert "line 2" in found.bad[0].reason


@pytest.mark.parametrize(
    ("name", "rows", "shelters", "left_out", "bad"),
    [("aarhus", 2_146, 2_146, 0, 0), ("jerusalem", 545, 545, 0, 0), ("norway", 316, 298, 2, 16)],
)
def test_the_datasets_that_were_seen_are_read_whole(
    name: str, rows: int, shelters: int, left_out: int, bad: int
) -> None:
    found = read_shelters(DATA / f"{name}.geojson.gz", load_mapping(name))
    assert (found.rows, len(found.shelters), found.left_out, len(found.bad)) == (rows, shelters, left_out, bad)
    assert all(it.capacity is None or it.capacity > 0 for it in found.shelters)


def test_what_the_datasets_say_is_what_was_counted_in_them() -> None:
    aarhus = read_shelters(DATA / "aarhus.geojson.gz", load_mapping("aarhus")).shelters
    assert sum(it.capacity or 0 for it in aarhus) == 292_399
    assert sum(it.public is True for it in aarhus) == 264
    assert sum(it.open is False for it in aarhus) == 14, "moved, destroyed or demolished"
    jerusalem = read_shelters(DATA / "jerusalem.geojson.gz", load_mapping("jerusalem")).shelters
    assert sum(it.capacity is not None for it in jerusalem) == 148
    assert sum(it.step_free is True for it in jerusalem) == 11
    assert {it.public for it in jerusalem if it.kind is ShelterKind.SCHOOL} == {None}


def test_every_mapping_that_comes_along_can_be_read() -> None:
    assert mapping_names() == ["aarhus", "datagovua", "jerusalem", "kyiv", "norway", "osm"]
    assert all(load_mapping(name).attribution and load_mapping(name).about for name in mapping_names())


def test_a_row_of_kyiv_reads_as_the_portal_describes_it() -> None:
    row = {
        "objectid": 5, "guid": "{A-1}", "district": "Печерський", "address": "вул. Довга, 1",
        "type": "Найпростіше укриття",
        "type_building": "Школа № 7", "invalid": "в наявності", "working_time": "цілодобово", "actual": 1,
        "description": "Укриття доступне лише для учасників освітнього процесу", "lat": 50.45, "long": 30.52,
    }  # fmt: skip
    (shelter,) = shelters_of([Row("feature 1", row)], load_mapping("kyiv")).shelters
    assert (shelter.id, shelter.kind, shelter.public) == ("kyiv:{A-1}", ShelterKind.SIMPLE, False)
    assert (shelter.step_free, shelter.capacity, shelter.hours) == (True, None, "цілодобово")


def test_a_row_as_resolution_835_has_it_is_read() -> None:
    row = {"shelterId": "46001", "shelterType": "ПРУ", "adressPostName": "Львів", "lat": "49.84", "lon": "24.03"}
    (shelter,) = shelters_of([Row("line 2", row)], load_mapping("datagovua")).shelters
    assert (shelter.id, shelter.kind, shelter.address) == ("datagovua:46001", ShelterKind.RADIATION, "Львів")


def geojson(path: Path, *features: object) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def test_a_feature_that_is_drawn_lies_where_its_middle_is(tmp_path: Path) -> None:
    square = {"type": "Polygon", "coordinates": [[[30, 50], [30.2, 50], [30.2, 50.2], [30, 50.2]]]}
    path = geojson(tmp_path / "x.json", {"type": "Feature", "geometry": square, "properties": {"no": 1}})
    (shelter,) = read_shelters(path, MAPPING).shelters
    assert (shelter.lon, shelter.lat) == (30.1, 50.1)


def test_features_that_are_none_are_bad_rows(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [30.5, 50.4]}
    features = [
        5, {}, {"properties": {"no": 1}, "geometry": None}, {"properties": [1], "geometry": point},
        {"properties": {"no": 2}, "geometry": point}, {"properties": {"no": 3}, "geometry": {"coordinates": "x"}},
    ]  # fmt: skip
    found = read_shelters(geojson(tmp_path / "x.json", *features), MAPPING)
    assert [bad.where for bad in found.bad] == [f"feature {n}" for n in (1, 2, 3, 4, 6)]
    assert [shelter.id for shelter in found.shelters] == ["town:2"]


HEADER = "no,x,y,places\n"


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        (HEADER + "1,30.5,50.4,60\n2,30.6,50.4,about 50\n", ["town:1"], ["line 3"]),
        ("\ufeff" + HEADER + "1,30.5,50.4,\n\n\n2,30.6,50.4,7", ["town:1", "town:2"], []),
        (HEADER + "1,30.5,50.4,60\n2,30.", ["town:1"], ["line 3"]),
        (HEADER + '1,30.5,50.4,60\n2,"30.6,50.4', ["town:1"], ["line 3"]),
        (HEADER, [], []),
    ],
)
def test_a_table_names_its_bad_lines_and_one_that_is_cut_short_its_last(
    tmp_path: Path, text: str, good: list[str], bad: list[str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    found = read_shelters(path, MAPPING)
    assert [shelter.id for shelter in found.shelters] == good
    assert [row.where for row in found.bad] == bad


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no columns"),
        (b"a,b\n1,2\n", "no columns x and y"),
        (b'{"type": "FeatureCollection", "features": [{"type"', "cut short"),
        (b'{"type": "Feature"}', "no FeatureCollection"),
        (b"no,x,y\n\xff\xfe,1,2\n", "UTF-8"),
        (b"\x1f\x8b\x08\x00broken", "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BadFile, match=why):
        read_shelters(tmp_path / "x", MAPPING)


def test_a_packed_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    whole = (DATA / "aarhus.geojson.gz").read_bytes()
    (tmp_path / "x").write_bytes(whole[:20_000])
    with pytest.raises(BadFile, match="cannot be read"):
        read_shelters(tmp_path / "x", load_mapping("aarhus"))


def test_a_mapping_that_is_not_there_or_not_of_its_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="aarhus"):
        load_mapping("atlantis")
    (tmp_path / "x.toml").write_text('title = "x"\ncolour = "red"\n', "utf-8")
    with pytest.raises(BadFile, match="not of its form"):
        load_mapping(str(tmp_path / "x.toml"))
