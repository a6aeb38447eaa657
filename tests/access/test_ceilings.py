"""How far an order goes, and the ceilings of a grant."""

from __future__ import annotations

import pytest

from tests.access.office import Office, terms
from tests.access.orders import ADMINISTER, WARNINGS, name
from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
    COAST,
    COUNTRY,
    DUTY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    PORT,
    WEST,
    raising,
    releasing,
)
from tocsin.commands import Approve, Escalate, Extend, GiveGrant, Narrow, Order, Raise, Release, Replace, Withdraw
from tocsin.errors import CeilingReached, NotGranted
from tocsin.model import Hierarchy, Reach, SourceId, ZoneId

# --- how far ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zones", "count", "people"),
    [
        ((), 0, 0),
        ((PORT,), 1, 1_000),
        ((PORT, PORT, BEACH), 2, 1_200),
        ((COAST,), 3, 1_200),
        ((COAST, PORT), 3, 1_200),
        ((WEST,), 2, 400),
        ((WEST, FOREST), 2, 400),
        ((FOREST,), 1, 300),
        ((HILLS,), 1, None),
        ((CAPITAL, HILLS, WEST), 4, None),
        ((EAST,), 5, None),
        ((LAND,), 9, None),
        ((LAND, PORT, FOREST), 9, None),
    ],
)
def test_a_zone_counts_with_all_below_it_and_once(zones: tuple[ZoneId, ...], count: int, people: int | None) -> None:
    reach = COUNTRY.reach(zones)
    assert (reach.zones, reach.people) == (count, people)
    assert reach.counted == people if people is not None else reach.counted < 10_000
    assert COUNTRY.reach(reversed(zones)) == reach


@pytest.mark.parametrize(
    ("zones", "wide"),
    [
        ((), False),
        ((WEST, CAPITAL), False),
        ((COAST, HILLS), False),
        ((COAST, CAPITAL), False),
        ((EAST,), True),
        ((COAST, HILLS, FOREST), True),
        ((LAND,), True),
    ],
)
def test_an_order_is_country_wide_from_more_than_half_of_all_zones(zones: tuple[ZoneId, ...], wide: bool) -> None:
    assert COUNTRY.reach(zones).country_wide is wide


def test_exactly_half_of_all_zones_is_not_country_wide_and_a_root_always_is() -> None:
    four = Hierarchy({ZoneId("a"): None, ZoneId("b"): ZoneId("a"), ZoneId("c"): ZoneId("a"), ZoneId("d"): None})
    assert not four.reach([ZoneId("b"), ZoneId("c")]).country_wide
    assert four.reach([ZoneId("d")]) == Reach(zones=1, people=None, counted=0, country_wide=True)
    assert four.roots == ("a", "d")


def test_people_are_counted_by_a_zones_own_figure_or_by_its_parts() -> None:
    assert {zone: COUNTRY.people(zone) for zone in (WEST, COAST, EAST, CAPITAL)} == {
        WEST: 400,
        COAST: 1_200,
        EAST: None,
        CAPITAL: 5_000,
    }
    nobody = Hierarchy({ZoneId("a"): None, ZoneId("b"): ZoneId("a")}, {ZoneId("b"): 0})
    assert nobody.people(ZoneId("a")) == 0, "that nobody lives there is known"


# --- ceilings --------------------------------------------------------------------------------


def limited(**said: int) -> Office:
    office = Office()
    office.give("olena", LAND, **said)
    return office


def test_an_order_reaches_up_to_the_ceiling_and_no_further() -> None:
    office = limited(max_zones=3)
    assert office.permit("olena", Raise(zones=(COAST,)))
    with pytest.raises(CeilingReached, match=r"^duty would hold 4 zones; this grant allows 3$") as caught:
        office.permit("olena", Raise(zones=(COAST, FOREST)))
    assert caught.value.detail == {"zones": 4, "max_zones": 3}


def test_so_many_people_and_no_more() -> None:
    office = limited(max_people=1_200)
    assert office.permit("olena", Raise(zones=(COAST,)))
    with pytest.raises(CeilingReached, match="1,500 people") as caught:
        office.permit("olena", Raise(zones=(COAST, FOREST)))
    assert caught.value.detail == {"people": 1_500, "max_people": 1_200}


def test_where_nobody_knows_how_many_people_there_are_a_ceiling_on_people_is_reached() -> None:
    with pytest.raises(CeilingReached, match="an unknown number of people") as caught:
        limited(max_people=10**9).permit("olena", Raise(zones=(HILLS,)))
    assert caught.value.detail == {"people": None, "max_people": 10**9}
    assert limited(max_zones=1).permit("olena", Raise(zones=(HILLS,)))


def test_both_ceilings_count() -> None:
    office = limited(max_zones=2, max_people=1_200)
    assert office.refusal("olena", Raise(zones=(PORT, BEACH))) == ""
    assert office.refusal("olena", Raise(zones=(COAST,))) == "ceiling_reached"
    assert office.refusal("olena", Raise(zones=(CAPITAL,))) == "ceiling_reached"


def test_many_small_orders_reach_no_further_than_one() -> None:
    office = limited(max_zones=3)
    office.stand(raising(PORT), raising(BEACH, ref="b"))
    assert office.refusal("olena", Raise(zones=(FOREST,))) == ""
    assert office.refusal("olena", Raise(zones=(FOREST, CAPITAL))) == "ceiling_reached"
    assert office.refusal("olena", Raise(zones=(COAST,))) == "", "what is held already counts once"
    office.stand(raising(HILLS))
    assert office.refusal("olena", Raise(zones=(FOREST,))) == "ceiling_reached"
    assert office.refusal("olena", Raise(zones=(PORT,), ref="again")) == ""
    office.stand(releasing(HILLS))
    assert office.refusal("olena", Raise(zones=(FOREST,))) == ""


def test_what_other_sources_hold_does_not_count() -> None:
    office = Office()
    office.give("olena", LAND, max_zones=3, sources=(DUTY, SourceId("radio")))
    office.stand(raising(EAST, source=ARMY))
    assert office.refusal("olena", Raise(zones=(COAST,))) == ""
    assert office.refusal("olena", Raise(zones=(COAST,)), SourceId("radio")) == ""


def test_who_speaks_as_several_sources_reaches_no_further_than_as_one() -> None:
    office = Office()
    office.give("olena", LAND, max_zones=3, sources=(SourceId("radio"), DUTY))
    office.stand(raising(PORT), raising(BEACH, source=SourceId("radio")))
    for source in (DUTY, SourceId("radio")):
        assert office.refusal("olena", Raise(zones=(FOREST,)), source) == ""
        with pytest.raises(CeilingReached, match=r"^duty, radio would hold 4 zones; this grant allows 3$"):
            office.permit("olena", Raise(zones=(FOREST, CAPITAL)), source)


def test_the_people_under_all_of_the_grants_sources_are_counted_together() -> None:
    office = Office()
    office.give("olena", LAND, max_people=1_200, sources=(SourceId("radio"), DUTY))
    office.stand(raising(PORT, source=SourceId("radio")))
    assert office.refusal("olena", Raise(zones=(BEACH,))) == ""
    with pytest.raises(CeilingReached, match=r"^duty, radio would warn 1,300 people; this grant allows 1,200$"):
        office.permit("olena", Raise(zones=(FOREST,)))


def test_the_second_of_two_people_is_bound_by_what_the_source_of_the_order_holds() -> None:
    office = Office()
    office.give("olena", LAND)
    office.give("ivan", LAND, max_zones=9, sources=(ARMY,))
    office.give("petro", LAND, max_zones=8, sources=(ARMY,))
    proposal = office.propose("olena", Raise(zones=(LAND,)))
    answer = Approve(proposal=proposal, shown="0" * 64)
    assert [office.refusal(who, answer) for who in ("ivan", "petro")] == ["", "ceiling_reached"]


def test_to_extend_and_to_replace_reach_no_further_either() -> None:
    office = limited(max_zones=3)
    office.stand(raising(PORT), raising(FOREST, source=ARMY))
    assert office.refusal("olena", Extend(zones=(PORT,), to=(COAST,))) == ""
    assert office.refusal("olena", Extend(zones=(PORT,), to=(WEST,))) == ""
    assert office.refusal("olena", Extend(zones=(PORT,), to=(WEST, CAPITAL))) == "ceiling_reached"
    assert office.refusal("olena", Extend(zones=(FOREST,), of=ARMY, to=(COAST,))) == "", "what it extends is the army's"
    assert office.refusal("olena", Replace(zones=(PORT,), by=Raise(zones=(WEST,)))) == ""
    assert office.refusal("olena", Replace(zones=(PORT,), by=Raise(zones=(WEST, CAPITAL)))) == "ceiling_reached"


@pytest.mark.parametrize(
    "order",
    [
        Escalate(zones=(EAST,)),
        Release(zones=(EAST,)),
        Withdraw(zones=(EAST,)),
        Narrow(zones=(EAST,), to=(COAST,)),
    ],
    ids=name,
)
def test_what_places_nothing_new_is_under_no_ceiling(order: Order) -> None:
    office = limited(max_zones=1, max_people=1)
    office.stand(raising(EAST))
    assert office.refusal("olena", order) == ""


def test_a_ceiling_is_for_warnings_and_not_for_what_others_are_granted() -> None:
    office = limited(max_zones=1)
    assert office.refusal("olena", GiveGrant(terms=terms("other", EAST))) == ""


def test_where_one_grant_reaches_its_ceiling_another_may_go_further() -> None:
    office = limited(max_zones=1)
    wider = office.give("olena", EAST, max_zones=3)
    assert office.permit("olena", Raise(zones=(COAST,))).grant == str(wider)
    with pytest.raises(CeilingReached) as caught:
        office.permit("olena", Raise(zones=(EAST,)))
    assert caught.value.detail["max_zones"] == 1, "the first one's, where none goes far enough"
    with pytest.raises(CeilingReached):
        office.permit("olena", Raise(zones=(WEST,)))


def test_a_ceiling_does_not_hide_that_something_is_not_granted() -> None:
    office = Office()
    office.give("olena", WEST, max_zones=1, verbs=(ADMINISTER,))
    for order, _ in WARNINGS:
        with pytest.raises(NotGranted):
            office.permit("olena", order)
