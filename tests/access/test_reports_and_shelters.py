"""Who may say what flies where, and whether a shelter can be used: whoever may there, and nobody for elsewhere."""

from __future__ import annotations

import pytest

from tests.access.office import VERBS, Office
from tests.world import CAPITAL, COAST, COUNTRY, DUTY, EAST, FOREST, HILLS, LAND, NOON, PORT, WEST
from tocsin.access import Access
from tocsin.access.needs import Needs, needs
from tocsin.commands import CloseShelters, Command, ImportShelters, OpenShelters, Order, TakeReports
from tocsin.engine import State
from tocsin.errors import NotGranted, UnknownZone
from tocsin.model import Threat, Verb, ZoneId
from tocsin.report import Role, Spot, Told
from tocsin.shelter import Shelter, ShelterId

LIES_IN = {ShelterId("town:wood"): FOREST, ShelterId("town:square"): CAPITAL, ShelterId("town:quay"): PORT}
"""All other shelters lie in no zone, or are not known."""


def wanted(order: Order) -> Needs:
    given = Command(key="k", actor="olena", source=DUTY, order=order)
    return needs(given, Access(), State(COUNTRY), LIES_IN.get)


def about_shelters(*zones: ZoneId) -> Needs:
    return Needs(verbs=frozenset({Verb.SHELTERS}), zones=zones)


def told(*spots: Spot) -> Told:
    return Told(said_at=NOON, kinds=(Threat.DRONES,), spots=spots)


def shelter(id: str, zone: ZoneId | None) -> Shelter:
    return Shelter(id=id, lon=30.5, lat=50.4, zone=zone)


# --- shelters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [CloseShelters, OpenShelters])
def test_to_close_or_open_shelters_asks_for_that_right_where_they_lie(
    order: type[CloseShelters] | type[OpenShelters],
) -> None:
    wood, square = "town:wood", "town:square"
    assert wanted(order(shelters=(wood,), cause="flooded")) == about_shelters(FOREST)
    assert wanted(order(shelters=(wood, square, wood), cause="flooded")) == about_shelters(FOREST, CAPITAL)
    assert wanted(order(shelters=("town:nowhere",), cause="flooded")) == about_shelters(LAND), "for all of the country"
    assert wanted(order(shelters=(square, "town:nowhere"), cause="flooded")) == about_shelters(CAPITAL, LAND)


def test_an_import_asks_for_that_right_where_shelters_were_and_where_they_are_now() -> None:
    moved, new = shelter("town:wood", COAST), shelter("town:new", HILLS)
    assert wanted(ImportShelters(dataset="town", shelters=(moved, new))) == about_shelters(FOREST, COAST, HILLS)
    assert wanted(ImportShelters(dataset="town", gone=("town:quay",))) == about_shelters(PORT)
    assert wanted(ImportShelters(dataset="town", gone=("town:quay", "town:nowhere"))) == about_shelters(PORT, LAND)
    everywhere = ImportShelters(dataset="town", shelters=(shelter("town:sea", None),), gone=("town:square",))
    assert wanted(everywhere) == about_shelters(CAPITAL, LAND)
    with pytest.raises(UnknownZone):
        wanted(ImportShelters(dataset="town", shelters=(shelter("town:new", ZoneId("atlantis")),)))


def test_whoever_keeps_the_shelters_of_one_place_closes_none_of_another() -> None:
    office = Office()
    office.give("olena", WEST, verbs=(Verb.SHELTERS,))
    assert office.permit("olena", CloseShelters(shelters=("town:wood",), cause="flooded"), zone_of=LIES_IN.get)
    for shelters in (("town:square",), ("town:wood", "town:quay"), ("town:nowhere",)):
        with pytest.raises(NotGranted, match="outside the area"):
            office.permit("olena", CloseShelters(shelters=shelters, cause="flooded"), zone_of=LIES_IN.get)


def test_no_other_right_is_one_over_shelters() -> None:
    office = Office()
    office.give("olena", LAND, verbs=tuple(verb for verb in VERBS if verb is not Verb.SHELTERS))
    with pytest.raises(NotGranted, match="not granted: shelters"):
        office.permit("olena", CloseShelters(shelters=("town:wood",), cause="flooded"), zone_of=LIES_IN.get)


# --- reports -------------------------------------------------------------------------------------


def test_a_report_asks_for_the_right_to_report_where_something_is_and_not_where_it_goes() -> None:
    for role in Role:
        spot, elsewhere = Spot(role=role, zones=(FOREST,)), Spot(role=Role.HEADING_TO, zones=(CAPITAL,))
        zones = (FOREST,) if role in (Role.AT, Role.PASSING, Role.ENDED) else ()
        order = TakeReports(reports=(told(spot, elsewhere),))
        assert wanted(order) == Needs(verbs=frozenset({Verb.REPORT}), zones=zones), role


def test_all_positions_of_all_reports_count_each_once_and_those_that_were_given_as_points() -> None:
    first = told(Spot(role=Role.AT, zones=(FOREST, PORT)), Spot(role=Role.PASSING, zones=(HILLS,)))
    second = told(Spot(role=Role.AT, zones=(PORT,)))
    order = TakeReports(reports=(first, second), where=(HILLS, CAPITAL))
    assert wanted(order).zones == (FOREST, PORT, HILLS, CAPITAL)


def test_whoever_watches_in_one_place_reports_nothing_from_another() -> None:
    office = Office()
    office.give("olena", WEST, verbs=(Verb.REPORT,))
    here = told(Spot(role=Role.AT, zones=(FOREST,)), Spot(role=Role.HEADING_TO, zones=(CAPITAL,)))
    assert office.permit("olena", TakeReports(reports=(here,)))
    there = told(Spot(role=Role.AT, zones=(COAST,)))
    for order in (TakeReports(reports=(here, there)), TakeReports(reports=(here,), where=(EAST,))):
        with pytest.raises(NotGranted, match="outside the area"):
            office.permit("olena", order)
    office.give("ivan", LAND, verbs=tuple(verb for verb in VERBS if verb is not Verb.REPORT))
    with pytest.raises(NotGranted, match="not granted: report"):
        office.permit("ivan", TakeReports(reports=(here,)))
