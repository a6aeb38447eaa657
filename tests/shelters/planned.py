"""A town as files, to be planned for by `tocsin shelters plan`."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from tests.shelters.streets import degrees
from tests.shelters.towns import ABOUT, street
from tocsin.cli import main
from tocsin.shelters.network_file import write_network

MAPPING = """
title = "Town"
dataset = "town"
attribution = "Shelters: the town"
id = ["id"]
lon = "lon"
lat = "lat"
capacity = "places"
[public]
column = "public"
yes = ["yes"]
no = ["no"]
"""
HOMES = ((50.0, 0.0, "30"), (150.0, 0.0, "20.5"), (500.0, 0.0, "9"), (1_950.0, 0.0, "14"))


def row(name: str, east: float, north: float, *others: str) -> str:
    lon, lat = degrees((east, north))
    return ",".join([name, f"{lon:.7f}", f"{lat:.7f}", *others])


def write_town(tmp_path: Path) -> Path:
    """Its files: town.walk, town.toml, shelters.csv, homes.csv."""
    write_network(tmp_path / "town.walk", street(), ABOUT)
    (tmp_path / "town.toml").write_text(MAPPING)
    shelters = [row("1", 0, 0, "10", "yes"), row("2", 400, 0, "100", "yes"), row("3", 1_900, 0, "20", "no")]
    (tmp_path / "shelters.csv").write_text("\n".join(["id,lon,lat,places,public", *shelters]) + "\n")
    homes = [row(f"b{n}", east, north, people) for n, (east, north, people) in enumerate(HOMES)]
    (tmp_path / "homes.csv").write_text("\n".join(["id,lon,lat,people", *homes]) + "\n")
    return tmp_path


def planning(town: Path, *more: str, homes: str = "homes.csv") -> Result:
    given = ["--network", str(town / "town.walk"), "--shelters", str(town / "shelters.csv")]
    given += ["--mapping", str(town / "town.toml"), "--column", "residents=people"]
    return CliRunner().invoke(main, ["shelters", "plan", str(town / homes), *given, *more])
