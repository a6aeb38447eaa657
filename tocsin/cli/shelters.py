"""`tocsin shelters`: the streets of an area, and the register of shelters."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import click

from tocsin.cli.planning import plan
from tocsin.cli.sheltering import close, import_, open_
from tocsin.clock import SystemClock
from tocsin.errors import BadFile

ISLANDS_NAMED = 20

AREA = r"[a-z0-9][a-z0-9-]{0,62}"


@click.group("shelters")
def shelters() -> None:
    """A shelter in reach: streets, register, closures."""


for command in (import_, close, open_, plan):
    shelters.add_command(command)


@shelters.command("network")
@click.argument("extract", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--area", help="The area's name in addresses; the name of the extract, if not given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; AREA.walk by default.")
@click.option("--attribution", default="© OpenStreetMap contributors, ODbL 1.0", help="Whose data it is.")
def network(extract: Path, area: str | None, out: Path | None, attribution: str) -> None:
    """Make the network of an area, as it is walked, from an OpenStreetMap EXTRACT."""
    from tocsin.shelters.extract import read_streets
    from tocsin.shelters.network import build
    from tocsin.shelters.network_file import SUFFIX, About, write_network

    area = area_named(extract.name.split(".")[0].lower().replace("_", "-") if area is None else area)
    try:
        digest = hashlib.sha256(extract.read_bytes()).hexdigest()
    except OSError as error:
        raise BadFile(f"{extract.name} cannot be read: {error.strerror}", file=extract.name) from error
    streets = read_streets(extract)
    built = build(streets)
    about = About(area=area, attribution=attribution, made_at=SystemClock().now(), extract=digest)
    target = out or Path(area + SUFFIX)
    size = write_network(target, built.network, about)
    kilometres = int(built.network.length_dm.sum()) / 10_000
    click.echo(
        f"{target}: {built.network.points:,} points, {built.network.pieces:,} pieces, {kilometres:,.0f} km, "
        f"{size:,} bytes"
    )
    if streets.missing:
        click.echo(f"{streets.missing:,} points of ways are not in the extract: it is cut off there", err=True)
    if built.parts > 1:
        click.echo(f"{built.parts} networks have no way between them; each is kept", err=True)
    for island in built.islands[:ISLANDS_NAMED]:
        click.echo(
            f"left out, for it leads nowhere: {island.length_m:,.0f} m of way at {island.lat:.5f}, {island.lon:.5f}",
            err=True,
        )
    if len(built.islands) > ISLANDS_NAMED:
        click.echo(f"and {len(built.islands) - ISLANDS_NAMED:,} more such islands", err=True)


def area_named(name: str) -> str:
    """Errors: `click.BadParameter`."""
    if not re.fullmatch(AREA, name):
        raise click.BadParameter(f"an area is named by small letters, digits and hyphens, not {name!r}")
    return name
