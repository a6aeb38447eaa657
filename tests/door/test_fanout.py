"""Whatever happens, in whatever order: everyone who stays hears everything that concerns it, once and in order."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.door.crowd import Crowd, Hearer, entries
from tests.world import COUNTRY, EAST, FOREST, PORT, minute
from tocsin import limits
from tocsin.channels.frames import Form
from tocsin.channels.ring import Ring, View
from tocsin.door.fanout import SHARES
from tocsin.model import ZoneId

ZONES = tuple(COUNTRY)
seeds = st.integers(0, 2**32)


@contextmanager
def crowd(chance: random.Random, ring_size: int = 1_000, sends_per_turn: int = 2, length: int = 120) -> Iterator[Crowd]:
    """One in which few are written to in each turn, so that most happens in the middle of a round."""
    made = Crowd(chance, ring_size, length)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "SENDS_PER_TURN", sends_per_turn)
        try:
            yield made
            made.close()
        finally:
            made.drop()


def zones(chance: random.Random) -> tuple[ZoneId, ...]:
    return () if chance.random() < 0.4 else tuple(chance.sample(ZONES, chance.choice((1, 1, 2))))


def anything(made: Crowd, chance: random.Random) -> None:
    """One step of what can happen."""
    here = list(made.here.values())
    match chance.choices(
        [
            "store",
            "publish",
            "both",
            "join",
            "back",
            "leave",
            "read",
            "sip",
            "turn",
            "wake",
            "tick",
            "clock",
            "cut",
            "anew",
        ],
        [4, 4, 10, 6, 4, 3, 10, 8, 12, 5, 4, 1, 1, 0.5],
    )[0]:
        case "store":
            made.store()
        case "publish":
            made.publish()
        case "both":
            made.store()
            made.publish()
        case "join" if len(here) < 12:
            made.join(chance.choice(list(Form)), zones(chance))
        case "back" if made.left:
            before = made.left.pop()
            before.socket.close()
            after = before.known if before.known.log == made.log else None
            made.join(before.form, before.zones, after)
        case "leave" if here:
            made.leave(chance.choice(here))
        case "read" if here:
            chance.choice(here).read(1 << 20)
        case "sip" if here:
            chance.choice(here).read(chance.randint(1, 700))
        case "turn":
            made.loop.step()
        case "wake":
            made.wake()
        case "tick":
            made.loop.now += 1
            made.fanout.tick()
        case "clock":
            made.rate += 1
            made.hub.clock_changed()
        case "cut":
            made.hub.cut_off(chance.choice((None, minute(1), minute(2))))
        case "anew":
            made.reset()


@given(seeds, st.sampled_from([3, 12, 1_000]), st.sampled_from([1, 2, 5]))
def test_everyone_who_stays_hears_everything_that_concerns_it_once_and_in_order(
    seed: int, ring_size: int, sends_per_turn: int
) -> None:
    chance = random.Random(seed)
    with crowd(chance, ring_size, sends_per_turn, 40) as made:
        for _ in range(chance.randint(5, 150)):
            anything(made, chance)
        made.settle()
        made.check()


# --- slow ones -----------------------------------------------------------------------------------------


def told_everything(made: Crowd, hearer: Hearer) -> bool:
    while hearer.read(1 << 20):
        pass
    return hearer.cursor == made.hub.ring.head


@pytest.mark.parametrize("form", Form)
def test_those_who_never_read_delay_nobody_and_hold_nothing_of_their_own(form: Form) -> None:
    with crowd(random.Random(1)) as made:
        quick = [made.join(form) for _ in range(3)]
        slow = [made.join(form) for _ in range(20)]
        last = made.join(form)
        while made.stored < 120:
            made.store()
            made.publish()
            made.turns()
            made.wake()
            assert all(told_everything(made, hearer) for hearer in (*quick, last))
        stuck = [one.subscriber for one in slow if one.subscriber is not None and one.subscriber.rest is not None]
        assert len(stuck) == 20
        assert len({id(one.rest) for one in stuck}) == 1, "they hold one piece together"
        made.settle()
        made.check()


def test_one_who_reads_again_is_told_only_what_is_missing() -> None:
    with crowd(random.Random(2)) as made:
        slow = made.join(Form.SSE)
        while made.stored < 120:
            made.store()
            made.publish()
            made.turns()
        made.settle()
        made.check()
        assert slow.words.count("snapshot") == 1
        assert entries(slow) == 120


def test_one_for_whom_the_ring_is_too_short_starts_anew() -> None:
    with crowd(random.Random(3), ring_size=10) as made:
        slow = made.join(Form.SSE)
        while made.stored < 120:
            made.store()
            made.publish()
            made.turns()
        made.settle()
        made.check()
        assert slow.words.count("snapshot") == 2


def test_one_who_takes_nothing_for_too_long_is_let_go_and_one_who_takes_a_little_is_not() -> None:
    with crowd(random.Random(4)) as made:
        deaf, sipping = made.join(Form.SSE), made.join(Form.SSE)
        while len(made.fanout.behind) < 2:
            made.store()
            made.publish()
            made.turns()
        for _ in range(int(limits.STREAM_UNREAD_S) + 5):
            made.loop.now += 1
            sipping.read(3_000)
            made.store()
            made.publish()
            made.turns()
            made.wake()
            made.fanout.tick()
        assert list(made.here.values()) == [sipping]
        assert made.left == [deaf]


# --- heartbeats ----------------------------------------------------------------------------------------


def test_everyone_hears_a_heartbeat_in_each_period_and_no_more() -> None:
    with crowd(random.Random(5)) as made:
        hearers = [made.join(form, named) for form in Form for named in ((), (PORT,), (EAST, FOREST)) for _ in range(4)]
        for period in range(1, 4):
            for _ in range(SHARES):
                made.fanout.tick()
                made.turns()
            for hearer in hearers:
                hearer.read(1 << 20)
                assert hearer.words.count("heartbeat") == period + 1


def test_one_that_was_told_a_snapshot_ahead_of_the_ring_hears_heartbeats_though_nothing_concerns_it() -> None:
    with crowd(random.Random(6)) as made:
        other = made.join(Form.SSE, (PORT,))
        made.store()  # the first entry is nobody's business
        early = made.join(Form.SSE, (PORT,))
        made.publish()
        for _ in range(SHARES):
            made.fanout.tick()
            made.turns()
        for hearer in (other, early):
            hearer.read(1 << 20)
            assert hearer.words == ["snapshot", "heartbeat", "heartbeat"]
        made.settle()
        made.check()


def test_one_who_was_behind_when_the_clock_changed_is_told_once_it_has_caught_up() -> None:
    with crowd(random.Random(13)) as made:
        slow = made.join(Form.SSE)
        while not made.fanout.behind:
            made.store()
            made.publish()
            made.turns()
        made.rate = 7
        made.hub.clock_changed()
        made.turns()
        while made.fanout.behind:
            slow.read(1 << 20)
            made.wake()
            made.turns()
        while slow.read(1 << 20):
            pass
        assert slow.rate == 7


def test_one_who_was_ahead_of_all_others_when_the_clock_changed_is_told_once_they_are_there() -> None:
    with crowd(random.Random(14)) as made:
        made.join(Form.SSE)
        made.store()
        early = made.join(Form.SSE)  # its snapshot has what the ring has not
        made.rate = 7
        made.hub.clock_changed()
        made.turns()
        made.publish()
        made.turns()
        while early.read(1 << 20):
            pass
        assert early.rate == 7


def test_an_entry_names_the_one_before_it_though_the_ring_has_forgotten_that() -> None:
    ring = Ring(3, COUNTRY)
    ring.add_told(1, (FOREST,), b"{}")
    view = ring.enter((PORT,))
    ring.add_told(2, (EAST,), b"{}", [(b"{}", (PORT,))])
    for seq in range(3, 9):
        ring.add_told(seq, (FOREST,), b"{}", [(b"{}", (PORT,))])  # only a message is for the port
    ring.add_told(9, None, b'{"seq":9}')
    [*_, last] = ring.since(8, view) or []
    assert last.data == b'{"seq":9,"prev":2}'
    ring.clear(20)
    ring.add_told(21, (PORT,), b'{"seq":21}')
    assert [said.data for said in ring.since(20, view) or []] == [b'{"seq":21,"prev":20}']
    ring.leave(view)


# --- file descriptors and mistakes -----------------------------------------------------------------------


def test_a_newcomer_with_the_number_of_one_who_left_in_the_middle_of_a_round_hears_only_what_is_its_own() -> None:
    with crowd(random.Random(7), sends_per_turn=1) as made:
        made.store()
        made.publish()
        hearers = [made.join(Form.SSE) for _ in range(5)]
        for _ in range(3):
            made.store()
        made.publish()  # the first has been told, the others are yet to be
        for form, left in ((Form.PACKED, hearers[2]), (Form.WEBSOCKET, hearers[3]), (Form.SSE, hearers[4])):
            made.leave(left)
            newcomer = made.join(form)
            assert newcomer.fd == left.fd, "the kernel gives out the lowest number"
        made.settle()
        made.check()
        assert [entries(hearer) > 0 for hearer in made.here.values()] == [True, True, False, False, False]


def test_after_a_mistake_in_a_round_all_come_back_and_miss_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(8)
    with crowd(chance, sends_per_turn=1) as made, caplog.at_level(logging.CRITICAL, "tocsin.door"):
        hearers = [made.join(form, named) for form in Form for named in ((), (PORT,))]

        news = made.hub.news
        asked = count()

        def broken(cursor: int, view: View | None, form: Form) -> tuple[int, bytes]:
            if next(asked) < 3:
                return news(cursor, view, form)
            monkeypatch.undo()
            raise ZeroDivisionError

        for _ in range(6):
            made.store()
        monkeypatch.setattr(made.hub, "news", broken)  # a bug that shows once
        made.publish()
        made.turns()
        assert made.here == {}
        for hearer in hearers:
            hearer.read(1 << 20)
            made.join(hearer.form, hearer.zones, hearer.known)
        for _ in range(SHARES):
            made.fanout.tick()
            made.turns()
        for back in made.here.values():
            back.read(1 << 20)
            assert back.words.count("heartbeat") == 2, "they stand with the others and hear that all is well"
        made.settle()
        made.check()


def test_whoever_leaves_while_being_told_is_forgotten_at_once() -> None:
    with crowd(random.Random(9), sends_per_turn=1) as made:
        hearers = [made.join(Form.SSE, (PORT,)) for _ in range(4)]
        for _ in range(10):
            made.store()
        made.publish()
        hearers[1].socket.close()
        hearers[3].socket.close()
        made.turns()
        assert list(made.here.values()) == [hearers[0], hearers[2]]
        made.settle()
        made.check()


# --- another log, and the end --------------------------------------------------------------------------------


def test_whoever_is_behind_or_in_the_middle_of_a_round_when_the_log_is_another_starts_anew() -> None:
    with crowd(random.Random(10), sends_per_turn=1) as made:
        while made.stored < 110:
            made.store()
        made.publish()
        slow = [made.join(form) for form in Form for _ in range(2)]
        quick = [made.join(form) for form in Form for _ in range(2)]
        while len(made.fanout.behind) < 2:
            made.rate += 1
            made.hub.clock_changed()
            made.turns()
            for hearer in quick:
                hearer.read(1 << 20)
        made.store()
        made.publish()  # a round has begun
        made.reset()
        assert made.stored < 110, "the other log is shorter"
        made.settle()
        made.check()
        assert all(hearer.known.log == "log 2" for hearer in (*slow, *quick))


def test_one_who_drops_out_of_a_round_after_the_log_became_another_starts_anew() -> None:
    with crowd(random.Random(12), sends_per_turn=1) as made:
        while made.stored < 110:
            made.store()
        made.publish()
        hearers = [made.join(Form.SSE) for _ in range(3)]
        beat = made.hub.heartbeat(Form.SSE)
        made.store()
        made.publish()  # the first has been told, the others are yet to be
        made.reset()
        with suppress(BlockingIOError):
            while True:
                os.write(hearers[2].fd, beat)
        made.turns()
        assert hearers[2].fd in made.fanout.behind
        made.settle()
        made.check()


def test_goodbye_comes_after_what_was_to_be_said_and_to_everyone_who_listens() -> None:
    with crowd(random.Random(11), sends_per_turn=1) as made:
        forms = (Form.SSE, Form.PACKED)
        hearers = [made.join(form, named) for form in forms for named in ((), (EAST,)) for _ in range(3)]
        for _ in range(4):
            made.store()
        made.publish()
        assert made.fanout.telling
        made.hub.close()
        for hearer in hearers:
            while hearer.read(1 << 20):
                pass
            assert hearer.words[-1] == "goodbye"
            assert [seq for seq in made.concerning(hearer) if hearer.cursor < seq <= made.stored] == []
