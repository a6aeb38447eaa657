"""`tocsin doctor` and `tocsin verify`: is the log safe where it lies, is it whole, and is it what it was?"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from tocsin.app import open_atlas, open_store
from tocsin.cli import options
from tocsin.errors import BadFile
from tocsin.standing import verified
from tocsin.store.chain import stamp
from tocsin.store.doctor import examine
from tocsin.store.evidence import require_as_signed
from tocsin.store.heads import SignedHead, check, heads_from, require_realm

MARKS = {"info": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "refuse": "[red]refuse[/] "}


@click.command()
@options.database
@options.realm
@options.atlas
def doctor(database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Look at SQLite, the file system and the log; exit with 1 where the log must not be served."""
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    atlas_id = open_atlas(settings.atlas).country.id
    findings = examine(settings.database, realm=settings.realm, atlas=atlas_id, key=settings.signing_key)
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(f"{MARKS[finding.level]}  [bold]{finding.name}[/]: {escape(finding.found)}")
        if finding.advice:
            console.print(f"          -> {escape(finding.advice)}")
    if any(finding.level == "refuse" for finding in findings):
        sys.exit(1)


def _public_key(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch("[0-9a-fA-F]{64}", value):
        raise click.BadParameter("a public key is 64 hexadecimal digits")
    return value.lower() if value is not None else None


@click.command()
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="A file with one signed head, or with one on each line; - for standard input.",
)
@click.option("--key", callback=_public_key, help="The public key that must have signed them.")
@options.database
@options.realm
@options.atlas
def verify(against: Path | None, key: str | None, database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Compute the log's chain of hashes again and fold it from nothing; exit with 1 where anything differs.

    With --against, also compare it with what it was when those heads were signed.
    """
    if key is not None and against is None:
        raise click.UsageError("--key is the key of the heads that --against names")
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    heads = _genuine(against, key) if against is not None else []
    for head in heads:
        require_realm(head, settings.realm)
    zones = open_atlas(settings.atlas)
    with closing(open_store(settings, zones, read_only=True)) as store:
        report = store.walk({head.seq for head in heads})
        require_as_signed(report, heads, store.identity, store.copy_of)
        standing, snapshot = verified(store, zones.hierarchy)
    compared = "there is no snapshot to compare with" if snapshot is None else f"the snapshot of {snapshot:,} agrees"
    click.echo(
        f"{report.link.seq:,} entries, without a gap, each chained to the one before; "
        f"{len(standing.state.holds):,} holds open; {compared}"
    )
    if heads:
        click.echo(_agreed(heads, report.link.seq))


def _genuine(file: Path, key: str | None) -> Sequence[SignedHead]:
    """The heads in a file, each with a signature that holds. Errors: `BadFile`, `BadSignature`."""
    try:
        heads = heads_from(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error}") from error
    for head in heads:
        check(head, key)
    return heads


def _agreed(heads: Sequence[SignedHead], end: int) -> str:
    newest = max(heads, key=lambda head: head.seq)
    by = ", ".join(sorted({head.key for head in heads}))
    what = "the signed head agrees" if len(heads) == 1 else f"all {len(heads):,} signed heads agree"
    after = f"; the {end - newest.seq:,} entries after it are not vouched for" if newest.seq < end else ""
    return f"up to entry {newest.seq:,} it is what it was at {stamp(newest.at)}: {what}, signed with {by}{after}"
