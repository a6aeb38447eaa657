from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Coroutine

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.channels.listening import Frame, Server, Subscriber, parsed, turns
from tests.world import COAST, EAST, HILLS, PORT, WEST, raising, releasing, run_leaping
from tocsin.channels.frames import Form
from tocsin.limits import HEARTBEAT_S


def events(frames: list[Frame]) -> list[tuple[str, int | None]]:
    return [(frame.event, frame.id) for frame in frames]


async def fresh(server: Server, last: int | None = None) -> tuple[Subscriber, list[Frame]]:
    """A subscriber that has heard its first words."""
    subscriber = Subscriber()
    subscriber.last = last
    if last is not None:
        subscriber.state = server.service.state.__class__(server.service.state.hierarchy, last)
    subscriber.connect(server.hub)
    return subscriber, await subscriber.hear()


def filled(number: int, ring_size: int = 100) -> Server:
    server = Server(ring_size)
    for ref in range(number):
        server.order(raising(EAST, ref=str(ref)))
    return server


def scene(play: Callable[[], Coroutine[object, object, None]]) -> Callable[[], None]:
    """A test that is played in time that leaps."""

    def test() -> None:
        run_leaping(play)

    test.__name__ = play.__name__
    test.__doc__ = play.__doc__
    return test


def unpacked(piece: bytes) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(piece)


# --- first words -----------------------------------------------------------------------------


@scene
async def test_a_packed_snapshot_always_says_what_the_clock_does_and_is_not_packed_anew_for_that() -> None:
    server = filled(3)
    fronts = []
    for rate in (1.0, 4.0, 4.0):
        server.rate = rate
        _, packed = server.hub.start(None, Form.PACKED)
        [frame] = parsed(unpacked(packed))
        assert frame.data["clock"]["rate"] == rate
        assert [frame] == parsed(server.hub.start(None, Form.SSE)[1])
        fronts.append(server.hub._starts[None, Form.PACKED].front)
    assert fronts[0] is fronts[1] is fronts[2]
    server.order(raising(WEST, ref="another"))
    seq, packed = server.hub.start(None, Form.PACKED)
    [frame] = parsed(unpacked(packed))
    assert (seq, frame.id, frame.data["seq"]) == (4, 4, 4)


@scene
async def test_whoever_comes_without_a_seq_is_given_the_snapshot_and_a_heartbeat() -> None:
    server = filled(3)
    subscriber, frames = await fresh(server)
    assert events(frames) == [("snapshot", 3), ("heartbeat", 3)]
    assert frames[0].data["log"] == frames[1].data["log"] == "log one"
    assert (
        frames[0].data["clock"]
        == frames[1].data["clock"]
        == {
            "now": "2026-03-01T12:00:00Z",
            "rate": 1.0,
            "replay": None,
        }
    )
    assert subscriber.state == server.service.state


@scene
async def test_the_snapshot_of_an_empty_log_is_of_seq_0() -> None:
    _, frames = await fresh(Server())
    assert events(frames) == [("snapshot", 0), ("heartbeat", 0)]
    assert frames[1].data["seq"] == 0


@scene
async def test_whoever_says_what_it_has_is_given_exactly_what_it_missed() -> None:
    _, frames = await fresh(filled(5), last=2)
    assert events(frames) == [("entry", 3), ("entry", 4), ("entry", 5), ("heartbeat", 5)]
    assert frames[-1].data["seq"] == 5


@scene
async def test_whoever_missed_nothing_is_given_a_heartbeat_alone() -> None:
    _, frames = await fresh(filled(5), last=5)
    assert events(frames) == [("heartbeat", 5)]


@scene
async def test_whoever_was_away_too_long_is_reset_with_the_snapshot() -> None:
    server = filled(10, ring_size=4)
    assert events((await fresh(server, last=5))[1]) == [("snapshot", 10), ("heartbeat", 10)]
    assert events((await fresh(server, last=6))[1])[0] == ("entry", 7)


@scene
async def test_whoever_is_ahead_of_the_log_is_reset_for_it_was_another_log() -> None:
    assert events((await fresh(filled(5), last=6))[1]) == [("snapshot", 5), ("heartbeat", 5)]


# --- news ------------------------------------------------------------------------------------


@scene
async def test_news_come_as_they_are_appended_and_what_waits_together_comes_together() -> None:
    server = Server()
    subscriber, _ = await fresh(server)
    hearing = asyncio.create_task(subscriber.hear())
    await turns()
    assert not hearing.done(), "there is nothing to hear yet"
    server.order(raising(EAST))
    assert events(await hearing) == [("entry", 1)]
    server.order(raising(WEST), raising(PORT))
    server.order(releasing(EAST))
    assert events(await subscriber.hear()) == [("entry", 2), ("entry", 3), ("entry", 4)]
    assert subscriber.state == server.service.state


@scene
async def test_a_snapshot_newer_than_the_news_is_not_followed_by_what_it_holds_already() -> None:
    server = filled(2)
    told: list[object] = []
    server.service._readers = [told.append]
    server.order(raising(WEST), raising(PORT))
    subscriber, frames = await fresh(server)
    assert events(frames)[0] == ("snapshot", 4), "the state is ahead of what the hub has been told"
    server.hub.publish(server.service.store.read(2, 9))
    server.service._readers = [server.hub.publish]
    server.order(raising(HILLS))
    assert events(await subscriber.hear()) == [("entry", 5)]
    assert subscriber.state == server.service.state


@scene
async def test_a_slow_subscriber_delays_nobody_and_loses_nothing() -> None:
    server = Server(ring_size=5)
    slow, _ = await fresh(server)
    quick, _ = await fresh(server)
    for number in range(5):
        server.order(raising(EAST, ref=str(number)))
        assert events(await quick.hear()) == [("entry", number + 1)]
    assert events(await slow.hear()) == [("entry", number) for number in range(1, 6)]
    assert slow.state == quick.state == server.service.state


@scene
async def test_one_so_slow_that_it_falls_off_the_ring_is_given_the_snapshot_in_its_stream() -> None:
    server = Server(ring_size=5)
    slow, _ = await fresh(server)
    for number in range(6):
        server.order(raising(EAST, ref=str(number)))
    assert events(await slow.hear()) == [("snapshot", 6)]
    server.order(releasing(EAST))
    assert slow.resets == 2
    await slow.hear()
    assert slow.state == server.service.state


# --- heartbeat, clock, goodbye -----------------------------------------------------------------


@scene
async def test_where_all_is_quiet_a_heartbeat_with_the_head_comes_every_so_many_seconds() -> None:
    server = filled(3)
    subscriber, _ = await fresh(server)
    loop = asyncio.get_running_loop()
    heard = []
    for _ in range(3):
        frames = await subscriber.hear()
        heard.append((events(frames), frames[0].data["seq"], round(loop.time(), 3)))
    assert heard == [([("heartbeat", 3)], 3, HEARTBEAT_S * number) for number in (1, 2, 3)]


@scene
async def test_a_change_of_the_clock_is_told_to_everyone() -> None:
    server = Server()
    both = [(await fresh(server))[0] for _ in range(2)]
    hearing = [asyncio.create_task(subscriber.hear()) for subscriber in both]
    await turns()
    server.rate = 60
    server.hub.clock_changed()
    for heard in hearing:
        [frame] = await heard
        assert (frame.event, frame.id, frame.data["rate"]) == ("clock", None, 60)


@scene
async def test_a_change_of_the_clock_beside_news_comes_after_them_and_once() -> None:
    server = Server()
    subscriber, _ = await fresh(server)
    server.hub.clock_changed()
    server.order(raising(EAST))
    server.hub.clock_changed()
    assert events(await subscriber.hear()) == [("entry", 1), ("clock", None)]
    assert events(await subscriber.hear()) == [("heartbeat", 1)]


@scene
async def test_at_the_close_everyone_hears_goodbye_and_the_stream_ends() -> None:
    server = filled(2)
    waiting, _ = await fresh(server)
    busy, _ = await fresh(server)
    hearing = asyncio.create_task(waiting.hear())
    await turns()
    server.hub.close()
    for frames in (await hearing, await busy.hear()):
        assert [(frame.event, frame.data) for frame in frames] == [("goodbye", {"seq": 2})]
    for subscriber in (waiting, busy):
        with pytest.raises(StopAsyncIteration):
            await subscriber.hear()
    assert server.hub.subscribers == 0
    _, frames = await fresh(server, last=1)
    assert events(frames) == [("entry", 2), ("heartbeat", 2)], "who comes late still gets what it missed"


@scene
async def test_subscribers_are_counted_until_they_leave() -> None:
    server = Server()
    first, _ = await fresh(server)
    second, _ = await fresh(server)
    assert server.hub.subscribers == 2
    await first.disconnect()
    assert server.hub.subscribers == 1
    await second.disconnect()
    assert server.hub.subscribers == 0


@scene
async def test_a_subscriber_can_be_stopped_in_the_very_moment_the_bell_rings() -> None:
    server = Server()
    subscriber, _ = await fresh(server)

    async def listen() -> None:
        while True:
            await subscriber.hear()

    listening = asyncio.create_task(listen())
    await turns()
    server.order(raising(EAST))
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert server.hub.subscribers == 0


# --- any subscriber, coming and going at random --------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.sampled_from([EAST, COAST, PORT, WEST, HILLS]),
        st.just("release"),
        st.sampled_from(["0 connects", "0 leaves", "0 hears", "1 connects", "1 leaves", "1 hears", "the clock"]),
    ),
    max_size=40,
)


@settings(max_examples=150, derandomize=True)
@given(STEPS, st.integers(1, 6))
def test_whoever_comes_and_goes_at_random_ends_with_what_the_server_holds(steps: list[str], ring_size: int) -> None:
    async def play() -> None:
        server = Server(ring_size)
        subscribers = [Subscriber(), Subscriber()]
        for number, step in enumerate(steps):
            who, _, does = step.partition(" ")
            if step == "the clock":
                server.hub.clock_changed()
            elif step == "release":
                for hold in list(server.service.state.holds.values())[:2]:
                    server.order(releasing(hold.zone, ref=hold.ref))
            elif not does:
                server.order(raising(step, ref=str(number)))
            elif does == "leaves":
                await subscribers[int(who)].disconnect()
            elif subscribers[int(who)]._stream is None:
                subscribers[int(who)].connect(server.hub)
            elif does == "hears":
                await subscribers[int(who)].hear()
        for subscriber in subscribers:
            await subscriber.disconnect()
            subscriber.connect(server.hub)
            subscriber.head_told = None
            await subscriber.catch_up()
            assert subscriber.state == server.service.state
            assert subscriber.last == server.service.state.seq
            await subscriber.disconnect()
        assert server.hub.subscribers == 0

    run_leaping(play)


def test_a_piece_that_is_cut_off_is_seen_to_be() -> None:
    with pytest.raises(AssertionError):
        parsed(b"event: entry\ndata: {}\n")
