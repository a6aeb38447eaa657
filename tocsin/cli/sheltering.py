"""`tocsin shelters import`, `close` and `open`: the register of shelters."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click
import msgspec
import numpy as np

from tocsin import limits
from tocsin.access import LOCAL
from tocsin.app import open_atlas, open_store
from tocsin.cli import options
from tocsin.cli.calling import envelope, enveloped, give
from tocsin.cli.importing import shown
from tocsin.clock import SystemClock
from tocsin.errors import BadFile
from tocsin.model import SourceId
from tocsin.service import Service
from tocsin.shelter import Shelter
from tocsin.shelters.importing import Twice, orders, placed, twice
from tocsin.shelters.mapping import load_mapping
from tocsin.shelters.reading import read_shelters
from tocsin.shelters.rows import BadRow


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--mapping", required=True, help="How FILE names things: a mapping's name, or a .toml file.")
@click.option("--dataset", help="What the dataset is called here; as the mapping says, if not given.")
@click.option(
    "--network", type=click.Path(path_type=Path, dir_okay=False), help="Refuse what has no street near in this network."
)
@click.option("--skip-bad", is_flag=True, help="Import the good rows although some are bad.")
@click.option("--let-go", is_flag=True, help="Take out what the file no longer holds, even if that is most of it.")
@options.database
@options.realm
@options.atlas
def import_(
    file: Path,
    mapping: str,
    dataset: str | None,
    network: Path | None,
    skip_bad: bool,
    let_go: bool,
    database: Path | None,
    realm: str | None,
    atlas: str | None,
) -> None:
    """Bring a dataset of shelters into the register: FILE is GeoJSON, CSV or an OpenStreetMap extract.

    All in one append, or nothing. Bad rows are listed and refuse the file unless --skip-bad is given; what may stand
    there twice is listed and kept.
    """
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    names = load_mapping(mapping)
    if dataset is not None:
        names = msgspec.structs.replace(names, dataset=dataset)
    read = read_shelters(file, names)
    far, outside = far_from_streets(read.shelters, read.where, network) if network else ([], 0)
    bad = [*read.bad, *far]
    report_bad(bad, read.rows, skip_bad)
    wrong = {row.where for row in bad}
    good = [shelter for shelter in read.shelters if read.where[shelter.id] not in wrong]
    zones = open_atlas(settings.atlas)
    good = list(placed(good, zones.ids_at))
    with closing(open_store(settings, zones)) as store:
        service = Service(store, zones.hierarchy, SystemClock())
        pairs = twice(good, service.register.shelters.values())
        source = SourceId(f"shelters {names.dataset}")
        given = list(
            orders(names.dataset, names.attribution, good, service.register, LOCAL.holder, source, let_go=let_go)
        )
        with shown(file.name, len(given)) as advance:
            service.submit(given, LOCAL, together=True, decided=advance)
        service.snapshot()
        held = len(service.register.of(names.dataset))
        new = sum(len(order.order.shelters) for order in given if hasattr(order.order, "shelters"))
    report_twice(pairs)
    nowhere = sum(1 for shelter in good if shelter.zone is None)
    options.say(
        settings.realm,
        f"{read.rows:,} rows, {len(bad):,} bad, {read.left_out:,} no shelters; {new:,} shelters new or changed, "
        f"{held:,} of {names.dataset} in the register; {len(pairs):,} pairs may be one shelter each"
        + (f"; {nowhere:,} lie in no zone of this atlas" if nowhere else "")
        + (f"; {outside:,} lie outside of the network's area, where nothing is known of streets" if outside else ""),
    )


def far_from_streets(shelters: Sequence[Shelter], where: dict[str, str], network: Path) -> tuple[list[BadRow], int]:
    """Those within the network's area to whose doors no way of it comes near, and how many lie outside of it.
    Errors: `BadFile`."""
    from tocsin.shelters.beside import Pieces
    from tocsin.shelters.network_file import read_network

    streets, _ = read_network(network)
    west, south, east, north = streets.bounds
    inside = [it for it in shelters if west <= it.lon <= east and south <= it.lat <= north]
    doors = [(shelter, door) for shelter in inside for door in shelter.doors]
    lon = np.array([door.lon for _, door in doors], float)
    lat = np.array([door.lat for _, door in doors], float)
    nearest: dict[str, int] = {}
    for (shelter, _), off_dm in zip(doors, Pieces(streets).beside(lon, lat).off_dm.tolist(), strict=True):
        nearest[shelter.id] = min(off_dm, nearest.get(shelter.id, off_dm))
    far = [
        BadRow(where[id], f"the nearest way is {off_dm / 10:,.0f} m away; it may lie in the sea, or its place is wrong")
        for id, off_dm in nearest.items()
        if off_dm > limits.SHELTER_TO_STREET_M * 10
    ]
    return far, len(shelters) - len(inside)


def report_bad(bad: Sequence[BadRow], rows: int, skip_bad: bool) -> None:
    """List bad rows. Errors: `BadFile`, unless they are to be skipped."""
    lines = [f"{row.where}: {row.reason}" for row in bad[: limits.IMPORT_REPORTED_ROWS]]
    if len(bad) > len(lines):
        lines.append(f"and {len(bad) - len(lines):,} more")
    if lines and not skip_bad:
        raise BadFile(
            f"{len(bad):,} of {rows:,} rows are bad; nothing was imported (--skip-bad takes the rest)", lines=lines
        )
    for line in lines:
        click.echo(line, err=True)


def report_twice(pairs: Sequence[Twice]) -> None:
    """List what may be one. All of it was imported."""
    for pair in pairs[: limits.IMPORT_REPORTED_ROWS]:
        click.echo(
            f"may be one shelter: {options.plain(pair.one.id)} and {options.plain(pair.other.id)}, "
            f"{pair.metres:g} m apart{', ' + options.plain(pair.other.name) if pair.other.name else ''}",
            err=True,
        )
    if len(pairs) > limits.IMPORT_REPORTED_ROWS:
        click.echo(f"and {len(pairs) - limits.IMPORT_REPORTED_ROWS:,} more pairs", err=True)


@click.command()
@click.argument("shelters", nargs=-1, required=True)
@click.option("--cause", help="Why, as everyone is told; the same as --reason, if not given.")
@enveloped
def close(**given: object) -> None:
    """Have nobody sent to SHELTERS, given by id, until they are opened again. Takes --reason."""
    _say("close_shelters", given)


@click.command("open")
@click.argument("shelters", nargs=-1, required=True)
@click.option("--cause", help="Why, as everyone is told; the same as --reason, if not given.")
@enveloped
def open_(**given: object) -> None:
    """Say that SHELTERS, given by id, can be used. Takes --reason."""
    _say("open_shelters", given)


def _say(kind: str, given: dict[str, object]) -> None:
    said = envelope(given)
    cause = given["cause"] or said.reason
    if not cause:
        raise click.UsageError("say why: --reason")
    settings = options.settings(realm=said.realm, server=said.server)
    give({"type": kind, "shelters": given["shelters"], "cause": cause}, said, settings)
