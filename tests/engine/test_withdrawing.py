"""Withdrawing a false alarm, and adding a word to what stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.world import (
    ARMY,
    BEACH,
    COAST,
    DUTY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    NOON,
    PORT,
    WEST,
    carried_out,
    minute,
    raising,
    upon,
)
from tocsin.commands import Annotate, Escalate, Release, Withdraw
from tocsin.engine import decide, statuses
from tocsin.errors import EndBeforeStart, NothingHeld
from tocsin.events import Event, HoldAnnotated, HoldReleased, HoldWithdrawn
from tocsin.model import Extent, Hazard, HoldId, Level, Stage, Status, Threat

HELD = carried_out([raising(EAST, ref="a"), raising(EAST, ref="b"), raising(EAST, source=ARMY)])


def endings(events: Iterable[Event]) -> list[HoldReleased | HoldWithdrawn]:
    found = [event for event in events if isinstance(event, HoldReleased | HoldWithdrawn)]
    assert found == list(events)
    return found


def test_a_withdrawal_says_what_was_taken_back_so_that_everyone_who_got_it_can_be_told() -> None:
    state = carried_out(
        [
            raising(EAST, hazard=Hazard.CHEMICAL, threat=Threat.DRONES, stage=Stage.EARLY_WARNING, at=minute(-9)),
            upon(Escalate, EAST, hazard=Hazard.CHEMICAL, to_stage=Stage.ALERT, at=minute(-5)),
            raising(LAND, level=Level.YELLOW, source=ARMY),
        ]
    )
    given = upon(Withdraw, EAST, hazard=Hazard.CHEMICAL, cause="a finger slipped", at=minute(-1))
    assert decide(state, given, NOON) == (
        HoldWithdrawn(
            hold=HoldId(1),
            zone=EAST,
            hazard=Hazard.CHEMICAL,
            threat=Threat.DRONES,
            stage=Stage.ALERT,
            level=Level.RED,
            source=DUTY,
            at=minute(-1),
            leaves=Status.YELLOW,
            cause="a finger slipped",
        ),
    )


def test_what_is_withdrawn_is_gone() -> None:
    state = carried_out([raising(EAST), raising(WEST), upon(Withdraw, EAST)])
    assert [hold.zone for hold in state.holds.values()] == [WEST]
    assert statuses(state)[PORT] is Status.CLEAR
    with pytest.raises(NothingHeld):
        decide(state, upon(Withdraw, EAST), NOON)


@pytest.mark.parametrize("kind", [Withdraw, Release])
def test_only_what_the_order_means_is_taken_back(kind: type[Withdraw | Release]) -> None:
    def ended(**meant: Any) -> list[int]:
        events = endings(decide(HELD, upon(kind, EAST, **meant), NOON))
        assert {event.source for event in events} == {DUTY}
        return [event.hold for event in events]

    assert ended() == [1, 2]
    assert ended(ref="b") == [2]
    assert ended(of=ARMY) == [3]
    with pytest.raises(NothingHeld) as caught:
        ended(ref="b", of=ARMY)
    assert caught.value.detail["source"] == ARMY
    with pytest.raises(NothingHeld):
        decide(HELD, upon(kind, EAST, COAST), NOON)
    with pytest.raises(NothingHeld):
        decide(HELD, upon(kind, EAST, hazard=Hazard.NUCLEAR), NOON)


@pytest.mark.parametrize("kind", [Withdraw, Release])
def test_each_says_what_it_leaves_and_the_last_alone_leaves_calm(kind: type[Withdraw | Release]) -> None:
    state = carried_out([raising(EAST, ref="a"), raising(EAST, ref="b", level=Level.YELLOW), raising(PORT)])
    events = endings(decide(state, upon(kind, EAST, PORT), NOON))
    assert [(event.zone, event.leaves) for event in events] == [
        (EAST, Status.YELLOW),
        (EAST, Status.PARTIAL),
        (PORT, Status.CLEAR),
    ]
    inside_first = endings(decide(carried_out([raising(EAST), raising(PORT)]), upon(kind, PORT, EAST), NOON))
    assert [event.leaves for event in inside_first] == [Status.RED, Status.CLEAR]
    parts = carried_out([raising(EAST, extent=Extent.PART, ref=ref) for ref in "ab"])
    left = [event.leaves for event in endings(decide(parts, upon(kind, EAST), NOON))]
    assert left == [Status.PARTIAL, Status.CLEAR]


@pytest.mark.parametrize("kind", [Withdraw, Release])
def test_nothing_ends_before_it_began_but_without_a_moment_it_ends_as_it_begins(
    kind: type[Withdraw | Release],
) -> None:
    state = carried_out([raising(EAST, at=minute(1))])
    with pytest.raises(EndBeforeStart) as caught:
        decide(state, upon(kind, EAST, at=minute(0.5)), NOON)
    assert caught.value.detail == {
        "zone": EAST,
        "since": minute(1).isoformat(),
        "at": minute(0.5).isoformat(),
    }
    assert [event.at for event in endings(decide(state, upon(kind, EAST), NOON))] == [minute(1)]


def test_whoever_would_end_what_another_source_holds_is_told_whose_it_is() -> None:
    state = carried_out([raising(LAND, source=ARMY), raising(COAST, source=ARMY), raising(PORT)])
    with pytest.raises(NothingHeld, match=r"^duty holds nothing of that kind on: coast, west$") as caught:
        decide(state, upon(Release, COAST, WEST, PORT), NOON)
    assert caught.value.detail == {
        "zones": [COAST, WEST],
        "source": DUTY,
        "held_by": {COAST: ["army on coast", "army on land"], WEST: ["army on land"]},
    }


def test_whose_it_is_is_told_in_few_words_however_much_is_held() -> None:
    state = carried_out([raising(COAST, source=ARMY, ref=str(number)) for number in range(9)])
    with pytest.raises(NothingHeld) as caught:
        decide(state, upon(Release, COAST, WEST), NOON)
    assert caught.value.detail["held_by"] == {COAST: ["army on coast"] * 5}
    with pytest.raises(NothingHeld, match=r": port, beach, coast, hills, forest$") as caught:
        decide(carried_out([raising(LAND, source=ARMY)]), upon(Release, PORT, BEACH, COAST, HILLS, FOREST, WEST), NOON)
    assert len(caught.value.detail["held_by"]) == 5
    assert len(caught.value.detail["zones"]) == 6


# --- a word added ----------------------------------------------------------------------------


def test_a_word_is_added_to_the_holds_it_means_and_changes_nothing_else() -> None:
    assert decide(HELD, upon(Annotate, EAST, note="three of them", ref="b", at=minute(-1)), NOON) == (
        HoldAnnotated(hold=HoldId(2), zone=EAST, source=DUTY, at=minute(-1), note="three of them"),
    )
    after = carried_out([upon(Annotate, EAST, note="three of them", ref="b")], HELD)
    assert [hold.note for hold in after.holds.values()] == [None, "three of them", None]
    assert statuses(after) == statuses(HELD)


def test_the_same_word_again_changes_nothing_and_another_takes_its_place() -> None:
    state = carried_out([upon(Annotate, EAST, note="three of them")], HELD)
    assert decide(state, upon(Annotate, EAST, note="three of them"), NOON) == ()
    after = carried_out([upon(Annotate, EAST, note="four of them")], state)
    assert [hold.note for hold in after.holds.values()] == ["four of them", "four of them", None]


def test_what_nobody_holds_takes_no_word() -> None:
    with pytest.raises(NothingHeld):
        decide(HELD, upon(Annotate, WEST, note="?"), NOON)
