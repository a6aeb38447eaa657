"""Denied unless granted: each thing that a grant says, for each order, both ways."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import msgspec
import pytest

from tests.access.office import VERBS, Office, terms
from tests.access.orders import ADMINISTER, OTHERS, RAISE, RELEASE, REPORT, WARNINGS, WITHDRAW, holder_and_token, name
from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
    COAST,
    EAST,
    FOREST,
    HILLS,
    LAND,
    NOON,
    PORT,
    WEST,
    minute,
)
from tocsin.access import Caller, may_inspect
from tocsin.commands import (
    AcceptClock,
    Extend,
    GiveGrant,
    Heartbeat,
    IssueToken,
    Narrow,
    Order,
    Raise,
    Release,
    Replace,
    RevokeToken,
)
from tocsin.errors import Forbidden, NotGranted, TokenExpired, TokenTakenBack, Unauthorised, UnknownZone
from tocsin.model import Hazard, Realm, Verb, ZoneId

# --- verbs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "verbs"), [*WARNINGS, *OTHERS, (AcceptClock(), {ADMINISTER})], ids=name)
def test_an_order_takes_exactly_its_verbs(order: Order, verbs: set[Verb]) -> None:
    office = holder_and_token()
    for number in range(len(VERBS) + 1):
        for some in combinations(VERBS, number):
            granted = Office()
            granted.access, granted.seq = office.access, office.seq
            grant = granted.give("olena", LAND, verbs=some)
            if verbs <= set(some):
                assert granted.permit("olena", order).grant == str(grant)
            else:
                assert granted.refusal("olena", order) == "not_granted"


def test_without_a_grant_nobody_may_anything() -> None:
    office = holder_and_token()
    for order, _ in [*WARNINGS, *OTHERS]:
        with pytest.raises(NotGranted, match=r"^olena has no grant that is good now$") as caught:
            office.permit("olena", order)
        assert caught.value.detail == {"holder": "olena", "lacking": []}


# --- where -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("order", "verbs"), [*WARNINGS, *OTHERS[:1], *OTHERS[6:]], ids=name)
def test_an_order_takes_a_grant_for_all_its_zones(order: Order, verbs: set[Verb]) -> None:
    office = holder_and_token()
    office.give("olena", EAST, CAPITAL, FOREST)
    office.give("ivan", WEST)
    office.give("petro", LAND)
    assert office.refusal("olena", order) == "not_granted"
    assert office.refusal("ivan", order) == office.refusal("petro", order) == ""


@pytest.mark.parametrize(
    "order",
    [
        Raise(zones=(FOREST, CAPITAL)),
        Extend(zones=(FOREST,), to=(CAPITAL,)),
        Narrow(zones=(FOREST,), to=(CAPITAL,)),
        Replace(zones=(FOREST,), by=Raise(zones=(CAPITAL,))),
        Heartbeat(zones=(FOREST, CAPITAL)),
        GiveGrant(terms=terms("other", FOREST, CAPITAL)),
        IssueToken(holder="other", digest="0" * 64, zones=(FOREST, CAPITAL), expires=minute(9)),
    ],
    ids=name,
)
def test_one_zone_outside_is_enough_to_refuse_an_order_and_is_named(order: Order) -> None:
    office = Office()
    office.give("olena", WEST)
    with pytest.raises(NotGranted) as caught:
        office.permit("olena", order)
    assert caught.value.detail == {
        "holder": "olena",
        "lacking": ["outside the area: capital"],
    }
    office.give("olena", LAND)
    assert office.permit("olena", order)


def test_a_grant_reaches_its_zones_and_all_below_and_nothing_above_or_beside() -> None:
    office = Office()
    office.give("olena", COAST)
    may = {zone for zone in office.state.hierarchy if not office.refusal("olena", Raise(zones=(zone,)))}
    assert may == {COAST, PORT, BEACH}


def test_an_order_of_many_zones_names_few_of_those_outside() -> None:
    office = Office()
    office.give("olena", FOREST)
    with pytest.raises(NotGranted) as caught:
        office.permit("olena", Release(zones=(LAND, EAST, WEST, CAPITAL, COAST, HILLS)))
    assert caught.value.detail["lacking"][0] == "outside the area: land, east, west, capital, coast"


@pytest.mark.parametrize(("order", "verbs"), [*WARNINGS, *OTHERS[:1], *OTHERS[6:]], ids=name)
def test_a_token_reaches_no_further_than_its_own_area(order: Order, verbs: set[Verb]) -> None:
    office = holder_and_token()
    office.give("olena", LAND)
    assert office.refusal(office.issue("olena", EAST, CAPITAL, FOREST), order) == "not_granted"
    assert office.refusal(office.issue("olena", WEST), order) == ""
    assert office.refusal(office.issue("olena"), order) == ""


def test_a_token_for_a_wider_area_than_its_holders_reaches_no_further_than_its_holder() -> None:
    office = Office()
    office.give("olena", FOREST)
    wide = office.issue("olena", LAND)
    with pytest.raises(NotGranted) as caught:
        office.permit(wide, Raise(zones=(WEST,)))
    assert caught.value.detail["lacking"] == ["outside the area: west"]
    narrow = office.issue("olena", EAST)
    with pytest.raises(NotGranted) as caught:
        office.permit(narrow, Raise(zones=(FOREST,)))
    assert caught.value.detail["lacking"] == ["outside the token's area: forest"]


def test_an_unknown_zone_is_refused_as_such_whatever_is_granted() -> None:
    office = Office()
    office.give("olena", LAND)
    nowhere = (ZoneId("atlantis"),)
    for order in (
        Raise(zones=nowhere),
        Extend(zones=(WEST,), to=nowhere),
        GiveGrant(terms=terms("other", *nowhere)),
        IssueToken(holder="other", digest="0" * 64, zones=nowhere, expires=minute(9)),
    ):
        for caller in ("olena", "nobody", Caller(holder="local", local=True)):
            if not (isinstance(caller, Caller) and isinstance(order, Raise | Extend)):
                with pytest.raises(UnknownZone):
                    office.permit(caller, order)


# --- for what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order",
    [
        *[msgspec.structs.replace(order, hazard=Hazard.NUCLEAR) for order, _ in WARNINGS],
        Replace(zones=(WEST,), by=Raise(zones=(FOREST,), hazard=Hazard.NUCLEAR)),
        GiveGrant(terms=terms("other", WEST, hazards=(Hazard.AIR_RAID, Hazard.NUCLEAR))),
    ],
    ids=name,
)
def test_an_order_takes_a_grant_for_each_of_its_hazards(order: Order) -> None:
    office = Office()
    office.give("olena", LAND, hazards=(Hazard.AIR_RAID, Hazard.CHEMICAL))
    with pytest.raises(NotGranted) as caught:
        office.permit("olena", order)
    assert caught.value.detail["lacking"] == ["not for nuclear"]
    office.give("olena", LAND, hazards=(Hazard.NUCLEAR, Hazard.AIR_RAID))
    assert office.permit("olena", order)


def test_a_token_can_do_what_its_holder_may_so_it_is_issued_by_who_may_as_much() -> None:
    office = Office()
    office.give("boss", WEST, hazards=(Hazard.NUCLEAR,))
    expired = office.give("boss", CAPITAL, hazards=(Hazard.CHEMICAL,), expires=minute(-1))
    office.revoke(office.give("boss", EAST, hazards=(Hazard.ARTILLERY,)))
    office.give("olena", WEST, CAPITAL, hazards=(Hazard.NUCLEAR, Hazard.CHEMICAL))
    office.give("ivan", WEST, CAPITAL, hazards=(Hazard.NUCLEAR,))
    office.give("petro", WEST, hazards=(Hazard.NUCLEAR, Hazard.CHEMICAL))
    order = IssueToken(holder="boss", digest="0" * 64, expires=minute(9))
    assert [office.refusal(who, order) for who in ("olena", "ivan", "petro")] == ["", "not_granted", "not_granted"]
    office.revoke(expired)
    assert [office.refusal(who, order) for who in ("olena", "ivan", "petro")] == ["", "", ""]


def test_a_token_for_who_may_nothing_yet_is_good_for_all_that_will_be_granted_so_it_takes_a_say_over_all() -> None:
    office = Office()
    office.give("olena", EAST, WEST, CAPITAL)
    office.give("ivan", LAND)
    order = IssueToken(holder="nobody yet", digest="0" * 64, expires=minute(9))
    assert (office.refusal("olena", order), office.refusal("ivan", order)) == ("not_granted", "")
    assert office.refusal("olena", msgspec.structs.replace(order, zones=(WEST,))) == ""


def test_the_one_clock_takes_a_say_over_every_zone() -> None:
    office = Office()
    office.give("olena", EAST, WEST, CAPITAL)
    office.give("ivan", LAND)
    assert (office.refusal("olena", AcceptClock()), office.refusal("ivan", AcceptClock())) == ("not_granted", "")


# --- when, in which realm, in whose name -----------------------------------------------------


def test_a_grant_is_good_until_it_expires_or_is_taken_back() -> None:
    office = Office()
    grant = office.give("olena", WEST, expires=minute(5))
    order = Raise(zones=(WEST,))
    just_before = minute(5) - timedelta(microseconds=1)
    assert office.refusal("olena", order, now=just_before) == ""
    assert office.refusal("olena", order, now=minute(5)) == "not_granted"
    office.revoke(grant)
    assert office.refusal("olena", order) == "not_granted"


def test_a_token_taken_back_or_expired_before_its_orders_turn_comes_gives_none() -> None:
    office = Office()
    office.give("olena", WEST)
    olena = office.issue("olena", expires=minute(5))
    order = Raise(zones=(WEST,))
    assert office.permit(olena, order, now=minute(5) - timedelta(microseconds=1))
    with pytest.raises(TokenExpired):
        office.permit(olena, order, now=minute(5))
    office.take_back(olena)
    for given in (order, RevokeToken(token=olena.token or 0)):
        with pytest.raises(TokenTakenBack):
            office.permit(olena, given)
    with pytest.raises(Unauthorised):
        office.permit(Caller(holder="olena", token=99), order)


def test_a_drill_takes_the_right_to_drill_beside_every_other() -> None:
    drill = Office(realm=Realm.DRILL)
    drill.give("olena", LAND, realm=Realm.DRILL)
    drill.give("ivan", LAND, realm=Realm.DRILL, verbs=(*VERBS, Verb.DRILL))
    for order, _ in WARNINGS:
        with pytest.raises(NotGranted) as caught:
            drill.permit("olena", order)
        assert caught.value.detail["lacking"] == ["not granted: drill"]
        assert drill.permit("ivan", order)
    live = Office()
    live.give("olena", WEST, verbs=(Verb.DRILL,))
    assert live.refusal("olena", Raise(zones=(WEST,))) == "not_granted", "to drill is not to warn"


def test_a_grant_of_the_other_realm_is_none_here() -> None:
    for here, there in ((Realm.LIVE, Realm.DRILL), (Realm.DRILL, Realm.LIVE)):
        office = Office(realm=here)
        office.give("olena", LAND, realm=there, verbs=tuple(Verb))
        with pytest.raises(NotGranted) as caught:
            office.permit("olena", Raise(zones=(WEST,)))
        assert caught.value.detail["lacking"] == [f"the grant is for the {there} realm"]


def test_nobody_gives_orders_in_anothers_name() -> None:
    office = Office()
    office.give("olena", WEST)
    office.give("ivan", WEST)
    with pytest.raises(Forbidden, match="olena may not give orders in the name of ivan") as caught:
        office.permit("olena", Raise(zones=(WEST,)), actor="ivan")
    assert caught.value.detail == {"actor": "ivan"}


# --- several grants --------------------------------------------------------------------------


def test_one_grant_covers_all_of_an_order_and_two_halves_are_none() -> None:
    office = Office()
    office.give("olena", EAST)
    office.give("olena", WEST, verbs=(RAISE,))
    order = Raise(zones=(FOREST, PORT))
    assert office.refusal("olena", order) == "not_granted"
    assert office.refusal("olena", Release(zones=(WEST,))) == "not_granted"
    both = office.give("olena", EAST, WEST, verbs=(RAISE,))
    assert office.permit("olena", order).grant == str(both)


def test_the_oldest_grant_that_covers_an_order_is_named() -> None:
    office = Office()
    office.give("olena", EAST)
    second, _ = office.give("olena", WEST), office.give("olena", WEST)
    assert office.permit("olena", Raise(zones=(FOREST,))).grant == str(second)


def test_who_is_refused_is_told_what_the_nearest_grant_lacks() -> None:
    office = Office()
    office.give("olena", EAST, verbs=(RELEASE,), hazards=(Hazard.CHEMICAL,))
    office.give("olena", WEST, verbs=(RELEASE,))
    office.give("olena", WEST, verbs=(WITHDRAW,))
    with pytest.raises(NotGranted, match=r"^olena may not do this: not granted: raise$") as caught:
        office.permit("olena", Raise(zones=(WEST,)))
    assert caught.value.detail == {"holder": "olena", "lacking": ["not granted: raise"]}


def test_of_grants_that_are_equally_near_the_oldest_is_told_and_all_that_it_lacks() -> None:
    office = Office()
    office.give("olena", WEST, verbs=(REPORT,), hazards=())
    office.give("olena", WEST, verbs=(RAISE,), hazards=(), sources=(ARMY,))
    office.give("olena", WEST, verbs=(RAISE, WITHDRAW), hazards=())
    order = Replace(zones=(WEST,), by=Raise(zones=(WEST,), hazard=Hazard.NUCLEAR))
    lacking = "not granted: raise, release; not for air_raid, nuclear"
    with pytest.raises(NotGranted, match=f"^olena may not do this: {lacking}$"):
        office.permit("olena", order)


# --- who may look ----------------------------------------------------------------------------


def test_who_administers_anything_here_and_now_may_look_into_who_may_do_what() -> None:
    office = Office(realm=Realm.DRILL)
    office.give("olena", FOREST, verbs=(ADMINISTER, Verb.DRILL), realm=Realm.DRILL, expires=minute(1))
    office.give("ivan", LAND, verbs=(ADMINISTER,), realm=Realm.DRILL)
    office.give("petro", LAND, verbs=(ADMINISTER, Verb.DRILL))
    office.give("maria", LAND, verbs=(REPORT, Verb.DRILL), realm=Realm.DRILL)
    callers = [Caller(holder=holder) for holder in ("olena", "ivan", "petro", "maria", "nobody")]
    assert [may_inspect(office.access, caller, Realm.DRILL, NOON) for caller in callers] == [True, *[False] * 4]
    assert not may_inspect(office.access, callers[0], Realm.DRILL, minute(1))
    assert may_inspect(office.access, callers[2], Realm.LIVE, NOON)
