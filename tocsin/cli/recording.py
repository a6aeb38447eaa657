"""`tocsin record`: reports of attacks, and what they say."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from tocsin.app import open_atlas
from tocsin.atlas.settlements import oblasts_of
from tocsin.cli import options
from tocsin.errors import BadFile, BadSetting
from tocsin.facts import Fact, Read
from tocsin.limits import REPORT_BYTES
from tocsin.record.placing import Places
from tocsin.record.proposer import Proposer, proposed
from tocsin.record.reading import read
from tocsin.record.reading.misplaced import placed, with_places_checked
from tocsin.record.reading.report import report_text
from tocsin.settings import Settings


@click.group("record")
def record() -> None:
    """What happened, as reports say it."""


@record.command("read")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--published",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The day the report was published; what dates in it are understood by.",
)
@options.as_json
def read_report(file: Path, published: datetime, as_json: bool) -> None:
    """Print the facts that the report in FILE states, each with the words that state it. "-" is standard input.

    Genre and language are found by themselves. Nothing is kept. A text of another kind gives no facts.
    """
    settings = options.settings()
    text = report_text(report_bytes(file), file.name)
    found = proposed(_proposer(settings), text, _checked(text, read(text, published.date()), settings))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        _show(found)


def _checked(text: str, found: Read, settings: Settings) -> Read:
    """With its places held against the atlas, which is only read where a text says what lies where."""
    if not placed(text):
        return found
    atlas = open_atlas(settings.atlas)
    return with_places_checked(text, found, oblasts_of, Places(atlas.resolve, atlas.zones).oblast_of)


def _proposer(settings: Settings) -> Proposer | None:
    if settings.proposer_url is None:
        return None
    if not settings.proposer_url.startswith(("http://", "https://")):
        raise BadSetting(
            f"the proposer's address has to begin with http:// or https://, not as {settings.proposer_url}"
        )
    return Proposer(settings.proposer_url, settings.proposer_model, settings.proposer_token)


def report_bytes(file: Path) -> bytes:
    """Never more than one byte beyond the limit, however large the file. Errors: `BadFile`."""
    if str(file) == "-":
        return sys.stdin.buffer.read(REPORT_BYTES + 1)
    try:
        with file.open("rb") as opened:
            return opened.read(REPORT_BYTES + 1)
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}") from error


def _show(found: Read) -> None:
    click.echo(f"{found.genre.replace('_', ' ')}, {found.language}, {len(found.facts)} facts")
    table = Table(box=None, pad_edge=False)
    for column in ("what", "who says it", "in these words"):
        table.add_column(column, overflow="fold")
    for fact in found.facts:
        table.add_row(described(fact), fact.speaker or "", fact.quote)
    if found.facts:
        Console().print(table, markup=False)
    for check in found.checks:
        click.echo(f"does not add up ({check.rule}): {check.words}")


def described(fact: Fact) -> str:
    """A fact in a few words: its kind, and what its fields say."""
    told = msgspec.to_builtins(fact)
    value = told.get("value")
    number = value["words"] if value else None
    named = (
        told["kind"],
        told.get("outcome"),
        told.get("stance"),
        told.get("measure"),
        number,
        told.get("weapon"),
        told.get("what"),
        told.get("place"),
    )
    return " ".join(str(part) for part in named if part)
