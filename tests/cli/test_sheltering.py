"""`tocsin shelters import`, `close` and `open`: files taken whole or not at all, and what is wrong named by its row."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.processes import refused, tocsin
from tests.shelters.streets import DATA, degrees
from tests.shelters.towns import ABOUT, street
from tests.web.people import TOKEN
from tests.web.running import Running
from tocsin.atlas import Atlas
from tocsin.clock import SystemClock
from tocsin.model import Realm
from tocsin.service import Service
from tocsin.shelter import Shelter, ShelterId
from tocsin.shelters import importing, reading
from tocsin.shelters.network_file import write_network
from tocsin.shelters.register import Register
from tocsin.store.sqlite import SQLiteStore

MAPPING = """
title = "Town"
dataset = "town"
attribution = "Shelters: the town"
id = ["no"]
name = ["name"]
lon = "lon"
lat = "lat"
capacity = "places"
bounds = [22.0, 44.0, 41.0, 53.0]
"""
HEADER = "no,name,lon,lat,places"
MANY = 100_000


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """How the files of these tests name things."""
    path = tmp_path / "town.toml"
    path.write_text(MAPPING, "utf-8")
    return path


def file(folder: Path, rows: Sequence[str], name: str = "shelters.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return path


def row(number: int, east: float, north: float, places: object = "", name: str = "") -> str:
    lon, lat = degrees((east, north))
    return f"{number},{name or f'Cellar {number}'},{lon:.7f},{lat:.7f},{places}"


def bring(path: Path, names: Path, log: Path, *more: str | Path) -> str:
    """Import; gives all that was said."""
    result = tocsin("shelters", "import", path, "--mapping", names, "--database", log, *more)
    assert result.exit_code == 0, result.output
    return str(result.stdout + result.stderr)


def kept(log: Path, ukraine: Atlas) -> Register:
    """The register as the next process finds it."""
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        return Service(store, ukraine.hierarchy, SystemClock()).register


def head(log: Path) -> int:
    if not log.exists():
        return 0
    with closing(SQLiteStore(log, Realm.LIVE, "UA", read_only=True)) as store:
        return store.head()


# --- a hundred thousand --------------------------------------------------------------------------


def many() -> list[str]:
    """As many rows as a country has, all over it, and among them some that are bad: by their place in the list."""
    chance = random.Random(7)
    rows = [
        f"{n},Cellar {n},{chance.uniform(23, 40):.6f},{chance.uniform(45, 52):.6f},{chance.choice(['', '60', '1 200'])}"
        for n in range(MANY)
    ]
    rows[4] = "4,Cellar 4,30.5,50.4,about 50"
    rows[5_000] = "5000,Cellar 5000,50.4,30.5,60"
    rows[50_000] = "50000,Cellar 50000,30.5,50.4,-3"
    rows[99_998] = "7,Cellar 7 again,30.5,50.4,60"
    rows[99_999] = "99999,Cellar 99999,30.5"
    return rows


BAD = (
    "line 6: its capacity 'about 50' is not a whole number",
    "line 5002: its place 30.5, 50.4 seems to have its coordinates swapped",
    "line 50002: its capacity is -3; where it is not known, nothing must stand there",
    "line 100000: its id town:7 stands at line 9 already",
    "line 100001: it has 3 cells where the header has 5",
)


def test_a_hundred_thousand_rows_are_taken_whole_or_not_at_all_and_are_there_after_a_restart(
    tmp_path: Path, names: Path, log: Path, ukraine: Atlas
) -> None:
    path = file(tmp_path, many())
    told = refused(tocsin("shelters", "import", path, "--mapping", names, "--database", log), "bad_file")
    assert "5 of 100,000 rows are bad; nothing was imported" in told
    assert [line for line in BAD if line not in told] == []
    assert head(log) == 0
    told = bring(path, names, log, "--skip-bad")
    assert "100,000 rows, 5 bad, 0 no shelters; 99,995 shelters new or changed, 99,995 of town in the register" in told
    assert [line for line in BAD if line not in told] == []
    register = kept(log, ukraine)
    assert len(register.shelters) == 99_995
    assert register.runs().__next__() == (1, head(log)), "all of it, in one append"
    first = register.shelters[ShelterId("town:0")]
    assert (first.name, first.capacity in (None, 60, 1_200)) == ("Cellar 0", True)
    zones = ukraine.ids_at([it.lon for it in register.shelters.values()], [it.lat for it in register.shelters.values()])
    assert zones == [it.zone for it in register.shelters.values()]
    assert len(set(zones)) > 1_000, "each lies where its place is"


@pytest.mark.parametrize("name", ["", "Cellar"])
def test_a_city_of_which_every_shelter_is_put_at_one_place_is_compared_with_a_few_of_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, whole = [0], importing._metres

    def metres(one: Shelter, other: Shelter) -> float:
        compared[0] += 1
        return whole(one, other)

    monkeypatch.setattr(importing, "_metres", metres)
    found = importing.twice([Shelter(id=f"town:{n}", lon=30.5, lat=50.4, name=name) for n in range(2_000)])
    assert len(found) == 1_999, "each but the first may be one with another"
    assert compared[0] <= 2_000 * importing.COMPARED


def test_a_file_with_more_rows_or_bytes_than_there_may_be_is_refused(
    tmp_path: Path, names: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, [row(n, 100.0 * n, 0) for n in range(6)])
    packed = tmp_path / "packed.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    monkeypatch.setattr(reading, "SHELTERS", 5)
    told = refused(tocsin("shelters", "import", path, "--mapping", names, "--database", log), "bad_file")
    assert "more than 5 rows" in told
    monkeypatch.setattr(reading, "SHELTER_FILE_BYTES", len(path.read_bytes()) - 1)
    for one in (path, packed):
        told = refused(tocsin("shelters", "import", one, "--mapping", names, "--database", log), "bad_file")
        assert "bytes" in told
    assert head(log) == 0


# --- bad input -----------------------------------------------------------------------------------


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    path = tmp_path / "town.walk"
    write_network(path, street(), ABOUT)
    return path


def test_what_is_bad_is_named_by_its_row_and_the_rest_is_imported_only_when_asked(
    tmp_path: Path, names: Path, log: Path, streets: Path, ukraine: Atlas
) -> None:
    path = file(
        tmp_path,
        [
            row(1, 130, 0, 60), row(2, 500, 600, 60), "3,Swapped,50.0,30.0,60", row(4, 900, 0, "about 50"),
            row(5, 900, 0, -5), row(6, 900, 0, 0), row(7, 1_900, 40), row(8, 1_900, 9_000), "9,No place,,,60",
            "10,In the sea,0,0,60", row(7, 300, 0), "11,short",
        ],
    )  # fmt: skip
    arguments = ("shelters", "import", path, "--mapping", names, "--network", streets, "--database", log)
    told = refused(tocsin(*arguments), "bad_file")
    said = (
        "line 3: the nearest way is 500 m away; it may lie in the sea, or its place is wrong",
        "line 4: its place 30, 50 seems to have its coordinates swapped",
        "line 5: its capacity 'about 50' is not a whole number",
        "line 6: its capacity is -5",
        "line 7: its capacity is 0",
        "line 10: it has no place",
        "line 11: its place 0, 0 (latitude, longitude) lies outside of where this dataset is",
        "line 12: its id town:7 stands at line 8 already",
        "line 13: it has 2 cells where the header has 5",
    )
    assert [line for line in said if line not in told] == []
    assert "9 of 12 rows are bad" in told
    assert head(log) == 0
    told = bring(path, names, log, "--network", streets, "--skip-bad")
    assert [line for line in said if line not in told] == []
    assert "1 lie outside of the network's area" in told
    assert set(kept(log, ukraine).shelters) == {"town:1", "town:7", "town:8"}


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("kind", ["geojson", "geojson.gz", "csv"])
def test_a_file_that_is_cut_short_imports_nothing(
    tmp_path: Path, names: Path, log: Path, kind: str, share: float
) -> None:
    whole = gzip.decompress((DATA / "aarhus.geojson.gz").read_bytes())
    mapping: str | Path = "aarhus"
    if kind == "csv":
        whole, mapping = "\n".join([HEADER, *(row(n, 50.0 * n, 0) for n in range(400))]).encode(), names
    if kind.endswith("gz"):
        whole = gzip.compress(whole)
    path = tmp_path / f"x.{kind}"
    path.write_bytes(whole[: int(len(whole) * share)])
    refused(tocsin("shelters", "import", path, "--mapping", mapping, "--database", log), "bad_file")
    assert head(log) == 0


def test_a_file_that_is_cut_short_between_two_rows_is_found_out_by_what_is_known_already(
    tmp_path: Path, names: Path, log: Path, ukraine: Atlas
) -> None:
    rows = [row(n, 100.0 * n, 0) for n in range(20)]
    bring(file(tmp_path, rows), names, log)
    short = file(tmp_path, rows[:9], "short.csv")
    told = refused(tocsin("shelters", "import", short, "--mapping", names, "--database", log), "bad_file")
    assert "11 are not in the file: it may be cut short" in told
    assert len(kept(log, ukraine).shelters) == 20
    bring(short, names, log, "--let-go")
    assert len(kept(log, ukraine).shelters) == 9


def test_what_is_known_already_changes_nothing_and_what_may_be_one_is_listed_and_kept(
    tmp_path: Path, names: Path, log: Path, ukraine: Atlas
) -> None:
    path = file(tmp_path, [row(1, 0, 0, name="School"), row(2, 5, 0, name="School"), row(3, 900, 0)])
    told = bring(path, names, log)
    assert "may be one shelter: town:1 and town:2, 5 m apart, School" in told
    before = head(log)
    assert "0 shelters new or changed, 3 of town in the register" in bring(path, names, log)
    assert head(log) == before
    other = bring(file(tmp_path, [row(1, 902, 0, name="Cellar 3")], "o.csv"), names, log, "--dataset", "other")
    assert "may be one shelter: town:3 and other:1" in other
    assert set(kept(log, ukraine).shelters) == {"town:1", "town:2", "town:3", "other:1"}


DEEP = "[" * 5_000 + "]" * 5_000


@pytest.mark.parametrize(
    "feature",
    [
        '{"geometry": {"coordinates": [1e400, 50]}, "properties": {"no": 1}}',
        '{"geometry": {"coordinates": [1' + "0" * 400 + ', 50]}, "properties": {"no": 1}}',
        '{"geometry": {"coordinates": [true, false]}, "properties": {"no": 1}}',
        '{"geometry": {"coordinates": ' + "[" * 400 + "]" * 400 + '}, "properties": {"no": 1}}',
        '{"geometry": null, "properties": {"no": 1, "lon": ' + "9" * 5_000 + ', "lat": 50}}',
        '{"geometry": {"coordinates": [30.5, 50.4]}, "properties": {"no": 1, "places": ' + "9" * 5_000 + "}}",
        '{"geometry": {"coordinates": [30.5, 50.4]}, "properties": {"no": 1, "places": [60]}}',
        '{"geometry": {"coordinates": [30.5, 50.4]}, "properties": {"no": 1, "places": {"n": 60}}}',
    ],
    ids=lambda feature: feature[-60:],
)
def test_the_oddest_feature_is_a_bad_row_and_the_next_one_is_read(
    tmp_path: Path, names: Path, log: Path, ukraine: Atlas, feature: str
) -> None:
    good = '{"geometry": {"coordinates": [30.5, 50.4]}, "properties": {"no": 2}}'
    path = tmp_path / "odd.json"
    path.write_text('{"features": [' + feature + ", " + good + "]}", "utf-8")
    told = bring(path, names, log, "--skip-bad")
    assert "2 rows, 1 bad" in told
    assert "feature 1: " in told
    assert set(kept(log, ukraine).shelters) == {"town:2"}


def test_json_that_is_nested_beyond_reading_is_refused(tmp_path: Path, names: Path, log: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"features": [{"geometry": {"coordinates": ' + DEEP + "}}]}", "utf-8")
    result = tocsin("shelters", "import", path, "--mapping", names, "--database", log, "--skip-bad")
    assert result.exit_code in (0, 1)
    assert "feature 1: " in result.stderr or "[bad_file]" in result.stderr


# --- closures ------------------------------------------------------------------------------------


def test_a_shelter_is_closed_and_opened_by_command_with_who_and_why(server: Running) -> None:
    order = {"type": "import_shelters", "dataset": "town", "shelters": [{"id": "town:1", "lon": 30.52, "lat": 50.45}]}
    assert server.command(order, key="bring").status == 200
    envelope = ("--server", server.url)
    result = tocsin("shelters", "close", "town:1", *envelope, TOCSIN_TOKEN=TOKEN)
    assert (result.exit_code, "say why: --reason" in result.stderr) == (2, True)
    assert tocsin("shelters", "close", "town:1", "--reason", "flooded", *envelope, TOCSIN_TOKEN=TOKEN).exit_code == 0
    (told,) = server.get("/api/v1/shelters")["shelters"]
    assert (told["open"], told["said"]["cause"], told["said"]["open"]) == (False, "flooded", False)
    said = ("--reason", "seen by me", "--cause", "pumped dry")
    assert tocsin("shelters", "open", "town:1", *said, *envelope, TOCSIN_TOKEN=TOKEN).exit_code == 0
    (told,) = server.get("/api/v1/shelters")["shelters"]
    assert (told["open"], told["said"]["cause"]) == (True, "pumped dry")
    refused(tocsin("shelters", "close", "town:9", *said, *envelope, TOCSIN_TOKEN=TOKEN), "not_found")
    refused(
        tocsin("shelters", "close", "town:1", *said, *envelope, TOCSIN_TOKEN="a token that nobody was given"),
        "unauthorised",
    )
    assert json.loads(server.ask("/api/v1/shelters/words").body)["words"][0]["cause"] == "pumped dry"
