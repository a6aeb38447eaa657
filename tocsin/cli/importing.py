"""`tocsin import`: history from files into the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tocsin import limits
from tocsin.access import LOCAL
from tocsin.app import open_atlas, open_store
from tocsin.atlas import Atlas
from tocsin.cli import options
from tocsin.clock import Clock, SystemClock
from tocsin.commands import Command
from tocsin.errors import BadFile, BadParameter
from tocsin.intake import sirens
from tocsin.model import ZoneId
from tocsin.record import dataset
from tocsin.record.dataset.taking import key_of, orders
from tocsin.record.shelf import Pile
from tocsin.record.weapons import WEAPONS
from tocsin.service import Service
from tocsin.store import Store


@click.group("import")
def imports() -> None:
    """Bring history into the log."""


@imports.command("sirens")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--skip-bad", is_flag=True, help="Import the good rows although some are malformed.")
@options.database
@options.realm
@options.atlas
def import_sirens(file: Path, skip_bad: bool, database: Path | None, realm: str | None, atlas: str | None) -> None:
    """Bring past siren alerts from FILE, official or consolidated, plain or gzipped.

    The file is kept whole or not at all. Malformed rows are listed and refuse the file unless --skip-bad is
    given. What the log knows already changes nothing.
    """
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    clock = SystemClock()
    read = sirens.read(file, upto=clock.now())
    report_bad(read, skip_bad)
    zones = open_atlas(settings.atlas)
    with closing(open_store(settings, zones)) as store:
        service = Service(store, zones.hierarchy, clock)
        before = service.state.seq
        orders = [command for _, command in sirens.commands(read)]
        give_all(service, orders, file.name)
        service.snapshot()
        added = service.state.seq - before
    click.echo(
        f"{read.rows:,} rows, {len(read.bad):,} malformed, {read.rows - len(read.bad) - len(read.alerts):,} repeated; "
        f"{len(read.alerts):,} alerts: {added:,} events added, {len(orders) - added:,} known already"
    )


@imports.command("attacks")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--skip-bad", is_flag=True, help="Import the good rows although some are malformed.")
@click.option("--weapon", "weapons", multiple=True, metavar="SPELLING=ID", help="What an unknown weapon is.")
@options.database
@options.realm
@options.atlas
def import_attacks(
    file: Path, skip_bad: bool, weapons: Sequence[str], database: Path | None, realm: str | None, atlas: str | None
) -> None:
    """Bring the dataset "Massive Missile Attacks on Ukraine" from FILE into the record of attacks.

    Each row becomes claims of whoever wrote the post that it restates, of the attack of its night. The file is kept
    whole or not at all. What the record knows already changes nothing, and what has changed since an earlier copy
    corrects it.
    """
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    clock = SystemClock()
    read = dataset.read(file, upto=clock.now().date(), known=_weapons(weapons))
    report_bad(read, skip_bad)
    zones = open_atlas(settings.atlas)
    with closing(open_store(settings, zones)) as store:
        before = store.head()
        posts = take_attacks(read, store, zones, clock, file.name)
        added = store.head() - before
    click.echo(
        f"{read.rows:,} rows, {len(read.bad):,} malformed, {read.repeated:,} repeated; "
        f"{len(read.posts):,} posts: {added:,} events added, {len(read.posts) - posts:,} posts known already"
    )


def take_attacks(read: dataset.Dataset, store: Store, zones: Atlas, clock: Clock, title: str) -> int:
    """Order all that a dataset tells and the log does not know yet, in one append; gives of how many posts.

    What a row says is held against it and then let go: the log has no need of it.
    """
    shelf = Pile()
    service = Service(store, zones.hierarchy, clock, local=zones.time_zone, text_of=shelf.text_of)
    known = store.receipts([key_of(post) for post in read.posts])
    commands: list[Command] = []
    posts = 0
    for post, given in orders(read, service.archive.published, known, _zone_of(zones), LOCAL.holder):
        shelf.keep(post.text)
        commands += given
        posts += 1
    give_all(service, commands, title)
    service.snapshot()
    return posts


def _zone_of(zones: Atlas) -> Callable[[str], ZoneId | None]:
    codes = {code: zone.id for zone in zones.zones if (code := zone.codes.get("iso3166_2"))}
    return codes.get


def _weapons(said: Sequence[str]) -> dict[str, str]:
    """Errors: `BadParameter` where one is no weapon of the taxonomy."""
    found = dict(pair.rpartition("=")[::2] for pair in said)
    for spelling, weapon in found.items():
        if not spelling or weapon not in WEAPONS:
            raise BadParameter(f"--weapon is SPELLING=ID, and {weapon[:80]!r} is no weapon", given=weapon[:80])
    return found


def report_bad(read: sirens.SirenFile | dataset.Dataset, skip_bad: bool) -> None:
    """List malformed rows. Errors: `BadFile`, unless they are to be skipped."""
    lines = [f"line {row.line}: {row.reason}" for row in read.bad[: limits.IMPORT_REPORTED_ROWS]]
    if len(read.bad) > len(lines):
        lines.append(f"and {len(read.bad) - len(lines):,} more")
    if lines and not skip_bad:
        raise BadFile(
            f"{len(read.bad):,} of {read.rows:,} rows are malformed; nothing was imported (--skip-bad takes the rest)",
            lines=lines,
        )
    for line in lines:
        click.echo(line, err=True)


def give_all(service: Service, orders: Sequence[Command], title: str) -> None:
    """All orders in one append, with a progress bar."""
    with shown(title, len(orders)) as advance:
        service.submit(orders, LOCAL, together=True, decided=advance)


@contextmanager
def shown(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; gives what tells it how far things are."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)
        progress.update(task, completed=total)
