"""Narrowing, extending and replacing: what goes on is placed before anything ends."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
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
    only,
    raising,
    upon,
)
from tocsin.commands import Extend, Narrow, Raise, Replace
from tocsin.engine import State, decide, fold, statuses
from tocsin.errors import BadTime, EndBeforeStart, NothingHeld, NotInside, UnknownZone
from tocsin.events import Event, HoldRaised, HoldReleased
from tocsin.model import Ending, Extent, Hazard, HoldId, Level, SourceId, Stage, Status, Threat, ZoneId

HELD = carried_out([raising(EAST, threat=Threat.DRONES, level=Level.YELLOW, at=minute(-9), ref="a", cause="seen")])


def told(events: tuple[Event, ...]) -> list[str]:
    """Each event in short: ``+port`` where a hold is placed, ``-east 1`` where hold 1 on the east ends."""
    short = []
    for event in events:
        assert isinstance(event, HoldRaised | HoldReleased)
        short.append(f"+{event.zone}" if isinstance(event, HoldRaised) else f"-{event.zone} {event.hold}")
    return short


# --- narrowing -------------------------------------------------------------------------------


def test_to_narrow_keeps_the_warning_as_it_was_on_what_is_kept_and_ends_it_elsewhere() -> None:
    kept, ended = decide(HELD, upon(Narrow, EAST, to=(PORT,), cause="only the port"), NOON)
    assert kept == HoldRaised(
        zone=PORT,
        hazard=Hazard.AIR_RAID,
        threat=Threat.DRONES,
        stage=Stage.ALERT,
        level=Level.YELLOW,
        extent=Extent.WHOLE,
        source=DUTY,
        at=minute(-9),
        ref="a",
        cause="only the port",
        follows=HoldId(1),
    )
    assert ended == HoldReleased(
        hold=HoldId(1),
        zone=EAST,
        source=DUTY,
        at=NOON,
        cause="only the port",
        hazard=Hazard.AIR_RAID,
        leaves=Status.PARTIAL,
        ending=Ending.NARROWED,
    )


def test_without_a_cause_of_its_own_a_narrowed_warning_keeps_the_one_it_had() -> None:
    kept, ended = decide(HELD, upon(Narrow, EAST, to=(PORT,)), NOON)
    assert isinstance(kept, HoldRaised)
    assert isinstance(ended, HoldReleased)
    assert (kept.cause, ended.cause) == ("seen", None)


def test_of_several_zones_those_kept_whole_are_left_alone() -> None:
    state = carried_out([raising(EAST), raising(WEST), raising(CAPITAL)])
    assert told(decide(state, upon(Narrow, EAST, WEST, CAPITAL, to=(WEST, HILLS)), NOON)) == [
        "+hills",
        "-east 1",
        "-capital 3",
    ]


def test_to_narrow_to_all_of_it_changes_nothing() -> None:
    assert decide(HELD, upon(Narrow, EAST, to=(EAST,)), NOON) == ()
    assert decide(HELD, upon(Narrow, EAST, to=(EAST, PORT)), NOON) == ()


def test_a_part_that_is_kept_is_placed_once_however_many_holds_cover_it() -> None:
    state = carried_out([raising(EAST), raising(COAST)])
    assert told(decide(state, upon(Narrow, EAST, COAST, to=(PORT,)), NOON)) == ["+port", "-east 1", "-coast 2"]


EVERYTHING: dict[str, Any] = {
    "hazard": Hazard.CHEMICAL,
    "threat": Threat.DRONES,
    "stage": Stage.EARLY_WARNING,
    "level": Level.YELLOW,
    "extent": Extent.PART,
    "ref": "a",
}


def test_of_a_hold_that_says_nothing_as_most_do_all_is_kept_and_compared() -> None:
    held, beside = raising(EAST, **EVERYTHING), raising(PORT, **EVERYTHING)
    given = upon(Narrow, EAST, hazard=Hazard.CHEMICAL, to=(PORT,))
    [kept, _] = decide(carried_out([held]), given, NOON)
    assert {field: getattr(kept, field) for field in EVERYTHING} == EVERYTHING
    assert told(decide(carried_out([held, beside]), given, NOON)) == ["-east 1"]
    [more] = only(HoldRaised, decide(carried_out([held]), upon(Extend, EAST, hazard=Hazard.CHEMICAL, to=(WEST,)), NOON))
    assert {field: getattr(more, field) for field in EVERYTHING} == EVERYTHING


@pytest.mark.parametrize("field", list(EVERYTHING))
@pytest.mark.parametrize("kind", [Narrow, Extend])
def test_what_differs_in_one_thing_is_another_hold(kind: type[Narrow | Extend], field: str) -> None:
    ordinary: dict[str, Any] = {
        "hazard": Hazard.AIR_RAID,
        "threat": Threat.UNKNOWN,
        "stage": Stage.ALERT,
        "level": Level.RED,
        "extent": Extent.WHOLE,
        "ref": None,
    }
    other = raising(PORT, **EVERYTHING | {field: ordinary[field]})
    state = carried_out([raising(EAST, **EVERYTHING), other])
    assert told(decide(state, upon(kind, EAST, hazard=Hazard.CHEMICAL, to=(PORT,)), NOON))[0] == "+port"


def test_two_holds_that_differ_are_both_kept() -> None:
    state = carried_out([raising(EAST, ref="a"), raising(EAST, ref="b")])
    assert told(decide(state, upon(Narrow, EAST, to=(PORT, HILLS)), NOON)) == [
        "+port",
        "+hills",
        "+port",
        "+hills",
        "-east 1",
        "-east 2",
    ]


def test_where_the_same_is_held_on_the_kept_part_already_it_is_not_placed_again() -> None:
    state = carried_out([raising(EAST), raising(PORT), raising(BEACH, source=ARMY), raising(BEACH, ref="b")])
    assert told(decide(state, upon(Narrow, EAST, to=(PORT, BEACH)), NOON)) == ["+beach", "-east 1"]


def test_the_parts_that_are_kept_may_be_kept_within_each_other() -> None:
    state = carried_out([raising(LAND)])
    assert told(decide(state, upon(Narrow, LAND, to=(EAST, PORT)), NOON)) == ["+east", "+port", "-land 1"]


@pytest.mark.parametrize("outside", [WEST, LAND, CAPITAL])
def test_what_was_not_held_cannot_be_kept(outside: ZoneId) -> None:
    with pytest.raises(NotInside) as caught:
        decide(HELD, upon(Narrow, EAST, to=(PORT, outside)), NOON)
    assert caught.value.detail == {"zones": [outside]}


def test_only_what_the_order_means_is_narrowed() -> None:
    state = carried_out([raising(EAST, ref="a"), raising(EAST, ref="b"), raising(EAST, source=ARMY)])
    assert told(decide(state, upon(Narrow, EAST, to=(PORT,), ref="b"), NOON)) == ["+port", "-east 2"]
    events = decide(state, upon(Narrow, EAST, to=(PORT,), of=ARMY), NOON)
    assert told(events) == ["+port", "-east 3"]
    assert [event.source for event in events if isinstance(event, HoldRaised)] == [ARMY], "it goes on resting on it"
    with pytest.raises(NothingHeld):
        decide(state, upon(Narrow, EAST, to=(PORT,), threat=Threat.DRONES), NOON)
    with pytest.raises(UnknownZone):
        decide(state, upon(Narrow, EAST, to=(ZoneId("atlantis"),)), NOON)


def test_nothing_is_narrowed_before_it_began() -> None:
    with pytest.raises(EndBeforeStart):
        decide(HELD, upon(Narrow, EAST, to=(PORT,), at=minute(-10)), NOON)
    assert told(decide(HELD, upon(Narrow, EAST, to=(PORT,), at=minute(-9)), NOON)) == ["+port", "-east 1"]


def test_of_many_zones_outside_five_are_named_in_words_and_all_beside_them() -> None:
    outside = (LAND, WEST, CAPITAL, FOREST, ZoneId("land"), HILLS)
    state = carried_out([raising(COAST), raising(PORT, source=ARMY)])
    with pytest.raises(NotInside) as caught:
        decide(state, upon(Narrow, COAST, to=(PORT, *outside, EAST)), NOON)
    assert caught.value.detail == {"zones": [LAND, WEST, CAPITAL, FOREST, HILLS, EAST]}
    assert caught.value.message == (
        "not in what is to be narrowed: land, west, capital, forest, hills; to warn more zones, extend"
    )


def test_what_ends_below_a_zone_that_is_kept_is_left_under_what_is_kept_there() -> None:
    """Or the port would be told that it is clear while the east around it goes on."""
    state = carried_out([raising(LAND, level=Level.YELLOW), raising(PORT)])
    kept, land, port = decide(state, upon(Narrow, LAND, PORT, to=(EAST,)), NOON)
    assert told((kept, land, port)) == ["+east", "-land 1", "-port 2"]
    assert isinstance(port, HoldReleased)
    assert port.leaves is Status.YELLOW
    part = carried_out([raising(LAND, extent=Extent.PART), raising(PORT)])
    *_, port = decide(part, upon(Narrow, LAND, PORT, to=(EAST,)), NOON)
    assert isinstance(port, HoldReleased)
    assert port.leaves is Status.CLEAR, "an unnamed part of the east may be anywhere"


def test_each_ending_says_what_it_leaves_its_zone_under() -> None:
    state = carried_out([raising(EAST), raising(COAST), raising(LAND, level=Level.YELLOW, source=ARMY)])
    events = decide(state, upon(Narrow, COAST, EAST, to=(PORT,)), NOON)
    assert [event.leaves for event in events if isinstance(event, HoldReleased)] == [Status.RED, Status.YELLOW]


def test_a_hold_on_an_unnamed_part_narrows_to_one_on_an_unnamed_part() -> None:
    state = carried_out([raising(EAST, extent=Extent.PART)])
    [kept, _] = decide(state, upon(Narrow, EAST, to=(COAST,)), NOON)
    assert isinstance(kept, HoldRaised)
    assert kept.extent is Extent.PART


# --- extending -------------------------------------------------------------------------------


def test_to_extend_places_the_same_warning_on_more_zones() -> None:
    assert decide(HELD, upon(Extend, EAST, to=(WEST,)), NOON) == (
        HoldRaised(
            zone=WEST,
            hazard=Hazard.AIR_RAID,
            threat=Threat.DRONES,
            stage=Stage.ALERT,
            level=Level.YELLOW,
            extent=Extent.WHOLE,
            source=DUTY,
            at=NOON,
            ref="a",
            cause="seen",
            follows=HoldId(1),
        ),
    )
    [event] = only(HoldRaised, decide(HELD, upon(Extend, EAST, to=(WEST,), cause="it flies on", at=minute(-1)), NOON))
    assert (event.cause, event.at) == ("it flies on", minute(-1))


def test_anothers_warning_extended_rests_on_whoever_extends_it() -> None:
    state = carried_out([raising(EAST, source=ARMY)])
    [event] = only(HoldRaised, decide(state, upon(Extend, EAST, to=(WEST,), of=ARMY), NOON))
    assert (event.source, event.follows) == (DUTY, 1)


def test_where_the_same_is_held_already_nothing_is_added() -> None:
    state = carried_out([raising(EAST, WEST)])
    assert told(decide(state, upon(Extend, EAST, to=(EAST, WEST, CAPITAL)), NOON)) == ["+capital"]
    again = fold(state, decide(state, upon(Extend, EAST, to=(CAPITAL,)), NOON))
    assert decide(again, upon(Extend, EAST, to=(CAPITAL,)), NOON) == ()


def test_holds_that_differ_in_their_cause_alone_extend_as_one_and_others_each() -> None:
    state = carried_out([raising(EAST, cause="seen"), raising(WEST, cause="heard"), raising(WEST, ref="b")])
    events = only(HoldRaised, decide(state, upon(Extend, EAST, WEST, to=(CAPITAL, HILLS)), NOON))
    assert [(event.zone, event.ref, event.cause, event.follows) for event in events] == [
        (CAPITAL, None, "seen", 1),
        (HILLS, None, "seen", 1),
        (CAPITAL, "b", None, 3),
        (HILLS, "b", None, 3),
    ]


def test_only_what_the_order_means_is_extended() -> None:
    state = carried_out([raising(EAST, ref="a"), raising(EAST, ref="b"), raising(EAST, hazard=Hazard.NUCLEAR)])
    [event] = only(HoldRaised, decide(state, upon(Extend, EAST, to=(WEST,), ref="b"), NOON))
    assert event.ref == "b"
    with pytest.raises(NothingHeld):
        decide(state, upon(Extend, WEST, to=(EAST,)), NOON)
    with pytest.raises(UnknownZone):
        decide(state, upon(Extend, EAST, to=(ZoneId("atlantis"),)), NOON)


# --- replacing -------------------------------------------------------------------------------


def by(*zones: str, **said: object) -> Raise:
    return Raise(zones=tuple(ZoneId(zone) for zone in zones), **said)  # type: ignore[arg-type]  # its own fields


def test_to_replace_places_the_new_before_it_ends_the_old() -> None:
    placed, ended = decide(HELD, upon(Replace, EAST, by=by(WEST, cause="it turned"), cause="turned"), NOON)
    assert placed == HoldRaised(
        zone=WEST,
        hazard=Hazard.AIR_RAID,
        threat=Threat.UNKNOWN,
        stage=Stage.ALERT,
        level=Level.RED,
        extent=Extent.WHOLE,
        source=DUTY,
        at=NOON,
        cause="it turned",
        follows=HoldId(1),
    )
    assert ended == HoldReleased(
        hold=HoldId(1),
        zone=EAST,
        source=DUTY,
        at=NOON,
        cause="turned",
        hazard=Hazard.AIR_RAID,
        leaves=Status.CLEAR,
        ending=Ending.REPLACED,
    )


def test_red_is_replaced_by_yellow_without_a_moment_of_calm() -> None:
    state = carried_out([raising(EAST)])
    said: list[Status] = []
    for event in decide(state, upon(Replace, EAST, by=by(EAST, level=Level.YELLOW)), NOON):
        state = fold(state, [event])
        said.append(statuses(state)[PORT])
        assert not isinstance(event, HoldReleased) or event.leaves is Status.YELLOW
    assert said == [Status.RED, Status.YELLOW]


def test_red_replaced_by_an_unnamed_part_leaves_a_part() -> None:
    state = carried_out([raising(EAST)])
    [_, ended] = decide(state, upon(Replace, EAST, by=by(EAST, extent=Extent.PART)), NOON)
    assert isinstance(ended, HoldReleased)
    assert ended.leaves is Status.PARTIAL


def test_where_nothing_has_to_end_what_is_placed_goes_on_from_nothing() -> None:
    state = carried_out([raising(EAST)])
    [placed] = only(HoldRaised, decide(state, upon(Replace, EAST, by=by(EAST, CAPITAL)), NOON))
    assert (placed.zone, placed.follows) == (CAPITAL, None)


def test_what_says_the_same_already_stands_on_and_the_rest_of_the_order_is_carried_out() -> None:
    state = carried_out([raising(EAST), raising(EAST, ref="b"), raising(WEST)])
    assert told(decide(state, upon(Replace, EAST, WEST, by=by(EAST, CAPITAL)), NOON)) == [
        "+capital",
        "-east 2",
        "-west 3",
    ]
    assert decide(state, upon(Replace, WEST, by=by(WEST)), NOON) == ()


def test_anothers_hold_is_replaced_by_ones_own_even_where_it_says_the_same() -> None:
    state = carried_out([raising(EAST, source=ARMY)])
    events = decide(state, upon(Replace, EAST, of=ARMY, by=by(EAST)), NOON)
    assert told(events) == ["+east", "-east 1"]
    assert [event.source for event in events if isinstance(event, HoldRaised)] == [DUTY]


def test_only_what_the_order_means_is_replaced() -> None:
    state = carried_out([raising(EAST, ref="a"), raising(EAST, hazard=Hazard.CHEMICAL)])
    assert told(decide(state, upon(Replace, EAST, hazard=Hazard.CHEMICAL, by=by(WEST)), NOON)) == ["+west", "-east 2"]
    with pytest.raises(NothingHeld):
        decide(state, upon(Replace, EAST, ref="b", by=by(WEST)), NOON)
    with pytest.raises(UnknownZone):
        decide(state, upon(Replace, EAST, by=by("atlantis")), NOON)


def moments(state: State, source: SourceId = DUTY, **said: object) -> list[object]:
    given = upon(Replace, EAST, source=source, **said)
    return [event.at for event in decide(state, given, NOON) if isinstance(event, HoldRaised | HoldReleased)]


def test_the_new_begins_when_the_old_ends_or_before_and_never_after() -> None:
    assert moments(HELD, by=by(WEST)) == [NOON, NOON]
    assert moments(HELD, by=by(WEST), at=minute(-2)) == [minute(-2), minute(-2)]
    assert moments(HELD, by=by(WEST, at=minute(-5)), at=minute(-2)) == [minute(-5), minute(-2)]
    assert moments(HELD, by=by(WEST, at=minute(-5))) == [minute(-5), NOON]
    assert moments(HELD, by=by(WEST, at=minute(1))) == [minute(1), minute(1)], "the old waits for the new"
    with pytest.raises(BadTime, match=r"^what replaces a hold begins no later than the hold ends$") as caught:
        moments(HELD, by=by(WEST, at=minute(-1)), at=minute(-2))
    assert caught.value.detail == {"at": minute(-2).isoformat(), "by_at": minute(-1).isoformat()}


def test_nothing_is_replaced_before_it_began_and_no_moment_is_taken_on_trust() -> None:
    with pytest.raises(EndBeforeStart):
        moments(HELD, by=by(WEST), at=minute(-10))
    with pytest.raises(BadTime):
        moments(HELD, by=by(WEST, at=minute(2)))
    with pytest.raises(BadTime):
        moments(HELD, by=by(WEST), at=minute(2))
    later = carried_out([raising(EAST, at=minute(1))])
    assert moments(later, by=by(WEST)) == [NOON, minute(1)]
