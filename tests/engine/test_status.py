from __future__ import annotations

import pytest

from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
    COAST,
    COUNTRY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    PORT,
    WEST,
    carried_out,
    minute,
    raising,
    releasing,
)
from tocsin.commands import Command
from tocsin.engine import State, around, covering, inside, status_of, statuses
from tocsin.model import Extent, Hazard, Level, Stage, Status, ZoneId

CLEAR, PARTIAL, EARLY, YELLOW, RED = Status


def said(*commands: Command) -> dict[ZoneId, Status]:
    """What is said of every zone, checked to be the same whichever way it is asked."""
    state = carried_out(commands)
    every = statuses(state)
    assert every == {zone: status_of(state, zone).status for zone in COUNTRY}
    assert list(every) == list(COUNTRY)
    return every


def not_clear(every: dict[ZoneId, Status]) -> dict[ZoneId, Status]:
    return {zone: status for zone, status in every.items() if status is not CLEAR}


def test_where_nothing_is_held_all_is_clear() -> None:
    assert not_clear(said()) == {}
    assert status_of(State(COUNTRY), LAND).since is None


def test_a_hold_reaches_its_zone_and_everything_below_and_makes_what_lies_above_partial() -> None:
    assert not_clear(said(raising(COAST))) == {LAND: PARTIAL, EAST: PARTIAL, COAST: RED, PORT: RED, BEACH: RED}


def test_a_hold_on_the_country_reaches_every_zone() -> None:
    assert set(said(raising(LAND)).values()) == {RED}


def test_a_hold_on_a_smallest_zone_leaves_its_neighbours_clear() -> None:
    assert not_clear(said(raising(PORT))) == {LAND: PARTIAL, EAST: PARTIAL, COAST: PARTIAL, PORT: RED}


def test_of_a_zone_below_a_partial_hold_it_is_said_that_it_may_be_the_part_that_is_meant() -> None:
    state = carried_out([raising(EAST, extent=Extent.PART, level=Level.YELLOW), raising(WEST)])
    port = status_of(state, PORT)
    assert (port.status, port.around) == (CLEAR, YELLOW)
    assert [hold.zone for hold in around(state, PORT)] == [EAST]
    above = raising(LAND, extent=Extent.PART), raising(COAST, extent=Extent.PART)
    assert [hold.zone for hold in around(carried_out(above, state), PORT)] == [EAST, LAND, COAST], "oldest first"
    for elsewhere in (EAST, LAND, WEST, FOREST):
        assert status_of(state, elsewhere).around is CLEAR, elsewhere
    calm = carried_out([raising(EAST, extent=Extent.PART), releasing(EAST)])
    assert status_of(calm, PORT).around is CLEAR


def test_a_hold_on_part_of_a_zone_makes_it_partial_and_reaches_nothing_below() -> None:
    assert not_clear(said(raising(EAST, extent=Extent.PART))) == {LAND: PARTIAL, EAST: PARTIAL}


def test_part_of_a_zone_beside_the_whole_of_it_is_the_whole() -> None:
    both = raising(EAST, extent=Extent.PART), raising(EAST, level=Level.YELLOW)
    assert said(*both)[EAST] is said(*reversed(both))[EAST] is YELLOW


@pytest.mark.parametrize("order", [1, -1])
def test_yellow_beside_red_leaves_red(order: int) -> None:
    both = [raising(EAST, level=Level.YELLOW), raising(EAST, level=Level.RED)][::order]
    assert said(*both)[EAST] is said(*both)[PORT] is RED


@pytest.mark.parametrize("order", [1, -1])
def test_an_early_warning_beside_an_alert_leaves_the_alert(order: int) -> None:
    both = [raising(EAST, stage=Stage.EARLY_WARNING), raising(EAST, level=Level.YELLOW)][::order]
    assert said(*both)[EAST] is YELLOW


def test_an_early_warning_is_one_whatever_its_level() -> None:
    assert said(raising(EAST, stage=Stage.EARLY_WARNING, level=Level.RED))[EAST] is EARLY


def test_when_the_alert_ends_the_early_warning_beside_it_still_stands() -> None:
    orders = [raising(EAST, stage=Stage.EARLY_WARNING, ref="early"), raising(EAST, ref="now")]
    assert said(*orders, releasing(EAST, ref="now"))[EAST] is EARLY


def test_a_zone_says_the_worst_of_its_own_holds_and_its_ancestors() -> None:
    every = said(raising(LAND, level=Level.YELLOW), raising(COAST), raising(HILLS, stage=Stage.EARLY_WARNING))
    assert every == {
        LAND: YELLOW,
        EAST: YELLOW,
        WEST: YELLOW,
        CAPITAL: YELLOW,
        FOREST: YELLOW,
        COAST: RED,
        PORT: RED,
        BEACH: RED,
        HILLS: YELLOW,
    }


def test_a_zone_held_twice_stays_red_when_one_ends() -> None:
    twice = [raising(EAST, source=ARMY), raising(EAST)]
    assert said(*twice, releasing(EAST))[EAST] is RED
    assert said(*twice, releasing(EAST), releasing(EAST, source=ARMY))[EAST] is CLEAR


def test_a_zone_held_for_two_hazards_stays_red_when_one_ends() -> None:
    assert said(raising(EAST), raising(EAST, hazard=Hazard.NUCLEAR), releasing(EAST))[EAST] is RED


def test_a_zone_is_not_clear_while_an_ancestor_is_held() -> None:
    every = said(raising(COAST), raising(LAND), releasing(COAST))
    assert every[COAST] is every[PORT] is RED


def test_a_zone_is_not_clear_while_something_in_it_is_held() -> None:
    every = said(raising(EAST), raising(PORT), releasing(EAST))
    assert not_clear(every) == {LAND: PARTIAL, EAST: PARTIAL, COAST: PARTIAL, PORT: RED}


def test_what_is_within_is_told_beside_what_covers() -> None:
    state = carried_out([raising(LAND, level=Level.YELLOW), raising(PORT), raising(WEST, extent=Extent.PART)])
    within = {zone: status_of(state, zone).within for zone in (LAND, EAST, COAST, PORT, WEST, FOREST)}
    assert within == {LAND: RED, EAST: RED, COAST: RED, PORT: CLEAR, WEST: RED, FOREST: CLEAR}


def test_a_status_stands_since_the_oldest_open_hold_it_rests_on() -> None:
    state = carried_out(
        [
            raising(EAST, at=minute(-30), ref="first"),
            raising(LAND, at=minute(-40)),
            raising(EAST, at=minute(-20), ref="second"),
            raising(PORT, at=minute(-90)),
        ]
    )
    assert status_of(state, EAST).since == minute(-40)
    assert status_of(state, PORT).since == minute(-90)
    state = carried_out([releasing(LAND)], state)
    assert status_of(state, EAST).since == minute(-30)
    assert status_of(state, LAND).since == minute(-90), "partial, since the oldest of the parts"


def test_what_covers_a_zone_is_told_oldest_first_and_without_partial_holds() -> None:
    state = carried_out([raising(COAST), raising(LAND), raising(EAST, extent=Extent.PART), raising(EAST)])
    assert [hold.zone for hold in covering(state, PORT)] == [COAST, LAND, EAST]
    assert sorted(hold.id for hold in inside(state, EAST)) == [1, 3]
    assert sorted(hold.id for hold in inside(state, LAND)) == [1, 3, 4]
    assert inside(state, PORT) == []
