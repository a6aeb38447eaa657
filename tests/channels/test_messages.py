"""The words on the stream: who hears them, when, and that nobody misses the word that takes an alarm back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.channels.listening import Frame, Server, Subscriber, parsed, texts
from tests.world import (
    ARMY,
    BEACH,
    CAPITAL,
    COAST,
    COUNTRY,
    EAST,
    HILLS,
    NOON,
    PORT,
    WEST,
    command,
    raising,
    releasing,
    run_leaping,
    upon,
)
from tocsin.channels.frames import Form, piece
from tocsin.channels.ring import Ring
from tocsin.commands import Annotate, Command, Escalate, Extend, Heartbeat, SourceSilent, Withdraw
from tocsin.events import Entry
from tocsin.model import Extent, Level, Realm, Status
from tocsin.texts import Kind, Message
from tocsin.told.past import whole_from
from tocsin.told.teller import Teller

Play = Callable[[], Coroutine[object, object, None]]


def scene(play: Play) -> Callable[[], None]:
    """A test that is played in time that leaps."""

    def test() -> None:
        run_leaping(play)

    test.__name__ = play.__name__
    return test


async def listening(server: Server, last: int | None = None) -> Subscriber:
    """A subscriber that has heard its first words."""
    subscriber = Subscriber()
    subscriber.last = last
    subscriber.connect(server.hub)
    await subscriber.hear()
    return subscriber


def order_of(frames: Sequence[Frame]) -> list[tuple[str, int]]:
    """Entries and messages as they came, each with its seq."""
    return [(frame.event, frame.data["seq"]) for frame in frames if frame.event in ("entry", "message")]


# --- where a message stands ------------------------------------------------------------------------


@scene
async def test_each_order_is_told_in_words_with_the_last_entry_that_they_tell_of() -> None:
    server = Server(speaks=True)
    subscriber = await listening(server)
    server.order(raising(EAST, WEST))
    frames = await subscriber.hear()
    assert order_of(frames) == [("entry", 1), ("message", 2), ("entry", 2)]
    [message] = subscriber.messages
    assert (message.zones, message.kind, message.seq, message.first_seq) == ((EAST, WEST), Kind.ALARM, 2, 1)
    assert [frame.id for frame in frames] == [1, None, 2], "to resume from it is to have heard the message"


@scene
async def test_orders_appended_together_are_each_told_by_themselves() -> None:
    server = Server(speaks=True)
    subscriber = await listening(server)
    server.order(raising(EAST), raising(WEST), releasing(EAST))
    assert order_of(await subscriber.hear()) == [
        ("message", 1),
        ("entry", 1),
        ("message", 2),
        ("entry", 2),
        ("message", 3),
        ("entry", 3),
    ]


@scene
async def test_each_thing_that_an_order_says_stands_with_the_last_entry_of_its_own() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST), raising(EAST, level=Level.YELLOW, ref="b"))
    subscriber = await listening(server)
    server.order(upon(Extend, EAST, to=(WEST, CAPITAL)))
    assert order_of(await subscriber.hear()) == [
        ("entry", 3),
        ("message", 4),
        ("entry", 4),
        ("entry", 5),
        ("message", 6),
        ("entry", 6),
    ]


@scene
async def test_whoever_has_an_entry_has_its_message_and_is_not_told_again() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST, WEST), raising(HILLS, level=Level.YELLOW))
    told = {last: [message.seq for message in (await listening_from(server, last)).messages] for last in range(4)}
    assert told == {0: [2, 3], 1: [2, 3], 2: [3], 3: []}


async def listening_from(server: Server, last: int) -> Subscriber:
    subscriber = Subscriber()
    subscriber.state = subscriber.state.__class__(COUNTRY, last)
    subscriber.last = last
    subscriber.connect(server.hub)
    await subscriber.hear()
    return subscriber


@scene
async def test_what_changes_nothing_for_people_is_not_put_into_words() -> None:
    server = Server(speaks=True)
    subscriber = await listening(server)
    server.order(command(Heartbeat(zones=(EAST,))), raising(EAST, at=NOON - timedelta(days=2)))
    assert order_of(await subscriber.hear()) == [("entry", 1), ("entry", 2)]


@scene
async def test_a_silent_source_and_a_note_are_told_too() -> None:
    server = Server(speaks=True)
    subscriber = await listening(server)
    server.order(raising(EAST), upon(Annotate, EAST, note="two groups"), command(SourceSilent()))
    await subscriber.hear()
    assert [message.kind for message in subscriber.messages] == [Kind.ALARM, Kind.NOTE, Kind.SILENT]
    assert "two groups" in subscriber.messages[1].wording["en"].body


@scene
async def test_one_whose_state_is_set_anew_has_been_told_nothing_of_what_it_missed() -> None:
    server = Server(ring_size=2, speaks=True)
    server.order(raising(EAST), raising(WEST), raising(HILLS))
    subscriber = await listening(server)
    assert (subscriber.heard, subscriber.messages) == (["snapshot", "heartbeat"], [])


# --- a false alarm is taken back ---------------------------------------------------------------------


@scene
async def test_everyone_who_got_a_false_alarm_gets_the_correction_though_cut_off_when_it_was_given() -> None:
    server = Server(speaks=True)
    server.order(raising(WEST))
    there, cut_off = await listening(server), await listening(server)
    server.order(raising(EAST, HILLS, cause="a test line"))
    for subscriber in (there, cut_off):
        await subscriber.hear()
        assert [message.kind for message in subscriber.messages] == [Kind.ALARM]
    await cut_off.disconnect()
    server.clock.at += timedelta(minutes=3)
    server.order(upon(Withdraw, EAST, HILLS, cause="it was a test line"))
    server.order(raising(PORT))
    cut_off.connect(server.hub)
    for subscriber in (there, cut_off):
        await subscriber.hear()
    assert there.messages == cut_off.messages
    assert there.state == cut_off.state == server.service.state
    alarm, correction, _ = there.messages
    assert (correction.kind, correction.zones, correction.holds) == (Kind.WITHDRAWN, (EAST, HILLS), alarm.holds)
    assert (correction.seq, correction.instruction) == (5, "withdrawn.clear")
    assert correction.wording.keys() == {"uk", "en"}
    assert "12:00" in correction.wording["uk"].body, "it names the hour of the alarm that was false"
    assert "12:00" in correction.wording["en"].body


@scene
async def test_a_correction_names_the_hour_at_which_the_alarm_came_to_say_what_was_false() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST, level=Level.YELLOW))
    server.clock.at += timedelta(minutes=20)
    server.order(upon(Escalate, EAST, to_level=Level.RED))
    server.clock.at += timedelta(minutes=5)
    server.order(upon(Withdraw, EAST))
    assert "12:20" in server.told[-1].wording["en"].body


@scene
async def test_a_correction_is_no_all_clear_where_the_zone_may_be_the_part_that_is_meant() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST, extent=Extent.PART, source=ARMY), raising(PORT), upon(Withdraw, PORT))
    assert server.told[-1].instruction == "withdrawn.partial"


@scene
async def test_an_order_is_told_by_what_it_leaves_as_a_whole() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST, HILLS, PORT), upon(Withdraw, EAST, HILLS, PORT))
    assert [(message.zones, message.instruction) for message in server.told[1:]] == [
        ((EAST, HILLS, PORT), "withdrawn.clear")
    ]


@scene
async def test_what_was_ordered_right_after_it_does_not_change_what_an_order_is_told_to_leave() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST), raising(PORT), releasing(EAST), raising(EAST), releasing(PORT), releasing(EAST))
    assert [message.leaves for message in server.told if message.leaves] == [
        Status.PARTIAL,
        Status.RED,
        Status.CLEAR,
    ]


def test_of_what_was_ordered_before_the_start_no_all_clear_is_told_that_has_been_overtaken() -> None:
    server = Server()
    server.order(raising(EAST), releasing(EAST), raising(WEST), releasing(WEST), raising(EAST))
    teller = Teller(texts(), Realm.LIVE, UTC, server.service.state)
    told = [message for entry in server.store.read(0, 9) for message in teller.tell([entry])]
    assert [message.leaves for message in told if message.leaves] == [Status.RED, Status.CLEAR]
    assert teller.state == server.service.state


def test_whoever_starts_anew_knows_when_the_open_holds_began() -> None:
    server = Server()
    server.order(raising(EAST))
    teller = Teller(texts(), Realm.LIVE, UTC, server.service.state)
    server.clock.at += timedelta(minutes=20)
    server.order(upon(Withdraw, EAST))
    [correction] = teller.tell(server.store.read(1, 9))
    assert "12:00" in correction.wording["en"].body


def test_what_is_over_is_forgotten() -> None:
    server = Server(speaks=True)
    teller = Teller(texts(), Realm.LIVE, UTC, server.service.state)
    server.order(raising(EAST), raising(WEST), raising(PORT))
    server.order(upon(Withdraw, EAST), releasing(WEST))
    for entry in server.store.read(0, 9):
        teller.tell([entry])
    assert list(teller.began) == [3]


# --- whole orders ------------------------------------------------------------------------------------


def test_a_ring_that_begins_in_the_midst_of_an_order_tells_it_whole() -> None:
    server = Server()
    server.order(raising(COAST), raising(EAST, WEST, PORT), raising(HILLS))
    store = server.store
    told: list[list[int]] = []

    def tell(order: Sequence[Entry]) -> list[Message]:
        told.append([entry.seq for entry in order])
        return []

    ring = Ring(9, COUNTRY, 3, tell)
    ring.add(store.read(whole_from(store, 3), 9))
    assert told == [[2, 3, 4], [5]]
    assert order_of(parsed(piece(ring.since(3) or [], Form.SSE))) == [("entry", 4), ("entry", 5)]
    assert ring.since(2) is None


def test_an_order_for_which_no_words_are_found_is_told_without_and_the_next_ones_with(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server(speaks=True)
    teller = Teller(texts(), Realm.LIVE, UTC, server.service.state)

    def tell(order: Sequence[Entry]) -> list[Message]:
        if order[0].seq == 1:
            raise KeyError("all_clear")
        return teller.tell(order)

    server.order(raising(EAST, WEST), raising(PORT))
    ring = Ring(9, COUNTRY, tell=tell)
    ring.add(server.store.read(0, 9))
    assert order_of(parsed(piece(ring.since(0) or [], Form.SSE))) == [
        ("entry", 1),
        ("entry", 2),
        ("message", 3),
        ("entry", 3),
    ]
    [logged] = caplog.records
    assert (logged.levelno, logged.getMessage()) == (
        logging.ERROR,
        "no message could be made of the order at 1 to 2",
    )


# --- any orders, anyone coming and going -----------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.lists(st.sampled_from([EAST, COAST, PORT, WEST, HILLS, BEACH]), min_size=1, max_size=3, unique=True),
        st.sampled_from(["withdraw", "release", "escalate"]),
        st.sampled_from(["connects", "leaves", "hears", "hears half"]),
    ),
    max_size=40,
)


@settings(max_examples=150, derandomize=True)
@given(STEPS, st.integers(1, 6))
def test_whoever_is_not_set_anew_is_told_every_message_wherever_the_connection_breaks(
    steps: list[list[str] | str], ring_size: int
) -> None:
    async def play() -> None:
        server = Server(ring_size, speaks=True)
        subscriber = Subscriber()
        covered: set[int] = set()
        """The seqs it was given as entries, not by a snapshot."""

        def hear(frames: Sequence[Frame]) -> None:
            for frame in frames:
                subscriber.take_in(frame)
                if frame.event == "entry":
                    covered.add(frame.data["seq"])

        for number, step in enumerate(steps):
            if isinstance(step, list):
                server.order(raising(*step, ref=str(number), level=Level.YELLOW))
            elif step in ("connects", "leaves"):
                await subscriber.disconnect()
                if step == "connects":
                    subscriber.connect(server.hub)
            elif step.startswith("hears"):
                if subscriber._stream is not None:
                    frames = parsed(await anext(subscriber._stream))
                    half = step.endswith("half")
                    hear(frames[: len(frames) // 2] if half else frames)
                    if half:
                        await subscriber.disconnect()
            else:
                server.order(*some_order(step, server))
        await subscriber.disconnect()
        subscriber.connect(server.hub)
        assert subscriber._stream is not None
        hear(parsed(await anext(subscriber._stream)))
        await subscriber.disconnect()
        assert {message.seq for message in subscriber.messages} >= {
            message.seq for message in server.told if message.seq in covered
        }
        assert subscriber.state == server.service.state
        for message in subscriber.messages:
            assert message in server.told

    run_leaping(play)


def some_order(what: str, server: Server) -> list[Command]:
    """An order upon the oldest hold, if there is one."""
    for hold in server.service.state.holds.values():
        if what == "escalate":
            if hold.level is Level.RED:
                continue
            return [upon(Escalate, hold.zone, ref=hold.ref, to_level=Level.RED)]
        return [(upon(Withdraw, hold.zone, ref=hold.ref) if what == "withdraw" else releasing(hold.zone, ref=hold.ref))]
    return []


def test_a_message_survives_the_wire() -> None:
    server = Server(speaks=True)
    server.order(raising(EAST))
    [message] = server.told
    [told, _] = parsed(piece(server.ring.since(0) or [], Form.SSE))
    assert msgspec.convert(told.data, Message) == message
