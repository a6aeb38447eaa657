"""`tocsin shelters plan`: who reaches a shelter, who gets a place, and where another one would help most."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
import numpy as np

from tocsin import limits
from tocsin.app import open_atlas, open_store
from tocsin.atlas import Atlas
from tocsin.cli import options
from tocsin.cli.plan_tables import show
from tocsin.clock import SystemClock
from tocsin.errors import BadFile, BadSetting
from tocsin.settings import Settings
from tocsin.shelter import Shelter, SheltersImported
from tocsin.shelters.extra import required
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.profiles import Profile
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.register import Register
from tocsin.standing import restored
from tocsin.tabular import BadRow

if TYPE_CHECKING:  # heavy, and only where a plan is made
    from tocsin.shelters.network import Network
    from tocsin.shelters.planning.making import Asked, Planned
    from tocsin.shelters.planning.residents import Residents
    from tocsin.shelters.planning.zoning import Zoning

OURS_ALONE = 0o600
"""Who may read what is written: it tells where people are without a shelter."""

written = click.Path(path_type=Path, dir_okay=False)


@click.command("plan")
@click.argument("residents", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--network", type=written, required=True, help="The network file of the city.")
@click.option("--shelters", type=written, help="A file of shelters; those of the register, if not given.")
@click.option("--mapping", help="How the file of shelters names things: a mapping's name, or a .toml file.")
@click.option("--column", "columns", multiple=True, metavar="WHAT=NAME", help="What a column of RESIDENTS is called.")
@click.option("--areas", type=written, help="GeoJSON of parts of the city; the atlas's zones, if not given.")
@click.option("--area-name", default="name", show_default=True, help="The property that names an area.")
@click.option(
    "--minutes", type=click.IntRange(1, limits.PLAN_MINUTES), default=10, show_default=True,
    help="Within how many minutes people have to be under a roof.",
)  # fmt: skip
@click.option(
    "--profile", type=options.one_of(Profile), default=Profile.ADULT.value, show_default=True, help="Who walks."
)
@click.option("--private", is_flag=True, help="Count shelters that are not public as well.")
@click.option(
    "--unknown-places", type=click.IntRange(1, 1_000_000), help="How many a shelter holds of which nobody says it."
)
@click.option(
    "--new", type=click.IntRange(0, limits.PLAN_NEW_PLACES), default=10, show_default=True,
    help="How many places to find for new shelters.",
)  # fmt: skip
@click.option("--new-places", type=click.IntRange(1, 1_000_000), help="How many a new shelter holds; whoever comes.")
@click.option("--skip-bad", is_flag=True, help="Plan for the good rows although some are bad.")
@click.option("--json", "json_file", type=written, help="Write the plan as JSON.")
@click.option("--geojson", "geojson_file", type=written, help="Write it as GeoJSON.")
@click.option("--page", type=written, help="Write it as a page with a map.")
@click.option("--by-building", type=written, help="Write where each building's people are to go, as CSV.")
@options.database
@options.realm
@options.atlas
def plan(
    residents: Path,
    network: Path,
    shelters: Path | None,
    mapping: str | None,
    columns: Sequence[str],
    areas: Path | None,
    area_name: str,
    minutes: int,
    profile: str,
    private: bool,
    unknown_places: int | None,
    new: int,
    new_places: int | None,
    skip_bad: bool,
    json_file: Path | None,
    geojson_file: Path | None,
    page: Path | None,
    by_building: Path | None,
    database: Path | None,
    realm: str | None,
    atlas: str | None,
) -> None:
    """Plan for a city: RESIDENTS is a CSV file of its buildings with id, lon, lat and residents.

    Who is out of reach of a shelter, where shelters run over, whom the best assignment puts under a roof, and where new
    shelters would help most. What is written tells of no building, but for --by-building.
    """
    for library in ("numba", "scipy", "ortools"):
        required(library, "plan")
    from tocsin.shelters.area import Area
    from tocsin.shelters.network_file import read_network
    from tocsin.shelters.planning.making import Asked, off_the_streets, planned
    from tocsin.shelters.planning.residents import read_residents

    if (shelters is None) != (mapping is None):
        raise click.UsageError("a file of shelters needs its mapping: --shelters and --mapping")
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    zones = open_atlas(settings.atlas)
    asked = Asked(minutes, Profile(profile), unknown_places, new, new_places, private)
    register, attribution = _register(shelters, mapping, settings, zones)
    streets, about = read_network(network)
    standing = Area(streets, about).at(_counted(register, private))
    if not standing.open.any():
        raise BadFile(f"no open shelter has a street in {network.name}", file=network.name)
    read = read_residents(residents, _named(columns))
    places, far = off_the_streets(standing, read.residents, asked.profile)
    bad = sorted([*read.bad, *far], key=lambda row: row.line)
    _report(residents, bad, read.rows, skip_bad)
    wrong = {row.line for row in far}
    good = np.array([line not in wrong for line in read.residents.line], np.bool_)
    people = read.residents.some(good)
    if not people.hundredths.sum():
        raise BadFile(f"{residents.name} has no building with somebody in it along these streets", file=residents.name)
    found = planned(
        standing,
        people,
        type(places)(*(column[good] for column in places)),
        _zoning(areas, area_name, zones, people),
        asked,
        [about.attribution, *attribution],
        SystemClock().now(),
        len(bad),
    )
    show(settings.realm, found.plan)
    _write(found, people, standing.shelters, json_file, geojson_file, page, by_building, streets, asked)


def _named(columns: Sequence[str]) -> dict[str, str]:
    named = {}
    for said in columns:
        what, equals, name = said.partition("=")
        if not (what and equals and name):
            raise click.UsageError(f"--column takes WHAT=NAME, such as residents=people, not {said!r}")
        named[what] = name
    return named


def _register(file: Path | None, mapping: str | None, settings: Settings, zones: Atlas) -> tuple[Register, list[str]]:
    """The shelters to plan with, and whose data they are. Errors: `BadFile`, those of the store."""
    if file is None or mapping is None:
        with closing(open_store(settings, zones, read_only=True)) as store:
            register = restored(store, zones.hierarchy).register
        if not register.shelters:
            raise BadFile("the register holds no shelter: import some, or name a file of them (--shelters)")
        return register, sorted({it.attribution for it in register.datasets.values() if it.attribution})
    names = load_mapping(mapping)
    read = read_shelters(file, names)
    if read.bad:
        lines = [f"{row.where}: {row.reason}" for row in read.bad[: limits.IMPORT_REPORTED_ROWS]]
        raise BadFile(f"{len(read.bad):,} rows of {file.name} are bad", lines=lines)
    event = SheltersImported(
        dataset=names.dataset, attribution=names.attribution, shelters=tuple(read.shelters), gone=(),
        at=SystemClock().now(),
    )  # fmt: skip
    return Register().after(0, [event]), [names.attribution]


def _counted(register: Register, private: bool) -> Register:
    """The register in which what is not public counts like the rest, where that is wanted."""
    if not private:
        return register
    everyone = {
        id: msgspec.structs.replace(it, public=None) if it.public is False else it
        for id, it in register.shelters.items()
    }
    return Register(everyone, register.words, register.datasets, register.seq, register.spoken, register.told)


def _zoning(areas: Path | None, name: str, zones: Atlas, people: Residents) -> Zoning:
    from tocsin.shelters.planning.zoning import Part, Zoning, by_areas

    if areas is not None:
        return by_areas(areas, name, people.lon, people.lat)
    found = zones.locate_many(people.lon, people.lat)
    known, of = np.unique(found[found >= 0], return_inverse=True)
    number = np.full(len(found), -1, np.int64)
    number[found >= 0] = of
    parts = [zones.zones[one] for one in known.tolist()]
    return Zoning([Part(zone.id, dict(zone.names)) for zone in parts], number)


def _report(file: Path, bad: Sequence[BadRow], rows: int, skip_bad: bool) -> None:
    """List bad rows. Errors: `BadFile`, unless they are to be skipped."""
    lines = [f"line {row.line}: {row.reason}" for row in bad[: limits.IMPORT_REPORTED_ROWS]]
    if len(bad) > len(lines):
        lines.append(f"and {len(bad) - len(lines):,} more")
    if lines and not skip_bad:
        raise BadFile(
            f"{len(bad):,} of {rows:,} rows of {file.name} are bad; nothing was planned (--skip-bad takes the rest)",
            lines=lines,
        )
    for line in lines:
        click.echo(line, err=True)


def _write(
    found: Planned,
    people: Residents,
    shelters: Sequence[Shelter],
    json_file: Path | None,
    geojson_file: Path | None,
    page: Path | None,
    by_building: Path | None,
    streets: Network,
    asked: Asked,
) -> None:
    from tocsin.shelters.planning.drawn import street_lines
    from tocsin.shelters.planning.geojson import geojson
    from tocsin.web.plan_page import plan_page

    if json_file is not None:
        _replace(json_file, msgspec.json.encode(found.plan))
    if geojson_file is not None:
        _replace(geojson_file, geojson(found.plan))
    if page is not None:
        _replace(page, plan_page(found.plan, street_lines(streets)).encode())
    if by_building is not None:
        _replace(by_building, _by_building(found, people, shelters, asked))


def _by_building(found: Planned, people: Residents, shelters: Sequence[Shelter], asked: Asked) -> bytes:
    """Of each building how many are sent to which shelter, with the minutes; and how many have no place."""
    from tocsin.shelters.planning.residents import PARTS
    from tocsin.shelters.profiles import seconds

    reach, given = found.assigned.reach, found.assigned.best.given
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("building", "shelter", "people", "minutes"))
    left = people.hundredths - found.assigned.placed()
    for building, id in enumerate(people.id):
        for entry in range(int(reach.first[building]), int(reach.first[building + 1])):
            if given[entry]:
                minutes = seconds(int(reach.time_ds[entry]), asked.profile) / 60
                rows.writerow((id, shelters[reach.shelter[entry]].id, f"{given[entry] / PARTS:g}", f"{minutes:.1f}"))
        if left[building]:
            rows.writerow((id, "", f"{left[building] / PARTS:g}", ""))
    return text.getvalue().encode()


def _replace(path: Path, content: bytes) -> None:
    """Replace the file whole, for its owner alone. Errors: `BadSetting`."""
    beside = path.with_name(path.name + ".new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OURS_ALONE), "wb") as file:
            file.write(content)
        beside.replace(path)
    except OSError as error:
        raise BadSetting(f"{path} cannot be written: {error.strerror}", file=str(path)) from error
