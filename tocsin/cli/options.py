"""Options that several commands share; each overrides the setting of the same name. And how a drill is told apart."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from unicodedata import category

import click
from rich.console import Console
from rich.table import Table

from tocsin.compat.ukrainealarm.targets import Network, networks
from tocsin.door import Bounds, Certificate
from tocsin.door.files import fitting, raised
from tocsin.errors import BadSetting
from tocsin.model import Realm
from tocsin.settings import Settings, from_environment

Command = Callable[..., None]

database = click.option(
    "--database", type=click.Path(path_type=Path, dir_okay=False), help="The file that holds the log."
)
realm = click.option("--realm", type=click.Choice([realm.value for realm in Realm]), help="live or drill.")
atlas = click.option("--atlas", help="A shipped atlas by name, or a folder that is one.")
host = click.option("--host", help="The address to listen on.")
port = click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.")
server = click.option("--server", help="The Tocsin to talk to; the one on this machine, if not given.")
connections = click.option(
    "--connections", type=click.IntRange(0), help="The most open streams; 0 is as many as the system allows."
)
connections_per_address = click.option(
    "--connections-per-address", type=click.IntRange(0), help="The most connections from one address; 0 is no bound."
)
tls_cert = click.option(
    "--tls-cert", type=click.Path(path_type=Path, dir_okay=False), help="The file with the TLS certificate's chain."
)
tls_key = click.option("--tls-key", type=click.Path(path_type=Path, dir_okay=False), help="The file with its key.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, as the API answers.")

DRILL = "DRILL"

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what is not seen: control, format, surrogates, and separators of lines and paragraphs."""


def one_of(words: Iterable[StrEnum]) -> click.Choice[str]:
    """The words that the API knows, as an option's type."""
    return click.Choice([word.value for word in words])


def remote(command: Command) -> Command:
    """Where a running Tocsin is, and of which realm it has to be."""
    return server(realm(command))


def settings(**given: object) -> Settings:
    """The settings with what was typed over what the environment says. A drill says so before anything else is said."""
    found = from_environment(os.environ, **given)
    if found.realm is Realm.DRILL:
        click.echo(f"{DRILL}: this is the drill realm, nothing here is real", err=True)
    return found


def bounds(settings: Settings) -> Bounds:
    """How many connections this process takes in, once it may open as many files as the system lets it."""
    return fitting(settings.connections, settings.connections_per_address, raised())


def certificate(settings: Settings) -> Certificate | None:
    """What is shown to whoever connects, where all is to be under TLS. Errors: `BadSetting`."""
    if settings.tls_cert is None and settings.tls_key is None:
        return None
    if settings.tls_cert is None or settings.tls_key is None:
        raise BadSetting("for TLS both the certificate and its key have to be named: --tls-cert and --tls-key")
    return Certificate(settings.tls_cert, settings.tls_key)


def webhook_networks(settings: Settings) -> tuple[Network, ...]:
    """Where webhooks may lead beside the public internet. Errors: `BadSetting`."""
    try:
        return networks(settings.webhook_networks)
    except ValueError as error:
        raise BadSetting(f"the networks of webhooks are wrong: {error}") from error


def say_if_fewer(settings: Settings, found: Bounds) -> None:
    """That not as many streams as were asked for can be open."""
    if found.streams < settings.connections:
        reason = f"the system allows {raised():,} open files (ulimit -n)"
        click.echo(f"no more than {found.streams:,} streams can be open at once: {reason}", err=True)


def say(realm: Realm, text: str) -> None:
    """Print a result; in a drill each line of it says so."""
    for line in text.split("\n"):
        click.echo(f"{DRILL}  {plain(line)}".rstrip() if realm is Realm.DRILL else plain(line))


def show(realm: Realm, table: Table) -> None:
    """Print a table, as `say` does a text."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if realm is Realm.DRILL:
        console.print(DRILL)
    console.print(table)


def plain(text: str) -> str:
    """The text without what a terminal would not show but do: somebody else wrote it, and it may mean to deceive."""
    return "".join("\N{REPLACEMENT CHARACTER}" if category(sign) in UNSEEN else sign for sign in text)
