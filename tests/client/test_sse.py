"""Server-sent events taken apart: the same words however the bytes are cut, and nothing else but words."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.channels.frames import Form, Said, piece
from tocsin.client.sse import Garbled, Parser, Word


def parsed(*pieces: bytes, most_bytes: int = 1_000) -> list[Word]:
    parser = Parser(most_bytes)
    return [word for each in pieces for word in parser.feed(each)]


def cut(chance: random.Random, told: bytes) -> list[bytes]:
    places = sorted(chance.choices(range(len(told) + 1), k=chance.randint(0, 8)))
    return [told[begin:end] for begin, end in zip([0, *places], [*places, len(told)], strict=True)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("entry", "message", "heartbeat", "stale")),
            st.none() | st.integers(0, 10**12),
            st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30),
        )
    ),
    st.randoms(use_true_random=False),
)
def test_what_the_server_frames_comes_out_the_same_however_it_is_cut(
    told: list[tuple[str, int | None, str]], chance: random.Random
) -> None:
    framed = piece([Said(event, data.encode(), seq) for event, seq, data in told], Form.SSE)
    assert parsed(*cut(chance, b"retry: 1500\n\n" + framed)) == [
        Word(event, seq, data.encode()) for event, seq, data in told
    ]


def test_the_server_says_how_long_to_wait_before_coming_back() -> None:
    parser = Parser()
    assert list(parser.feed(b"retry: 2500\n\n: a comment\n\n")) == []
    assert parser.retry_s == 2.5


def test_what_a_proxy_may_do_to_lines_changes_nothing() -> None:
    assert parsed(b'id: 7\r\nevent: entry\r\ndata: {\r\ndata:"a": 1}\r\n\r\n') == [Word("entry", 7, b'{\n"a": 1}')]


def test_a_word_is_not_told_before_it_is_whole() -> None:
    assert parsed(b"event: entry\nid: 7\ndata: {}\n") == []


@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>\n",
        b"\xef\xbb\xbfevent: entry\n",
        b"id: seven\n",
        b"id: -7\n",
        b"id:\n",
        b"id: 1234567890123456\n",
        b"id: \xd9\xa7\n",
        b"event: \xff\n",
        b"event:\n",
        b"retry: soon\n",
        b"event: entry\n\n",
        b"data: {}\n\n",
        b"id: 7\n\n",
        b"data: {\r}\n",
        b"HTTP/1.1 200 OK\n",
    ],
)
def test_what_no_tocsin_sends_is_refused(garbage: bytes) -> None:
    with pytest.raises(Garbled):
        parsed(garbage)


def test_a_word_may_be_as_long_as_allowed_and_no_longer_in_one_line_or_in_many() -> None:
    def of(size: int) -> bytes:
        return b"event: e\ndata: " + b"x" * (size - len("event: e\ndata: \n\n")) + b"\n\n"

    assert len(parsed(of(1_000), of(1_000))) == 2
    for too_long in (of(1_001), b"x" * 1_001, b"data: x\n" * 126, b": quiet\n" * 126):
        with pytest.raises(Garbled, match="longer than 1000 bytes"):
            parsed(too_long)
        with pytest.raises(Garbled, match="longer than 1000 bytes"):
            parsed(*(too_long[at : at + 100] for at in range(0, len(too_long), 100)))
