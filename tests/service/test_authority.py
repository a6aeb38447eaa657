"""Who may do what at a running service: from the machine to the people, and as it changes from order to order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.access.office import VERBS, terms
from tests.failing_store import FailingStore
from tests.service.people import FEED, Staff, called, give, granted, one, refused, shown
from tests.world import (
    ARMY,
    COUNTRY,
    EAST,
    FOREST,
    LAND,
    NOON,
    PORT,
    WEST,
    StillClock,
    command,
    minute,
    raising,
)
from tocsin.access import LOCAL, Caller
from tocsin.commands import (
    Approve,
    GiveGrant,
    Heartbeat,
    Raise,
    Release,
    RevokeGrant,
    RevokeToken,
    Withdraw,
)
from tocsin.errors import (
    CeilingReached,
    Forbidden,
    NotGranted,
    StoreFull,
    TocsinError,
    TokenTakenBack,
    Unauthorised,
    WrongRealm,
)
from tocsin.events import Entry
from tocsin.model import Realm, Verb
from tocsin.service import Service
from tocsin.store import Receipt
from tocsin.store.memory import MemoryStore

# --- from the machine to the people ----------------------------------------------------------


def test_whoever_gives_both_grants_before_any_token_is_not_locked_out(service: Service) -> None:
    for holder in ("olena", "ivan"):
        granted(service, holder, LAND)
    for holder in ("olena", "ivan"):
        shown(service, holder)
    given = command(GiveGrant(terms=terms("petro", LAND)))
    assert isinstance(refused(service.submit([given], LOCAL)), Forbidden), "from now on it is theirs"


def test_two_people_without_tokens_can_be_helped_at_the_machine(service: Service, clock: StillClock) -> None:
    Staff(service)
    clock.at = NOON + timedelta(days=2)
    assert called(service, "olena").holder == "olena"
    assert called(service, "ivan").holder == "ivan"
    with pytest.raises(AssertionError, match="may administer"):
        shown(service, "petro")


# --- from order to order ---------------------------------------------------------------------


def test_in_one_append_a_grant_taken_back_covers_nothing_after_it(service: Service) -> None:
    staff = Staff(service)
    proposal = give(service, staff.olena, RevokeGrant(grant=staff.maria_grant))
    assert isinstance(proposal, Receipt)
    yes = Approve(proposal=proposal.seq, shown=service.access.proposals[proposal.seq].shown)
    before, agreed, after = service.carry_out(
        [
            (command(Raise(zones=(FOREST,), ref="a"), actor="maria"), staff.maria),
            (command(yes, actor="ivan"), staff.ivan),
            (command(Raise(zones=(FOREST,), ref="b"), actor="maria"), staff.maria),
        ]
    )
    assert isinstance(before, Receipt)
    assert isinstance(agreed, Receipt)
    assert isinstance(after, NotGranted)
    assert [hold.ref for hold in service.state.holds.values()] == ["a"]


def test_in_one_append_a_token_taken_back_gives_no_order_after_it(service: Service) -> None:
    staff = Staff(service)
    order = command(Raise(zones=(FOREST,)), actor="maria")
    told = service.carry_out(
        [
            (command(RevokeToken(token=staff.maria.token or 0), actor="maria"), staff.maria),
            (order, staff.maria),
        ]
    )
    assert [type(outcome) for outcome in told] == [Receipt, TokenTakenBack]
    with pytest.raises(TocsinError):
        service.authenticate("Bearer anything")
    assert not service.state.holds


def test_in_one_append_many_small_orders_reach_no_further_than_the_ceiling(service: Service) -> None:
    granted(service, "petro", LAND, max_zones=2)
    petro = called(service, "petro")
    told = service.submit(
        [command(Raise(zones=(zone,)), actor="petro") for zone in (FOREST, PORT, WEST, EAST, PORT)], petro
    )
    assert [type(outcome) for outcome in told] == [Receipt, Receipt, CeilingReached, CeilingReached, Receipt]


def test_a_grant_that_expires_covers_nothing_from_then_on(service: Service, clock: StillClock) -> None:
    granted(service, "petro", WEST, expires=minute(5))
    petro = called(service, "petro")
    assert isinstance(give(service, petro, Raise(zones=(WEST,))), Receipt)
    clock.at = minute(5)
    assert isinstance(give(service, petro, Release(zones=(WEST,))), NotGranted)


def test_a_source_a_grant_does_not_speak_as_cannot_be_acted_for(service: Service) -> None:
    staff = Staff(service)
    assert isinstance(give(service, staff.feed, Raise(zones=(PORT,)), FEED), Receipt)
    assert isinstance(give(service, staff.feed, Raise(zones=(PORT,)), ARMY), NotGranted)
    assert isinstance(give(service, staff.feed, Raise(zones=(FOREST,)), FEED), NotGranted)
    one(service.submit([raising(PORT, source=ARMY)], LOCAL))
    assert isinstance(give(service, staff.feed, Release(zones=(PORT,), of=ARMY), FEED), NotGranted)
    assert isinstance(give(service, staff.maria, Withdraw(zones=(PORT,), of=ARMY)), NotGranted)
    assert isinstance(give(service, staff.olena, Release(zones=(PORT,), of=ARMY)), Receipt)
    assert [hold.source for hold in service.state.holds.values()] == [FEED]


def test_who_is_not_who_they_say_gives_no_order(service: Service) -> None:
    staff = Staff(service)
    outcome = give(service, staff.maria, Raise(zones=(FOREST,)), actor="olena")
    assert isinstance(outcome, Forbidden)
    assert outcome.detail == {"actor": "olena"}
    invented = give(service, Caller(holder="olena", token=10_000), Raise(zones=(FOREST,)))
    assert isinstance(invented, Unauthorised)


# --- realms ----------------------------------------------------------------------------------


def test_nothing_of_one_realm_does_anything_in_the_other() -> None:
    live = Service(MemoryStore(Realm.LIVE), COUNTRY, StillClock())
    drill = Service(MemoryStore(Realm.DRILL), COUNTRY, StillClock())
    granted(live, "olena", WEST)
    granted(drill, "olena", WEST, verbs=(*VERBS, Verb.DRILL))
    headers = {service: shown(service, "olena") for service in (live, drill)}
    for here, there in ((live, drill), (drill, live)):
        olena = here.authenticate(headers[here])
        assert isinstance(give(here, olena, Raise(zones=(FOREST,)), key="k"), Receipt)
        with pytest.raises(WrongRealm):
            there.authenticate(headers[here])
        other = command(GiveGrant(terms=terms("ivan", WEST, realm=there.store.realm)))
        assert isinstance(refused(here.submit([other], LOCAL)), WrongRealm)
    assert [service.store.head() for service in (live, drill)] == [3, 3]


# --- a store that fails ----------------------------------------------------------------------


def test_what_could_not_be_kept_has_not_happened_in_any_way(
    service: Service, store: FailingStore, clock: StillClock
) -> None:
    staff = Staff(service)
    give(service, staff.feed, Heartbeat(silent_after_s=30), FEED)
    told: list[Entry] = []
    service.wake(told.extend)
    before, audit = service.standing, (len(store.done(0, 99)), len(store.refused(0, 99)))
    clock.at, clock.elapsed = minute(9), 20.0
    store.fails_append = StoreFull("the disk is full")
    with pytest.raises(StoreFull):
        service.carry_out(
            [
                (command(Raise(zones=(LAND,)), actor="olena"), staff.olena),
                (command(Raise(zones=(FOREST,)), actor="maria"), staff.maria),
                (command(Heartbeat(silent_after_s=60), FEED, actor="feed"), staff.feed),
                (command(Raise(zones=(WEST,)), actor="maria"), staff.maria),
            ]
        )
    assert service.standing == before
    assert (len(store.done(0, 99)), len(store.refused(0, 99)), told) == (*audit, [])
    clock.at = minute(1)
    assert service.now() == minute(1), "the log's time has not moved on"
    store.fails_append = None
    clock.elapsed = 31.0
    assert len(service.watch()) == 1, "a promise not kept and heard of by nobody"
    assert isinstance(give(service, staff.maria, Raise(zones=(FOREST,))), Receipt)
