"""One thing at a time, and whoever looks as often as a turn is long misses none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.compat.oref.board import SHOWN_S, TURN_S, Board
from tocsin.compat.oref.calls import Call
from tocsin.compat.oref.words import Kind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def call(kind: Kind, *areas: int, at: float = 0.0, seq: int = 1) -> Call:
    moment = NOON + timedelta(seconds=at)
    return Call(seq, moment, moment, kind, areas)


def shown(board: Board, at: float) -> tuple[Kind, tuple[int, ...]] | None:
    found = board.at(NOON.timestamp() + at)
    return None if found is None else (found.kind, found.areas)


def test_nothing_is_shown_before_and_after() -> None:
    board = Board()
    assert shown(board, -1) is None
    board.tell(call(Kind.MISSILES, 1, at=0))
    assert shown(board, 0) == (Kind.MISSILES, (1,))
    assert shown(board, SHOWN_S - 0.1) == (Kind.MISSILES, (1,))
    assert shown(board, SHOWN_S) is None


def test_one_kind_is_one_item_with_the_newest_first_and_another_id() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, 2, at=0, seq=5))
    board.tell(call(Kind.MISSILES, 3, 1, at=20, seq=6))
    assert shown(board, 20) == (Kind.MISSILES, (3, 1, 2))
    found = board.at(NOON.timestamp() + 20)
    assert found is not None
    assert found.call.seq == 6
    assert shown(board, 20 + SHOWN_S - 0.1) is not None
    assert shown(board, 20 + SHOWN_S) is None


def test_an_alarm_takes_the_place_of_an_end_at_once_and_the_end_has_its_turn_after() -> None:
    board = Board()
    board.tell(call(Kind.ENDED, 1, at=0))
    board.tell(call(Kind.MISSILES, 2, at=1))
    assert shown(board, 1) == (Kind.MISSILES, (2,))
    assert shown(board, 1 + TURN_S - 0.1) == (Kind.MISSILES, (2,))
    assert shown(board, 1 + TURN_S) == (Kind.ENDED, (1,))


def test_another_alarm_waits_for_one_turn_and_goes_before_what_is_less() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, at=0))
    board.tell(call(Kind.ENDED, 2, at=1))
    board.tell(call(Kind.AIRCRAFT, 3, at=2))
    assert shown(board, TURN_S - 0.1) == (Kind.MISSILES, (1,))
    assert shown(board, TURN_S) == (Kind.AIRCRAFT, (3,))
    assert shown(board, 2 * TURN_S) == (Kind.ENDED, (2,))


def test_an_end_that_waits_is_not_shown_of_an_area_that_is_under_alarm_again() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, 2, at=0))
    board.tell(call(Kind.ENDED, 1, 2, at=1))
    board.tell(call(Kind.MISSILES, 1, at=2))
    assert shown(board, 2) == (Kind.MISSILES, (1,))
    assert shown(board, 2 + TURN_S) == (Kind.ENDED, (2,))


def test_an_alarm_that_is_over_before_its_turn_is_not_shown() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, at=0))
    board.tell(call(Kind.AIRCRAFT, 2, at=1))
    board.tell(call(Kind.WITHDRAWN, 2, at=2))
    assert shown(board, TURN_S) == (Kind.WITHDRAWN, (2,))


def test_an_alarm_elsewhere_does_not_show_again_what_has_ended_meanwhile() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, at=0))
    board.tell(call(Kind.ENDED, 1, at=1))
    board.tell(call(Kind.MISSILES, 2, at=2))
    assert shown(board, 2) == (Kind.MISSILES, (2,))


def test_alarms_of_one_kind_that_never_end_do_not_keep_another_waiting() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, at=0))
    board.tell(call(Kind.AIRCRAFT, 2, at=1))
    board.tell(call(Kind.MISSILES, 3, at=3))
    board.tell(call(Kind.ENDED, 4, at=3.5))
    assert shown(board, 3.9) == (Kind.MISSILES, (3, 1))
    assert shown(board, TURN_S) == (Kind.AIRCRAFT, (2,))
    # What joined late has its own turn, before what is less.
    assert shown(board, 2 * TURN_S) == (Kind.MISSILES, (3,))
    assert shown(board, 3 * TURN_S) == (Kind.ENDED, (4,))


def test_what_is_told_when_nobody_waits_and_the_turn_is_over_has_a_whole_turn() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, at=0))
    board.tell(call(Kind.AIRCRAFT, 2, at=7))
    board.tell(call(Kind.MISSILES, 3, at=7.5))
    assert shown(board, 7 + TURN_S - 0.1) == (Kind.AIRCRAFT, (2,))
    assert shown(board, 7 + TURN_S) == (Kind.MISSILES, (3,))


def test_a_clock_that_steps_back_changes_nothing() -> None:
    board = Board()
    board.tell(call(Kind.MISSILES, 1, at=10))
    assert shown(board, 10) == (Kind.MISSILES, (1,))
    assert shown(board, 0) == (Kind.MISSILES, (1,))
    board.tell(call(Kind.AIRCRAFT, 2, at=0))
    assert shown(board, 10 + TURN_S) == (Kind.AIRCRAFT, (2,))


def test_what_is_told_by_a_clock_that_has_stepped_back_is_shown_all_the_same() -> None:
    board = Board()
    assert shown(board, 100) is None
    board.tell(call(Kind.MISSILES, 1, at=5))
    assert shown(board, 100) == (Kind.MISSILES, (1,))


calls = st.lists(
    st.tuples(
        st.sampled_from(Kind),
        st.sets(st.integers(0, 4), min_size=1, max_size=3),
        st.sampled_from([0.0, 0.5, 1.0, 3.0, 4.0, 7.0, 31.0]),
    ),
    max_size=12,
)


@given(calls)
def test_whoever_looks_often_hears_the_last_word_of_every_area_and_never_an_older_one_after_it(
    told: list[tuple[Kind, set[int], float]],
) -> None:
    board, at, looked = Board(), 0.0, 0.0
    last: dict[int, Kind] = {}
    heard: dict[int, list[Kind]] = {area: [] for area in range(5)}

    def look(until: float) -> None:
        nonlocal looked
        while looked <= until:
            found = shown(board, looked)
            for area in found[1] if found else ():
                if found and heard[area][-1:] != [found[0]]:
                    heard[area].append(found[0])
            looked += TURN_S / 4

    for seq, (kind, areas, gap) in enumerate(told):
        look(at)
        at += gap
        look(at)
        board.tell(call(kind, *areas, at=at, seq=seq))
        last |= dict.fromkeys(areas, kind)
    look(at + 2 * SHOWN_S + len(Kind) * TURN_S)
    assert shown(board, looked) is None
    for area, kind in last.items():
        # Of two kinds of alarm it does not matter which is heard last.
        assert kind in heard[area]
        assert heard[area][-1] is kind or (kind.is_alarm and heard[area][-1].is_alarm)


@pytest.mark.parametrize("every", [0.5, 1.0, 2.0, TURN_S - 0.1])
def test_any_pace_that_is_shorter_than_a_turn_sees_every_kind(every: float) -> None:
    board = Board()
    for number, kind in enumerate(Kind):
        board.tell(call(kind, number, at=number / 10))
    seen, at = set(), 1.0
    while at < 100:
        found = shown(board, at)
        if found is not None:
            seen.add(found[0])
        at += every
    assert seen == set(Kind)
