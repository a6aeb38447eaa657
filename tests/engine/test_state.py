from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
import pytest

from tests.world import ARMY, COAST, COUNTRY, EAST, LAND, NOON, PORT, WEST, carried_out, minute, raising, releasing
from tocsin.engine import State, decide, evolve, fold, statuses
from tocsin.engine.snapshot import pack, unpack
from tocsin.events import Event
from tocsin.model import Extent, Level, Stage, Threat

K = TypeVar("K")
V = TypeVar("V")

BUSY = [
    raising(EAST, at=minute(-9), ref="a", cause="дрони"),
    raising(EAST, source=ARMY, level=Level.YELLOW, stage=Stage.EARLY_WARNING),
    raising(PORT, COAST, threat=Threat.BALLISTIC_MISSILES),
    releasing(EAST),
    raising(WEST, extent=Extent.PART),
    raising(LAND, level=Level.YELLOW),
    releasing(COAST),
]


def events() -> list[Event]:
    state = State(COUNTRY)
    found: list[Event] = []
    for given in BUSY:
        decided = decide(state, given, NOON)
        found += decided
        state = fold(state, decided)
    return found


def test_a_holds_id_is_the_seq_of_the_event_that_placed_it() -> None:
    state = carried_out(BUSY)
    assert state.seq == 8
    assert {hold.id: hold.zone for hold in state.holds.values()} == {2: EAST, 3: PORT, 6: WEST, 7: LAND}
    assert all(state.holds[hold_id].zone == zone for zone, ids in state.by_zone.items() for hold_id in ids)


def test_a_hold_keeps_all_that_its_order_said() -> None:
    [hold] = carried_out(BUSY[:1]).holds.values()
    assert (hold.since, hold.ref, hold.cause, hold.source) == (minute(-9), "a", "дрони", "duty")


def test_a_zone_that_nothing_holds_any_more_is_absent() -> None:
    state = carried_out([raising(EAST), raising(EAST, ref="b"), releasing(EAST)])
    assert (dict(state.holds), dict(state.by_zone), state.seq) == ({}, {}, 4)


def test_holds_on_a_zone_stand_oldest_first() -> None:
    state = carried_out([raising(EAST, ref=ref) for ref in "abc"] + [releasing(EAST, ref="b")])
    assert state.by_zone[EAST] == (1, 3)


def test_folding_at_once_is_the_same_as_evolving_one_by_one() -> None:
    state = State(COUNTRY)
    for event in events():
        state = evolve(state, event)
    assert fold(State(COUNTRY), events()) == state


def test_old_states_are_unharmed_by_what_comes_after() -> None:
    states, kept = [State(COUNTRY)], [pack(State(COUNTRY))]
    for event in events():
        states.append(evolve(states[-1], event))
        kept.append(pack(states[-1]))
    assert [pack(state) for state in states] == kept
    assert len({state.seq for state in states}) == 9


def test_a_release_of_a_hold_that_is_not_open_does_not_fold() -> None:
    *before, last = events()
    with pytest.raises(KeyError):
        fold(State(COUNTRY), [*before, last, last])


# --- snapshots -------------------------------------------------------------------------------


def test_a_state_packed_and_unpacked_is_the_same_state() -> None:
    state = carried_out(BUSY)
    back = unpack(pack(state), COUNTRY)
    assert back == state
    assert statuses(back) == statuses(state)


def test_the_same_state_packs_to_the_same_bytes_however_it_was_come_by() -> None:
    state = carried_out(BUSY)
    other_order = State(COUNTRY, state.seq, backwards(state.holds), backwards(state.by_zone))
    assert pack(other_order) == pack(unpack(pack(state), COUNTRY)) == pack(state)


def backwards(map: Mapping[K, V]) -> dict[K, V]:
    return dict(reversed(list(map.items())))


def test_snapshot_and_tail_are_the_same_as_the_whole_fold() -> None:
    whole = fold(State(COUNTRY), events())
    for upto in range(len(events()) + 1):
        snapshot = pack(fold(State(COUNTRY), events()[:upto]))
        assert fold(unpack(snapshot, COUNTRY), events()[upto:]) == whole


@pytest.mark.parametrize("body", [b"", b"{}", b'{"seq":1}', b'{"seq":1,"holds":[{"id":1}]}', b"\xff", b"[]"])
def test_bytes_of_another_format_are_refused(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack(body, COUNTRY)
