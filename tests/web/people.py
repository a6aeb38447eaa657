"""People and services who may give orders in a test, and the tokens they show."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec

from tocsin.access import LOCAL, token_digest
from tocsin.atlas import Atlas
from tocsin.clock import SystemClock
from tocsin.commands import Command, GiveGrant, IssueToken, Order
from tocsin.model import Hazard, HolderKind, Realm, SourceId, Terms, Verb, ZoneId
from tocsin.service import Service
from tocsin.store import Receipt
from tocsin.store.sqlite import SQLiteStore

DESK = SourceId("desk")
"""As which the officers of the duty desk speak; everybody may read it, and so it is no person's name."""

TOKEN_LIFE = timedelta(days=30)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Someone with one grant."""

    name: str
    kind: HolderKind = HolderKind.PERSON
    source: SourceId = DESK
    zones: tuple[ZoneId, ...] = ()
    """The whole country, where there are none."""
    verbs: tuple[Verb, ...] = tuple(Verb)
    max_zones: int | None = None
    max_people: int | None = None

    @property
    def token(self) -> str:
        return token_of(self.name)


def token_of(name: str, realm: Realm = Realm.LIVE) -> str:
    """The token that someone of this name shows in every test, as long as a real one."""
    return f"tocsin_{realm}_{name:-<43}"


ALICE, BOB = Person(name="alice"), Person(name="bob")
TOKEN = ALICE.token
"""What is shown where it does not matter who gives an order."""

BEGUN = 4
"""How many entries of a log tell that Alice and Bob may give orders: two tokens and two grants."""


def begin(service: Service, more: Sequence[Person] = ()) -> None:
    """Give these others what they may do, and Alice and Bob everything. None of it is public."""
    realm, now = service.store.realm, service.now()
    orders: list[Order] = []
    for person in (*more, ALICE, BOB):  # the last two can administer, and from then on it takes both of them
        orders.append(
            IssueToken(holder=person.name, digest=token_digest(token_of(person.name, realm)), expires=now + TOKEN_LIFE)
        )
    for person in (*more, ALICE, BOB):
        terms = Terms(
            holder=person.name,
            kind=person.kind,
            sources=(person.source,),
            zones=person.zones or service.state.hierarchy.roots,
            hazards=tuple(Hazard),
            verbs=person.verbs,
            max_zones=person.max_zones,
            max_people=person.max_people,
            realm=realm,
        )
        orders.append(GiveGrant(terms=terms))
    commands = [
        Command(key=f"begin-{number}", actor=LOCAL.holder, source=SourceId("begin"), order=order)
        for number, order in enumerate(orders)
    ]
    outcomes = service.submit(commands, LOCAL, together=True)
    assert all(isinstance(outcome, Receipt) for outcome in outcomes), outcomes


def begun(path: Path, atlas: Atlas, realm: Realm = Realm.LIVE) -> Path:
    """A log on the disk in which Alice and Bob may give orders, for a process to serve."""
    with closing(SQLiteStore(path, realm, atlas.country.id)) as store:
        begin(Service(store, atlas.hierarchy, SystemClock()))
    return path
