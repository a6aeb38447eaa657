"""`tocsin access begin`: the first two people, written into the log itself by whoever has the machine that keeps it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import click

from tocsin.access import LOCAL, Access, new_token, token_digest
from tocsin.app import open_atlas, open_store
from tocsin.cli import options
from tocsin.clock import SystemClock
from tocsin.commands import Command, GiveGrant, IssueToken, Order
from tocsin.errors import BadRequest
from tocsin.limits import TOKEN_DAYS
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb, ZoneId
from tocsin.service import Service

SOURCE = "duty"
"""As whom they speak if nothing else is said. Everybody may read it, so it is nobody's name."""

TOKEN_LIFE_DAYS = 365


@click.command()
@click.option("--person", "people", multiple=True, required=True, help="Who; given twice, for two people.")
@click.option("--zone", "named", multiple=True, help="Where they may act; the whole country, if none is given.")
@click.option("--source", default=SOURCE, show_default=True, help="As whom they speak; everybody may read it.")
@click.option(
    "--days",
    type=click.IntRange(1, TOKEN_DAYS),
    default=TOKEN_LIFE_DAYS,
    show_default=True,
    help="How long their tokens are good.",
)
@options.database
@options.realm
@options.atlas
def begin(
    people: tuple[str, ...],
    named: tuple[str, ...],
    source: str,
    days: int,
    database: Path | None,
    realm: str | None,
    atlas: str | None,
) -> None:
    """Let two people do everything, and print a token for each, once. The server must not be running.

    It is refused as soon as two people can administer: from then on these two let others in, or one another anew.
    """
    settings = options.settings(database=database, realm=realm, atlas=atlas)
    zones = open_atlas(settings.atlas)
    area = tuple(zones.resolve(zone).id for zone in named) or (zones.country.id,)
    clock = SystemClock()
    with closing(open_store(settings, zones)) as store:
        service = Service(store, zones.hierarchy, clock)
        now = service.now()
        _require_two(service.access, people, now)
        expires = now + timedelta(days=days)
        tokens = {person: new_token(settings.realm) for person in people}
        orders: list[Order] = [
            *_grants(service.access, people, area, SourceId(source), settings.realm, now),
            *(IssueToken(holder=who, digest=token_digest(token), expires=expires) for who, token in tokens.items()),
        ]
        service.submit([_command(order) for order in orders], LOCAL, together=True)
        service.snapshot()
    width = max(map(len, people))
    for person, token in tokens.items():
        options.say(settings.realm, f"{person:{width}}  {token}")
    options.say(settings.realm, f"good until {expires:%Y-%m-%dT%H:%M:%SZ}; they are shown only now and kept nowhere")


def _require_two(access: Access, people: Sequence[str], now: datetime) -> None:
    """Errors: `BadRequest` where too few could change anything afterwards, or more than two are named."""
    administering = {
        grant.terms.holder
        for grant in access.grants.values()
        if grant.good_at(now) and grant.terms.kind is HolderKind.PERSON and Verb.ADMINISTER in grant.terms.verbs
    }
    if len(administering.union(people)) < 2:
        raise BadRequest("whatever is changed here takes two people: name two with --person")
    if len(people) != len(set(people)) or len(people) > 2:
        raise BadRequest("two different people begin; they let the others in")


def _grants(
    access: Access, people: Iterable[str], area: tuple[ZoneId, ...], source: SourceId, realm: Realm, now: datetime
) -> Iterable[GiveGrant]:
    """A grant of everything for each who does not have that very grant."""
    for person in people:
        terms = Terms(
            holder=person,
            kind=HolderKind.PERSON,
            sources=(source,),
            zones=area,
            hazards=tuple(Hazard),
            verbs=tuple(Verb),
            realm=realm,
        )
        if all(grant.terms != terms for grant in access.grants_of(person, now)):
            yield GiveGrant(terms=terms)


def _command(order: Order) -> Command:
    return Command(
        key=str(uuid.uuid4()), actor=LOCAL.holder, source=SourceId(LOCAL.holder), reason="access begin", order=order
    )
