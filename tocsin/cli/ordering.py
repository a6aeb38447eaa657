"""`tocsin raise` and `tocsin release`: orders to a running Tocsin, through its API."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import click
import msgspec

from tocsin.app import open_atlas
from tocsin.cli import options
from tocsin.cli.asking import moment
from tocsin.errors import OrderRefused, ServerUnreachable
from tocsin.model import Extent, Hazard, Level, Stage, Threat
from tocsin.web.api import OrderAnswer
from tocsin.web.openapi import ErrorBody

Command = Callable[..., None]


def _envelope(command: Command) -> Command:
    """What every order takes."""
    for option in (
        click.option("--key", help="Idempotency key: the same order sent again has one effect. Made up if not given."),
        click.option("--reason", default="", help="Why; it stays in the log."),
        click.option("--cause", help="What people are told of why."),
        click.option("--ref", help="Your own id of the alert; alerts with different ids end separately."),
        click.option("--at", type=moment, help="When it takes effect; now, if not given."),
        click.option(
            "--hazard", type=options.one_of(Hazard), default=Hazard.AIR_RAID.value, help="What kind of danger."
        ),
        click.option("--server", default="http://127.0.0.1:8080", help="The Tocsin to order."),
        options.atlas,
        click.argument("zones", nargs=-1, required=True),
    ):
        command = option(command)
    return command


@click.command("raise")
@click.option("--threat", type=options.one_of(Threat), default=Threat.UNKNOWN.value, help="What comes.")
@click.option("--stage", type=options.one_of(Stage), default=Stage.ALERT.value, help="Early warning or alert.")
@click.option("--level", type=options.one_of(Level), default=Level.RED.value, help="Yellow or red.")
@click.option(
    "--extent", type=options.one_of(Extent), default=Extent.WHOLE.value, help="All of each zone, or some part."
)
@_envelope
def raise_(**given: Any) -> None:
    """Put ZONES under warning on a running Tocsin.

    A zone is an id, a code or a name, as for `tocsin history`. The token comes from TOCSIN_TOKEN or
    TOCSIN_TOKEN_FILE.
    """
    _order("raise", **given)


@click.command()
@click.option("--threat", type=options.one_of(Threat), help="Only holds of this threat; all, if not given.")
@_envelope
def release(**given: Any) -> None:
    """End the holds that orders over HTTP placed on exactly these ZONES."""
    _order("release", **given)


def _order(
    kind: str, server: str, zones: tuple[str, ...], atlas: str | None, key: str | None, reason: str, **order: Any
) -> None:
    settings = options.settings(atlas=atlas)
    known = open_atlas(settings.atlas)
    at: datetime | None = order.pop("at")
    body = {
        "key": key or str(uuid.uuid4()),
        "reason": reason,
        "order": {
            "type": kind,
            "zones": [known.resolve(zone).id for zone in zones],
            "at": at.isoformat() if at else None,
            **order,
        },
    }
    receipt = asyncio.run(_sent(server.rstrip("/"), body, settings.token))
    click.echo(f"{kind} is in the log: {receipt.events} events, head {receipt.seq}, key {receipt.key}")


async def _sent(server: str, body: dict[str, Any], token: str | None) -> OrderAnswer:
    """The server's receipt. Errors: `OrderRefused` in its own words, `ServerUnreachable` with the key to send again."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=30)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{server}/api/v1/commands", json=body, headers=headers) as response,
        ):
            answer = await response.read()
        if response.status == 200:
            return msgspec.json.decode(answer, type=OrderAnswer)
        refusal = msgspec.json.decode(answer, type=ErrorBody).error
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        why = str(error) or type(error).__name__
        raise ServerUnreachable(
            f"{server} did not answer as a Tocsin does, so send the order again with --key {body['key']}: {why}",
            key=body["key"],
        ) from error
    raise OrderRefused(f"{refusal.message} [{refusal.code}]", answer=msgspec.to_builtins(refusal))
