"""The one function that says whether an order may be given: `permit`.

An order needs one grant that covers all of it: its verbs, its zones, its hazards, its source, its realm, within
its ceiling, before its expiry. What would tell a whole country something, and what changes who may do what, needs
two different people. To take back a false alarm takes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime

import msgspec

from tocsin.access.callers import Caller, require_good
from tocsin.access.needs import Needs, ZoneOf, needs, nowhere, of_record
from tocsin.access.standing import Access, Grant, Proposal
from tocsin.commands import (
    Answering,
    AuthorityOrder,
    Command,
    Decline,
    RevokeToken,
    TrustSource,
)
from tocsin.engine import State
from tocsin.errors import CeilingReached, Forbidden, NotFound, NotGranted, ProposalClosed, SamePerson
from tocsin.model import HolderKind, Reach, Realm, SourceId, Verb, ZoneId


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """That an order may be given, and how."""

    grant: str
    """Which grant covers it, for the audit trail."""
    reach: Reach
    second: bool = False
    """Whether it must wait for a second person."""


def permit(
    access: Access,
    caller: Caller,
    command: Command,
    state: State,
    realm: Realm,
    now: datetime,
    zone_of: ZoneOf = nowhere,
) -> Permission:
    """Return how the caller may give the command.

    Errors: `TokenTakenBack`, `TokenExpired`, `UnknownZone`, `NotGranted`, `CeilingReached`, `Forbidden`; for an answer
    to a proposal also `NotFound`, `ProposalClosed`, `SamePerson`.
    """
    order = command.order
    if caller.local:
        return _permit_local(access, command, state, realm, now)
    if command.actor != caller.holder:
        raise Forbidden(f"{caller.holder} may not give orders in the name of {command.actor}", actor=command.actor)
    # The caller was authenticated when the order came in; until its turn came, the token may have been taken back.
    if caller.token is not None:
        require_good(access.token(caller.token), now)
    if isinstance(order, Answering):
        return _permit_answer(access, caller, order, open_proposal(access, order.proposal, now), state, realm, now)
    if isinstance(order, RevokeToken) and _own_token(access, caller, order):
        return Permission(grant="own token", reach=state.hierarchy.reach(()))
    wanted = needs(command, access, state, zone_of)
    reach = state.hierarchy.reach(wanted.zones)
    second = wanted.always_two or (wanted.wide and reach.country_wide)
    grant = _covering(access, caller, wanted, command.source, realm, state, now, speaks=True)
    if wanted.person and grant.terms.kind is not HolderKind.PERSON:
        raise Forbidden("what is public is decided by people; a service takes documents in", holder=caller.holder)
    if second and grant.terms.kind is not HolderKind.PERSON:
        raise Forbidden(
            "this takes two people, and a service is none: for a whole country it gives an order for each part",
            holder=caller.holder,
        )
    return Permission(grant=str(grant.id), reach=reach, second=second)


def may_review(access: Access, caller: Caller, state: State, realm: Realm, now: datetime) -> bool:
    """Whether the caller may read what waits for review, with the texts."""
    wanted = of_record(state)
    return any(
        not list(_lacking(grant, caller, wanted, None, realm, state)) for grant in access.grants_of(caller.holder, now)
    )


def may_inspect(access: Access, caller: Caller, realm: Realm, now: datetime) -> bool:
    """Whether the caller may read who may do what, and the audit trail: whoever administers anything here."""
    wanted = _verbs({Verb.ADMINISTER}, realm)
    return any(
        grant.terms.realm is realm and wanted <= set(grant.terms.verbs)
        for grant in access.grants_of(caller.holder, now)
    )


def open_proposal(access: Access, proposal_id: int, now: datetime) -> Proposal:
    """Errors: `NotFound`, `ProposalClosed`."""
    proposal = access.proposals.get(proposal_id)
    if proposal is None:
        raise NotFound(f"there is no proposal {proposal_id}", proposal=proposal_id)
    if not proposal.open_at(now):
        how = proposal.status if proposal.status != "open" else f"past its time, {proposal.expires.isoformat()}"
        raise ProposalClosed(f"proposal {proposal_id} is {how}", proposal=proposal_id, status=proposal.status)
    return proposal


def _permit_local(access: Access, command: Command, state: State, realm: Realm, now: datetime) -> Permission:
    """The machine that keeps the log is trusted with warnings; with authority only where no two people have it."""
    order = command.order
    if isinstance(order, Answering):
        raise Forbidden("the second of two people calls with a token of their own")
    if isinstance(order, AuthorityOrder | TrustSource):
        people = _able(access, needs(command, access, state), realm, state, now)
        # Any token is taken back at once, but for those with which two people keep a say over this machine.
        token = access.token(order.token) if isinstance(order, RevokeToken) else None
        if len(people) >= 2 and (token is None or token.holder in people):
            raise Forbidden(
                f"{len(people)} people may administer this, so they change it, over the API",
                administrators=sorted(people),
            )
    return Permission(grant="local", reach=state.hierarchy.reach(()))


def _able(access: Access, wanted: Needs, realm: Realm, state: State, now: datetime) -> set[str]:
    """The people who could give such an order now: with a grant that covers it and a token to show."""
    return {
        token.holder
        for token in access.tokens.values()
        if token.good_at(now)
        for grant in access.grants_of(token.holder, now)
        if grant.terms.kind is HolderKind.PERSON
        and not list(_lacking(grant, Caller(holder=token.holder, zones=token.zones), wanted, None, realm, state))
    }


def _permit_answer(
    access: Access, caller: Caller, order: Answering, proposal: Proposal, state: State, realm: Realm, now: datetime
) -> Permission:
    asked = proposal.asked()
    wanted = needs(asked, access, state)
    reach = state.hierarchy.reach(wanted.zones)
    if caller.holder == proposal.actor:
        if isinstance(order, Decline):  # whoever proposed in error takes it back at once
            return Permission(grant=proposal.grant, reach=reach)
        raise SamePerson(f"{caller.holder} gave this order; a second person must agree", holder=caller.holder)
    grant = _covering(access, caller, wanted, asked.source, realm, state, now, speaks=False)
    if grant.terms.kind is not HolderKind.PERSON:
        raise Forbidden("the second of two people is a person", holder=caller.holder)
    return Permission(grant=str(grant.id), reach=reach)


def _covering(
    access: Access,
    caller: Caller,
    wanted: Needs,
    source: SourceId,
    realm: Realm,
    state: State,
    now: datetime,
    *,
    speaks: bool,
) -> Grant:
    """The first of the caller's grants that covers what is wanted, by ``source``, within its ceiling.

    ``speaks``: whether the caller has to speak as that source. Errors: `NotGranted`, `CeilingReached`.
    """
    nearest: list[str] | None = None
    ceiling: CeilingReached | None = None
    for grant in access.grants_of(caller.holder, now):
        lacking = list(_lacking(grant, caller, wanted, source if speaks else None, realm, state))
        if not lacking:
            try:
                _require_within_ceiling(grant, wanted, source, state)
            except CeilingReached as error:
                ceiling = ceiling or error  # another grant of theirs may reach further
                continue
            return grant
        if nearest is None or len(lacking) < len(nearest):
            nearest = lacking
    if ceiling is not None:
        raise ceiling
    if nearest is None:
        raise NotGranted(f"{caller.holder} has no grant that is good now", holder=caller.holder, lacking=[])
    raise NotGranted(f"{caller.holder} may not do this: {'; '.join(nearest)}", holder=caller.holder, lacking=nearest)


def _lacking(
    grant: Grant, caller: Caller, wanted: Needs, source: SourceId | None, realm: Realm, state: State
) -> Iterable[str]:
    terms = grant.terms
    if terms.realm is not realm:
        yield f"the grant is for the {terms.realm} realm"
    if missing := _verbs(wanted.verbs, realm) - set(terms.verbs):
        yield f"not granted: {', '.join(sorted(missing))}"
    if missing_hazards := set(wanted.hazards) - set(terms.hazards):
        yield f"not for {', '.join(sorted(missing_hazards))}"
    if source is not None and source not in terms.sources:
        yield f"does not speak as {source}"
    if wanted.of is not None and wanted.of not in terms.sources and terms.kind is not HolderKind.PERSON:
        yield f"only a person acts upon what {wanted.of} said"
    areas = {"area": set(terms.zones)} | ({"token's area": set(caller.zones)} if caller.zones else {})
    for what, area in areas.items():
        outside = [zone for zone in wanted.zones if not _inside(state, zone, area)]
        if outside:
            yield f"outside the {what}: {', '.join(outside[:5])}"


def _verbs(verbs: Set[Verb], realm: Realm) -> Set[Verb]:
    """In the drill realm everything takes the right to drill as well."""
    return verbs | {Verb.DRILL} if realm is Realm.DRILL else verbs


def _inside(state: State, zone: ZoneId, area: Set[ZoneId]) -> bool:
    return zone in area or not area.isdisjoint(state.hierarchy.ancestors(zone))


def _require_within_ceiling(grant: Grant, wanted: Needs, source: SourceId, state: State) -> None:
    """What the grant's sources would hold after the order counts, so that many small orders, in as many names as the
    grant has, reach no further than one."""
    terms = grant.terms
    if not wanted.places or (terms.max_zones is None and terms.max_people is None):
        return
    names = {source, *terms.sources}
    standing = {hold.zone for hold in state.holds.values() if hold.source in names}
    reach = state.hierarchy.reach(standing.union(wanted.places))
    if terms.max_zones is not None and reach.zones > terms.max_zones:
        raise CeilingReached(
            f"{', '.join(sorted(names))} would hold {reach.zones} zones; this grant allows {terms.max_zones}",
            zones=reach.zones,
            max_zones=terms.max_zones,
        )
    if terms.max_people is not None and (reach.people is None or reach.people > terms.max_people):
        told = "an unknown number of" if reach.people is None else f"{reach.people:,}"
        raise CeilingReached(
            f"{', '.join(sorted(names))} would warn {told} people; this grant allows {terms.max_people:,}",
            people=reach.people,
            max_people=terms.max_people,
        )


def _own_token(access: Access, caller: Caller, order: RevokeToken) -> bool:
    token = access.token(order.token)
    return token is not None and token.holder == caller.holder
