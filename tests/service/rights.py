"""Who may do what, by definition: every question is answered by looking through the whole log from its beginning.

It shares nothing with tocsin.access but the words, so that the two are wrong in the same way only by agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from tests.engine.dumb import One
from tocsin.access import Caller, token_digest
from tocsin.commands import (
    AcceptClock,
    Annotate,
    Answering,
    AuthorityOrder,
    Command,
    Decline,
    EndingOrder,
    Escalate,
    Extend,
    GiveGrant,
    Heartbeat,
    IssueToken,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    RevokeGrant,
    RevokeToken,
    SourceBack,
    SourceSilent,
    Withdraw,
)
from tocsin.events import (
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
from tocsin.limits import CLOCK_BACK_S, PROPOSAL_S
from tocsin.model import Hazard, Hierarchy, HolderKind, Stage, Terms, Verb, ZoneId

VERBS: dict[type, set[Verb]] = {
    Raise: {Verb.RAISE},
    Escalate: {Verb.RAISE},
    Extend: {Verb.RAISE},
    Release: {Verb.RELEASE},
    Narrow: {Verb.RELEASE},
    Replace: {Verb.RAISE, Verb.RELEASE},
    Withdraw: {Verb.WITHDRAW},
    Annotate: {Verb.REPORT},
    Heartbeat: {Verb.REPORT},
    SourceSilent: {Verb.REPORT},
    SourceBack: {Verb.REPORT},
}
"""Of every other order: administer."""


@dataclass
class Rights:
    country: Hierarchy
    log: list[Event] = field(default_factory=list)

    def numbered(self) -> Iterator[tuple[int, Event]]:
        return enumerate(self.log, 1)

    # --- what stands -------------------------------------------------------------------------

    def holds(self) -> dict[int, One]:
        """The open holds by number."""
        found: dict[int, One] = {}
        for seq, event in self.numbered():
            match event:
                case HoldRaised():
                    found[seq] = One(
                        zone=event.zone,
                        source=event.source,
                        ref=event.ref,
                        hazard=event.hazard,
                        threat=event.threat,
                        stage=event.stage,
                        level=event.level,
                        extent=event.extent,
                        since=event.at,
                    )
                case HoldEscalated():
                    old = found[event.hold]
                    began = (old.stage, event.stage) == (Stage.EARLY_WARNING, Stage.ALERT)
                    found[event.hold] = replace(
                        old,
                        threat=event.threat,
                        stage=event.stage,
                        level=event.level,
                        since=event.at if began else old.since,
                    )
                case HoldAnnotated():
                    found[event.hold] = replace(found[event.hold], note=event.note)
                case HoldReleased() | HoldWithdrawn():
                    del found[event.hold]
                case _:
                    pass
        return found

    def silent(self) -> set[str]:
        found: set[str] = set()
        for event in self.log:
            if isinstance(event, SourceFellSilent):
                found.add(event.source)
            elif isinstance(event, SourceCameBack):
                found.remove(event.source)
        return found

    def promised(self) -> dict[str, tuple[ZoneId, ...]]:
        return {event.source: event.zones for event in self.log if isinstance(event, SourceWatched)}

    def grants(self, now: datetime | None = None) -> dict[int, Terms]:
        """Those not taken back, and of them only those good at ``now``, if it is said."""
        gone = {event.grant for event in self.log if isinstance(event, GrantRevoked)}
        given = {seq: event.terms for seq, event in self.numbered() if isinstance(event, GrantGiven)}
        return {
            seq: terms
            for seq, terms in given.items()
            if seq not in gone and (now is None or terms.expires is None or now < terms.expires)
        }

    def tokens(self, now: datetime) -> dict[int, TokenIssued]:
        """Those that are good."""
        gone = {event.token for event in self.log if isinstance(event, TokenRevoked)}
        issued = {seq: event for seq, event in self.numbered() if isinstance(event, TokenIssued)}
        return {seq: event for seq, event in issued.items() if seq not in gone and now < event.expires}

    def knows(self, header: str, now: datetime) -> bool:
        digest = token_digest(header.removeprefix("Bearer "))
        return any(token.digest == digest for token in self.tokens(now).values())

    def waiting(self, now: datetime) -> dict[int, OrderProposed]:
        closed = {event.proposal for event in self.log if isinstance(event, ProposalApproved | ProposalDeclined)}
        proposed = {seq: event for seq, event in self.numbered() if isinstance(event, OrderProposed)}
        last = now - timedelta(seconds=PROPOSAL_S)
        return {seq: event for seq, event in proposed.items() if seq not in closed and event.at > last}

    # --- where -------------------------------------------------------------------------------

    def covered(self, zones: Iterable[ZoneId]) -> set[ZoneId]:
        """The zones and all below them."""
        found = set(zones)
        for zone in self.country:  # parents come before their children
            if self.country.parents[zone] in found:
                found.add(zone)
        return found

    def people(self, zone: ZoneId) -> int | None:
        if (own := self.country.populations.get(zone)) is not None:
            return own
        parts = [self.people(other) for other, parent in self.country.parents.items() if parent == zone]
        known = [part for part in parts if part is not None]
        return sum(known) if parts and len(known) == len(parts) else None

    def wide(self, zones: Iterable[ZoneId]) -> bool:
        covered = self.covered(zones)
        return any(self.country.parents[zone] is None for zone in covered) or len(covered) * 2 > len(self.country)

    # --- what an order asks ------------------------------------------------------------------

    def zones(self, given: Command) -> set[ZoneId]:
        order = given.order
        roots = {zone for zone, parent in self.country.parents.items() if parent is None}
        match order:
            case GiveGrant():
                return set(order.terms.zones)
            case RevokeGrant():
                return {zone for seq, event in self.numbered() if seq == order.grant and isinstance(event, GrantGiven)
                        for zone in event.terms.zones}  # fmt: skip
            case IssueToken():
                return set(order.zones) or self.area(order.holder) or roots
            case RevokeToken():
                holders = [event.holder for seq, event in self.numbered()
                           if seq == order.token and isinstance(event, TokenIssued)]  # fmt: skip
                return {zone for holder in holders for zone in self.area(holder)}
            case AcceptClock():
                return roots
            case SourceSilent() | SourceBack():
                promised = set(self.promised().get(str(order.of or given.source), ()))
                if order.of in (None, given.source):
                    return promised if isinstance(order, SourceBack) else set()
                held = {one.zone for one in self.holds().values() if one.source == order.of}
                return held | promised
            case Heartbeat():
                return {*order.zones, *self.promised().get(str(given.source), ())}
            case Raise():
                return set(order.zones)
            case Narrow() | Extend():
                return {*order.zones, *order.to}
            case Replace():
                return {*order.zones, *order.by.zones}
            case Escalate() | Release() | Withdraw() | Annotate():
                return set(order.zones)
            case _:
                raise AssertionError(order)

    def area(self, holder: str) -> set[ZoneId]:
        return {zone for terms in self.grants().values() if terms.holder == holder for zone in terms.zones}

    def hazards(self, order: Order) -> set[Hazard]:
        match order:
            case GiveGrant():
                return set(order.terms.hazards)
            case IssueToken():
                holders = [terms for terms in self.grants().values() if terms.holder == order.holder]
                return {hazard for terms in holders for hazard in terms.hazards}
            case Replace():
                return {order.hazard, order.by.hazard}
            case _:
                hazard = getattr(order, "hazard", None)
                return {hazard} if hazard else set()

    def placed(self, order: Order) -> set[ZoneId]:
        match order:
            case Raise():
                return set(order.zones)
            case Extend():
                return set(order.to)
            case Replace():
                return set(order.by.zones)
            case _:
                return set()

    def takes_two(self, given: Command) -> bool:
        if isinstance(given.order, AuthorityOrder):
            return not isinstance(given.order, RevokeToken)
        if isinstance(given.order, Withdraw | Annotate | Heartbeat | SourceSilent | SourceBack):
            return False
        return self.wide(self.zones(given))

    def waits_for_the_clock(self, given: Command, now: datetime, recorded_at: datetime | None) -> bool:
        """Whether the order would be ended or allowed by a clock that ran back."""
        order = given.order
        if isinstance(order, AcceptClock) or recorded_at is None:
            return False
        if not isinstance(order, EndingOrder | SourceBack | AuthorityOrder):
            return False
        return now < recorded_at - timedelta(seconds=CLOCK_BACK_S)

    # --- who may -----------------------------------------------------------------------------

    def allows(self, terms: Terms, area: tuple[ZoneId, ...], given: Command, *, speaks: bool) -> bool:
        """Whether a grant, by a token good in ``area``, allows the order with all that it asks."""
        order, of = given.order, getattr(given.order, "of", None)
        verbs = VERBS.get(type(order), {Verb.ADMINISTER})
        if isinstance(order, SourceBack) and of not in (None, given.source):
            verbs = {Verb.ADMINISTER}
        zones = self.zones(given)
        if not (verbs <= set(terms.verbs) and self.hazards(order) <= set(terms.hazards)):
            return False
        if not zones <= self.covered(terms.zones) or (area and not zones <= self.covered(area)):
            return False
        if speaks and given.source not in terms.sources:
            return False
        another = of is not None and not (isinstance(order, SourceSilent | SourceBack) and of == given.source)
        if another and of not in terms.sources and terms.kind is HolderKind.SERVICE:
            return False
        return self.within_ceiling(terms, given)

    def within_ceiling(self, terms: Terms, given: Command) -> bool:
        placed = self.placed(given.order)
        if not placed:
            return True
        names = {given.source, *terms.sources}
        standing = {one.zone for one in self.holds().values() if one.source in names} | placed
        if terms.max_zones is not None and len(self.covered(standing)) > terms.max_zones:
            return False
        tops = {zone for zone in standing if zone not in self.covered(standing - {zone})}
        numbers = [self.people(zone) for zone in tops]
        known = [number for number in numbers if number is not None]
        if terms.max_people is None:
            return True
        return len(known) == len(numbers) and sum(known) <= terms.max_people

    def may(self, caller: Caller, given: Command, now: datetime, *, second: bool = False) -> bool:
        """Whether the caller, or the second of two people, may give the order."""
        order = given.order
        assert not isinstance(order, Answering)
        if caller.local:
            return not isinstance(order, AuthorityOrder) or not self.belongs_to_people(given, now)
        tokens = self.tokens(now)
        if caller.token is not None and caller.token not in tokens:
            return False
        own = isinstance(order, RevokeToken) and any(
            seq == order.token and isinstance(event, TokenIssued) and event.holder == caller.holder
            for seq, event in self.numbered()
        )
        two = second or self.takes_two(given)
        return own or any(
            self.allows(terms, caller.zones, given, speaks=not second)
            for terms in self.grants(now).values()
            if terms.holder == caller.holder and (terms.kind is HolderKind.PERSON or not two)
        )

    def belongs_to_people(self, given: Command, now: datetime) -> bool:
        """Whether two people could do it themselves, so that the machine may not."""
        able = {
            token.holder
            for token in self.tokens(now).values()
            for terms in self.grants(now).values()
            if terms.holder == token.holder
            and terms.kind is HolderKind.PERSON
            and self.allows(terms, token.zones, given, speaks=False)
        }
        if len(able) < 2:
            return False
        if isinstance(given.order, RevokeToken):
            of = [event for seq, event in self.numbered() if seq == given.order.token]
            return not (of and isinstance(of[0], TokenIssued)) or of[0].holder in able
        return True

    def answers(self, caller: Caller, given: Command, now: datetime) -> bool | None:
        """Whether the caller may answer the proposal; None where none is open."""
        order = given.order
        assert isinstance(order, Answering)
        if caller.local or (caller.token is not None and caller.token not in self.tokens(now)):
            return False
        waiting = self.waiting(now).get(order.proposal)
        if waiting is None:
            return None
        asked = msgspec.json.decode(waiting.command, type=Command)
        if asked.actor == caller.holder:
            return isinstance(order, Decline)
        return self.may(caller, asked, now, second=True)
