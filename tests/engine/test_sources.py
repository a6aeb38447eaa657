"""A source that is silent makes stale what rests on it, and clears nothing."""

from __future__ import annotations

import pytest

from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
    COAST,
    COUNTRY,
    DUTY,
    EAST,
    FOREST,
    HILLS,
    LAND,
    NOON,
    PORT,
    WEST,
    carried_out,
    command,
    minute,
    raising,
    releasing,
    upon,
)
from tocsin.commands import Escalate, Heartbeat, SourceBack, SourceSilent
from tocsin.engine import State, decide, overdue, silent_sources, stale_zones, status_of, statuses
from tocsin.errors import SourceUnknown, UnknownZone
from tocsin.events import SourceCameBack, SourceFellSilent, SourceWatched
from tocsin.model import Extent, Freshness, Level, SourceId, ZoneId

CALM = State(COUNTRY)
BEAT = command(Heartbeat(silent_after_s=30, zones=(EAST, WEST)), ARMY)
WATCHED = carried_out([BEAT])


# --- heartbeats ------------------------------------------------------------------------------


def test_the_first_sign_of_life_is_a_promise() -> None:
    assert decide(CALM, BEAT, NOON) == (SourceWatched(source=ARMY, silent_after_s=30, zones=(EAST, WEST), at=NOON),)


def test_a_sign_of_life_that_says_the_same_changes_nothing() -> None:
    assert decide(WATCHED, BEAT, minute(1)) == ()


@pytest.mark.parametrize(
    "promise",
    [
        Heartbeat(silent_after_s=60, zones=(EAST, WEST)),
        Heartbeat(silent_after_s=30, zones=(EAST,)),
        Heartbeat(silent_after_s=30),
    ],
)
def test_another_promise_is_a_new_one(promise: Heartbeat) -> None:
    assert decide(WATCHED, command(promise, ARMY), NOON) == (
        SourceWatched(source=ARMY, silent_after_s=promise.silent_after_s, zones=promise.zones, at=NOON),
    )


def test_a_zone_named_twice_is_promised_once_and_an_unknown_one_is_refused() -> None:
    twice = Heartbeat(silent_after_s=30, zones=(EAST, WEST, EAST))
    assert decide(WATCHED, command(twice, ARMY), NOON) == ()
    with pytest.raises(UnknownZone):
        decide(CALM, command(Heartbeat(zones=(ZoneId("atlantis"),)), ARMY), NOON)


def test_a_silent_source_that_gives_a_sign_of_life_is_back() -> None:
    silent = carried_out([command(SourceSilent(of=ARMY))], WATCHED)
    assert decide(silent, BEAT, minute(1)) == (SourceCameBack(source=ARMY, at=minute(1)),)
    assert carried_out([BEAT], silent) == carried_out([command(SourceBack(of=ARMY))], silent)


def test_a_source_that_was_never_watched_is_watched_and_back_at_once() -> None:
    silent = carried_out([raising(EAST, source=ARMY), command(SourceSilent(of=ARMY))])
    assert [type(event) for event in decide(silent, BEAT, NOON)] == [SourceWatched, SourceCameBack]
    assert not silent_sources(carried_out([BEAT], silent))


# --- silence and return ----------------------------------------------------------------------


def test_a_source_can_say_of_itself_that_it_falls_silent_and_others_can_say_it_of_it() -> None:
    of_itself = command(SourceSilent(cause="service at ten"), ARMY)
    assert decide(WATCHED, of_itself, NOON) == (SourceFellSilent(source=ARMY, at=NOON, cause="service at ten"),)
    by_another = command(SourceSilent(of=ARMY, cause="no answer"))
    assert decide(WATCHED, by_another, NOON) == (SourceFellSilent(source=ARMY, at=NOON, cause="no answer"),)


def test_who_is_silent_already_does_not_fall_silent_again() -> None:
    silent = carried_out([command(SourceSilent(of=ARMY))], WATCHED)
    assert decide(silent, command(SourceSilent(of=ARMY)), minute(1)) == ()


def test_a_source_that_holds_something_can_fall_silent_unwatched() -> None:
    assert decide(carried_out([raising(EAST)]), command(SourceSilent()), NOON) == (
        SourceFellSilent(source=DUTY, at=NOON),
    )


def test_of_a_source_that_nobody_knows_nothing_is_said() -> None:
    state = carried_out([raising(EAST), releasing(EAST)], WATCHED)
    for given in (command(SourceSilent()), command(SourceSilent(of=SourceId("army ")))):
        with pytest.raises(SourceUnknown, match="holds nothing and is not watched") as caught:
            decide(state, given, NOON)
    assert caught.value.detail == {"source": "army "}


def test_a_source_comes_back_where_it_was_silent_and_only_there() -> None:
    silent = carried_out([command(SourceSilent(of=ARMY))], WATCHED)
    back = command(SourceBack(of=ARMY, cause="heard by radio"))
    assert decide(silent, back, minute(1)) == (SourceCameBack(source=ARMY, at=minute(1), cause="heard by radio"),)
    assert decide(silent, command(SourceBack(), ARMY), NOON) == (SourceCameBack(source=ARMY, at=NOON),)
    assert decide(silent, command(SourceBack()), NOON) == ()
    assert decide(WATCHED, back, NOON) == decide(CALM, back, NOON) == ()


def test_silence_changes_no_hold_and_no_status_whatever_comes_of_it() -> None:
    state = carried_out([raising(EAST, source=ARMY), raising(PORT)], WATCHED)
    for given in ([command(SourceSilent(of=ARMY))], [command(SourceSilent(of=ARMY)), BEAT]):
        after = carried_out(given, state)
        assert after.holds == state.holds
        assert statuses(after) == statuses(state)


# --- overdue ---------------------------------------------------------------------------------


def test_a_source_is_overdue_when_it_was_not_heard_for_longer_than_it_promised() -> None:
    assert overdue(WATCHED, {ARMY: 30.0}) == []
    assert overdue(WATCHED, {ARMY: 30.1}) == [ARMY]
    assert overdue(WATCHED, {}) == overdue(WATCHED, {DUTY: 1e9}) == []
    assert overdue(CALM, {ARMY: 1e9}) == []


def test_who_is_silent_already_or_promised_nothing_is_not_overdue() -> None:
    silent = carried_out([command(SourceSilent(of=ARMY))], WATCHED)
    assert overdue(silent, {ARMY: 1e9}) == []
    unwatched = carried_out([raising(EAST), command(SourceSilent())])
    assert overdue(unwatched, {DUTY: 1e9}) == []


# --- what is stale ---------------------------------------------------------------------------


def stale(*commands: object, source: SourceId = ARMY) -> list[ZoneId]:
    """The stale zones once the source fell silent after the commands, checked to be the same both ways."""
    state = carried_out([*commands, command(SourceSilent(of=source))])  # type: ignore[list-item]  # commands
    found = stale_zones(state)
    assert found == [zone for zone in COUNTRY if status_of(state, zone).freshness is Freshness.STALE]
    back = carried_out([command(SourceBack(of=source))], state)
    assert stale_zones(back) == []
    assert all(status_of(back, zone).freshness is Freshness.FRESH for zone in COUNTRY)
    return found


def test_what_rests_on_a_silent_source_is_stale_down_and_up() -> None:
    assert stale(raising(COAST, source=ARMY)) == [LAND, EAST, COAST, PORT, BEACH]


def test_what_rests_on_others_is_fresh() -> None:
    assert stale(raising(PORT, source=ARMY), raising(WEST), raising(HILLS)) == [LAND, EAST, COAST, PORT]


def test_a_zone_held_as_a_whole_is_not_stale_for_a_part_of_it() -> None:
    assert stale(raising(PORT, source=ARMY), raising(EAST)) == [LAND, PORT]


def test_a_zone_that_a_silent_and_another_source_hold_is_stale() -> None:
    both = [raising(PORT), raising(PORT, source=ARMY, level=Level.YELLOW)]
    assert PORT in stale(*both)
    assert PORT in stale(*reversed(both))


def test_below_a_silent_partial_hold_calm_is_not_to_be_trusted() -> None:
    partial = raising(EAST, source=ARMY, extent=Extent.PART)
    assert stale(partial) == stale(partial, raising(EAST)) == [LAND, EAST, COAST, HILLS, PORT, BEACH]
    assert stale(partial, raising(LAND)) == [EAST, COAST, HILLS, PORT, BEACH]


def test_the_zones_that_a_silent_source_speaks_for_are_stale_and_all_below_them() -> None:
    assert stale(BEAT) == [EAST, WEST, COAST, HILLS, FOREST, PORT, BEACH]
    assert CAPITAL not in stale(BEAT)


def test_who_escalated_a_hold_does_not_matter_to_its_freshness() -> None:
    state = [raising(PORT, level=Level.YELLOW), raising(CAPITAL, source=ARMY)]
    escalated = upon(Escalate, PORT, source=ARMY, of=DUTY, to_level=Level.RED)
    assert stale(*state, escalated) == [LAND, CAPITAL]
