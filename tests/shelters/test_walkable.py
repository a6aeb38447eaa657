from __future__ import annotations

import pytest

from tocsin.shelters.profiles import Profile, flat_ds, seconds, steps_ds
from tocsin.shelters.walkable import Trait, traits


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway"},
        {"highway": "construction"},
        {"highway": "footway", "access": "private"},
        {"highway": "service", "access": "no"},
        {"highway": "primary", "foot": "no"},
        {"highway": "residential", "foot": "use_sidepath"},
        {"highway": "trunk"},
        {"highway": "secondary", "motorroad": "yes"},
        {"highway": "motorway", "foot": "yes"},
        {"building": "yes"},
    ],
)
def test_what_is_closed_to_those_who_walk_is_no_way(tags: dict[str, str]) -> None:
    assert traits(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "residential", "oneway": "yes"},
        {"highway": "service", "access": "private", "foot": "yes"},
        {"highway": "trunk", "sidewalk": "both"},
        {"highway": "trunk", "foot": "yes"},
        {"highway": "path", "access": "customers"},
    ],
)
def test_what_is_open_to_those_who_walk_is_a_way_in_both_directions(tags: dict[str, str]) -> None:
    assert traits(tags) == Trait(0)


def test_steps_bridges_tunnels_and_what_is_indoors_are_told_apart() -> None:
    assert traits({"highway": "steps"}) == Trait.STEPS | Trait.NOT_STEP_FREE
    assert traits({"highway": "steps", "ramp:wheelchair": "yes"}) == Trait.STEPS
    assert traits({"highway": "footway", "bridge": "yes"}) == Trait.BRIDGE
    assert traits({"highway": "footway", "bridge": "no", "tunnel": "no", "indoor": "no"}) == Trait(0)
    assert traits({"highway": "footway", "tunnel": "building_passage"}) == Trait.TUNNEL
    assert traits({"highway": "corridor"}) == Trait.INDOORS


@pytest.mark.parametrize(
    ("tags", "free"),
    [
        ({"wheelchair": "no"}, False),
        ({"surface": "sand"}, False),
        ({"surface": "sand", "wheelchair": "yes"}, True),
        ({"incline": "12 %"}, False),
        ({"incline": "-12,5%"}, False),
        ({"incline": "8%"}, True),
        ({"incline": "up"}, True),
    ],
)
def test_a_wheelchair_takes_what_is_neither_steep_nor_rough_nor_said_to_be_no_way(
    tags: dict[str, str], free: bool
) -> None:
    found = traits({"highway": "footway"} | tags)
    assert found is not None
    assert (Trait.NOT_STEP_FREE not in found) is free


def test_an_adult_walks_130_metres_in_100_seconds_and_50_metres_of_steps_as_well() -> None:
    assert flat_ds(1_300) == 1_000
    assert steps_ds(500) == 1_000
    assert flat_ds(0) == steps_ds(0) == 1, "no piece takes no time, or a search would never end"


def test_whoever_is_slower_needs_so_much_longer() -> None:
    assert seconds(1_000, Profile.ADULT) == pytest.approx(100)
    assert seconds(1_000, Profile.OLDER) == pytest.approx(136.8, abs=0.1)
    assert seconds(1_000, Profile.CHILD) == pytest.approx(144.4, abs=0.1)
