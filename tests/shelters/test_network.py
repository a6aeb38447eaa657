from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.shelters.streets import AARHUS, extract, network
from tocsin.cli import main
from tocsin.errors import BadFile
from tocsin.shelters.extract import read_streets
from tocsin.shelters.network import build, without_steps
from tocsin.shelters.network_file import About, network_bytes, read_network, write_network

CROSS = {1: (0.0, 0.0), 2: (600.0, 0.0), 3: (1_200.0, 0.0), 4: (600.0, 600.0), 5: (9_000.0, 0.0), 6: (9_300.0, 0.0)}
FOOT = {"highway": "footway"}
ABOUT = About(area="cross", attribution="nobody", made_at=datetime(2026, 1, 1, tzinfo=UTC), extract="0" * 64)


def test_ways_are_taken_apart_at_every_point_and_joined_where_they_share_one(tmp_path: Path) -> None:
    path = extract(tmp_path / "x.osm", CROSS, [((1, 2, 3), FOOT | {"name": "Long"}), ((4, 2), FOOT)])
    built = build(read_streets(path))
    assert (built.network.points, built.network.pieces, built.parts) == (4, 3, 1)
    assert sorted(np.bincount(np.concatenate([built.network.start, built.network.end])).tolist()) == [1, 1, 1, 3]
    assert built.network.length_dm.tolist() == pytest.approx([6_000] * 3, abs=60)
    assert sorted(built.network.names[number] for number in built.network.name) == ["", "Long", "Long"]


def test_a_piece_that_two_ways_share_stands_there_once_unless_it_is_another_kind_of_way(tmp_path: Path) -> None:
    steps = {"highway": "steps"}
    path = extract(tmp_path / "x.osm", CROSS, [((1, 2, 3), FOOT), ((3, 2), FOOT), ((2, 3), steps)])
    streets = build(read_streets(path)).network
    assert streets.pieces == 3
    assert without_steps(streets).sum() == 2


def test_a_small_island_is_left_out_and_named_and_a_large_one_is_kept(tmp_path: Path) -> None:
    path = extract(tmp_path / "x.osm", CROSS, [((1, 2, 3), FOOT), ((5, 6), FOOT)])
    built = build(read_streets(path))
    assert built.network.points == 3
    (island,) = built.islands
    assert (island.points, round(island.length_m, -1)) == (2, 300)
    assert island.lon == pytest.approx(30.126, abs=0.01)
    larger = extract(tmp_path / "y.osm", CROSS | {6: (10_300.0, 0.0)}, [((1, 2, 3), FOOT), ((5, 6), FOOT)])
    assert build(read_streets(larger)).parts == 2


def test_where_all_are_islands_the_largest_is_kept(tmp_path: Path) -> None:
    places = {1: (0.0, 0.0), 2: (90.0, 0.0), 3: (5_000.0, 0.0), 4: (5_100.0, 0.0)}
    built = build(read_streets(extract(tmp_path / "x.osm", places, [((1, 2), FOOT), ((3, 4), FOOT)])))
    assert (built.network.points, len(built.islands)) == (2, 1)
    assert round(built.islands[0].length_m, -1) == 90


def test_an_extract_that_is_cut_off_in_the_middle_of_a_way_keeps_the_rest_and_says_so(tmp_path: Path) -> None:
    path = extract(tmp_path / "x.osm", {1: CROSS[1], 2: CROSS[2], 4: CROSS[4]}, [((1, 2, 3, 4), FOOT)])
    streets = read_streets(path)
    assert (streets.missing, len(streets.start)) == (1, 1), "no piece leads past the gap"


def test_an_extract_without_a_way_is_refused(tmp_path: Path) -> None:
    path = extract(tmp_path / "x.osm", CROSS, [((1, 2), {"highway": "motorway"}), ((1, 3), {"building": "yes"})])
    with pytest.raises(BadFile, match="no way that can be walked"):
        read_streets(path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_an_extract_that_is_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    whole = AARHUS.read_bytes()
    path = tmp_path / "short.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadFile, match=r"short\.osm\.pbf"):
        read_streets(path)


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    for name, content in {"x.osm.pbf": b"nothing", "x.csv": b"a,b", "x.osm": b"<osm><way></osm>"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadFile, match=name):
            read_streets(tmp_path / name)
    with pytest.raises(BadFile, match="absent"):
        read_streets(tmp_path / "absent.osm.pbf")


def test_a_network_file_gives_back_what_was_written(tmp_path: Path) -> None:
    streets = network([(0, 0), (900, 0), (900, 800), (40, 60)], [(0, 1), (1, 2), (2, 3)], steps=[1])
    write_network(tmp_path / "x.walk", streets, ABOUT)
    back, about = read_network(tmp_path / "x.walk")
    assert about == ABOUT
    for name in ("lon_e6", "lat_e6", "start", "end", "length_dm", "traits", "name"):
        assert getattr(back, name).tolist() == getattr(streets, name).tolist()
    assert list(back.names) == list(streets.names)
    assert network_bytes(back, about) == (tmp_path / "x.walk").read_bytes()


def test_a_network_file_that_is_damaged_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.walk"
    write_network(path, network([(0, 0), (900, 0), (900, 800)], [(0, 1), (1, 2)]), ABOUT)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :])
        with pytest.raises(BadFile, match=r"x\.walk"):
            read_network(path)
        path.write_bytes(whole[:at])
        with pytest.raises(BadFile, match=r"x\.walk"):
            read_network(path)
    path.write_bytes(b"TOCSINW9" + whole[8:])
    with pytest.raises(BadFile, match="another version"):
        read_network(path)


def test_the_command_makes_the_network_of_a_city_and_says_what_it_left_out(tmp_path: Path) -> None:
    target = tmp_path / "aarhus.walk"
    run = CliRunner().invoke(main, ["shelters", "network", str(AARHUS), "--out", str(target)], catch_exceptions=False)
    assert run.exit_code == 0, run.output
    assert "88,296 points, 100,515 pieces, 1,778 km" in run.stdout
    assert "left out, for it leads nowhere: 961 m of way at 56.15468, 10.21410" in run.stderr
    assert "and 283 more such islands" in run.stderr
    streets, about = read_network(target)
    assert (about.area, streets.points) == ("aarhus", 88_296)
    assert target.stat().st_size < 600_000
    assert without_steps(streets).sum() < streets.pieces


def test_the_command_refuses_a_name_that_does_not_fit_into_an_address(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["shelters", "network", str(AARHUS), "--area", "a/b"])
    assert run.exit_code == 2
    assert "small letters" in run.output
