"""`tocsin doctor` and `tocsin verify`: is the log safe where it lies, and is it whole?"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from tocsin.app import open_atlas, open_store
from tocsin.cli import options
from tocsin.standing import verified
from tocsin.store.doctor import examine

MARKS = {"info": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "refuse": "[red]refuse[/] "}


@click.command()
@options.database
@options.realm
@options.atlas
def doctor(database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Look at SQLite, the file system and the log; exit with 1 where the log must not be served."""
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    findings = examine(settings.database, realm=settings.realm, atlas=open_atlas(settings.atlas).country.id)
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(f"{MARKS[finding.level]}  [bold]{finding.name}[/]: {escape(finding.found)}")
        if finding.advice:
            console.print(f"          -> {escape(finding.advice)}")
    if any(finding.level == "refuse" for finding in findings):
        sys.exit(1)


@click.command()
@options.database
@options.realm
@options.atlas
def verify(database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Fold the log again from nothing and compare; exit with 1 where anything differs."""
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    zones = open_atlas(settings.atlas)
    with closing(open_store(settings, zones, read_only=True)) as store:
        standing, snapshot = verified(store, zones.hierarchy)
    compared = "there is no snapshot to compare with" if snapshot is None else f"the snapshot of {snapshot:,} agrees"
    click.echo(f"{standing.seq:,} entries, without a gap; {len(standing.state.holds):,} holds open; {compared}")
