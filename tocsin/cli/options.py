"""Options that several commands share; each overrides the setting of the same name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import click

from tocsin.model import Realm
from tocsin.settings import Settings, from_environment

database = click.option(
    "--database", type=click.Path(path_type=Path, dir_okay=False), help="The file that holds the log."
)
realm = click.option("--realm", type=click.Choice([realm.value for realm in Realm]), help="live or drill.")
atlas = click.option("--atlas", help="A shipped atlas by name, or a folder that is one.")
host = click.option("--host", help="The address to listen on.")
port = click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.")


def one_of(words: Iterable[StrEnum]) -> click.Choice[str]:
    """The words that the API knows, as an option's type."""
    return click.Choice([word.value for word in words])


def settings(**given: object) -> Settings:
    """The settings with what was typed over what the environment says."""
    return from_environment(os.environ, **given)
