"""A country is a folder: the example of the documentation works, and a folder with a fault is refused, saying which."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tocsin.atlas import load_atlas, shipped, shipped_names
from tocsin.atlas.manifest import DEEPEST
from tocsin.errors import BadAtlas, BadRequest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tocsin" / "data"
DOC = ROOT / "docs" / "atlas.md"


def test_the_country_of_the_documentation_is_an_atlas(island: Path) -> None:
    atlas = load_atlas(island)
    assert atlas.country.names["en"] == "The Island"
    assert [zone.id for zone in atlas.zones] == ["XI", "XI-W", "XI-E", "XI-E-1"]
    harbour = atlas.zone("XI-E-1")
    assert (harbour.point, harbour.population, harbour.shelter_s) == ((11.25, 50.25), 3000, 90)
    assert harbour.codes == {"siren": "21"}
    assert atlas.locate(11.2, 50.2) is harbour
    assert atlas.locate(11.9, 50.9) is atlas.zone("XI-E")
    assert atlas.locate(12.1, 50.9) is None
    assert atlas.locate_many([11.2, 10.5, 12.1], [50.2, 50.5, 50.9]).tolist() == [3, 1, -1]


def test_the_country_of_the_documentation_understands_every_way_of_saying_a_zone(island: Path) -> None:
    atlas = load_atlas(island)
    for said in (
        "XI-E-1",
        "siren:21",
        "siren:211",
        "Harbour Town",
        "harbour",
        "Гавань",
        "old harbour",
        "Harbour, East",
    ):
        assert atlas.resolve(said).id == "XI-E-1"
    for said in ("island", "the island", "Острів", "THE ISLAND"):
        assert atlas.resolve(said).id == "XI"
    assert atlas.resolve("xi-w").id == "XI-W"
    assert atlas.names_a_part("siren", "211")
    assert not atlas.names_a_part("siren", "21")


def test_the_python_of_the_documentation_runs(island: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(island.parent)
    [code] = re.findall(r"^```python\n(.*?)^```", DOC.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["island"].country.id == "XI"
    assert names["ukraine"].resolve("Миколаївська громада, Львівська область").id == "UA46100110000018989"


def test_a_name_that_somebody_else_bore_before_is_not_taken_for_the_new_bearer_alone(island: Path) -> None:
    with (island / "aliases.csv").open("a") as file:
        file.write("name,West Land Province,XI-E,former,\n")
    zones = (island / "zones.csv").read_text("utf-8").replace("West Province", "West Land")
    (island / "zones.csv").write_text(zones, encoding="utf-8")
    atlas = load_atlas(island)
    assert atlas.resolve("West Land").id == "XI-W"
    assert atlas.resolve("West Land Province").id == "XI-E"
    (island / "zones.csv").write_text(zones.replace("West Land", "West Land Province"), encoding="utf-8")
    for said in ("West Land Province", "west land province"):
        assert load_atlas(island).resolve(said).id == "XI-W"
    with pytest.raises(BadRequest):
        load_atlas(island).resolve("West Land")


def test_quantised_and_plain_topologies_say_the_same(island: Path) -> None:
    plain: dict[str, Any] = {
        "type": "Topology",
        "arcs": [
            [[11, 50], [11, 51]],
            [[11, 51], [10, 51], [10, 50], [11, 50]],
            [[11, 51], [12, 51], [12, 50], [11, 50]],
        ],
        "objects": {
            "land": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "properties": {"siren": 1}, "arcs": [[0, 1]]},
                    {"type": "MultiPolygon", "properties": {"siren": 2}, "arcs": [[[2, 0]]]},
                ],
            },
            "town": {"type": "Polygon", "properties": {"siren": 21}, "arcs": [[3], [~4]]},
        },
    }
    plain["arcs"] += [
        [[11.1, 50.1], [11.4, 50.1], [11.4, 50.4], [11.1, 50.4], [11.1, 50.1]],
        [[11.2, 50.2], [11.3, 50.2], [11.3, 50.3], [11.2, 50.3], [11.2, 50.2]],
    ]

    def delta(arc: list[list[float]]) -> list[list[int]]:
        steps = [[round((lon - 10) * 10), round((lat - 50) * 20)] for lon, lat in arc]
        return [steps[0], *([b[0] - a[0], b[1] - a[1]] for a, b in itertools.pairwise(steps))]

    quantised = plain | {
        "transform": {"scale": [0.1, 0.05], "translate": [10, 50]},
        "arcs": [delta(arc) for arc in plain["arcs"]],
    }
    for topology in (plain, quantised):
        (island / "areas.geojson").write_text(json.dumps(topology))
        atlas = load_atlas(island)
        west, east, town = (atlas.polygon(id) for id in ("XI-W", "XI-E", "XI-E-1"))
        assert west is not None
        assert east is not None
        assert town is not None
        assert (west.bounds, east.bounds) == ((10, 50, 11, 51), (11, 50, 12, 51))
        assert [len(zone.exterior.coords) for zone in (west.geoms[0], east.geoms[0])] == [5, 5], "no corner comes twice"
        assert town.area == pytest.approx(0.09 - 0.01)
        assert atlas.locate(11.25, 50.25) is atlas.zone("XI-E"), "the town has a hole"
        assert atlas.locate(11.15, 50.15) is atlas.zone("XI-E-1")


def test_a_height_in_a_position_is_passed_over(island: Path) -> None:
    flat = load_atlas(island).polygon("XI-W")
    swap("areas.geojson", SQUARE, "[[10, 50, 7], [11, 50, 7], [11, 51, 8], [10, 51, 7], [10, 50, 7]]")(island)
    assert load_atlas(island).polygon("XI-W") == flat


def test_a_table_that_a_spreadsheet_saved_is_read(island: Path) -> None:
    """With a byte order mark and with the line ends of Windows."""
    for name in ("zones.csv", "aliases.csv"):
        text = (island / name).read_bytes().replace(b"\n", b"\r\n")
        (island / name).write_bytes(b"\xef\xbb\xbf" + text)
    assert load_atlas(island).resolve("Old Harbour").names["uk"] == "Гавань"


def test_only_an_alias_for_a_part_is_a_part(island: Path) -> None:
    with (island / "aliases.csv").open("a") as file:
        file.write("siren,9,XI-W,same,a second siren\nsiren,8,XI-W,former,before 2001\n")
    atlas = load_atlas(island)
    assert [atlas.names_a_part("siren", value) for value in ("211", "9", "8")] == [True, False, False]
    assert atlas.by_code("siren", "8") is atlas.by_code("siren", "9") is atlas.zone("XI-W")


# --- faults, one by one ----------------------------------------------------------------------------


def swap(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A fault made by putting ``new`` for ``old`` in one file."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def write(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


def drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


TOPOLOGY = b'{"type":"Topology","arcs":[],"objects":{"a":{"type":"Polygon","properties":{"siren":1},"arcs":[[4]]}}}'
SQUARE = "[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]"

FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no manifest": (drop("atlas.json"), "atlas.json cannot be read"),
    "no zones": (drop("zones.csv"), "zones.csv cannot be read"),
    "no polygon file": (drop("areas.geojson"), "areas.geojson cannot be read"),
    "manifest is not JSON": (write("atlas.json", b"{"), "atlas.json: "),
    "manifest is a list": (write("atlas.json", b"[]"), "atlas.json: Expected `object`"),
    "manifest is not UTF-8": (write("atlas.json", b'{"id": "\xff"}'), "atlas.json: "),
    "manifest is nested beyond reason": (write("atlas.json", b'{"x":' + b"[" * 100_000), "atlas.json: "),
    "manifest has a misspelt key": (swap("atlas.json", '"name_prefixes"', '"prefixes"'), "unknown field `prefixes`"),
    "manifest lacks a key": (swap("atlas.json", '"attribution": "Drawn by hand",', ""), "field `attribution`"),
    "format of tomorrow": (swap("atlas.json", '"format": 1', '"format": 2'), "format 2 is not known"),
    "no levels": (
        lambda folder: _edit(folder, levels=[]),
        f"1 to {DEEPEST} levels, not 0",
    ),
    "a level twice": (swap("atlas.json", '"id": "town"', '"id": "province"'), "a level is listed twice"),
    "polygons carry an unknown system": (swap("atlas.json", '"system": "siren"', '"system": "horn"'), "'horn'"),
    "a map file is missing": (
        lambda folder: _edit(folder, map={"zones_tiles": "gone.pmtiles"}),
        "map file gone.pmtiles is missing",
    ),
    "another root": (swap("atlas.json", '"id": "XI"', '"id": "XJ"'), "XJ and no other zone is without a parent"),
    "two roots": (swap("zones.csv", "XI-W,province,XI,", "XI-W,province,,"), "here it is XI, XI-W"),
    "no root": (swap("zones.csv", "XI,country,,", "XI,country,XI,"), "cannot lie in XI"),
    "an unknown parent": (swap("zones.csv", "XI-W,province,XI,", "XI-W,province,XX,"), "parent XX of zone XI-W"),
    "a cycle": (swap("zones.csv", "XI-E,province,XI,", "XI-E,province,XI-E-1,"), "never form a cycle"),
    "an id twice": (swap("zones.csv", "XI-E,province", "XI-W,province"), "zone XI-W is listed twice"),
    "a code twice": (swap("zones.csv", ",,21,", ",,1,"), "XI-W and XI-E-1 have the same siren code 1"),
    "an alias that is a zone's code": (swap("aliases.csv", "siren,211", "siren,21"), "have the same siren code 21"),
    "an unknown level": (swap("zones.csv", "XI-W,province", "XI-W,duchy"), "line 3: level 'duchy'"),
    "an id with a space": (swap("zones.csv", "XI-W,", "XI W,"), "'XI W' cannot be an id"),
    "an empty id": (swap("zones.csv", "XI-W,", ","), "'' cannot be an id"),
    "no name": (swap("zones.csv", "West Province,Західна провінція", ","), "XI-W has no name"),
    "a field too few": (swap("zones.csv", ",1200,60", ",1200"), "zones.csv line 3: 10 fields, not 11"),
    "an unknown column": (swap("zones.csv", "population", "people"), "column 'people' is not known"),
    "a column of an unknown system": (swap("zones.csv", "code:siren", "code:horn"), "code system 'horn'"),
    "a column twice": (swap("zones.csv", "name:uk", "name:en"), "a column is listed twice"),
    "no parent column": (swap("zones.csv", "id,level,parent", "id,level,lies_in"), "column parent is missing"),
    "population in words": (swap("zones.csv", "1200", "many"), "line 3: invalid literal"),
    "population below zero": (swap("zones.csv", "1200", "-5"), "-5 is below zero"),
    "a label off the Earth": (swap("zones.csv", "10.5,50.5", "10.5,95"), "not a longitude and a latitude"),
    "half a label": (swap("zones.csv", "10.5,50.5", "10.5,"), "line 3: "),
    "a label that is no number": (swap("zones.csv", "10.5,50.5", "nan,50.5"), "not a longitude and a latitude"),
    "zones are empty": (write("zones.csv", b""), "zones.csv is empty"),
    "zones are not UTF-8": (write("zones.csv", b"id,level,parent,name:en\nXI,country,,\xff\n"), "not UTF-8"),
    "text after a quote": (swap("zones.csv", "West Province", '"West" Province'), "zones.csv line 3: "),
    "an open quote": (swap("zones.csv", "West Province", '"West Province'), "zones.csv line"),
    "an alias of nobody": (swap("aliases.csv", "211,XI-E-1", "211,XX"), "points at an unknown zone XX"),
    "an alias of an unknown system": (swap("aliases.csv", "siren,211", "horn,211"), "line 2: code system 'horn'"),
    "an alias of an unknown relation": (swap("aliases.csv", ",part,", ",some,"), "'some' is not a valid Relation"),
    "an empty alias": (swap("aliases.csv", "siren,211", "siren,"), "line 2: the value is empty"),
    "other alias columns": (swap("aliases.csv", "relation", "kind"), "the columns must be"),
    "polygons are not JSON": (write("areas.geojson", b"{]"), "areas.geojson: "),
    "polygons are nested beyond reason": (
        write("areas.geojson", b'{"type":"FeatureCollection","features":' + b"[" * 100_000),
        "areas.geojson: ",
    ),
    "polygons are of another kind": (write("areas.geojson", b'{"type": "Point"}'), "neither a Topology nor"),
    "a polygon of nobody": (swap("areas.geojson", '"siren": 21', '"siren": 22'), "belongs to an unknown zone 22"),
    "two polygons of one zone": (swap("areas.geojson", '"siren": 21', '"siren": 2'), "zone XI-E has two polygons"),
    "a polygon that does not say whose": (swap("areas.geojson", '"siren": 21', '"horn": 21'), "no property 'siren'"),
    "a zone that is a line": (swap("areas.geojson", '"Polygon"', '"LineString"'), "not LineString"),
    "a zone without a shape": (
        swap("areas.geojson", f'{{"type": "Polygon", "coordinates": [{SQUARE}]}}', "null"),
        "not None",
    ),
    "a polygon without rings": (swap("areas.geojson", f"[{SQUARE}]", "[]"), "has no ring"),
    "a ring of two points": (swap("areas.geojson", SQUARE, "[[10, 50], [11, 50]]"), "areas.geojson: "),
    "a ring of words": (swap("areas.geojson", SQUARE, '[["a", "b"], ["c", "d"]]'), "areas.geojson: "),
    "a ring that is no list": (swap("areas.geojson", SQUARE, "7"), "areas.geojson: "),
    "coordinates in metres": (swap("areas.geojson", "[10, 50]", "[1000, 5000]"), "not a longitude and a latitude"),
    "an arc that is not there": (
        write("areas.geojson", TOPOLOGY),
        "areas.geojson: ",
    ),
    "a topology past all bounds": (
        write(
            "areas.geojson",
            b'{"type":"Topology","transform":{"scale":[1e308,1],"translate":[0,0]},"arcs":[[[1,1],[9,0],[0,9],[-9,-9]]],'
            b'"objects":{"a":{"type":"Polygon","properties":{"siren":1},"arcs":[[0]]}}}',
        ),
        "not a longitude and a latitude",
    ),
    "an arc that is a word": (write("areas.geojson", TOPOLOGY.replace(b"[4]", b'["x"]')), "areas.geojson: "),
    "a topology without arcs": (write("areas.geojson", b'{"type":"Topology","objects":{}}'), "field `arcs`"),
    "an empty ring of arcs": (write("areas.geojson", TOPOLOGY.replace(b"[4]", b"[]")), "areas.geojson: "),
}


def _edit(folder: Path, **keys: Any) -> None:
    manifest = json.loads((folder / "atlas.json").read_text("utf-8"))
    (folder / "atlas.json").write_text(json.dumps(manifest | keys), encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_with_a_fault_is_refused_saying_which(island: Path, fault: str) -> None:
    load_atlas(island)
    spoil, message = FAULTS[fault]
    spoil(island)
    with pytest.raises(BadAtlas) as caught:
        load_atlas(island)
    assert message in caught.value.message
    assert len(caught.value.message) < 300


def test_a_longer_cycle_is_refused_too(island: Path) -> None:
    swap("zones.csv", "XI-W,province,XI,", "XI-W,province,XI-E,")(island)
    swap("zones.csv", "XI-E,province,XI,", "XI-E,province,XI-W,")(island)
    with pytest.raises(BadAtlas, match="never form a cycle"):
        load_atlas(island)


def test_a_folder_that_is_not_there_is_a_bad_atlas(tmp_path: Path) -> None:
    with pytest.raises(BadAtlas):
        load_atlas(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadAtlas):
        load_atlas(tmp_path / "file")


def test_aliases_are_not_needed_and_blank_lines_do_no_harm(island: Path) -> None:
    drop("aliases.csv")(island)
    with (island / "zones.csv").open("a") as file:
        file.write("\n")
    assert load_atlas(island).aliases == ()


# --- what is shipped -------------------------------------------------------------------------------


def test_ukraine_and_israel_come_with_tocsin() -> None:
    assert shipped_names() == ("il", "ua")
    with pytest.raises(BadAtlas) as caught:
        shipped("../zones-ua")
    assert caught.value.detail["shipped"] == ["il", "ua"]


@pytest.mark.parametrize("country", shipped_names())
def test_every_shipped_file_has_its_origin_and_licence(country: str) -> None:
    folder = DATA / f"zones-{country}"
    sourced = {name for source in shipped(country).sources for name in source.files}
    about = {"atlas.json", "README.md", *(path.name for path in folder.glob("LICENSE*"))}
    assert sourced == {path.name for path in folder.iterdir()} - about
    readme = (folder / "README.md").read_text("utf-8")
    assert [name for name in sourced if name not in readme] == []
