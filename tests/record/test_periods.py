"""Arithmetic of intervals, beside counting second by second."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.record.periods import Seconds, clipped, joined, most_at_once

FAST = settings(max_examples=300, derandomize=True)

LAST = 30
INTERVALS = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)), max_size=12)
PROPER = INTERVALS.map(lambda pairs: [(start, end) for start, end in pairs if start < end])

Pairs = list[tuple[int, int]]


def sides(pairs: Pairs) -> tuple[Seconds, Seconds]:
    return np.array([start for start, _ in pairs], np.float64), np.array([end for _, end in pairs], np.float64)


def pairs(start: Seconds, end: Seconds) -> list[tuple[float, float]]:
    return list(zip(start.tolist(), end.tolist(), strict=True))


def seconds(pairs: Pairs) -> set[int]:
    """The seconds that lie in any of them; second n lasts from n to n + 1."""
    return {second for start, end in pairs for second in range(start, end)}


def runs(covered: set[int]) -> list[tuple[float, float]]:
    """The longest stretches of seconds."""
    starts = sorted(second for second in covered if second - 1 not in covered)
    ends = sorted(second + 1 for second in covered if second + 1 not in covered)
    return [(float(start), float(end)) for start, end in zip(starts, ends, strict=True)]


@FAST
@given(INTERVALS)
def test_joined_periods_are_the_longest_stretches_that_any_interval_covers(given: Pairs) -> None:
    assert pairs(*joined(*sides(given))) == runs(seconds(given))


@FAST
@given(PROPER, st.integers(-2, LAST + 2), st.integers(-2, LAST + 2))
def test_clipped_intervals_are_what_lies_within(given: Pairs, since: int, until: int) -> None:
    disjoint = runs(seconds(given))
    left = clipped(*joined(*sides(given)), since, until)
    assert pairs(*left) == [
        (max(start, since), min(end, until)) for start, end in disjoint if max(start, since) < min(end, until)
    ]
    assert float((left[1] - left[0]).sum()) == len(seconds(given) & set(range(since, until)))


@FAST
@given(PROPER)
def test_the_most_at_once_is_the_busiest_second_and_the_first_of_them(given: Pairs) -> None:
    count, at = most_at_once(*sides(given))
    busy = [sum(start <= second < end for start, end in given) for second in range(LAST + 1)]
    assert count == max(busy)
    assert math.isnan(at) if count == 0 else at == busy.index(max(busy))


def test_intervals_that_touch_are_one_period_and_those_a_moment_apart_are_two() -> None:
    assert pairs(*joined(*sides([(5, 8), (0, 5)]))) == [(0, 8)]
    assert pairs(*joined(*sides([(6, 8), (0, 5)]))) == [(0, 5), (6, 8)]


def test_an_interval_inside_a_longer_one_adds_nothing() -> None:
    assert pairs(*joined(*sides([(0, 9), (1, 2), (3, 4), (8, 9)]))) == [(0, 9)]


def test_an_interval_that_is_empty_or_ends_before_it_starts_adds_nothing() -> None:
    assert pairs(*joined(*sides([(4, 4), (9, 1)]))) == []


def test_a_period_can_be_open() -> None:
    start, end = joined(np.array([1.0, 3.0]), np.array([2.0, np.inf]))
    assert pairs(start, end) == [(1, 2), (3, np.inf)]
    assert pairs(*clipped(start, end, -np.inf, 5)) == [(1, 2), (3, 5)]


def test_what_ends_as_another_begins_is_not_at_once_with_it() -> None:
    assert most_at_once(*sides([(0, 5), (5, 9)])) == (1, 0)
    assert most_at_once(*sides([(0, 5), (4, 9)])) == (2, 4)


@pytest.mark.parametrize("work", [joined, lambda start, end: clipped(start, end, 0, 9)])
def test_of_nothing_there_is_nothing(work: object) -> None:
    assert callable(work)
    start, end = work(*sides([]))
    assert (len(start), len(end)) == (0, 0)
