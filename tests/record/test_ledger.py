from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tests.record.rows import Row, entries, ledger, part
from tests.world import COAST, EAST, WEST, minute
from tocsin.model import Extent
from tocsin.record.ledger import OPEN, How, Ledger

WHOLE, EITHER = frozenset({Extent.WHOLE}), frozenset(Extent)


def test_every_hold_is_a_row_with_its_beginning_and_its_end() -> None:
    made = ledger(Row(EAST, 0, 5), Row(WEST, 1, None))
    rows = np.arange(2)
    assert [hold.zone for hold in made.holds] == [EAST, WEST]
    assert made.start(rows).tolist() == [minute(0).timestamp(), minute(1).timestamp()]
    assert made.end(rows).tolist() == [minute(5).timestamp(), OPEN]
    assert (made.seq, made.begun(1), made.ended(1)) == (3, (3, How.RAISED), None)
    assert (made.begun(0), made.ended(0)) == ((1, How.RAISED), (2, How.RELEASED))


def test_a_release_ends_the_very_hold_it_names_whatever_else_is_open() -> None:
    raised = entries([Row(EAST, 0, None), Row(EAST, 1, None), Row(WEST, 2, None)])
    released = entries([Row(EAST, 0, 5)])[1]
    made = Ledger()
    made.apply([*raised, msgspec.structs.replace(released, seq=4)])
    assert made.end(np.arange(3)).tolist() == [minute(5).timestamp(), OPEN, OPEN]
    assert [made.ended(row) for row in range(3)] == [(4, How.RELEASED), None, None]


def test_rows_are_found_by_zone_and_extent() -> None:
    made = ledger(Row(EAST, 0, 5), part(EAST, 1, 2), Row(WEST, 1, 2), Row(COAST, 1, 2))
    assert made.of([EAST, WEST], WHOLE).tolist() == [0, 2]
    assert made.of([EAST, WEST], EITHER).tolist() == [0, 1, 2]
    assert made.of([], EITHER).tolist() == []
    assert list(made.zones()) == [EAST, WEST, COAST]


def test_it_can_be_fed_in_pages_and_what_it_knows_is_passed_over() -> None:
    log = entries([Row(EAST, 0, 5), Row(EAST, 6, 7), Row(WEST, 1, None)])
    paged, whole = Ledger(), ledger(Row(EAST, 0, 5), Row(EAST, 6, 7), Row(WEST, 1, None))
    for upto in range(1, len(log) + 1):
        paged.apply(log[max(upto - 3, 0) : upto])
    rows = np.arange(3)
    assert (paged.seq, paged.holds) == (whole.seq, whole.holds)
    assert [paged.ended(row) for row in range(3)] == [whole.ended(row) for row in range(3)]
    assert paged.end(rows).tolist() == whole.end(rows).tolist()


def test_a_gap_in_what_it_is_fed_is_a_bug() -> None:
    log = entries([Row(EAST, 0, 5), Row(WEST, 0, 5)])
    with pytest.raises(AssertionError, match="log order"):
        Ledger().apply(log[1:])


def test_it_grows_past_what_it_first_has_room_for() -> None:
    many = [Row(EAST, number, number + 0.5) for number in range(3_000)]
    made = ledger(*many)
    rows = np.arange(3_000)
    assert made.start(rows).tolist() == [minute(row.start).timestamp() for row in many]
    assert made.end(rows).tolist() == [minute(row.end or 0).timestamp() for row in many]


def test_a_window_holds_what_was_open_at_any_moment_of_it_and_nothing_that_only_touches() -> None:
    made = ledger(Row(EAST, 0, 5), Row(EAST, 5, 6), Row(EAST, 9, 20), Row(EAST, 10, 11), Row(WEST, 0, None))
    assert made.during(minute(5), minute(10)).tolist() == [1, 2, 4]
