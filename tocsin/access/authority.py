"""What orders about authority lead to. As in the engine: events or a refusal, and nothing is changed by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tocsin.access.standing import Access
from tocsin.commands import AcceptClock, AuthorityOrder, GiveGrant, IssueToken, RevokeGrant, RevokeToken
from tocsin.engine import State
from tocsin.errors import BadRequest, NotFound, UnknownZone, WrongRealm
from tocsin.events import AuthorityEvent, ClockAccepted, GrantGiven, GrantRevoked, TokenIssued, TokenRevoked
from tocsin.limits import NAME_CHARS, TOKEN_DAYS, ZONES_PER_ORDER
from tocsin.model import Realm, Terms, ZoneId


def decide_authority(
    access: Access, order: AuthorityOrder, state: State, realm: Realm, now: datetime
) -> tuple[AuthorityEvent, ...]:
    """The events that the order leads to at ``now``; none where it changes nothing.

    Errors: `BadRequest`, `UnknownZone`, `WrongRealm`, `NotFound`.
    """
    match order:
        case GiveGrant():
            _require_sound(order.terms, state, realm, now)
            _require_one_kind(access, order.terms)
            return (GrantGiven(terms=order.terms, at=now),)
        case RevokeGrant():
            grant = access.grants.get(order.grant)
            if grant is None:
                raise NotFound(f"there is no grant {order.grant}", grant=order.grant)
            return () if grant.revoked else (GrantRevoked(grant=order.grant, at=now),)
        case IssueToken():
            _require_known(state, order.zones)
            if order.digest in access.tokens:
                raise BadRequest("this token is known already; make a new one")
            if not now < order.expires <= now + timedelta(days=TOKEN_DAYS):
                raise BadRequest(
                    f"a token is good for at most {TOKEN_DAYS} days from now", expires=order.expires.isoformat()
                )
            return (
                TokenIssued(
                    holder=order.holder,
                    digest=order.digest,
                    zones=order.zones,
                    expires=order.expires,
                    label=order.label,
                    at=now,
                ),
            )
        case RevokeToken():
            token = access.token(order.token)
            if token is None:
                raise NotFound(f"there is no token {order.token}", token=order.token)
            return () if token.revoked else (TokenRevoked(token=order.token, at=now),)
        case AcceptClock():
            return (ClockAccepted(at=now),)


def _require_sound(terms: Terms, state: State, realm: Realm, now: datetime) -> None:
    if terms.realm is not realm:
        raise WrongRealm(f"a grant for the {terms.realm} realm has no place in the {realm} log", realm=realm)
    for name in (terms.holder, *terms.sources):
        if not 0 < len(name) <= NAME_CHARS:
            raise BadRequest(f"a name has 1 to {NAME_CHARS} characters", name=name[:NAME_CHARS])
    if not (terms.sources and terms.verbs and terms.zones) or len(terms.zones) > ZONES_PER_ORDER:
        raise BadRequest("a grant names at least one source, one verb and one zone")
    if any(ceiling is not None and ceiling < 1 for ceiling in (terms.max_zones, terms.max_people)):
        raise BadRequest("a ceiling is at least 1")
    if terms.expires is not None and (terms.expires.utcoffset() is None or terms.expires <= now):
        raise BadRequest("a grant ends in the future, at a time with its zone", expires=terms.expires.isoformat())
    _require_known(state, terms.zones)


def _require_one_kind(access: Access, terms: Terms) -> None:
    """One name is a person or a service: a service that were both would count as the second of two people."""
    other = next((grant for grant in access.grants_to(terms.holder) if grant.terms.kind is not terms.kind), None)
    if other is not None:
        raise BadRequest(
            f"{terms.holder} is a {other.terms.kind} in grant {other.id} and cannot be a {terms.kind} as well",
            grant=other.id,
        )


def _require_known(state: State, zones: Iterable[ZoneId]) -> None:
    unknown = [zone for zone in zones if zone not in state.hierarchy]
    if unknown:
        raise UnknownZone(f"no such zone: {', '.join(unknown[:5])}", zones=unknown)
