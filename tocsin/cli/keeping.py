"""`tocsin backup`: a whole copy of the log, taken while it is in use. `tocsin upgrade`: a log of an older version."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from tocsin.app import open_atlas, open_store
from tocsin.cli import options
from tocsin.store.upgrade import upgrade as upgraded


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


@click.command()
@options.database
@options.realm
@options.atlas
def upgrade(database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Bring a log that an older version wrote to this version's format; the old file is kept beside it."""
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    done = upgraded(settings.database, settings.realm, open_atlas(settings.atlas).country.id)
    if done is None:
        click.echo(f"{settings.database} is in this version's format already")
    else:
        click.echo(
            f"{settings.database} holds the {done.entries:,} entries of {done.commands:,} commands in the new format; "
            f"the old log is kept as {done.kept}"
        )
