"""`tocsin backup`: a whole copy of the log, taken while it is in use."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from tocsin.app import open_atlas, open_store
from tocsin.cli import options


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@options.database
@options.realm
@options.atlas
def backup(target: Path, database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Write a whole copy of the log to TARGET, which must not exist, while a server runs or not."""
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    with closing(open_store(settings, open_atlas(settings.atlas), read_only=True)) as store:
        head = store.backup(target)
    click.echo(f"{target} holds {head:,} entries")
