"""`tocsin audit`: what was ordered and what was refused. `tocsin head`: how far the log has come, signed.
`tocsin clock accept`: the clock ran backwards and is right."""

from __future__ import annotations

from datetime import datetime

import click
import msgspec

from tocsin.cli import options
from tocsin.cli.calling import ask, envelope, enveloped, give
from tocsin.limits import EVENTS_PER_PAGE
from tocsin.store import Done
from tocsin.store.heads import SignedHead
from tocsin.web.authority import AuditAnswer, RefusedBody


@click.command()
@click.option("--done-after", type=click.IntRange(min=0), help="Of what was done, only what has a larger number.")
@click.option("--refused-after", type=click.IntRange(min=0), help="Of what was refused, only what has a larger number.")
@click.option(
    "--limit",
    type=click.IntRange(1, EVENTS_PER_PAGE),
    default=100,
    show_default=True,
    help="At most so many of each; the newest, if not said after which.",
)
@options.as_json
@options.remote
def audit(
    done_after: int | None,
    refused_after: int | None,
    limit: int,
    as_json: bool,
    realm: str | None,
    server: str | None,
) -> None:
    """Who did what under which grant and why, and who was refused what; for those who administer."""
    settings = options.settings(realm=realm, server=server)
    asked = {"done_after": done_after, "refused_after": refused_after, "limit": limit}
    words = "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)
    found = ask(settings, f"audit?{words}", AuditAnswer)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    lines: list[tuple[datetime, str]] = [(done.recorded_at, _done(done)) for done in found.done]
    lines += [(refused.refused_at, _refused(refused)) for refused in found.refused]
    for at, line in sorted(lines, key=lambda line: line[0]):
        options.say(settings.realm, f"{at:%Y-%m-%dT%H:%M:%SZ}  {line}")


def _done(done: Done) -> str:
    seqs = f"{done.events} events up to {done.seq}" if done.events else "changed nothing"
    return (
        f"done {done.number}: {done.actor} as {done.source}, grant {done.grant}, {seqs}, "
        f"upon {done.decided_upon}, key {done.key}{_because(done.reason)}"
    )


def _refused(refused: RefusedBody) -> str:
    who = refused.actor or "somebody unknown"
    return f"refused {refused.number}: {who}: {refused.message} [{refused.code}]{_because(refused.reason)}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


@click.command()
@options.remote
def head(realm: str | None, server: str | None) -> None:
    """Print the signed head of the log, to be kept elsewhere for `tocsin verify --against`."""
    click.echo(msgspec.json.encode(ask(options.settings(realm=realm, server=server), "head", SignedHead)))


@click.group()
def clock() -> None:
    """The server's clock."""


@clock.command()
@enveloped
def accept(**given: object) -> None:
    """Let time go on from what the clock says now, after it ran backwards. Another person has to agree."""
    said = envelope(given)
    give({"type": "accept_clock"}, said, options.settings(realm=said.realm, server=said.server))
