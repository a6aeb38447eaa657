from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.world import (
    ARMY,
    COAST,
    COUNTRY,
    DUTY,
    EAST,
    HILLS,
    NOON,
    PORT,
    WEST,
    carried_out,
    minute,
    only,
    raising,
    releasing,
)
from tocsin.engine import State, decide
from tocsin.errors import BadTime, EndBeforeStart, NothingHeld, UnknownZone
from tocsin.events import Event, HoldRaised, HoldReleased
from tocsin.limits import FUTURE_S
from tocsin.model import Ending, Extent, Hazard, HoldId, Level, Stage, Status, Threat

CALM = State(COUNTRY)


# --- raising ---------------------------------------------------------------------------------


def test_a_raise_leads_to_one_event_that_says_all_that_the_order_said() -> None:
    given = raising(
        COAST,
        hazard=Hazard.CHEMICAL,
        threat=Threat.DRONES,
        stage=Stage.EARLY_WARNING,
        level=Level.YELLOW,
        extent=Extent.PART,
        at=minute(-3),
        ref="a1",
        cause="smoke",
    )
    assert decide(CALM, given, NOON) == (
        HoldRaised(
            zone=COAST,
            hazard=Hazard.CHEMICAL,
            threat=Threat.DRONES,
            stage=Stage.EARLY_WARNING,
            level=Level.YELLOW,
            extent=Extent.PART,
            source=DUTY,
            at=minute(-3),
            ref="a1",
            cause="smoke",
        ),
    )


def test_an_order_that_names_no_moment_takes_effect_now() -> None:
    [event] = decide(CALM, raising(EAST), NOON)
    assert event.at == NOON


def test_zones_are_raised_in_the_order_given_and_each_once() -> None:
    events = decide(CALM, raising(WEST, EAST, WEST, COAST), NOON)
    assert [event.zone for event in only(HoldRaised, events)] == [WEST, EAST, COAST]


def test_a_repeated_raise_changes_nothing() -> None:
    state = carried_out([raising(EAST)])
    assert decide(state, raising(EAST, at=minute(-5), cause="seen again"), NOON) == ()


def test_of_many_zones_only_those_not_held_yet_are_raised() -> None:
    state = carried_out([raising(EAST)])
    events = decide(state, raising(WEST, EAST, HILLS), NOON)
    assert [event.zone for event in only(HoldRaised, events)] == [WEST, HILLS]


@pytest.mark.parametrize(
    "other",
    [
        {"hazard": Hazard.ARTILLERY},
        {"threat": Threat.DRONES},
        {"stage": Stage.EARLY_WARNING},
        {"level": Level.YELLOW},
        {"extent": Extent.PART},
        {"ref": "another alert"},
        {"source": ARMY},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_raise_that_says_anything_else_is_one_more_hold(other: dict[str, object]) -> None:
    state = carried_out([raising(EAST)])
    assert len(decide(state, raising(EAST, **other), NOON)) == 1  # type: ignore[arg-type]  # one of several fields


def test_a_zone_within_a_held_one_can_be_held_as_well() -> None:
    state = carried_out([raising(EAST)])
    assert len(decide(state, raising(COAST), NOON)) == 1


# --- releasing -------------------------------------------------------------------------------


def test_a_release_names_the_hold_it_ends() -> None:
    state = carried_out([raising(WEST), raising(EAST)])
    assert decide(state, releasing(EAST, at=NOON, cause="over"), NOON) == (
        HoldReleased(
            hold=HoldId(2),
            zone=EAST,
            source=DUTY,
            at=NOON,
            cause="over",
            hazard=Hazard.AIR_RAID,
            leaves=Status.CLEAR,
            ending=Ending.RELEASED,
        ),
    )


def test_only_its_own_source_can_release_a_hold() -> None:
    state = carried_out([raising(EAST, source=ARMY)])
    with pytest.raises(NothingHeld) as caught:
        decide(state, releasing(EAST, source=DUTY), NOON)
    assert caught.value.detail == {"zones": [EAST], "source": DUTY, "held_by": {EAST: ["army on east"]}}


def test_a_release_ends_all_its_sources_holds_on_the_zone_and_nobody_elses() -> None:
    state = carried_out(
        [raising(EAST, ref="a"), raising(EAST, source=ARMY), raising(EAST, ref="b", threat=Threat.DRONES)]
    )
    assert released(decide(state, releasing(EAST), NOON)) == [1, 3]


def test_a_release_can_be_narrowed_to_a_threat_or_an_alert() -> None:
    state = carried_out([raising(EAST, ref="a"), raising(EAST, ref="b"), raising(EAST, threat=Threat.DRONES)])
    assert released(decide(state, releasing(EAST, ref="b"), NOON)) == [2]
    assert released(decide(state, releasing(EAST, threat=Threat.DRONES), NOON)) == [3]
    with pytest.raises(NothingHeld):
        decide(state, releasing(EAST, ref="b", threat=Threat.DRONES), NOON)


def test_a_release_ends_holds_of_its_hazard_alone() -> None:
    state = carried_out([raising(EAST), raising(EAST, hazard=Hazard.NUCLEAR)])
    assert released(decide(state, releasing(EAST), NOON)) == [1]
    assert released(decide(state, releasing(EAST, hazard=Hazard.NUCLEAR), NOON)) == [2]


@pytest.mark.parametrize("zone", [COAST, PORT, "land", WEST])
def test_a_release_reaches_exactly_the_zone_it_names(zone: str) -> None:
    state = carried_out([raising(EAST)])
    with pytest.raises(NothingHeld):
        decide(state, releasing(zone), NOON)


def test_releasing_many_zones_is_all_or_nothing() -> None:
    state = carried_out([raising(EAST), raising(HILLS)])
    with pytest.raises(NothingHeld) as caught:
        decide(state, releasing(EAST, WEST, HILLS, COAST), NOON)
    assert caught.value.detail["zones"] == [WEST, COAST]
    assert released(decide(state, releasing(HILLS, EAST, HILLS), NOON)) == [2, 1]


def test_a_release_of_what_is_released_already_finds_nothing() -> None:
    state = carried_out([raising(EAST), releasing(EAST)])
    with pytest.raises(NothingHeld):
        decide(state, releasing(EAST), NOON)


# --- moments ---------------------------------------------------------------------------------


def test_a_hold_cannot_end_before_it_began_and_then_none_of_the_order_does() -> None:
    state = carried_out([raising(WEST, at=minute(-20)), raising(EAST, at=minute(-10))])
    with pytest.raises(EndBeforeStart) as caught:
        decide(state, releasing(WEST, EAST, at=minute(-15)), NOON)
    assert caught.value.detail["zone"] == EAST
    began, ends = caught.value.detail["since"], caught.value.detail["at"]
    assert caught.value.message == f"the hold on east began at {began}, after {ends}"
    assert ends == minute(-15).isoformat() < began


def test_without_a_moment_a_hold_that_begins_a_little_later_ends_as_it_begins() -> None:
    state = carried_out([raising(EAST, at=minute(1)), raising(EAST, ref="older", at=minute(-1))])
    assert [(event.at, released((event,))) for event in decide(state, releasing(EAST), NOON)] == [
        (minute(1), [1]),
        (NOON, [2]),
    ]
    with pytest.raises(EndBeforeStart):
        decide(state, releasing(EAST, at=NOON), NOON)


def test_a_hold_can_end_in_the_very_moment_it_began() -> None:
    state = carried_out([raising(EAST)])
    assert released(decide(state, releasing(EAST), NOON)) == [1]


@pytest.mark.parametrize("order", [raising, releasing])
def test_a_moment_without_a_time_zone_is_refused(order: object) -> None:
    state = carried_out([raising(EAST)])
    given = (raising if order is raising else releasing)(EAST, at=datetime(2026, 3, 1, 12))  # noqa: DTZ001  # the point
    with pytest.raises(BadTime, match=r"^a time needs its zone, such as a trailing Z$") as caught:
        decide(state, given, NOON)
    assert caught.value.detail == {"at": "2026-03-01T12:00:00"}


def test_no_order_takes_effect_before_1970() -> None:
    with pytest.raises(BadTime, match="before the year 1970") as caught:
        decide(CALM, raising(EAST, at=NOON.replace(year=1024)), NOON)
    assert caught.value.detail == {"at": NOON.replace(year=1024).isoformat()}
    assert decide(CALM, raising(EAST, at=NOON.replace(year=1970)), NOON)


def test_a_moment_may_lie_a_little_ahead_of_the_clock_and_no_more() -> None:
    ahead = NOON + timedelta(seconds=FUTURE_S)
    assert decide(CALM, raising(EAST, at=ahead), NOON)[0].at == ahead
    with pytest.raises(BadTime, match="ahead") as caught:
        decide(CALM, raising(EAST, at=ahead + timedelta(microseconds=1)), NOON)
    assert caught.value.detail == {"at": (ahead + timedelta(microseconds=1)).isoformat()}


def test_moments_in_different_time_zones_are_compared_as_moments() -> None:
    kyiv = timezone(timedelta(hours=2))
    state = carried_out([raising(EAST, at=datetime(2026, 3, 1, 13, 30, tzinfo=kyiv))])
    assert released(decide(state, releasing(EAST, at=minute(-30)), NOON)) == [1]
    with pytest.raises(EndBeforeStart):
        decide(state, releasing(EAST, at=minute(-31)), NOON)


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-10))),
    ],
)
def test_a_moment_that_is_none_in_utc_is_refused(at: datetime) -> None:
    with pytest.raises(BadTime, match=r"^in UTC this time lies before the year 1 or after 9999$") as caught:
        decide(CALM, raising(EAST, at=at), NOON)
    assert caught.value.detail == {"at": at.isoformat()}


# --- refusals --------------------------------------------------------------------------------


def test_an_unknown_zone_refuses_the_whole_order_and_every_unknown_one_is_named() -> None:
    with pytest.raises(UnknownZone, match=r"^no such zone: atlantis, lyonesse$") as caught:
        decide(CALM, raising(EAST, "atlantis", WEST, "lyonesse"), NOON)
    assert caught.value.detail == {"zones": ["atlantis", "lyonesse"]}
    with pytest.raises(UnknownZone, match=r"^no such zone: a, b, c, d, e$") as caught:
        decide(CALM, raising(*"abcdef"), NOON)
    assert caught.value.detail == {"zones": [*"abcdef"]}
    with pytest.raises(UnknownZone):
        decide(CALM, releasing("atlantis"), NOON)


def test_a_decision_changes_nothing_by_itself() -> None:
    state = carried_out([raising(EAST)])
    before = (state.seq, dict(state.holds), dict(state.by_zone))
    decide(state, raising(WEST), NOON)
    decide(state, releasing(EAST), NOON)
    assert (state.seq, dict(state.holds), dict(state.by_zone)) == before


def released(events: tuple[Event, ...]) -> list[int]:
    return [event.hold for event in only(HoldReleased, events)]
