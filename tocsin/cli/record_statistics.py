"""`tocsin record statistics`: what the record comes to, by named definitions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from rich.table import Table

from tocsin.app import open_atlas, open_questions, open_statistics, open_store
from tocsin.cli import options
from tocsin.errors import BadParameter
from tocsin.model import Realm
from tocsin.record.statistics.asking import Answer
from tocsin.record.statistics.computing import as_of as required_past
from tocsin.record.statistics.definition import definition, definitions
from tocsin.standing import restored


@click.command("statistics")
@click.argument("name", required=False)
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the statistic.")
@click.option("--variants", is_flag=True, help="By each choice of parameters that has a name, side by side.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"]),
    help="Upon the record as it could be read then, UTC.",
)
@options.as_json
@options.database
@options.realm
@options.atlas
def statistics(
    name: str | None,
    given: Sequence[str],
    variants: bool,
    as_of: datetime | None,
    as_json: bool,
    database: Path | None,
    realm: str | None,
    atlas: str | None,
) -> None:
    """Compute the statistic NAME over the record; without a NAME, list what there is.

    Each is a query with a version and a definition in words, which is printed with the answer (docs/statistics.md).
    """
    if name is None:
        _list(as_json)
        return
    asked = definition(name)
    parameters = dict(_pair(pair) for pair in given)
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    zones, now = open_atlas(settings.atlas), datetime.now(UTC)
    with closing(open_store(settings, zones, read_only=True)) as store:
        archive = restored(store, zones.hierarchy).archive
        record = archive.as_of_moment(required_past(as_of.replace(tzinfo=UTC), now)) if as_of else archive.published
        ask = open_statistics(open_questions(store, zones), zones)
        found = ask.variants(record, name, parameters, now) if variants else {}
        answers = found or {"": ask.ask(record, name, parameters, now)}
    if as_json:
        click.echo(msgspec.json.encode(found or answers[""]))
        return
    options.say(settings.realm, f"{asked.title['en']} ({asked.name}, version {asked.version})")
    options.say(settings.realm, asked.words["en"])
    for one in asked.variants if found else ():
        click.echo()
        options.say(settings.realm, f"{one.name}: {one.words}")
        _show(settings.realm, found[one.name])
    if not found:
        click.echo()
        _show(settings.realm, answers[""])


def _list(as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(list(definitions().values())))
        return
    for one in definitions().values():
        click.echo(f"{one.name} (version {one.version}): {one.title['en']}")
        for parameter in one.parameters:
            click.echo(f"  {parameter.name}={parameter.default or '(none)'}  {parameter.words}")


def _pair(said: str) -> tuple[str, str]:
    name, sign, value = said.partition("=")
    if not sign:
        raise BadParameter(f"a parameter is NAME=VALUE, not {said[:80]!r}", given=said[:80])
    return name.strip(), value


def _show(realm: Realm, answer: Answer) -> None:
    options.say(realm, "by " + ", ".join(f"{name}={_said(value)}" for name, value in answer.parameters.items()))
    table = Table(*answer.columns, box=None, pad_edge=False)
    for row in answer.rows:
        table.add_row(*(_cell(cell) for cell in row))
    options.show(realm, table)


def _said(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _cell(cell: object) -> str:
    match cell:
        case None:
            return "unknown"
        case bool():
            return "yes" if cell else "no"
        case list():
            return f"{len(cell)}: {' '.join(map(str, cell[:4]))}{' ...' if len(cell) > 4 else ''}"
        case int():
            return f"{cell:,}"
    return str(cell)
