"""What webhooks are told, over any course of events: nobody who looks at one region hears an end too early, none is
lost, and none comes twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import hypothesis.strategies as st
from hypothesis import given, settings

from tocsin.atlas import Atlas, shipped
from tocsin.compat.ukrainealarm.regions import Region, Regions
from tocsin.compat.ukrainealarm.ringing import Key, Ringing
from tocsin.compat.ukrainealarm.shapes import Status
from tocsin.engine import State, covering, fold
from tocsin.events import Entry, Event, HoldEscalated, HoldRaised, HoldReleased, HoldWithdrawn
from tocsin.model import Extent, Hazard, Hold, HoldId, Level, SourceId, Stage, Threat, ZoneId
from tocsin.model import Status as ZoneSaid

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
UKRAINE: Atlas = shipped("ua")
REGIONS = Regions(UKRAINE)

PLACES = tuple(
    UKRAINE.by_code("ukrainealarm", number).id for number in ("22", "124", "1293", "125", "16", "31", "9999")
) + tuple(UKRAINE.resolve(name).id for name in ("UA", "Луганський район", "Луганська міська громада"))

HAZARDS = (Hazard.AIR_RAID, Hazard.NUCLEAR)

raisings = st.tuples(st.sampled_from(PLACES), st.sampled_from(HAZARDS), st.sampled_from(Stage), st.sampled_from(Extent))
"""A hold to raise; a number picks one that stands to be ended, or escalated if it is an early warning."""
steps = st.lists(st.one_of(raisings, st.integers(0, 50)), min_size=1, max_size=4)


def raised(zone: ZoneId, hazard: Hazard, stage: Stage, extent: Extent) -> HoldRaised:
    return HoldRaised(
        zone=zone,
        hazard=hazard,
        threat=Threat.UNKNOWN,
        stage=stage,
        level=Level.RED,
        extent=extent,
        source=SourceId("desk"),
        at=NOON,
    )


def changed(hold: Hold, escalate: bool) -> Event:
    if escalate and hold.stage is Stage.EARLY_WARNING:
        return HoldEscalated(
            hold=hold.id,
            zone=hold.zone,
            hazard=hold.hazard,
            threat=hold.threat,
            stage=Stage.ALERT,
            level=hold.level,
            source=hold.source,
            at=NOON,
        )
    if hold.id % 2:
        return HoldReleased(hold=hold.id, zone=hold.zone, source=hold.source, at=NOON)
    return HoldWithdrawn(
        hold=hold.id,
        zone=hold.zone,
        hazard=hold.hazard,
        threat=hold.threat,
        stage=hold.stage,
        level=hold.level,
        source=hold.source,
        at=NOON,
        leaves=ZoneSaid.CLEAR,
    )


def events_of(state: State, step: Sequence[tuple[ZoneId, Hazard, Stage, Extent] | int]) -> list[Event]:
    """One order's events, upon a state."""
    events: list[Event] = []
    gone: set[HoldId] = set()
    for one in step:
        if not isinstance(one, int):
            events.append(raised(*one))
            continue
        left = [hold for hold in state.holds.values() if hold.id not in gone]
        if left:
            hold = left[one % len(left)]
            gone.add(hold.id)
            events.append(changed(hold, escalate=one % 3 == 0))
    return events


def entries_of(state: State, events: Sequence[Event], order: str) -> list[Entry]:
    return [
        Entry(seq=state.seq + number, recorded_at=NOON, order=order, event=event)
        for number, event in enumerate(events, 1)
    ]


def placed(state: State, key: Key) -> bool:
    """Whether any alert is told at the region by its own number."""
    return any(
        hold.hazard is key.hazard and hold.stage is Stage.ALERT and region.id == key.region
        for hold in state.holds.values()
        for region, _ in REGIONS.telling(hold.zone)
    )


def under(state: State, region: Region, hazard: Hazard) -> bool:
    """Whether an alert covers all of the region."""
    assert region.zone is not None
    return any(hold.hazard is hazard and hold.stage is Stage.ALERT for hold in covering(state, region.zone))


@settings(max_examples=200)
@given(st.lists(steps, max_size=12), st.integers(0, 11))
def test_each_region_hears_beginnings_and_ends_in_turn_and_no_end_while_anything_covers_it(
    course: list[list[tuple[ZoneId, Hazard, Stage, Extent] | int]], restart: int
) -> None:
    state = State(UKRAINE.hierarchy)
    ringing = Ringing(state, REGIONS)
    heard: dict[Key, Status] = {}
    for number, step in enumerate(course):
        events = events_of(state, step)
        entries = entries_of(state, events, f"order {number}")
        state = fold(state, events)
        if number == restart:
            ringing = Ringing(state, REGIONS, ringing.told)
            rung = ringing.catch_up(NOON)
            assert ringing.catch_up(NOON) == []
        else:
            rung = ringing.take(entries)
            assert ringing.take(entries) == [], "what is known already is passed over"
        assert len({one.key for one in rung}) == len(rung), "one order is one change of a region"
        for one in rung:
            region = REGIONS.get(one.key.region)
            assert region is not None
            assert heard.get(one.key, Status.DEACTIVATE) is not one.status, "the same twice"
            heard[one.key] = one.status
            if one.status is Status.ACTIVATE:
                assert placed(state, one.key)
            else:
                assert not placed(state, one.key)
                assert not under(state, region, one.key.hazard)
        ringing_now = {
            Key(region.id, hold.hazard)
            for hold in state.holds.values()
            if hold.stage is Stage.ALERT
            for region, _ in REGIONS.telling(hold.zone)
        }
        on = {key for key, status in heard.items() if status is Status.ACTIVATE}
        assert ringing_now <= on, "a beginning was lost"
        for key in on - ringing_now:
            region = REGIONS.get(key.region)
            assert region is not None
            assert under(state, region, key.hazard), "an end was lost"


def test_what_stands_when_it_begins_was_told_already() -> None:
    state = fold(State(UKRAINE.hierarchy), [raised(PLACES[0], Hazard.AIR_RAID, Stage.ALERT, Extent.WHOLE)])
    assert Ringing(state, REGIONS).catch_up(NOON) == []
    assert [one.status for one in Ringing(state, REGIONS, ()).catch_up(NOON)] == [Status.ACTIVATE]
