"""`tocsin source`: the life of a source, told to a running Tocsin through its API."""

from __future__ import annotations

import click

from tocsin.app import open_atlas
from tocsin.cli import options
from tocsin.cli.calling import envelope, enveloped, give
from tocsin.cli.ordering import cause, with_ids

of = click.option("--of", help="Which source; your own, if not given.")


@click.group()
def source() -> None:
    """Say that a source lives, cannot be heard, or is heard again."""


@source.command()
@click.option("--silent-after", "silent_after_s", type=int, help="Seconds of silence after which it cannot be trusted.")
@click.option("--zone", "zones", multiple=True, help="A zone that it speaks for; may be given repeatedly.")
@options.atlas
@enveloped
def heartbeat(**given: object) -> None:
    """Your source lives, and promises a word at least so often."""
    atlas = given.pop("atlas")
    said = envelope(given)
    settings = options.settings(atlas=atlas, realm=said.realm, server=said.server)
    order = with_ids(given, open_atlas(settings.atlas)) if given["zones"] else given
    give({"type": "heartbeat", **order}, said, settings)


@source.command()
@of
@cause
@enveloped
def silent(**given: object) -> None:
    """A source cannot be heard: what rests on it is stale from now on. It clears nothing."""
    _told("source_silent", given)


@source.command()
@of
@cause
@enveloped
def back(**given: object) -> None:
    """A source is heard again, and what rests on it is what it says."""
    _told("source_back", given)


def _told(kind: str, given: dict[str, object]) -> None:
    said = envelope(given)
    settings = options.settings(realm=said.realm, server=said.server)
    give({"type": kind, **given}, said, settings)
