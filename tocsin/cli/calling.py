"""How this command line asks a running Tocsin: its answer, or its refusal as the very error that it is."""

from __future__ import annotations

import asyncio
import uuid
from typing import Annotated, TypeVar

import aiohttp
import click
import msgspec

from tocsin.cli import options
from tocsin.cli.options import Command
from tocsin.errors import OrderRefused, ServerUnreachable, TocsinError, WrongRealm, family
from tocsin.settings import Settings
from tocsin.web.openapi import REALM_HEADER, ErrorBody, ErrorInside
from tocsin.web.orders import WAITS, OrderAnswer

T = TypeVar("T")

TIMEOUT_S = 30
"""How long an answer is waited for."""

ERRORS = {error.code: error for error in family()}


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What every order takes beside what is ordered, as typed."""

    key: str | None
    reason: str
    upon: Annotated[int, msgspec.Meta(ge=0)] | None
    source: str | None
    server: str | None
    realm: str | None


def enveloped(command: Command) -> Command:
    """The options of every order."""
    for option in (
        click.option("--key", help="Idempotency key: the same order sent again has one effect. Made up if not given."),
        click.option("--reason", default="", help="Why; it stays in the audit trail."),
        click.option(
            "--upon",
            type=click.IntRange(min=0),
            help="The seq of what you had before your eyes: refused if anything has happened to these zones since.",
        ),
        click.option("--source", help="As whom you speak; the first source of your grant, if not given."),
        options.remote,
    ):
        command = option(command)
    return command


def envelope(given: dict[str, object]) -> Envelope:
    """Take the options of every order out of those typed."""
    return msgspec.convert({name: given.pop(name) for name in Envelope.__struct_fields__}, Envelope)


def give(order: dict[str, object], said: Envelope, settings: Settings) -> OrderAnswer:
    """Give an order and say what came of it. Errors: the server's own, `ServerUnreachable`, `WrongRealm`."""
    key = said.key or str(uuid.uuid4())
    body = {
        "key": key,
        "reason": said.reason,
        "decided_upon": said.upon,
        "source": said.source,
        "realm": settings.realm,
        "order": {name: value for name, value in order.items() if value is not None},
    }
    answer = ask(settings, "commands", OrderAnswer, body=body, again=f", so send the order again with --key {key}")
    what = str(order["type"]).replace("_", " ")
    if answer.proposal is None:
        told = f"{what} is in the log: {answer.events} events, head {answer.seq}, key {answer.key}"
    else:
        told = (
            f"{what} waits for a second person as proposal {answer.proposal}: head {answer.seq}, key {answer.key}\n"
            f"another person agrees with: tocsin approve {answer.proposal}"
        )
    options.say(settings.realm, told)
    return answer


def ask(settings: Settings, path: str, form: type[T], *, body: object = None, again: str = "") -> T:
    """What GET, or POST where there is a body, is answered with.

    Errors: the server's own, as here or as `OrderRefused` where it is not known here; `ServerUnreachable`, which says
    ``again``; `WrongRealm` where another realm answers than was meant.
    """
    url = f"{settings.server_url}/api/v1/{path}"
    try:
        status, realm, answer = asyncio.run(_asked(url, settings.token, body))
        if status in (200, WAITS):
            found = msgspec.json.decode(answer, type=form)
            if realm is None:
                raise ValueError(f"its answer lacks the header {REALM_HEADER}")
        else:
            refusal = msgspec.json.decode(answer, type=ErrorBody).error
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        why = str(error) or type(error).__name__
        raise ServerUnreachable(f"{settings.server_url} did not answer as a Tocsin does{again}: {why}") from error
    if status not in (200, WAITS):
        raise _refused(refusal)
    if realm != settings.realm:
        raise WrongRealm(
            f"{settings.server_url} is of the {realm} realm, and {settings.realm} was meant", realm=realm, url=url
        )
    return found


async def _asked(url: str, token: str | None, body: object) -> tuple[int, str | None, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = msgspec.json.encode(body)
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
        session.request("GET" if body is None else "POST", url, data=data, headers=headers) as response,
    ):
        return response.status, response.headers.get(REALM_HEADER), await response.read()


def _refused(told: ErrorInside) -> TocsinError:
    known, why = ERRORS.get(told.code), options.plain(told.message)
    error = known(why) if known else OrderRefused(f"{why} [{options.plain(told.code)}]")
    error.detail = told.detail
    return error
