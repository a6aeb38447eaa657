"""Messages read from the log: the very ones that were told, asked for anywhere and in pages of any length."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.listening import Server, texts
from tests.world import (
    ARMY,
    BEACH,
    COAST,
    COUNTRY,
    DUTY,
    EAST,
    HILLS,
    LAND,
    NOON,
    PORT,
    WEST,
    command,
    raising,
    releasing,
    upon,
)
from tocsin.access import LOCAL
from tocsin.commands import (
    Command,
    Escalate,
    Extend,
    Heartbeat,
    Narrow,
    Raise,
    Release,
    Replace,
    SourceBack,
    SourceSilent,
    UponHolds,
    Withdraw,
)
from tocsin.events import Entry
from tocsin.model import Extent, Hold, Level, ZoneId
from tocsin.store.memory import MemoryStore
from tocsin.texts import Message
from tocsin.told.past import Past, newest, whole_from


def past(server: Server) -> Past:
    return Past(server.store, COUNTRY, texts(), UTC)


def read_through(asked: Past, head: int, after: int, limit: int) -> list[Message]:
    """Page after page, to the end."""
    found: list[Message] = []
    while after < head:
        page = asked.messages(after, limit)
        assert len(page.messages) <= limit
        assert after < page.upto <= head, "each page goes on"
        assert all(after < message.seq <= page.upto for message in page.messages)
        found += page.messages
        after = page.upto
    return found


# --- what is asked for ----------------------------------------------------------------------------


def test_what_was_told_can_be_asked_for_from_anywhere() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST, WEST), raising(PORT), upon(Withdraw, EAST, WEST))
    asked = past(server)
    assert asked.messages(0, 9).messages == server.told
    assert [[message.seq for message in asked.messages(after, 9).messages] for after in range(7)] == [
        [2, 3, 4, 5],
        [2, 3, 4, 5],
        [3, 4, 5],
        [4, 5],
        [5],
        [],
        [],
    ]
    assert (asked.messages(3, 1).messages, asked.messages(3, 1).upto) == (server.told[2:3], 4)
    assert (asked.messages(0, 4).upto, asked.messages(5, 4).upto, asked.messages(99, 4).upto) == (5, 5, 5)


def test_an_empty_log_has_nothing_to_say() -> None:
    told = past(Server()).messages(0, 9)
    assert (told.messages, told.upto) == ([], 0)


def test_imported_history_is_not_told() -> None:
    server = Server(speaks=True)
    for day in range(2, 5):
        at = NOON - timedelta(days=day)
        server.order(raising(EAST, at=at, ref=str(day)), releasing(EAST, at=at + timedelta(hours=1), ref=str(day)))
    told = past(server).messages(0, 9)
    assert (server.told, told.messages, told.upto) == ([], [], 6)


def test_what_is_past_was_told_by_what_stood_then_and_not_by_what_stands_now() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST), releasing(EAST))
    server.order(raising(EAST))
    assert past(server).messages(0, 9).messages == server.told
    assert [message.kind for message in server.told] == ["alarm", "all_clear", "alarm"]


def test_what_has_been_added_since_is_in_the_next_answer() -> None:
    server = Server(speaks=True)
    asked = past(server)
    for number in range(30):
        server.order(raising(EAST, ref=str(number)))
        assert [message.seq for message in asked.messages(number, 9).messages] == [number + 1]


def test_a_long_silence_is_passed_over_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.told.past.PAGE", 4)
    server = Server(speaks=True)
    server.order(*(raising(EAST, at=NOON - timedelta(days=1), ref=str(number)) for number in range(10)))
    server.order(raising(PORT))
    asked = past(server)
    assert [(asked.messages(after, 9).upto, len(asked.messages(after, 9).messages)) for after in (0, 4, 8)] == [
        (4, 0),
        (8, 0),
        (11, 1),
    ]


def test_only_the_first_question_reads_the_whole_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.told.past.PAGE", 10)
    server = Server()
    server.order(*(raising(EAST, ref=str(number)) for number in range(200)))
    asked, read, entries = past(server), server.store.read, list[int]()

    def counted(after: int, limit: int) -> list[Entry]:
        page = read(after, limit)
        entries.append(len(page))
        return page

    monkeypatch.setattr(server.store, "read", counted)
    counts = []
    for after in (195, 195, 101, 20):
        entries.clear()
        asked.messages(after, 1)
        counts.append(sum(entries))
    assert counts[0] > 195
    assert max(counts[1:]) < 40, counts


def test_a_source_that_comes_back_long_after_it_fell_silent_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.told.past.PAGE", 2)
    server = Server(speaks=True)
    server.order(raising(EAST), raising(WEST), command(SourceSilent()), raising(PORT), raising(HILLS))
    asked = past(server)
    assert asked.messages(5, 9).messages == []
    server.order(command(SourceBack()))
    server.order(raising(COAST))
    told = ["source_back", "alarm"]
    for before, after in ((asked, 5), (past(server), 6)):
        assert [message.kind for message in before.messages(after, 9).messages] == told[after - 5 :]
        assert [message.kind for message in before.messages(5, 9).messages] == told


def test_many_may_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.told.past.PAGE", 5)
    server = Server(ring_size=1_000, speaks=True)
    for number in range(40):
        server.order(raising(EAST, ref=str(number)), raising(PORT), upon(Withdraw, EAST, ref=str(number)))
    asked, read = past(server), server.store.read

    def watched(after: int, limit: int) -> list[Entry]:
        assert asked._lock.locked(), "one asks at a time"
        return read(after, limit)

    monkeypatch.setattr(server.store, "read", watched)
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda after: asked.messages(after, 100).messages, range(80)))
    finally:
        sys.setswitchinterval(often)
    assert [[message for message in server.told if message.seq > after][:1] for after in range(80)] == [
        answer[:1] for answer in answers
    ]


# --- whole orders ---------------------------------------------------------------------------------


def log_of(*zones: Sequence[str]) -> MemoryStore:
    """A log of so many orders, each over these zones."""
    server = Server()
    server.order(*(raising(*order, ref=str(number)) for number, order in enumerate(zones)))
    return server.store


@pytest.mark.parametrize(
    ("after", "begins"), [(0, 0), (1, 1), (2, 1), (3, 1), (4, 4), (5, 5), (6, 5), (7, 7), (8, 8), (99, 99)]
)
def test_an_order_that_is_cut_in_two_is_found_from_its_beginning(after: int, begins: int) -> None:
    store = log_of([EAST], [EAST, WEST, PORT], [EAST], [WEST, PORT], [EAST])
    assert whole_from(store, after) == begins


def test_an_order_is_found_from_its_beginning_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.told.past.LOOK_BACK", 1)
    store = log_of([LAND], list(COUNTRY))
    assert [whole_from(store, after) for after in range(11)] == [0, *[1] * 9, 10]
    assert [whole_from(log_of(list(COUNTRY)), after) for after in range(10)] == [0] * 9 + [9]


# --- the newest of a log ------------------------------------------------------------------------------


def newest_of(store: MemoryStore, entries: int, most: int) -> tuple[int, list[int]]:
    after, tail = newest(store, entries, most)
    return after, [entry.seq for entry in tail]


def test_the_newest_entries_begin_with_a_whole_order_and_say_which_of_them_are_meant() -> None:
    store = log_of([EAST], [EAST, WEST, PORT], [EAST], [WEST, PORT])
    assert newest_of(store, 99, 99) == (0, [1, 2, 3, 4, 5, 6, 7])
    assert newest_of(store, 3, 99) == (4, [5, 6, 7])
    assert newest_of(store, 4, 99) == (3, [2, 3, 4, 5, 6, 7])
    assert newest_of(store, 5, 99) == (2, [2, 3, 4, 5, 6, 7])
    assert newest_of(MemoryStore(), 9, 9) == (0, [])


def test_of_the_newest_entries_no_more_orders_are_taken_than_were_asked_for() -> None:
    store = log_of([EAST], [EAST, WEST, PORT], [EAST], [WEST, PORT])
    assert newest_of(store, 99, 2) == (4, [5, 6, 7])
    assert newest_of(store, 99, 1) == (5, [6, 7])
    assert newest_of(store, 1, 1) == (6, [6, 7])


# --- any orders -----------------------------------------------------------------------------------

ZONES = st.sampled_from([LAND, EAST, COAST, HILLS, PORT, BEACH, WEST])
SOME = st.lists(ZONES, min_size=1, max_size=3, unique=True)
Made = Callable[[Hold, list[ZoneId]], Command]


def on(kind: Callable[..., UponHolds], hold: Hold, **said: Any) -> Command:
    return upon(kind, hold.zone, ref=hold.ref, of=hold.source, **said)


UPON: dict[str, Made] = {
    "release": lambda hold, _: on(Release, hold),
    "withdraw": lambda hold, _: on(Withdraw, hold),
    "escalate": lambda hold, _: on(Escalate, hold, to_level=Level.RED),
    "narrow": lambda hold, zones: on(Narrow, hold, to=tuple(zones)),
    "extend": lambda hold, zones: on(Extend, hold, to=tuple(zones)),
    "replace": lambda hold, zones: on(Replace, hold, by=Raise(zones=tuple(zones), level=Level.YELLOW)),
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["raise", "raise", "part", *UPON, "withdraw all", "heartbeat", "silence", "silence"]),
        SOME,
        st.sampled_from(Level),
        st.integers(0, 99),
    ),
    min_size=6,
    max_size=25,
)


def step(server: Server, what: str, zones: list[ZoneId], level: Level, number: int) -> Command | None:
    """A command, upon an open hold where there is one."""
    holds = list(server.service.state.holds.values())
    if what == "raise":
        return raising(*zones, level=level, ref=str(number))
    if what == "part":
        return raising(*zones, level=level, extent=Extent.PART, source=ARMY)
    if what == "heartbeat":
        return command(Heartbeat(zones=tuple(zones)))
    if what == "silence":
        return command(SourceSilent())
    if not holds:
        return None
    if what == "withdraw all":
        own = {hold.zone for hold in holds if hold.source == DUTY}
        return upon(Withdraw, *sorted(own)) if own else None
    return UPON[what](holds[number % len(holds)], zones)


@settings(max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(1, 4), st.integers(1, 5), st.data())
def test_whatever_was_ordered_what_is_read_is_what_was_told(
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[str, list[ZoneId], Level, int]],
    limit: int,
    page: int,
    data: st.DataObject,
) -> None:
    server = Server(ring_size=1_000, speaks=True)
    for one in steps:
        server.clock.at += timedelta(minutes=1)
        if (given_out := step(server, *one)) is not None:
            server.service.submit([given_out], LOCAL)
    head = server.service.state.seq
    told = sorted(server.told, key=lambda message: message.seq)
    somewhere = data.draw(st.integers(0, head))
    with monkeypatch.context() as patched:
        patched.setattr("tocsin.told.past.PAGE", page)
        asked = past(server)
        assert read_through(asked, head, 0, limit) == told
        for after in (somewhere, 0):
            rest = [message for message in told if message.seq > after]
            assert read_through(asked, head, after, limit) == rest, "with what is kept of the first reading"
            assert read_through(past(server), head, after, limit) == rest
