"""`tocsin shelters plan`, from files to tables, files and a page."""

from __future__ import annotations

import csv
import gzip
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.shelters.planned import planning, row, write_town
from tests.shelters.streets import degrees


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def plan_of(town: Path, *more: str) -> dict[str, Any]:
    result = planning(town, "--json", str(town / "plan.json"), *more)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads((town / "plan.json").read_text())
    return found


def test_a_plan_is_shown_as_tables_and_written_for_its_owner_alone(town: Path) -> None:
    files = {kind: town / f"plan.{kind}" for kind in ("json", "geojson", "html", "csv")}
    result = planning(
        town, "--json", str(files["json"]), "--geojson", str(files["geojson"]), "--page", str(files["html"]),
        "--by-building", str(files["csv"]),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "74 residents of 4 buildings, 2 open shelters for everybody with 110 places" in result.output
    assert "81.1%" in result.output
    assert {stat.S_IMODE(file.stat().st_mode) for file in files.values()} == {0o600}
    plan = json.loads(files["json"].read_text())
    assert [it["out_of_reach"] for it in plan["horizons"]] == [14, 14, 14]
    assert plan["attribution"] == ["Streets: nobody", "Shelters: the town"]
    drawn = json.loads(files["geojson"].read_text())
    assert {feature["properties"]["what"] for feature in drawn["features"]} == {"square", "shelter", "new"}
    given = list(csv.DictReader(files["csv"].read_text().splitlines()))
    assert sum(float(it["people"]) for it in given) == 73.5
    assert {it["building"]: it["shelter"] for it in given}["b3"] == "", "nobody is sent where they cannot be in time"
    assert max(float(it["minutes"]) for it in given if it["minutes"]) <= 10


def test_nothing_that_is_told_of_a_plan_names_a_building_or_a_square_with_few(town: Path) -> None:
    result = planning(
        town, "--json", str(town / "p.json"), "--geojson", str(town / "p.geojson"), "--page", str(town / "p.html")
    )
    told = result.output + "".join((town / f"p.{kind}").read_text() for kind in ("json", "geojson", "html"))
    assert not re.search(r"\bb[0-3]\b", told)
    squares = json.loads((town / "p.json").read_text())["squares"]
    assert [it["residents"] for it in squares if it["residents"] is None or it["residents"] < 10] == [None]


def test_the_page_asks_for_nothing_and_runs_only_what_is_in_it(town: Path) -> None:
    planning(town, "--page", str(town / "p.html"))
    page = (town / "p.html").read_text()
    assert "default-src &#x27;none&#x27;; script-src &#x27;sha256-" in page
    assert not re.search(r'(?:src|href)="', page)
    assert "</script" not in page.partition('id="data">')[2].partition("</script>")[0]


def test_the_words_of_the_page_are_the_same_in_both_languages() -> None:
    folder = Path(__file__).parent.parent.parent / "tocsin" / "web" / "plan"
    words = {lang: json.loads((folder / f"{lang}.json").read_text()) for lang in ("en", "uk")}
    assert words["en"].keys() == words["uk"].keys()
    for key, said in words["en"].items():
        assert set(re.findall(r"\{\w+\}", said)) == set(re.findall(r"\{\w+\}", words["uk"][key])), key


def test_bad_rows_are_named_by_their_line_and_nothing_is_planned_unless_they_are_left_out(town: Path) -> None:
    bad = [
        row("x", 0, 0, "-3"), row("b0", 0, 0, "3"), row("y", 0, 0, "about 5"), row("z", 0, 0, ""), row("", 0, 0, "1"),
        row("far", 0, 30_000, "4"), "w,300,50,1", row("sea", 400, 700, "2"), "short,1",
    ]  # fmt: skip
    (town / "bad.csv").write_text((town / "homes.csv").read_text() + "\n".join(bad) + "\n")
    refused = planning(town, homes="bad.csv")
    assert refused.exit_code != 0
    for said in (
        "9 of 13 rows", "line 6: -3 residents are fewer than none", "line 7: the building b0 was there before",
        "line 8: residents is not a number: 'about 5'", "line 9: nobody says its residents", "line 10: it has no id",
        "line 11: it lies outside", "line 12: there is no place at longitude 300", "line 13: the nearest way is",
        "line 14: 2 fields where the header has 4",
    ):  # fmt: skip
        assert said in refused.output
    taken = planning(town, "--skip-bad", "--json", str(town / "plan.json"), homes="bad.csv")
    assert taken.exit_code == 0, taken.output
    assert json.loads((town / "plan.json").read_text())["left_out_rows"] == 9
    assert "9 bad rows are left out" in taken.output


def test_parts_of_the_city_are_named_by_a_file_of_areas(town: Path) -> None:
    west, east = degrees((-100.0, -500.0)), degrees((1_000.0, 500.0))
    ring = [[west[0], west[1]], [east[0], west[1]], [east[0], east[1]], [west[0], east[1]], [west[0], west[1]]]
    area = {
        "type": "Feature",
        "properties": {"quarter": "West"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (town / "areas.json").write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    plan = plan_of(town, "--areas", str(town / "areas.json"), "--area-name", "quarter")
    assert [(zone["id"], zone["residents"]) for zone in plan["zones"]] == [("West", 60), ("", 14)]
    assert planning(town, "--areas", str(town / "areas.json")).exit_code != 0, "no area has a name there"
    for wrong in (
        {"type": "FeatureCollection", "features": []},
        {**area, "geometry": {"type": "Point", "coordinates": [1, 2]}},
    ):
        (town / "wrong.json").write_text(json.dumps(wrong))
        assert planning(town, "--areas", str(town / "wrong.json")).exit_code != 0
    (town / "wrong.json").write_bytes(gzip.compress(b"{}"))
    assert "not JSON" in planning(town, "--areas", str(town / "wrong.json")).output


def test_private_shelters_and_unknown_places_count_as_is_said(town: Path) -> None:
    assert plan_of(town)["horizons"][1]["out_of_reach"] == 14
    with_private = plan_of(town, "--private")
    assert (with_private["horizons"][1]["out_of_reach"], with_private["places"], with_private["private"]) == (
        0,
        130,
        True,
    )
    text = (town / "shelters.csv").read_text()
    (town / "shelters.csv").write_text(text.replace(",10,yes", ",,yes"))
    unknown = plan_of(town)
    assert (unknown["unknown_places"], unknown["places"]) == (1, 100)
    assert plan_of(town, "--unknown-places", "7")["places"] == 107


def test_a_plan_needs_shelters_streets_and_people(town: Path) -> None:
    assert (
        "no column" in planning(town, "--column", "residents=nobody").output
        or "not exactly one column" in planning(town, "--column", "residents=nobody").output
    )
    assert planning(town, "--minutes", "0").exit_code == 2
    (town / "none.csv").write_text("id,lon,lat,people\n")
    assert "no building with somebody in it" in planning(town, homes="none.csv").output
    (town / "shelters.csv").write_text("id,lon,lat,places,public\n" + row("1", 0, 0, "10", "no") + "\n")
    assert "no open shelter" in planning(town).output
