"""An order decided upon what has changed since is refused, and no other."""

from __future__ import annotations

import msgspec
import pytest

from tests.world import (
    ARMY,
    CAPITAL,
    COAST,
    COUNTRY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    NOON,
    PORT,
    WEST,
    carried_out,
    command,
    raising,
    releasing,
    upon,
)
from tocsin.commands import Annotate, Command, Escalate, Extend, Narrow, Replace, SourceSilent, Withdraw
from tocsin.engine import State, decide, last_touched
from tocsin.errors import StaleSeq, UnknownZone
from tocsin.model import Level, ZoneId


def seen(seq: int, given: Command) -> Command:
    return msgspec.structs.replace(given, decided_upon=seq)


HELD = carried_out([raising(COAST, level=Level.YELLOW), raising(CAPITAL)])


@pytest.mark.parametrize(
    "happened",
    [
        raising(COAST, ref="b"),
        raising(COAST, source=ARMY),
        raising(PORT),
        raising(EAST),
        raising(LAND),
        upon(Escalate, COAST, to_level=Level.RED),
    ],
    ids=["on it", "by another", "in it", "above it", "above that", "escalated"],
)
def test_what_happened_to_a_zone_in_it_or_above_it_refuses_what_was_decided_before(happened: Command) -> None:
    state = carried_out([happened], HELD)
    for given in (releasing(COAST), raising(COAST, ref="c")):
        said = r"^something has happened to these zones at 3, .* upon 2: look again and decide anew$"
        with pytest.raises(StaleSeq, match=said) as caught:
            decide(state, seen(2, given), NOON)
        assert caught.value.detail == {"head": 3, "decided_upon": 2, "touched": 3}
        assert decide(state, seen(3, given), NOON)
        assert decide(state, given, NOON), "who names no seq is not held to one"


@pytest.mark.parametrize(
    "happened",
    [
        raising(HILLS),
        raising(WEST),
        releasing(CAPITAL),
        upon(Annotate, COAST, note="three of them"),
        command(SourceSilent()),
    ],
    ids=["beside it", "elsewhere", "ended elsewhere", "a word", "a silence"],
)
def test_what_happened_elsewhere_or_changed_no_warning_refuses_nothing(happened: Command) -> None:
    state = carried_out([happened], HELD)
    assert decide(state, seen(2, releasing(COAST)), NOON)


def test_what_was_ended_counts_as_much_as_what_was_placed() -> None:
    for ending in (releasing, lambda zone: upon(Withdraw, zone)):
        state = carried_out([raising(PORT), ending(PORT)], HELD)
        with pytest.raises(StaleSeq):
            decide(state, seen(3, releasing(COAST)), NOON)


@pytest.mark.parametrize(
    "given",
    [
        raising(COAST, ref="c"),
        releasing(COAST),
        upon(Withdraw, COAST),
        upon(Escalate, COAST, to_level=Level.RED),
        upon(Annotate, COAST, note="three of them"),
        upon(Extend, COAST, to=(HILLS,)),
        upon(Narrow, COAST, to=(PORT,)),
        upon(Replace, COAST, by=raising(HILLS).order),
    ],
    ids=lambda given: type(given.order).__name__,
)
def test_every_kind_of_order_is_held_to_the_seq_it_names(given: Command) -> None:
    state = carried_out([raising(COAST, ref="b")], HELD)
    with pytest.raises(StaleSeq):
        decide(state, seen(2, given), NOON)
    assert decide(state, seen(3, given), NOON)


@pytest.mark.parametrize(
    "given",
    [upon(Extend, COAST, to=(HILLS, WEST)), upon(Replace, COAST, by=raising(HILLS, FOREST).order)],
    ids=lambda given: type(given.order).__name__,
)
def test_an_order_that_warns_further_zones_is_held_to_what_happened_to_them_as_well(given: Command) -> None:
    """As when a false alarm was taken back there since: what was decided before must not give it again."""
    state = carried_out([raising(FOREST), upon(Withdraw, FOREST)], HELD)
    with pytest.raises(StaleSeq) as caught:
        decide(state, seen(2, given), NOON)
    assert caught.value.detail == {"head": 4, "decided_upon": 2, "touched": 4}
    assert decide(state, seen(4, given), NOON)
    assert decide(carried_out([raising(CAPITAL, ref="b")], HELD), seen(2, given), NOON)


def test_an_order_to_warn_zones_that_are_not_there_is_refused_for_that_whatever_happened_since() -> None:
    given = upon(Extend, COAST, to=(ZoneId("atlantis"),))
    with pytest.raises(UnknownZone):
        decide(carried_out([raising(PORT)], HELD), seen(2, given), NOON)


def test_one_touched_zone_of_many_is_enough() -> None:
    state = carried_out([raising(PORT)], HELD)
    with pytest.raises(StaleSeq):
        decide(state, seen(2, raising(FOREST, COAST, CAPITAL)), NOON)


def test_a_seq_past_the_head_is_of_another_log() -> None:
    with pytest.raises(StaleSeq, match="another log") as caught:
        decide(HELD, seen(3, raising(FOREST)), NOON)
    assert caught.value.detail == {"head": 2, "decided_upon": 3}
    assert decide(State(COUNTRY), seen(0, raising(FOREST)), NOON)


def test_the_last_touch_is_the_latest_of_all_that_matter_to_the_zones() -> None:
    state = carried_out([raising(PORT), raising(LAND), raising(WEST), releasing(PORT), raising(CAPITAL)])

    def touched(*zones: ZoneId) -> int:
        return last_touched(state, zones)

    assert [touched(zone) for zone in (PORT, COAST, EAST, LAND, WEST, FOREST, HILLS, CAPITAL)] == [
        4,
        4,
        4,
        5,
        3,
        3,
        2,
        5,
    ]
    assert touched(HILLS, WEST) == touched(WEST, HILLS) == 3
    assert touched() == last_touched(State(COUNTRY), [PORT]) == 0
