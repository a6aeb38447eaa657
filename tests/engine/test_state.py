from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
import pytest

from tests.world import (
    ARMY,
    COAST,
    COUNTRY,
    DUTY,
    EAST,
    LAND,
    NOON,
    PORT,
    WEST,
    carried_out,
    command,
    decided,
    minute,
    raising,
    releasing,
    upon,
)
from tocsin.commands import Annotate, Escalate, Heartbeat, Narrow, SourceBack, SourceSilent, Withdraw
from tocsin.engine import State, evolve, fold, statuses
from tocsin.engine.snapshot import Packed, pack, unpack
from tocsin.events import ClockAccepted, Event, GrantRevoked
from tocsin.model import Extent, Hierarchy, Level, Source, Stage, Threat, ZoneId

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
    command(Heartbeat(silent_after_s=30, zones=(EAST,)), ARMY),
    upon(Escalate, EAST, source=ARMY, to_stage=Stage.ALERT, to_threat=Threat.DRONES),
    command(SourceSilent()),
    upon(Annotate, PORT, note="три"),
    upon(Withdraw, PORT),
    upon(Narrow, EAST, of=ARMY, to=(COAST,)),
    command(SourceSilent(of=ARMY)),
]
"""Every kind of event that the engine folds, but for a source that comes back."""


def events() -> list[Event]:
    """All that they lead to, and beside it events of authority, which take a seq and change no warning."""
    found: list[Event] = list(decided(BUSY))
    found.insert(17, ClockAccepted(at=NOON))
    return [*found, GrantRevoked(grant=9, at=NOON)]


def test_a_holds_id_is_the_seq_of_the_event_that_placed_it() -> None:
    state = carried_out(BUSY)
    assert state.seq == 16
    assert {hold.id: hold.zone for hold in state.holds.values()} == {6: WEST, 7: LAND, 14: COAST}
    assert all(state.holds[hold_id].zone == zone for zone, ids in state.by_zone.items() for hold_id in ids)


def test_a_hold_keeps_all_that_its_order_said() -> None:
    [hold] = carried_out(BUSY[:1]).holds.values()
    assert (hold.since, hold.ref, hold.cause, hold.source) == (minute(-9), "a", "дрони", "duty")


def test_a_zone_that_nothing_holds_any_more_is_absent() -> None:
    state = carried_out([raising(PORT), raising(PORT, ref="b"), releasing(PORT)])
    assert (dict(state.holds), dict(state.by_zone), dict(state.below), state.seq) == ({}, {}, {}, 4)


def test_how_many_holds_lie_below_is_counted_on_the_way_in_and_out() -> None:
    state = carried_out([raising(PORT), raising(COAST), raising(PORT, ref="b")])
    assert dict(state.below) == {COAST: 2, EAST: 3, LAND: 3}
    assert dict(carried_out([releasing(PORT, ref="b")], state).below) == {COAST: 1, EAST: 2, LAND: 2}
    assert dict(carried_out([upon(Withdraw, COAST)], state).below) == {COAST: 2, EAST: 2, LAND: 2}


def test_holds_on_a_zone_stand_oldest_first() -> None:
    state = carried_out([raising(EAST, ref=ref) for ref in "abc"] + [releasing(EAST, ref="b")])
    assert state.by_zone[EAST] == (1, 3)


def test_events_of_authority_take_a_seq_and_nothing_else() -> None:
    state = carried_out(BUSY)
    after = fold(state, [GrantRevoked(grant=1, at=NOON), ClockAccepted(at=NOON)])
    assert msgspec.structs.replace(pack(after), seq=state.seq) == pack(state)
    assert after.seq == state.seq + 2
    assert carried_out([raising(PORT)], after).by_zone[PORT] == (19,), "the next hold is numbered after them"


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
    assert len({state.seq for state in states}) == len(events()) + 1


@pytest.mark.parametrize("ended", [releasing(EAST), upon(Withdraw, EAST)])
def test_an_end_of_a_hold_that_is_not_open_does_not_fold(ended: object) -> None:
    log = decided([raising(EAST), ended])  # type: ignore[list-item]  # a command
    with pytest.raises(KeyError):
        fold(State(COUNTRY), [*log, log[-1]])


# --- sources ---------------------------------------------------------------------------------


def watched(**said: object) -> Source:
    promise = {"silent_after_s": 30, "zones": (EAST,), "silent_since": None}
    return Source(id=ARMY, **(promise | said))  # type: ignore[arg-type]  # its own fields


def test_a_source_is_known_by_its_promise_and_its_silence() -> None:
    state = carried_out([command(Heartbeat(silent_after_s=30, zones=(EAST,)), ARMY)])
    assert state.sources == {ARMY: watched()}
    silent = carried_out([command(SourceSilent(of=ARMY))], state, minute(1))
    assert silent.sources == {ARMY: watched(silent_since=minute(1))}
    back = carried_out([command(SourceBack(of=ARMY))], silent)
    assert back.sources == {ARMY: watched()}


def test_a_new_promise_of_a_silent_source_does_not_end_its_silence_by_itself() -> None:
    log = decided([command(Heartbeat(silent_after_s=30), ARMY), command(SourceSilent(), ARMY)])
    promised, *_ = decided([command(Heartbeat(silent_after_s=60, zones=(EAST,)), ARMY)])
    assert fold(State(COUNTRY), [*log, promised]).sources == {ARMY: watched(silent_after_s=60, silent_since=NOON)}


def test_a_source_that_is_not_watched_is_known_while_it_is_silent_and_no_longer() -> None:
    state = carried_out([raising(EAST), command(SourceSilent())], now=minute(1))
    assert state.sources == {DUTY: Source(id=DUTY, silent_after_s=None, zones=(), silent_since=minute(1))}
    assert carried_out([command(SourceBack())], state).sources == {}


# --- snapshots -------------------------------------------------------------------------------


def test_a_state_packed_and_unpacked_is_the_same_state() -> None:
    state = fold(State(COUNTRY), events())
    back = unpack(pack(state), COUNTRY)
    assert back == state
    assert statuses(back) == statuses(state)
    assert msgspec.json.decode(msgspec.json.encode(pack(state)), type=Packed) == pack(state)


def test_several_holds_on_a_zone_come_back_oldest_first() -> None:
    state = carried_out([raising(PORT, ref=ref) for ref in "abc"])
    back = unpack(pack(state), COUNTRY)
    assert back.by_zone == {PORT: (1, 2, 3)}
    assert back == state


def test_the_same_state_packs_to_the_same_bytes_however_it_was_come_by() -> None:
    state = fold(State(COUNTRY), events())
    other_order = State(
        COUNTRY,
        state.seq,
        backwards(state.holds),
        backwards(state.by_zone),
        backwards(state.below),
        backwards(state.touched),
        backwards(state.touched_below),
        backwards(state.sources),
    )
    assert other_order == state
    assert len(state.sources) > 1
    assert len(state.touched) > 1
    assert (
        msgspec.json.encode(pack(other_order))
        == msgspec.json.encode(pack(unpack(pack(state), COUNTRY)))
        == msgspec.json.encode(pack(state))
    )


def backwards(map: Mapping[K, V]) -> dict[K, V]:
    return dict(reversed(list(map.items())))


def test_snapshot_and_tail_are_the_same_as_the_whole_fold() -> None:
    whole = fold(State(COUNTRY), events())
    for upto in range(len(events()) + 1):
        snapshot = pack(fold(State(COUNTRY), events()[:upto]))
        assert fold(unpack(snapshot, COUNTRY), events()[upto:]) == whole


def test_a_snapshot_of_zones_that_the_atlas_does_not_have_is_not_taken_for_one_of_it() -> None:
    elsewhere = Hierarchy({ZoneId("atlantis"): None})
    with pytest.raises(KeyError):
        unpack(pack(carried_out([raising(PORT)])), elsewhere)
