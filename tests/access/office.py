"""Grants, tokens and what stands, made by hand, and the question whether somebody may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from tests.world import COUNTRY, DUTY, NOON, carried_out, command
from tocsin.access import Access, Caller, Permission, permit, token_digest
from tocsin.access.needs import ZoneOf, nowhere
from tocsin.commands import Command, Order
from tocsin.engine import State
from tocsin.errors import TocsinError
from tocsin.events import Event, GrantGiven, GrantRevoked, OrderProposed, TokenIssued, TokenRevoked
from tocsin.model import Hazard, Hierarchy, HolderKind, Realm, SourceId, Terms, Verb, ZoneId

VERBS = tuple(verb for verb in Verb if verb is not Verb.DRILL)
"""All there are in the live realm."""


def terms(holder: str, *zones: ZoneId, **said: Any) -> Terms:
    """Those of a person who may do everything there, unless said otherwise."""
    everything: dict[str, Any] = {
        "kind": HolderKind.PERSON,
        "sources": (DUTY,),
        "hazards": tuple(Hazard),
        "verbs": VERBS,
    }
    return Terms(holder=holder, zones=zones, **(everything | said))


class Office:
    """Who may do what, as it stands after the events given to it."""

    def __init__(self, country: Hierarchy = COUNTRY, realm: Realm = Realm.LIVE) -> None:
        self.state, self.access, self.realm = State(country), Access(), realm
        self.seq = 0

    def happened(self, *events: Event) -> int:
        """Take in events and give the seq of the last."""
        self.access = self.access.after(self.seq, events)
        self.seq += len(events)
        return self.seq

    def stand(self, *commands: Command) -> None:
        """Have warnings stand, whoever gave them."""
        self.state = carried_out(commands, self.state)

    def give(self, holder: str, *zones: ZoneId, **said: Any) -> int:
        return self.happened(GrantGiven(terms=terms(holder, *zones, **said), at=NOON))

    def revoke(self, grant: int) -> None:
        self.happened(GrantRevoked(grant=grant, at=NOON))

    def issue(self, holder: str, *zones: ZoneId, expires: datetime = NOON + timedelta(days=1)) -> Caller:
        """A token for the holder, as the caller who shows it."""
        token = self.happened(
            TokenIssued(
                holder=holder, digest=token_digest(f"{self.seq}"), zones=zones, expires=expires, label="", at=NOON
            )
        )
        return Caller(holder=holder, token=token, zones=zones)

    def take_back(self, caller: Caller) -> None:
        assert caller.token is not None
        self.happened(TokenRevoked(token=caller.token, at=NOON))

    def propose(self, holder: str, order: Order, source: SourceId = DUTY, grant: str = "1") -> int:
        asked = command(order, source, actor=holder)
        return self.happened(
            OrderProposed(
                command=msgspec.json.encode(asked).decode(),
                grant=grant,
                texts={"en": "the words"},
                zones=1,
                people=7,
                counted=6,
                at=NOON,
            )
        )

    def permit(
        self,
        caller: str | Caller,
        order: Order,
        source: SourceId = DUTY,
        now: datetime = NOON,
        zone_of: ZoneOf = nowhere,
        **envelope: Any,
    ) -> Permission:
        who = Caller(holder=caller) if isinstance(caller, str) else caller
        asked = command(order, source, **({"actor": who.holder} | envelope))
        return permit(self.access, who, asked, self.state, self.realm, now, zone_of)

    def refusal(self, caller: str | Caller, order: Order, source: SourceId = DUTY, now: datetime = NOON) -> str:
        """The code it is refused with; empty where it is not."""
        try:
            self.permit(caller, order, source, now)
        except TocsinError as error:
            return error.code
        return ""
