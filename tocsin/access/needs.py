"""What each kind of order asks of a grant: verbs, zones, hazards, people. A new kind fails until it is named here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

import msgspec

from tocsin.access.standing import Access
from tocsin.commands import (
    AcceptClock,
    Annotate,
    CloseShelters,
    Command,
    Escalate,
    Extend,
    GiveGrant,
    Heartbeat,
    ImportShelters,
    IssueToken,
    Narrow,
    OpenShelters,
    Raise,
    RecordOrder,
    Release,
    Replace,
    RevokeGrant,
    RevokeToken,
    SourceBack,
    SourceSilent,
    TakeDocument,
    TakeReports,
    TrustSource,
    UponHolds,
    Withdraw,
)
from tocsin.engine import State
from tocsin.engine.decide import known_zones
from tocsin.model import Hazard, SourceId, Verb, ZoneId
from tocsin.report import POSITIONS
from tocsin.shelter import ShelterId

ZoneOf = Callable[[ShelterId], ZoneId | None]
"""In which zone a known shelter lies; None where that is not known."""


def nowhere(shelter: ShelterId) -> ZoneId | None:
    """For where no register is at hand: nothing is known of any shelter."""
    return None


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What an order asks of a grant."""

    verbs: frozenset[Verb]
    zones: tuple[ZoneId, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    of: SourceId | None = None
    """Another source on whose holds it acts."""
    person: bool = False
    """Whether only a person may."""
    places: tuple[ZoneId, ...] = ()
    """Where it may place new holds: what counts toward a ceiling."""
    wide: bool = False
    """Whether two people are needed if it reaches a whole country."""
    always_two: bool = False


def needs(command: Command, access: Access, state: State, zone_of: ZoneOf = nowhere) -> Needs:
    """What an order asks of a grant. Errors: `UnknownZone`."""
    wanted = _needs(command, access, state, zone_of)
    known_zones(state, wanted.zones)
    return wanted


def _needs(command: Command, access: Access, state: State, zone_of: ZoneOf) -> Needs:
    """Each kind of order is named here; a new one fails until it is."""
    order = command.order
    match order:
        case Raise():
            return Needs(
                verbs=frozenset({Verb.RAISE}),
                zones=order.zones,
                hazards=(order.hazard,),
                places=order.zones,
                wide=True,
            )
        case Escalate():
            return _upon(order, {Verb.RAISE}, wide=True)
        case Extend():
            return _upon(order, {Verb.RAISE}, more=order.to, places=order.to, wide=True)
        case Release():
            return _upon(order, {Verb.RELEASE}, wide=True)
        case Narrow():
            return _upon(order, {Verb.RELEASE}, more=order.to, wide=True)
        case Replace():
            both = _upon(order, {Verb.RAISE, Verb.RELEASE}, more=order.by.zones, places=order.by.zones, wide=True)
            return msgspec.structs.replace(both, hazards=(order.hazard, order.by.hazard))
        case Withdraw():
            return _upon(order, {Verb.WITHDRAW})
        case Annotate():
            return _upon(order, {Verb.REPORT})
        case Heartbeat():
            # What a shared source promised for more zones is not changed, nor kept, by whoever speaks for some of them.
            return Needs(verbs=frozenset({Verb.REPORT}), zones=(*order.zones, *_promised(state, command.source)))
        case SourceSilent() | SourceBack():
            if order.of is None or order.of == command.source:
                back = isinstance(order, SourceBack)
                zones = _promised(state, command.source) if back else ()
                return Needs(verbs=frozenset({Verb.REPORT}), zones=zones)
            # To call another's silence over makes what is stale look fresh: more than a report.
            verb = Verb.ADMINISTER if isinstance(order, SourceBack) else Verb.REPORT
            return Needs(verbs=frozenset({verb}), zones=_spoken_for(state, order.of), of=order.of)
        case GiveGrant():
            return Needs(
                verbs=frozenset({Verb.ADMINISTER}),
                zones=order.terms.zones,
                hazards=order.terms.hazards,
                always_two=True,
            )
        case RevokeGrant():
            grant = access.grants.get(order.grant)
            zones = grant.terms.zones if grant else ()
            return Needs(verbs=frozenset({Verb.ADMINISTER}), zones=zones, always_two=True)
        case IssueToken():
            # Whoever has a token can do what its holder may, so it takes a say over all of that. Where its holder
            # may nothing yet, it will be good for whatever is granted later, wherever that is.
            return Needs(
                verbs=frozenset({Verb.ADMINISTER}),
                zones=order.zones or _area_of(access, order.holder) or state.hierarchy.roots,
                hazards=_hazards_of(access, order.holder),
                always_two=True,
            )
        case RevokeToken():
            token = access.token(order.token)
            return Needs(verbs=frozenset({Verb.ADMINISTER}), zones=_area_of(access, token.holder) if token else ())
        case AcceptClock():
            # There is one clock for all zones.
            return Needs(verbs=frozenset({Verb.ADMINISTER}), zones=state.hierarchy.roots, always_two=True)
        case CloseShelters() | OpenShelters():
            return _about_shelters([zone_of(ShelterId(id)) for id in order.shelters], state)
        case ImportShelters():
            before = [zone_of(ShelterId(id)) for id in order.gone]
            before += [zone for shelter in order.shelters if (zone := zone_of(ShelterId(shelter.id))) is not None]
            return _about_shelters([*before, *(shelter.zone for shelter in order.shelters)], state)
        case TakeReports():
            # Of what flies somewhere whoever watches there speaks; where it goes, anybody who sees it may say.
            said = (
                zone for told in order.reports for spot in told.spots if spot.role in POSITIONS for zone in spot.zones
            )
            return Needs(verbs=frozenset({Verb.REPORT}), zones=tuple(dict.fromkeys((*said, *order.where))))
        case TakeDocument():
            return of_record(state)
        case TrustSource():
            # From then on what its feed says is published with nobody looking: a say over who may do what.
            both = of_record(state, {Verb.RECORD, Verb.ADMINISTER})
            return msgspec.structs.replace(both, always_two=True)
        case _ if isinstance(order, RecordOrder):
            return msgspec.structs.replace(of_record(state), person=True)
        case _:
            raise AssertionError(f"an answer has the needs of what it answers: {order}")


def _about_shelters(zones: Iterable[ZoneId | None], state: State) -> Needs:
    """A shelter that lies in no zone of the atlas is the affair of whoever may act everywhere."""
    places = [state.hierarchy.roots if zone is None else (zone,) for zone in zones]
    return Needs(
        verbs=frozenset({Verb.SHELTERS}), zones=tuple(dict.fromkeys(zone for zones in places for zone in zones))
    )


def of_record(state: State, verbs: Set[Verb] = frozenset({Verb.RECORD})) -> Needs:
    """There is one record for all zones."""
    return Needs(verbs=frozenset(verbs), zones=state.hierarchy.roots)


def _area_of(access: Access, holder: str) -> tuple[ZoneId, ...]:
    return tuple(dict.fromkeys(zone for grant in access.grants_to(holder) for zone in grant.terms.zones))


def _hazards_of(access: Access, holder: str) -> tuple[Hazard, ...]:
    return tuple(dict.fromkeys(hazard for grant in access.grants_to(holder) for hazard in grant.terms.hazards))


def _promised(state: State, source: SourceId) -> tuple[ZoneId, ...]:
    """For which zones the source promised to be heard."""
    known = state.sources.get(source)
    return known.zones if known else ()


def _spoken_for(state: State, source: SourceId) -> tuple[ZoneId, ...]:
    """Where the source holds something, and where its silence is felt without that."""
    held = (hold.zone for hold in state.holds.values() if hold.source == source)
    return tuple(dict.fromkeys((*held, *_promised(state, source))))


def _upon(
    order: UponHolds,
    verbs: set[Verb],
    *,
    more: tuple[ZoneId, ...] = (),
    places: tuple[ZoneId, ...] = (),
    wide: bool = False,
) -> Needs:
    return Needs(
        verbs=frozenset(verbs),
        zones=(*order.zones, *more),
        hazards=(order.hazard,),
        of=order.of,
        places=places,
        wide=wide,
    )
