"""The rules, one by one: what ends after how many readings, and what never does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from tests.world import NOON
from tocsin.commands import Command, Escalate, Order, Raise, Release, Replace, Withdraw
from tocsin.engine import State, decide, fold
from tocsin.intake.following.judge import Verdict, judge, unchanged, unheard
from tocsin.intake.following.memory import FROZEN_QUIET_S, FROZEN_S, TICKS, Memory
from tocsin.intake.following.readings import Ended, Key, Reading, Said
from tocsin.model import Extent, Hazard, Hierarchy, Level, SourceId, Stage, ZoneId

FEED = SourceId("feed")
ZONES = [ZoneId(name) for name in "abcdefghi"]
LAND = Hierarchy({ZoneId("land"): None, **dict.fromkeys(ZONES, ZoneId("land"))})


class Feed:
    """A feed as it is judged, reading by reading, seven seconds apart, and what comes to stand."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.state = State(LAND)
        self.now = NOON

    @property
    def held(self) -> str:
        return "".join(sorted(hold.zone for hold in self.state.holds.values()))

    def order(self, order: Order, source: SourceId = FEED) -> None:
        command = Command(key="k", actor="a", source=source, order=order)
        self.state = fold(self.state, decide(self.state, command, self.now))

    def read(self, zones: str = "", *, of: float | None = None, **more: object) -> Verdict:
        """A complete reading that says that ``zones`` are held, ``of`` so many seconds ago."""
        self.now += timedelta(seconds=7)
        as_of = self.now - timedelta(seconds=of or 0)
        said = tuple(Said(zone=ZoneId(zone), ref=zone, since=NOON) for zone in zones)
        reading = Reading(said=said, complete=True, as_of=as_of, marks={"time": as_of.timestamp()})
        return self.hear(msgspec.structs.replace(reading, **more))

    def hear(self, reading: Reading) -> Verdict:
        self.memory, verdict = judge(self.memory, reading, list(self.state.holds.values()), LAND, self.now)
        for order in verdict.orders:
            self.order(order)
        return verdict


@pytest.fixture
def feed() -> Feed:
    feed = Feed()
    feed.read("abcdef")
    feed.read("abcdef")
    return feed


def test_one_reading_raises_and_two_that_agree_end(feed: Feed) -> None:
    assert feed.held == "abcdef"
    assert feed.read("abcde").waits == 1
    assert feed.held == "abcdef"
    assert feed.read("abcdeg").waits == 0
    assert feed.held == "abcdeg"


def test_where_more_care_is_asked_for_more_readings_that_agree_are_wanted(feed: Feed) -> None:
    held = [(feed.read("abcde", careful=2), feed.held)[1] for _ in range(4)]
    assert held == ["abcdef", "abcdef", "abcdef", "abcde"]


def test_over_a_third_at_once_takes_one_more_and_is_said(feed: Feed) -> None:
    assert [feed.read("abc").notes, feed.read("abc").notes, feed.held] == [(), (), "abcdef"]
    assert feed.read("abc").notes == ("3 of 6 zones are let go at once, after 3 readings that agree",)
    assert feed.held == "abc"


def test_a_third_is_no_mass(feed: Feed) -> None:
    feed.read("abcd")
    feed.read("abcd")
    assert feed.held == "abcd"


def test_what_is_odd_in_between_begins_the_count_anew_and_makes_wary(feed: Feed) -> None:
    feed.read("abcde")
    feed.memory, _ = unheard(feed.memory, "nothing")
    held = [(feed.read("abcde"), feed.held)[1] for _ in range(3)]
    assert held == ["abcdef", "abcdef", "abcde"]


@pytest.mark.parametrize("odd", [1, 2, 5])
def test_after_odd_readings_at_most_two_more_are_wanted(feed: Feed, odd: int) -> None:
    for _ in range(odd):
        feed.memory, _ = unheard(feed.memory, "nothing")
    held = [(feed.read("abcde"), feed.held)[1] for _ in range(4)]
    assert held.index("abcde") + 1 == 2 + min(odd, 2)


def test_what_comes_back_was_never_gone(feed: Feed) -> None:
    feed.read("abcde")
    assert feed.read("abcdef").odd == ("1 alerts that were gone are back",)
    feed.read("abcde")
    feed.read("abcde")
    assert feed.held == "abcdef"


@pytest.mark.parametrize(
    ("why", "more"),
    [
        ("an old copy", {"of": 3600}),
        ("places that are not known here", {"unknown": ("99999",)}),
        ("its clock", {"of": -3 * 3600}),
        ("what it says is of", {"of": 7 * 3600}),
        ("another form", {"not_fit": ("another form",)}),
    ],
)
def test_an_odd_reading_raises_and_never_ends(feed: Feed, why: str, more: dict[str, float]) -> None:
    for _ in range(9):
        verdict = feed.read("abg", **more)
        assert why in "; ".join(verdict.odd)
        assert not verdict.alive
    assert feed.held == "abcdefg"


def test_another_log_than_before_begins_the_count_anew(feed: Feed) -> None:
    for name in ("one", "two", "one", "two", "two", "two", "two"):
        feed.read("abcde", marks={name: 5.0})
        assert feed.held == "abcdef"
    feed.read("abcde", marks={"two": 5.0})
    assert feed.held == "abcde"


def test_an_alert_that_is_gone_while_the_feeds_time_stands_is_not_over(feed: Feed) -> None:
    stood = {"time": feed.memory.marks["time"]}
    for _ in range(9):
        assert "nothing has happened" in feed.read("abcde", marks=stood).odd[0]
    assert feed.held == "abcdef"


def test_a_word_for_an_end_is_believed_at_once_but_not_where_the_reading_is_odd(feed: Feed) -> None:
    over = Ended(key=Key(ZoneId("f"), Hazard.AIR_RAID, "f"))
    feed.hear(Reading(ended=(over,), unknown=("99999",)))
    assert feed.held == "abcdef"
    verdict = feed.hear(Reading(ended=(over,)))
    assert [type(order) for order in verdict.orders] == [Release]
    verdict = feed.hear(Reading(ended=(Ended(zones=(ZoneId("land"),), withdrawn=True),)))
    assert {type(order) for order in verdict.orders} == {Withdraw}
    assert feed.held == ""
    assert verdict.notes == ("5 of 5 zones are let go at once, by its own word",)


def test_a_word_for_an_end_is_not_meant_for_what_began_after_it(feed: Feed) -> None:
    feed.hear(Reading(ended=(Ended(zones=(ZoneId("f"),), ref="f", at=NOON - timedelta(minutes=1)),)))
    assert feed.held == "abcdef"


def test_to_say_less_takes_as_many_readings_and_to_say_more_takes_one(feed: Feed) -> None:
    def level(level: Level) -> Verdict:
        said = tuple(Said(zone=ZoneId(zone), ref=zone, level=level if zone == "a" else Level.RED) for zone in "abcdef")
        return feed.read("", said=said)

    assert level(Level.YELLOW).orders == ()
    assert [type(order) for order in level(Level.YELLOW).orders] == [Replace]
    assert [type(order) for order in level(Level.RED).orders] == [Escalate]
    assert feed.held == "abcdef"


def test_readings_that_said_less_do_not_speak_for_one_that_says_nothing(feed: Feed) -> None:
    yellow = tuple(
        Said(zone=ZoneId(zone), ref=zone, level=Level.YELLOW if zone == "a" else Level.RED) for zone in "abcdef"
    )
    feed.memory = msgspec.structs.replace(feed.memory, recent=(True, True))
    for _ in range(3):
        feed.read("", said=yellow)
    feed.read("bcdef")
    assert feed.held == "abcdef"
    for _ in range(3):
        feed.read("", said=yellow)
    assert feed.held == "abcdef"
    assert Level.YELLOW in {hold.level for hold in feed.state.holds.values()}


def test_a_part_that_becomes_the_whole_is_placed_before_the_part_ends(feed: Feed) -> None:
    part = Said(zone=ZoneId("g"), ref="g", extent=Extent.PART)
    feed.hear(Reading(said=(part,)))
    verdict = feed.hear(Reading(said=(msgspec.structs.replace(part, extent=Extent.WHOLE),)))
    assert [type(order) for order in verdict.orders] == [Replace]
    [hold] = [hold for hold in feed.state.holds.values() if hold.zone == "g"]
    assert hold.extent is Extent.WHOLE


def test_what_a_person_has_ended_stays_ended_until_more_is_said_of_it(feed: Feed) -> None:
    feed.order(Withdraw(zones=(ZoneId("a"),), of=FEED), SourceId("desk"))
    for _ in range(3):
        feed.read("abcdef")
    assert feed.held == "bcdef"
    feed.read("bcdef")
    feed.read("abcdef")
    assert feed.held == "abcdef"


def test_what_somebody_placed_in_its_name_without_a_ref_is_not_its_to_end(feed: Feed) -> None:
    feed.order(Raise(zones=(ZoneId("h"),)))
    for _ in range(9):
        feed.read("abcdef")
    assert feed.held == "abcdefh"


def test_nothing_has_changed_is_a_sign_of_life_only_where_nothing_waits(feed: Feed) -> None:
    assert unchanged(feed.memory, feed.now)[1].alive
    assert not unchanged(Memory(), feed.now)[1].alive
    feed.read("abcde")
    memory, verdict = unchanged(feed.memory, feed.now)
    assert not verdict.alive
    assert memory.absent == {}


def test_a_time_that_moves_by_itself_is_frozen_sooner_than_one_that_does_not(feed: Feed) -> None:
    def frozen_after(memory: Memory, seconds: float) -> bool:
        return not unchanged(memory, feed.now + timedelta(seconds=seconds))[1].alive

    quiet = feed.memory
    assert not frozen_after(quiet, FROZEN_QUIET_S - 1)
    assert frozen_after(quiet, FROZEN_QUIET_S + 1)
    for _ in range(TICKS):
        feed.read("abcdef")
    assert not frozen_after(feed.memory, FROZEN_S - 1)
    assert frozen_after(feed.memory, FROZEN_S + 1)


def test_an_old_call_of_what_the_feed_has_ended_since_is_not_raised_again(feed: Feed) -> None:
    call = Said(zone=ZoneId("g"), ref="g", since=NOON, stage=Stage.ALERT)
    feed.hear(Reading(said=(call,)))
    feed.hear(Reading(ended=(Ended(zones=(ZoneId("g"),), ref="g", at=NOON + timedelta(minutes=1)),)))
    feed.hear(Reading(said=(call,)))
    assert feed.held == "abcdef"
    feed.hear(Reading(said=(msgspec.structs.replace(call, since=NOON + timedelta(minutes=2)),)))
    assert feed.held == "abcdefg"


def test_an_alert_that_is_new_here_and_hours_old_there_is_told_as_news(feed: Feed) -> None:
    verdict = feed.read("abcdefg", said=(Said(zone=ZoneId("g"), ref="g", since=NOON - timedelta(hours=7)),))
    [order] = verdict.orders
    assert isinstance(order, Raise)
    assert order.at is None


def in_order(orders: Sequence[Order]) -> list[type[Order]]:
    return [type(order) for order in orders]


def test_what_is_raised_is_raised_before_anything_ends(feed: Feed) -> None:
    feed.read("abcde")
    assert in_order(feed.read("abcdeg").orders) == [Raise, Release]
