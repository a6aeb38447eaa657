from __future__ import annotations

import msgspec
import pytest

from tests.channels.listening import parsed
from tests.record.rows import Row, entries
from tests.world import COUNTRY, EAST
from tocsin.channels.frames import Form, Said, piece
from tocsin.channels.ring import Ring
from tocsin.events import Entry

LOG = entries([Row(EAST, number, None) for number in range(12)])


def ring(size: int = 5, upto: int = 8, head: int = 0) -> Ring:
    made = Ring(size, COUNTRY, head)
    made.add(LOG[head:upto])
    return made


def seqs(words: list[Said] | None) -> list[int | None] | None:
    """The seqs of what is said; none where there is no answer."""
    return None if words is None else [said.seq for said in words]


def frame(event: str, data: object, seq: int | None = None) -> bytes:
    body = data if isinstance(data, bytes) else msgspec.json.encode(data)
    return piece([Said(event, body, seq)], Form.SSE)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (8, []),
        (7, [8]),
        (4, [5, 6, 7, 8]),
        (3, [4, 5, 6, 7, 8]),
        (2, None),
        (0, None),
        (9, None),
        (1_000_000, None),
        (-1, None),
    ],
)
def test_it_gives_all_after_a_seq_or_says_that_it_cannot(after: int, expected: list[int] | None) -> None:
    assert seqs(ring().since(after)) == expected


def test_a_ring_not_full_yet_gives_all_from_the_first() -> None:
    assert seqs(ring(upto=3).since(0)) == [1, 2, 3]
    assert seqs(ring(upto=5).since(0)) == [1, 2, 3, 4, 5]
    assert seqs(ring(upto=6).since(0)) is None


def test_an_empty_ring_has_nothing_new_at_its_head_and_knows_no_other_seq() -> None:
    assert [seqs(Ring(5, COUNTRY).since(after)) for after in (0, 1, -1)] == [[], None, None]
    assert [seqs(Ring(5, COUNTRY, head=7).since(after)) for after in (7, 6, 8, 0)] == [[], None, None, None]


def test_a_ring_that_starts_late_in_the_log_goes_on_from_there() -> None:
    made = ring(head=6)
    assert (made.head, seqs(made.since(6)), made.since(5)) == (8, [7, 8], None)


def test_what_it_has_already_is_passed_over() -> None:
    made = ring(upto=4)
    made.add(LOG[1:6])
    made.add(LOG[:6])
    made.add([])
    assert (made.head, seqs(made.since(1))) == (6, [2, 3, 4, 5, 6])


def test_a_gap_in_what_it_is_fed_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="log order"):
        ring(upto=4).add(LOG[5:])


def test_an_entry_is_told_with_its_seq_to_resume_from_and_whole() -> None:
    [found] = parsed(piece(ring(upto=1).since(0) or [], Form.SSE))
    assert (found.event, found.id) == ("entry", 1)
    assert msgspec.convert(found.data, Entry) == LOG[0]


def test_a_frame_is_one_event_on_lines_of_its_own() -> None:
    assert frame("clock", {"rate": 1}) == b'event: clock\ndata: {"rate":1}\n\n'
    assert frame("entry", b"{}", 7) == b"id: 7\nevent: entry\ndata: {}\n\n"


def test_line_breaks_in_a_text_cannot_end_a_frame() -> None:
    told = frame("entry", {"cause": "one\n\nevent: goodbye\r\ndata: {}\n\n\u2028"})
    assert told.count(b"\n") == 3
    assert b"\r" not in told
    assert parsed(told)[0].data["cause"].startswith("one\n\nevent: goodbye")
