"""Whether a batch of the log was allowed, judged from its events and the grants that stood: a second opinion.

`access.permit` looks at the order before it is carried out; this looks at what it led to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime

from tocsin.access import Caller
from tocsin.events import (
    ClockAccepted,
    Event,
    GrantGiven,
    GrantRevoked,
    HoldAnnotated,
    HoldEscalated,
    HoldRaised,
    HoldReleased,
    HoldWithdrawn,
    OrderProposed,
    ProposalApproved,
    ProposalDeclined,
    SourceCameBack,
    SourceFellSilent,
    SourceWatched,
    TokenIssued,
    TokenRevoked,
)
from tocsin.model import Ending, HolderKind, Realm, Terms, Verb
from tocsin.recorded import DocumentTaken, SourceTrusted
from tocsin.sim.annals import RECORD
from tocsin.sim.book import Book, Granted
from tocsin.sim.land import LAND, LINEAGE, PEOPLE, WITHIN, ZONES
from tocsin.sim.rules import Rule, Violation, require
from tocsin.store import Batch

Zones = Iterable[str]


def inside(zones: Zones, area: Sequence[str]) -> bool:
    return all(any(above in area for above in LINEAGE[zone]) for zone in zones)


def reached(zones: Zones) -> set[str]:
    return {below for zone in zones for below in WITHIN[zone]}


def token_area(book: Book, caller: Caller) -> Sequence[str]:
    """Where the caller's token is good, whatever the caller says of it."""
    return (caller.token is not None and book.tokens[caller.token].zones) or (LAND,)


def country_wide(zones: Zones) -> bool:
    everywhere = reached(zones)
    return LAND in everywhere or len(everywhere) * 2 > len(ZONES)


def people_in(zone: str) -> int | None:
    """Its own figure, or the sum of its parts'; None where one is unknown."""
    own = PEOPLE.get(zone)
    if own is not None:
        return own
    parts = [below for below in WITHIN[zone] if len(LINEAGE[below]) == len(LINEAGE[zone]) + 1]
    figures = [people_in(part) for part in parts]
    return None if not parts or None in figures else sum(figure for figure in figures if figure is not None)


def judge(book: Book, batch: Batch, callers: Sequence[Caller]) -> None:
    """Errors: `Violation`. ``book`` stands before the batch; ``callers`` may each have been who gave it."""
    if batch.grant == "local":
        _judge_local(book, batch, callers)
        return
    now = batch.recorded_at
    callers = [caller for caller in callers if caller.holder == batch.actor and not caller.local]
    callers = [caller for caller in callers if caller.token in book.tokens and book.tokens[caller.token].good(now)]
    require(callers, Rule.GRANTED, f"{batch.actor} had no good token when {batch.key} was carried out")
    first = batch.events[0] if batch.events else None
    if batch.grant == "own token":
        own = isinstance(first, TokenRevoked) and book.tokens[first.token].holder == batch.actor
        require(own or not first, Rule.GRANTED, f"{batch.key} takes back what is not {batch.actor}'s own token")
        return
    if isinstance(first, ProposalDeclined) and book.proposals[first.proposal].command.actor == batch.actor:
        return
    grant = book.grants.get(int(batch.grant))
    if grant is None or not grant.good(now) or grant.terms.holder != batch.actor:
        raise Violation(Rule.GRANTED, f"{batch.key} rests on grant {batch.grant}, which was not good for its giver")
    terms = grant.terms
    require(terms.realm is book.realm, Rule.REALM, f"grant {batch.grant} is for the {terms.realm} realm")
    if isinstance(first, ProposalApproved):
        _judge_approved(book, batch, first, terms, callers)
    elif isinstance(first, OrderProposed | ProposalDeclined):
        require(terms.kind is HolderKind.PERSON, Rule.TWO_PEOPLE, f"a service is one of the two in {batch.key}")
    else:
        _judge_direct(book, batch, terms, callers)


def _judge_local(book: Book, batch: Batch, callers: Sequence[Caller]) -> None:
    by_itself = batch.source == "tocsin" and all(isinstance(event, SourceFellSilent) for event in batch.events)
    require(
        by_itself or any(caller.local for caller in callers), Rule.GRANTED, f"{batch.key} was not given on this machine"
    )
    for event in batch.events:
        if isinstance(event, GrantGiven | GrantRevoked | TokenIssued | ClockAccepted | SourceTrusted):
            able = administrators(book, batch.recorded_at)
            require(len(able) < 2, Rule.TWO_PEOPLE, f"{batch.key} changed authority by itself, beside {sorted(able)}")


def administrators(book: Book, now: datetime) -> set[str]:
    """People who may administer all of the country and can show it."""
    return {
        token.holder
        for token in book.tokens.values()
        if token.good(now) and not token.zones
        for grant in book.grants.values()
        if grant.good(now) and grant.terms.holder == token.holder and grant.terms.kind is HolderKind.PERSON
        if Verb.ADMINISTER in grant.terms.verbs and LAND in grant.terms.zones and len(grant.terms.hazards) == 5
    }  # fmt: skip


def _judge_direct(book: Book, batch: Batch, terms: Terms, callers: Sequence[Caller]) -> None:
    for event in batch.events:
        if isinstance(event, GrantGiven | GrantRevoked | TokenIssued | ClockAccepted | SourceTrusted):
            raise Violation(Rule.TWO_PEOPLE, f"{batch.key} changed who may do what, without a second person")
    first = batch.events[0] if batch.events else None
    if type(first) in RECORD and not isinstance(first, DocumentTaken) and terms.kind is not HolderKind.PERSON:
        raise Violation(Rule.GRANTED, f"a service decided in {batch.key} what is public")
    _require_covered(book, batch, batch.events, terms, batch.source)
    zones = [zone for event in batch.events for zone in zones_of(book, event)]
    if not any(inside(zones, token_area(book, caller)) for caller in callers):
        raise Violation(Rule.GRANTED, f"{batch.key} reaches outside its token's area")
    told = [event.zone for event in batch.events if isinstance(event, HoldRaised | HoldEscalated | HoldReleased)]
    if country_wide(told):
        raise Violation(Rule.TWO_PEOPLE, f"{batch.key} told a whole country something, without a second person")


def _judge_approved(
    book: Book, batch: Batch, approved: ProposalApproved, terms: Terms, callers: Sequence[Caller]
) -> None:
    proposal = book.proposals[approved.proposal]
    first, rest = proposal.command.actor, batch.events[1:]
    if approved.by != batch.actor or first == batch.actor or terms.kind is not HolderKind.PERSON:
        raise Violation(Rule.TWO_PEOPLE, f"{batch.key}: {approved.by} approved what {first} proposed")
    require(proposal.status == "open", Rule.TWO_PEOPLE, f"proposal {proposal.id} was {proposal.status} already")
    late_s = (batch.recorded_at - proposal.event.at).total_seconds()
    require(late_s < 600, Rule.TWO_PEOPLE, f"proposal {proposal.id} was approved after {late_s:.0f} s")
    source = proposal.command.source
    _require_covered(book, batch, rest, terms, None)
    could = [
        grant
        for grant in _grants_of(book, first, batch.recorded_at)
        if grant.terms.realm is book.realm and not any(lacking(book, batch, rest, grant.terms, source))
    ]
    require(could, Rule.GRANTED, f"{first} could not have given by then what {batch.key} approved")
    zones = [zone for event in rest for zone in zones_of(book, event)]
    if not any(inside(zones, token_area(book, caller)) for caller in callers):
        raise Violation(Rule.GRANTED, f"{batch.key} approves outside its token's area")


def _grants_of(book: Book, holder: str, now: datetime) -> list[Granted]:
    return [grant for grant in book.grants.values() if grant.terms.holder == holder and grant.good(now)]


def _require_covered(book: Book, batch: Batch, events: Sequence[Event], terms: Terms, source: str | None) -> None:
    for found in lacking(book, batch, events, terms, source):
        meddles = found.startswith("another's")
        raise Violation(Rule.SPOKEN if meddles else Rule.GRANTED, f"{batch.key} of {batch.actor}: {found}")


def lacking(book: Book, batch: Batch, events: Sequence[Event], terms: Terms, source: str | None) -> Iterator[str]:
    """What the grant does not say that these events take. ``source`` None: the holder need not speak as one."""
    narrowed: set[int] = {
        event.hold for event in events if isinstance(event, HoldReleased) and event.ending is Ending.NARROWED
    }
    if source is not None and source not in terms.sources:
        yield f"does not speak as {source}"
    for event in events:
        verb, hazard = _takes(book, event, narrowed, batch.source)
        if verb not in terms.verbs or (book.realm is Realm.DRILL and Verb.DRILL not in terms.verbs):
            yield f"no right to {verb} for {event}"
        if hazard is not None and hazard not in terms.hazards:
            yield f"not for {hazard}: {event}"
        if not inside(zones_of(book, event), terms.zones):
            yield f"outside the area {terms.zones}: {event}"
        owner = _owner(book, event)
        if owner is not None and owner not in terms.sources and terms.kind is not HolderKind.PERSON:
            yield f"another's: {owner} is not {terms.holder}'s to speak for: {event}"


def _takes(book: Book, event: Event, narrowed: Set[int], source: str) -> tuple[Verb, str | None]:
    """The verb and the hazard."""
    match event:
        case HoldRaised():
            return (Verb.RELEASE if event.follows in narrowed else Verb.RAISE), event.hazard
        case HoldEscalated():
            return Verb.RAISE, event.hazard
        case HoldReleased():
            return Verb.RELEASE, book.holds[event.hold].hazard
        case HoldWithdrawn():
            return Verb.WITHDRAW, event.hazard
        case HoldAnnotated():
            return Verb.REPORT, book.holds[event.hold].hazard
        case SourceWatched() | SourceFellSilent():
            return Verb.REPORT, None
        case SourceCameBack():
            return (Verb.REPORT if event.source == source else Verb.ADMINISTER), None
        case _ if type(event) in RECORD and not isinstance(event, SourceTrusted):
            return Verb.RECORD, None
        case _:
            return Verb.ADMINISTER, None


def _owner(book: Book, event: Event) -> str | None:
    """The source that was spoken for."""
    match event:
        case HoldEscalated() | HoldReleased() | HoldWithdrawn() | HoldAnnotated():
            return book.holds[event.hold].source
        case SourceWatched() | SourceFellSilent() | SourceCameBack():
            return event.source
        case _:
            return None


def zones_of(book: Book, event: Event) -> tuple[str, ...]:
    """Where the event is felt."""
    match event:
        case HoldRaised() | HoldEscalated() | HoldReleased() | HoldWithdrawn() | HoldAnnotated():
            return (event.zone,)
        case SourceWatched():
            return (*event.zones, *_promised(book, event.source))
        case SourceCameBack():
            return _promised(book, event.source)
        case GrantGiven():
            return event.terms.zones
        case GrantRevoked():
            return book.grants[event.grant].terms.zones
        case TokenIssued():
            return event.zones or (LAND,)
        case ClockAccepted():
            return (LAND,)
        case _ if type(event) in RECORD:  # there is one record for all zones
            return (LAND,)
        case _:
            return ()


def _promised(book: Book, source: str) -> tuple[str, ...]:
    """For which zones it promised to be heard: a promise is loosened or kept by whoever speaks for all of them."""
    known = book.sources.get(source)
    return known.zones if known else ()


def require_within_ceiling(book: Book, batch: Batch) -> None:
    """After the batch: the warnings of the grant's sources together go no further than it allows."""
    first = batch.events[0] if batch.events else None
    raised = [event for event in batch.events if isinstance(event, HoldRaised) and event.source == batch.source]
    if not raised or batch.grant == "local" or isinstance(first, ProposalApproved):
        return
    terms = book.grants[int(batch.grant)].terms
    if terms.max_zones is None and terms.max_people is None:
        return
    names = {batch.source, *terms.sources}
    zones = reached(hold.zone for hold in book.holds.values() if hold.source in names)
    if terms.max_zones is not None and len(zones) > terms.max_zones:
        raise Violation(Rule.CEILING, f"{batch.source} warns {len(zones)} zones after {batch.key}")
    if terms.max_people is not None:
        tops = [zone for zone in zones if not any(above in zones for above in LINEAGE[zone][1:])]
        figures = [people_in(zone) for zone in tops]
        if None in figures or sum(figure for figure in figures if figure is not None) > terms.max_people:
            raise Violation(Rule.CEILING, f"{batch.source} warns too many people after {batch.key}")
