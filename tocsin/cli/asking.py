"""`tocsin history` and `tocsin zone`: questions to the record and to the atlas."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click
import msgspec
from rich.console import Console
from rich.table import Table

from tocsin.app import open_atlas, open_questions, open_store
from tocsin.cli import options
from tocsin.errors import BadTime
from tocsin.model import Zone
from tocsin.record.history import History


def moment(said: str) -> datetime:
    """An RFC 3339 time with its zone, as an option's type. Errors: `BadTime`."""
    try:
        at = datetime.fromisoformat(said)
        if at.utcoffset() is None:
            raise BadTime(f"a time needs its zone, such as a trailing Z: {said}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadTime(f"not a time: {said}") from None


@click.command()
@click.argument("zone")
@click.option("--from", "since", type=moment, help="Start of the window; all of the record, if not given.")
@click.option("--until", type=moment, help="End of the window; now, if not given.")
@click.option(
    "--covering",
    type=click.Choice(["any", "whole"]),
    default="any",
    help="Whether alerts of some part of the zone count.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, as the API answers.")
@options.database
@options.realm
@options.atlas
def history(
    zone: str,
    since: datetime | None,
    until: datetime | None,
    covering: Literal["any", "whole"],
    as_json: bool,
    database: Path | None,
    realm: str | None,
    atlas: str | None,
) -> None:
    """How often, how long and when ZONE was under alert.

    ZONE is an id, a code such as UA-30, or a name, with its oblast where the name is not enough.
    """
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    zones = open_atlas(settings.atlas)
    asked = zones.resolve(zone)
    if since and until and until <= since:
        raise BadTime("the window ends before it begins")
    with closing(open_store(settings, zones, read_only=True)) as store:
        questions = open_questions(store, zones)
        now = datetime.now(UTC)
        answer = questions.history(asked.id, now, since=since, until=until, covering=covering)
    if as_json:
        click.echo(msgspec.json.encode(answer))
    else:
        _show(asked, answer)


def _show(zone: Zone, answer: History) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{zone.names.get('en', zone.id)}[/]  {zone.names.get('uk', '')}  {zone.id}")
    console.print(f"{answer.count:,} alerts, {answer.total_s / 3600:,.1f} h in all")
    if answer.median_s is not None and answer.longest is not None:
        longest = answer.longest
        console.print(
            f"median {answer.median_s / 60:.1f} min; "
            f"longest {longest.duration_s / 3600:,.1f} h, from {_said(longest.since)} to {_said(longest.until)}"
        )
    if answer.peak is not None:
        peak = answer.peak
        console.print(
            f"most at once: {peak.count} of the {peak.recorded} units of level {peak.level} in the record "
            f"({peak.of} there are), at {_said(peak.at)}"
        )
    if answer.months:
        table = Table("month", "alerts", "hours", box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        for month in answer.months:
            table.add_row(month.month, f"{month.count:,}", f"{month.total_s / 3600:,.1f}")
        console.print(table)


def _said(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@click.command()
@click.argument("zone")
@options.atlas
def zone(zone: str, atlas: str | None) -> None:
    """What the atlas knows of ZONE, as JSON: names, level, codes and what it lies in."""
    zones = open_atlas(options.settings(atlas=atlas).atlas)
    found = zones.resolve(zone)
    above = [{"id": up.id, "level": up.level, "names": up.names} for up in zones.ancestors(found.id)]
    click.echo(msgspec.json.format(msgspec.json.encode({**msgspec.to_builtins(found), "ancestors": above}), indent=2))
