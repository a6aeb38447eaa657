from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.rows import Row, covers, holds_at, ledger, part, stretches, touches
from tests.world import (
    BEACH,
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
    command,
    minute,
    raising,
    releasing,
)
from tocsin.commands import Release, Withdraw
from tocsin.engine import State, decide, fold
from tocsin.events import Entry
from tocsin.model import Extent, Level, Stage, Status, ZoneId
from tocsin.record.history import Covering, History, Month, history, recorded, transitions
from tocsin.record.ledger import How, Ledger

FAST = settings(max_examples=250, derandomize=True)


def asked(rows: Ledger, zone: ZoneId, **question: object) -> History:
    question = {"now": minute(60), "level_of_parts": "part"} | question
    return history(rows, COUNTRY, zone, **question)  # type: ignore[arg-type]  # as the test wrote it


# --- alert periods ---------------------------------------------------------------------------


def test_holds_that_overlap_or_touch_are_one_period() -> None:
    found = asked(ledger(Row(EAST, 0, 10), Row(EAST, 5, 15), Row(EAST, 15, 20), Row(EAST, 30, 31)), EAST)
    assert (found.count, found.total_s) == (2, 21 * 60)
    assert found.longest is not None
    assert (found.longest.since, found.longest.until, found.longest.duration_s) == (minute(0), minute(20), 1200)
    assert found.median_s == (20 + 1) / 2 * 60


def test_history_imported_out_of_order_stands_in_its_place() -> None:
    rows = [Row(EAST, 0, 10), Row(EAST, 5, 15), Row(EAST, 30, 31), Row(WEST, 2, 3), part(EAST, 40, 41)]
    assert asked(ledger(*rows), LAND) == asked(ledger(*reversed(rows)), LAND)
    assert [change.at for change in transitions(ledger(*rows), COUNTRY, EAST, minute(60))] == [
        change.at for change in transitions(ledger(*reversed(rows)), COUNTRY, EAST, minute(60))
    ]


def test_a_zone_is_under_alert_with_its_ancestors_and_in_part_with_its_descendants() -> None:
    rows = ledger(Row(EAST, 0, 10))
    any_cover = {zone: asked(rows, zone).count for zone in COUNTRY}
    whole = {zone: asked(rows, zone, covering="whole").count for zone in COUNTRY}
    east = {EAST, COAST, HILLS, PORT, BEACH}
    assert any_cover == {zone: int(zone in east | {LAND}) for zone in COUNTRY}
    assert whole == {zone: int(zone in east) for zone in COUNTRY}


def test_an_alert_of_part_of_a_zone_counts_only_where_any_cover_is_asked_for_and_reaches_nothing_below() -> None:
    rows = ledger(part(EAST, 0, 10))
    assert {zone: asked(rows, zone).count for zone in (LAND, EAST, COAST)} == {LAND: 1, EAST: 1, COAST: 0}
    assert asked(rows, EAST, covering="whole").count == 0


def test_where_nothing_ever_happened_there_is_nothing_to_tell() -> None:
    found = asked(Ledger(), EAST)
    assert (found.count, found.total_s, found.median_s, found.longest, found.months) == (0, 0, None, None, [])
    assert (found.peak, found.under_alert) == (None, False)
    assert transitions(Ledger(), COUNTRY, EAST, NOON) == []


def test_a_hold_that_ended_as_it_began_is_no_period() -> None:
    found = asked(ledger(Row(EAST, 5, 5)), EAST)
    assert (found.count, found.total_s) == (0, 0)


# --- open alerts and windows -----------------------------------------------------------------


def test_an_open_alert_counts_up_to_the_moment_asked_at() -> None:
    found = asked(ledger(Row(EAST, 0, 10), Row(EAST, 50, None)), EAST)
    assert (found.count, found.total_s, found.under_alert) == (2, 20 * 60, True)
    assert found.longest is not None
    assert found.longest.since == minute(0), "of two as long the first"


def test_an_alert_that_has_ended_by_the_moment_asked_at_is_over() -> None:
    assert not asked(ledger(Row(EAST, 0, 60)), EAST).under_alert
    assert asked(ledger(Row(EAST, 0, 60.01)), EAST).under_alert


def test_an_alert_that_goes_on_past_the_window_was_open_at_its_end() -> None:
    rows = ledger(Row(EAST, 0, 30))
    assert asked(rows, EAST, until=minute(20)).under_alert
    assert not asked(rows, EAST, until=minute(30)).under_alert


def test_a_window_cuts_what_sticks_out_of_it() -> None:
    rows = ledger(Row(EAST, 0, 10), Row(EAST, 20, 30), Row(EAST, 40, 50))
    found = asked(rows, EAST, since=minute(5), until=minute(25))
    assert (found.since, found.until) == (minute(5), minute(25))
    assert (found.count, found.total_s) == (2, 10 * 60)
    assert asked(rows, EAST, since=minute(10), until=minute(20)).count == 0
    assert asked(rows, EAST, since=minute(30), until=minute(20)).count == 0


def test_no_window_reaches_past_now() -> None:
    found = asked(ledger(Row(EAST, 50, None)), EAST, until=minute(500))
    assert (found.until, found.total_s) == (minute(60), 600)


# --- months ----------------------------------------------------------------------------------


def minutes_after_noon(*moment: int) -> float:
    return (datetime(*moment, tzinfo=UTC) - NOON).total_seconds() / 60  # type: ignore[arg-type,misc]  # year to second


def months(*rows: Row) -> list[Month]:
    return asked(ledger(*rows), EAST, now=datetime(2027, 1, 1, tzinfo=UTC)).months


def test_an_alert_over_the_border_of_a_month_begins_in_one_and_has_its_time_in_both() -> None:
    row = Row(EAST, minutes_after_noon(2026, 3, 31, 23, 50), minutes_after_noon(2026, 4, 1, 0, 15))
    assert months(row) == [
        Month(month="2026-03", count=1, total_s=600),
        Month(month="2026-04", count=0, total_s=900),
    ]


def test_an_alert_that_begins_with_a_month_is_that_months() -> None:
    row = Row(EAST, minutes_after_noon(2026, 4, 1), minutes_after_noon(2026, 4, 1, 1))
    assert months(row) == [Month(month="2026-04", count=1, total_s=3600)]


def test_an_alert_that_ends_with_a_month_leaves_the_next_one_out() -> None:
    row = Row(EAST, minutes_after_noon(2026, 4, 30, 23), minutes_after_noon(2026, 5, 1))
    assert months(row) == [Month(month="2026-04", count=1, total_s=3600)]


def test_quiet_months_between_are_told_and_the_year_turns() -> None:
    rows = [
        Row(EAST, minutes_after_noon(2025, 11, 30, 23), minutes_after_noon(2025, 11, 30, 23, 30)),
        Row(EAST, minutes_after_noon(2026, 2, 28, 23), minutes_after_noon(2026, 2, 28, 23, 30)),
    ]
    assert [(month.month, month.count) for month in months(*rows)] == [
        ("2025-11", 1),
        ("2025-12", 0),
        ("2026-01", 0),
        ("2026-02", 1),
    ]


# --- peak ------------------------------------------------------------------------------------


def test_the_peak_is_of_a_zones_direct_parts_and_the_first_moment_it_was_reached() -> None:
    found = asked(ledger(Row(PORT, 0, 10), Row(WEST, 5, 20), Row(EAST, 15, 30)), LAND, level_of_parts="region").peak
    assert found is not None
    assert (found.level, found.count, found.of, found.recorded, found.at) == ("region", 2, 3, 2, minute(5))


def test_two_holds_of_one_part_are_one_part_under_alert() -> None:
    found = asked(ledger(Row(PORT, 0, 10), Row(BEACH, 5, 20)), LAND).peak
    assert found is not None
    assert (found.count, found.at) == (1, minute(0))


def test_the_peak_of_a_window_can_be_where_it_begins() -> None:
    rows = ledger(Row(EAST, 0, 30), Row(WEST, 5, 30), Row(CAPITAL, 8, 9))
    found = asked(rows, LAND, since=minute(10), until=minute(20)).peak
    assert found is not None
    assert (found.count, found.of, found.recorded, found.at) == (2, 3, 3, minute(10))


@pytest.mark.parametrize("zone", [PORT, FOREST])
def test_a_zone_without_parts_has_no_peak(zone: ZoneId) -> None:
    assert asked(ledger(Row(zone, 0, 9)), zone, level_of_parts=None).peak is None


def test_where_no_part_was_under_alert_in_the_window_there_is_no_peak() -> None:
    assert asked(ledger(Row(EAST, 0, 9)), LAND, since=minute(10)).peak is None


# --- transitions -----------------------------------------------------------------------------


def test_a_transition_tells_before_after_and_the_event_that_caused_it() -> None:
    rows = ledger(Row(EAST, 10, 20, level=Level.YELLOW), Row(PORT, 5, 15), Row(LAND, 12, 13))
    assert [(c.at, c.before, c.after, c.seq) for c in transitions(rows, COUNTRY, EAST, minute(60))] == [
        (minute(20), Status.YELLOW, Status.CLEAR, 2),
        (minute(13), Status.RED, Status.YELLOW, 6),
        (minute(12), Status.YELLOW, Status.RED, 5),
        (minute(10), Status.PARTIAL, Status.YELLOW, 1),
        (minute(5), Status.CLEAR, Status.PARTIAL, 3),
    ]


def test_what_changes_no_status_is_no_transition() -> None:
    rows = ledger(Row(EAST, 10, 40), Row(EAST, 15, 30), Row(PORT, 12, 20), Row(EAST, 40, 50))
    assert [change.at for change in transitions(rows, COUNTRY, EAST, minute(60))] == [minute(50), minute(10)]


def test_only_so_many_transitions_are_told_and_they_are_the_latest() -> None:
    rows = ledger(*(Row(EAST, n, n + 0.5) for n in range(30)))
    found = transitions(rows, COUNTRY, EAST, minute(60))
    assert [change.at for change in found] == [minute(29.5 - n / 2) for n in range(20)]
    assert [change.at for change in transitions(rows, COUNTRY, EAST, minute(60), most=1)] == [minute(29.5)]


def test_what_has_not_come_yet_is_no_transition() -> None:
    rows = ledger(Row(EAST, 10, 40))
    assert transitions(rows, COUNTRY, EAST, minute(9)) == []
    assert [change.at for change in transitions(rows, COUNTRY, EAST, minute(10))] == [minute(10)]


def test_recorded_holds_of_a_window_come_with_their_ends() -> None:
    rows = ledger(Row(EAST, 0, 10), Row(WEST, 20, 30), Row(CAPITAL, 5, None))
    found = [(hold.zone, hold.ended, hold.ended_how) for hold in recorded(rows, minute(0), minute(20))]
    assert found == [(EAST, minute(10), How.RELEASED), (CAPITAL, None, None)]


@pytest.mark.parametrize("order", [Release, Withdraw])
def test_why_a_hold_was_ended_is_told_where_it_was_said(order: type[Release | Withdraw]) -> None:
    state, log = State(COUNTRY), list[Entry]()
    for asked_for in (raising(EAST), raising(WEST), command(order(zones=(EAST,), cause="a bird")), releasing(WEST)):
        events = decide(state, asked_for, NOON)
        log += [
            Entry(seq=seq, recorded_at=NOON, order=asked_for.key, event=event)
            for seq, event in enumerate(events, state.seq + 1)
        ]
        state = fold(state, events)
    rows = Ledger()
    rows.apply(log)
    told = {hold.zone: hold.ended_cause for hold in recorded(rows, NOON - timedelta(hours=1), minute(1))}
    assert told == {EAST: "a bird", WEST: None}


# --- random logs beside counting minute by minute ----------------------------------------------

LAST = 20
ROWS = st.lists(
    st.builds(
        lambda zone, start, lasts, extent, level, stage: Row(
            zone, start, None if lasts is None else start + lasts, extent, level, stage
        ),
        st.sampled_from(list(COUNTRY)),
        st.integers(0, LAST),
        st.none() | st.integers(0, 10),
        st.sampled_from(Extent),
        st.sampled_from(Level),
        st.sampled_from(Stage),
    ),
    max_size=10,
)
ZONES = st.sampled_from(list(COUNTRY))


@FAST
@given(ROWS, ZONES, st.sampled_from(["any", "whole"]), st.integers(0, LAST), st.integers(0, LAST))
def test_history_is_what_counting_minutes_gives(
    rows: list[Row], zone: ZoneId, covering: Covering, since: int, length: int
) -> None:
    until = since + length
    reaches = covers if covering == "whole" else touches

    def under_alert(zone: ZoneId, at: int) -> bool:
        return any(reaches(row, zone) for row in holds_at(rows, at) if row.stage is Stage.ALERT)

    found = asked(ledger(*rows), zone, now=minute(until), since=minute(since), covering=covering, level_of_parts="part")
    periods = stretches([under_alert(zone, at) for at in range(since, until)], since)
    lengths = [end - start for start, end in periods]
    assert (found.count, found.total_s) == (len(periods), sum(lengths) * 60)
    assert found.median_s == (float(np.median(lengths)) * 60 if lengths else None)
    longest = found.longest
    assert (longest and (longest.since, longest.until)) == (
        next((minute(start), minute(end)) for start, end in periods if end - start == max(lengths)) if lengths else None
    )
    parts = COUNTRY.children(zone)
    busy = [sum(under_alert(part, at) for part in parts) for at in range(since, until)]
    if max(busy, default=0):
        assert found.peak is not None
        assert (found.peak.count, found.peak.at) == (max(busy), minute(since + busy.index(max(busy))))
        alerts = [row for row in rows if row.end != row.start and row.stage is Stage.ALERT]
        ever = [any(reaches(row, part) for row in alerts) for part in parts]
        assert (found.peak.of, found.peak.recorded) == (len(parts), sum(ever))
    else:
        assert found.peak is None
    assert found.under_alert is under_alert(zone, until)


@FAST
@given(ROWS, ZONES)
def test_transitions_are_what_looking_every_minute_gives(rows: list[Row], zone: ZoneId) -> None:
    def says(at: int) -> Status:
        worst = Status.CLEAR
        for row in holds_at(rows, at):
            if covers(row, zone):
                said = Status.EARLY_WARNING if row.stage is Stage.EARLY_WARNING else Status(row.level.value)
            elif touches(row, zone):
                said = Status.PARTIAL
            else:
                continue
            worst = max(worst, said, key=list(Status).index)
        return worst

    until = 60
    seen = [Status.CLEAR, *(says(at) for at in range(until + 1))]
    changes = [(minute(at), seen[at], seen[at + 1]) for at in range(until + 1) if seen[at] is not seen[at + 1]]
    found = transitions(ledger(*rows), COUNTRY, zone, minute(until), most=100)
    assert [(change.at, change.before, change.after) for change in found] == changes[::-1]
