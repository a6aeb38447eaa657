"""A city's plan: who reaches a shelter, who gets a place in it, and where another would help."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shelters.streets import network
from tests.shelters.towns import NOON, closed, degrees, register, shelter, street, town
from tocsin.shelters.area import Standing
from tocsin.shelters.guide import nearest
from tocsin.shelters.labels import Searcher
from tocsin.shelters.network import Network
from tocsin.shelters.planning import assigning
from tocsin.shelters.planning.assigning import UNKNOWN, best
from tocsin.shelters.planning.making import Asked, Planned, off_the_streets, planned
from tocsin.shelters.planning.reach import STEP_DS, Reach, Town
from tocsin.shelters.planning.reaching import needed
from tocsin.shelters.planning.residents import Residents
from tocsin.shelters.planning.zoning import Part, Zoning
from tocsin.shelters.profiles import Profile

Spot = tuple[float, float]
Walks = dict[tuple[int, str], float]


def living(*homes: tuple[Spot, float]) -> Residents:
    """Buildings at these places, with so many residents each."""
    spots = np.array([degrees(spot) for spot, _ in homes]).reshape(-1, 2)
    people = np.array([round(100 * people) for _, people in homes], np.int64)
    ids = [f"b{number}" for number in range(len(homes))]
    return Residents(ids, spots[:, 0].copy(), spots[:, 1].copy(), people, [n + 2 for n in range(len(homes))])


def plan_for(
    standing: Standing, residents: Residents, asked: Asked | None = None, zoning: Zoning | None = None
) -> Planned:
    asked = asked or Asked()
    places, bad = off_the_streets(standing, residents, asked.profile)
    assert bad == []
    nowhere = Zoning([], np.full(len(residents.id), -1, np.int64))
    return planned(standing, residents, places, zoning or nowhere, asked, ["Streets: nobody"], NOON)


# --- what is in reach ------------------------------------------------------------------------------


def reach_of(standing: Standing, residents: Residents, minutes: int, profile: Profile = Profile.ADULT) -> Walks:
    ways = standing.wheels if profile is Profile.WHEELCHAIR else standing.foot
    searcher = Searcher(standing.network, ways.graph, ways.doors)
    places, _ = off_the_streets(standing, residents, profile)
    found = Town(standing.network, ways, searcher, places).reach(ways.open, Asked(profile=profile).limit_ds(minutes))
    assert all(np.all(np.diff(found.shelter[a:b]) > 0) for a, b in zip(found.first, found.first[1:], strict=False))
    return {
        (int(building), standing.shelters[which].id): int(time)
        for building, which, time in zip(found.building(), found.shelter, found.time_ds, strict=True)
    }


coordinate = st.integers(0, 6).map(lambda n: n * 110.0)


@st.composite
def towns(draw: st.DrawFn) -> tuple[Network, list[Spot], list[Spot]]:
    corners = draw(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=14, unique=True))
    some = st.tuples(st.integers(0, len(corners) - 1), st.integers(0, len(corners) - 1)).filter(
        lambda ab: ab[0] != ab[1]
    )
    extra = draw(st.lists(some, max_size=8))
    pieces = sorted(
        {(min(a, b), max(a, b)) for a, b in [*zip(range(len(corners)), range(1, len(corners)), strict=False), *extra]}
    )
    near = st.sampled_from(corners).flatmap(
        lambda at: st.tuples(st.integers(-60, 60), st.integers(-60, 60)).map(
            lambda off: (at[0] + off[0], at[1] + off[1])
        )
    )
    return (
        network(corners, pieces),
        draw(st.lists(near, min_size=1, max_size=5)),
        draw(st.lists(near, min_size=1, max_size=4)),
    )


@settings(max_examples=80, deadline=None)
@given(towns(), st.sampled_from([1, 3, 9]))
def test_what_a_building_reaches_is_what_somebody_there_is_told_for_each_shelter_alone(
    made: tuple[Network, list[Spot], list[Spot]], minutes: int
) -> None:
    streets, shelters, homes = made
    known = register([shelter(number, *spot) for number, spot in enumerate(shelters)])
    residents = living(*((home, 1) for home in homes))
    found = reach_of(town(streets).at(known), residents, minutes)
    others = range(len(shelters))
    for number in others:
        alone = town(streets).at(closed(known, *(it for it in others if it != number)))
        for building in range(len(homes)):
            near = nearest(alone, float(residents.lon[building]), float(residents.lat[building]))
            seconds = near[0].seconds if near else float("inf")
            told = found.get((building, f"town:{number}"))
            assert told == (round(seconds * 10) if seconds <= minutes * 60 else None)


def test_a_wheelchair_reaches_nothing_by_steps() -> None:
    up, along = shelter(1, 1_000, 690), shelter(2, 1_400)
    standing, home = town().at(register([up, along])), living(((1_000.0, 0.0), 3))
    assert {which for _, which in reach_of(standing, home, 15)} == {"town:1", "town:2"}
    assert {which for _, which in reach_of(standing, home, 15, Profile.WHEELCHAIR)} == {"town:2"}


# --- who gets a place ------------------------------------------------------------------------------


def by_trying(reach: list[list[int | None]], people: list[int], capacity: list[int]) -> tuple[int, int]:
    """The most people with a place, and the least walking of all ways to give as many one: each person by itself."""
    persons = [building for building, number in enumerate(people) for _ in range(number)]
    answers = []
    for goes in product(range(-1, len(capacity)), repeat=len(persons)):
        fits = all(to < 0 or reach[of][to] is not None for of, to in zip(persons, goes, strict=True))
        if fits and all(goes.count(to) <= room for to, room in enumerate(capacity)):
            walked = sum(reach[of][to] or 0 for of, to in zip(persons, goes, strict=True) if to >= 0)
            answers.append((-sum(to >= 0 for to in goes), walked))
    placed, walked = min(answers)
    return -placed, walked


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_best_assignment_is_as_good_as_any_that_one_can_try(data: st.DataObject) -> None:
    shelters = data.draw(st.integers(1, 3))
    people = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=3))
    capacity = data.draw(st.lists(st.integers(0, 3), min_size=shelters, max_size=shelters))
    time = st.one_of(st.none(), st.integers(1, 99))
    ways = data.draw(
        st.lists(st.lists(time, min_size=shelters, max_size=shelters), min_size=len(people), max_size=len(people))
    )
    entries = [(to, ds) for row in ways for to, ds in enumerate(row) if ds is not None]
    first = np.cumsum([0, *(sum(ds is not None for ds in row) for row in ways)])
    reach = Reach(
        first, np.array([to for to, _ in entries], np.int32), np.array([ds * STEP_DS for _, ds in entries], np.int32)
    )
    found = best(reach, np.array(people, np.int64), np.array(capacity, np.int64), np.arange(len(people)))
    assert (int(found.given.sum()), found.walked / STEP_DS) == by_trying(ways, people, capacity)
    given_to = np.bincount(reach.shelter, weights=found.given, minlength=shelters)
    given_of = np.bincount(reach.building(), weights=found.given, minlength=len(people))
    assert (given_to <= capacity).all()
    assert (given_of <= people).all()
    assert (found.given >= 0).all()


def some_reach(chance: np.random.Generator) -> tuple[Reach, Any, Any]:
    """A small city in which some shelters have room for all who reach them and others do not."""
    buildings, shelters = 40, 9
    near = chance.random((buildings, shelters)) < 0.35
    first = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    time_ds = chance.integers(1, 40, int(first[-1])) * STEP_DS
    people = chance.integers(0, 9, buildings)
    capacity = chance.integers(0, 60, shelters)
    return Reach(first, np.nonzero(near)[1].astype(np.int32), time_ds.astype(np.int32)), people, capacity


def test_what_no_assignment_needs_is_left_out_and_the_answer_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    cities = [some_reach(np.random.default_rng(seed)) for seed in range(60)]
    quick = [best(*city, np.arange(40)) for city in cities]
    left_out = [1 - needed(*city[0], *city[1:])[0].mean() for city in cities]

    def all_of_them(first: Any, shelter: Any, *others: Any) -> Any:
        return np.ones(len(shelter), np.bool_), np.full(9, 10**9)

    monkeypatch.setattr(assigning, "needed", all_of_them)
    whole = [best(*city, np.arange(40)) for city in cities]
    assert [(it.given.sum(), it.walked) for it in quick] == [(it.given.sum(), it.walked) for it in whole]
    assert 0.2 < np.mean(left_out) < 0.95, "something was left out, and something was to be found out"


def test_buildings_taken_as_one_are_given_no_more_places_than_each_has_people() -> None:
    reach = Reach(np.array([0, 2, 4, 5]), np.array([0, 1, 0, 1, 1], np.int32), np.array([10, 20, 11, 21, 5], np.int32))
    people, capacity = np.array([3, 4, 2], np.int64), np.array([5, 3], np.int64)
    found = best(reach, people, capacity, np.array([7, 7, 7]))
    assert int(found.given.sum()) == 8
    assert (np.bincount(reach.building(), weights=found.given) <= people).all()
    assert np.bincount(reach.shelter, weights=found.given).tolist() == [5, 3]


def test_a_shelter_of_unknown_capacity_is_neither_empty_nor_endless() -> None:
    people = living(((100.0, 0.0), 10))
    unknown = town().at(register([shelter(1, 0)]))
    horizon = plan_for(unknown, people, Asked(new=0)).plan.horizons[1]
    assert (horizon.in_reach, horizon.best_sheltered, horizon.nearest_sheltered, horizon.nearest_unknown) == (
        10,
        0,
        0,
        10,
    )
    told = plan_for(unknown, people, Asked(new=0)).plan.shelters[0]
    assert (told.places, told.over, told.come[1]) == (None, [None, None, None], 10)
    assumed = plan_for(unknown, people, Asked(new=0, assumed_places=4)).plan
    assert (assumed.horizons[1].best_sheltered, assumed.horizons[1].nearest_turned_away) == (4, 6)
    assert (assumed.shelters[0].places, assumed.shelters[0].assumed, assumed.shelters[0].over[1]) == (4, True, 6)
    reach = Reach(np.array([0, 1]), np.array([0], np.int32), np.array([1], np.int32))
    assert best(reach, np.array([5]), np.array([UNKNOWN]), np.array([0])).given.tolist() == [0]


# --- the plan --------------------------------------------------------------------------------------


def street_plan(**asked: object) -> Planned:
    """Along two kilometres of street: a small shelter in the west, a large one 400 m on, and nobody's in the east."""
    shelters = [shelter(1, 0, capacity=10, name="Cellar"), shelter(2, 400, capacity=100, name="School")]
    homes = living(
        ((50.0, 0.0), 30), ((150.0, 0.0), 20.5), ((500.0, 0.0), 8), ((1_950.0, 0.0), 12), ((1_990.0, 0.0), 2)
    )
    west = Zoning([Part("west", {"en": "West", "uk": "Захід"})], np.array([0, 0, 0, -1, -1]))
    return plan_for(town().at(register(shelters)), homes, Asked(**asked), west)  # type: ignore[arg-type]  # as a test asks


def test_a_plan_says_who_is_out_of_reach_who_finds_it_full_and_what_telling_people_gains() -> None:
    plan = street_plan().plan
    assert (plan.residents, plan.buildings, plan.places) == (73, 5, 110)
    five, ten, fifteen = plan.horizons
    assert [it.out_of_reach for it in plan.horizons] == [14, 14, 14]
    assert (ten.in_reach, ten.nearest_sheltered, ten.nearest_turned_away, ten.best_sheltered) == (59, 18, 41, 59)
    assert (ten.best_walk_s or 0) > (ten.nearest_walk_s or 0) > 0
    assert five.best_sheltered == fifteen.best_sheltered == 59
    assert [(it.name, it.over[1], it.come[1], it.given[1]) for it in plan.shelters] == [
        ("Cellar", 41, 51, 10),
        ("School", 0, 8, 49),
    ]
    assert [plan.within[minute - 1] for minute in (1, 2, 10, 20)] == [30, 59, 59, 71]


def test_parts_of_the_city_and_squares_add_up_to_all_of_it() -> None:
    plan = street_plan().plan
    assert [(zone.id, zone.residents, zone.best_sheltered[1]) for zone in plan.zones] == [("west", 59, 59), ("", 14, 0)]
    told = [square for square in plan.squares if square.residents is not None]
    few = len(plan.squares) - len(told)
    assert few == 1, "the eight who live by themselves are told of to nobody"
    assert sum(square.residents or 0 for square in told) == 73 - 8
    assert sum(square.left[1] for square in told) == 14
    assert all(square.within == [] == square.left for square in plan.squares if square.residents is None)


def test_a_new_shelter_is_put_where_most_people_have_none_and_helps_as_many_as_is_said() -> None:
    plan = street_plan().plan
    first = plan.new[0]
    assert (first.helped, first.unreached, first.sheltered) == (14, 14, 73)
    assert len(plan.new) == 1, "nobody is left whom another would help"
    east, _ = degrees((1_950.0, 0.0))
    assert abs(first.lon - east) < 0.012
    small = street_plan(new_places=5).plan
    assert [it.helped for it in small.new] == [5, 5, 4]
    assert street_plan(new=0).plan.new == []


def test_whoever_is_slower_reaches_less() -> None:
    adult, older = (street_plan(profile=profile).plan for profile in (Profile.ADULT, Profile.OLDER))
    assert sum(older.within) < sum(adult.within)
    assert older.horizons[1].nearest_walk_s == pytest.approx(
        (adult.horizons[1].nearest_walk_s or 0) * 1.3 / 0.95, rel=0.01
    )


def test_other_minutes_than_the_usual_are_counted_beside_them() -> None:
    plan = street_plan(minutes=7).plan
    assert [it.minutes for it in plan.horizons] == [5, 7, 10, 15]
    assert plan.horizon() == 1


def test_a_building_off_the_streets_is_named_with_its_line_and_how_far_it_is() -> None:
    standing = town(street()).at(register([shelter(1, 0, capacity=1)]))
    lon, lat = degrees((0.0, 0.0))
    far = living(((0.0, 10.0), 1), ((0.0, 1_100.0), 1), ((0.0, 9_000.0), 1))
    swapped = far._replace(lon=np.array([lon, lat]), lat=np.array([lat, lon]))
    assert [(row.line, row.reason) for row in off_the_streets(standing, far, Profile.ADULT)[1]] == [
        (3, "the nearest way is 1,077 m away"),  # of the one that leads north
        (4, "it lies outside of the network's area"),
    ]
    far = far.some(np.array([True, True, False]))
    (row,) = off_the_streets(standing, swapped, Profile.ADULT)[1]
    assert row.line == 3
    assert row.reason.endswith("longitude and latitude seem swapped")
