"""People and services with grants and tokens at a real service, and what comes back from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.access.office import terms
from tests.world import DUTY, EAST, FOREST, LAND, command
from tocsin.access import LOCAL, Caller, new_token, token_digest
from tocsin.commands import GiveGrant, IssueToken, Order
from tocsin.errors import TocsinError
from tocsin.group import Outcome
from tocsin.model import HolderKind, SourceId, Verb, ZoneId
from tocsin.service import Service
from tocsin.store import Receipt

FEED = SourceId("feed")


def one(outcomes: list[Outcome]) -> Receipt:
    """The only receipt."""
    [outcome] = outcomes
    assert isinstance(outcome, Receipt), outcome
    return outcome


def refused(outcomes: list[Outcome]) -> TocsinError:
    """The only refusal."""
    [outcome] = outcomes
    assert isinstance(outcome, TocsinError), outcome
    return outcome


def granted(service: Service, holder: str, *zones: ZoneId, **said: Any) -> int:
    """A grant given at the machine; its id."""
    given = GiveGrant(terms=terms(holder, *zones, **({"realm": service.store.realm} | said)))
    return one(service.submit([command(given)], LOCAL)).seq


def shown(service: Service, holder: str, *zones: ZoneId, days: float = 1) -> str:
    """A token issued at the machine, as the header its holder shows."""
    token = new_token(service.store.realm)
    expires = service.now() + timedelta(days=days)
    issued = IssueToken(holder=holder, digest=token_digest(token), zones=zones, expires=expires)
    one(service.submit([command(issued)], LOCAL))
    return f"Bearer {token}"


def called(service: Service, holder: str, *zones: ZoneId) -> Caller:
    """Whoever shows a new token of that holder."""
    return service.authenticate(shown(service, holder, *zones))


def give(
    service: Service, caller: Caller, order: Order, source: SourceId = DUTY, **envelope: Any
) -> Receipt | TocsinError:
    """What becomes of one order."""
    [outcome] = service.submit([command(order, source, **({"actor": caller.holder} | envelope))], caller)
    return outcome


class Staff:
    """Olena and Ivan may everything everywhere; Maria warns in the forest, and the feed, a service, in the east."""

    def __init__(self, service: Service) -> None:
        self.service = service
        warns = (Verb.REPORT, Verb.RAISE, Verb.RELEASE, Verb.WITHDRAW)
        self.feed_grant = granted(service, "feed", EAST, kind=HolderKind.SERVICE, sources=(FEED,), verbs=warns)
        self.feed = called(service, "feed")
        self.maria_grant = granted(service, "maria", FOREST, verbs=warns)
        self.maria = called(service, "maria")
        tokens = [shown(service, holder) for holder in ("olena", "ivan")]
        self.olena_grant = granted(service, "olena", LAND)
        self.ivan_grant = granted(service, "ivan", LAND)
        self.olena, self.ivan = (service.authenticate(token) for token in tokens)
