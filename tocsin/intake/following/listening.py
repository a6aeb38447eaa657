"""The line to another Tocsin: its stream, word by word, and what follows from each given as orders.

Words of one kind that wait together are judged together, so that a country is under warning with one append. Whatever
is missing, or could not be done here, is made up for by a new snapshot; one that lacks what stands is asked for again
before anything ends.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import aclosing
from random import random

import msgspec

from tocsin import limits
from tocsin.client.wire import Lost, Wire, Word
from tocsin.errors import StreamRefused
from tocsin.intake.following.another_tocsin import Heard, Mishap, hear
from tocsin.intake.following.feeds import Feed
from tocsin.intake.following.follower import Envelopes, Silence, Step, doubtful, sign_of_life
from tocsin.intake.following.judge import judge, unheard
from tocsin.intake.following.memory import Memory
from tocsin.intake.following.polling import House, give
from tocsin.intake.following.readings import Odd, Reading
from tocsin.model import Realm

log = logging.getLogger("tocsin.follow")


COMPARE_S = 300.0
"""Seconds after which all is heard anew, though nothing seems to be missing."""


class Listener:
    """What a stream's words come to. No I/O."""

    def __init__(self, feed: Feed, house: House, own: str, realm: Realm, chance: Callable[[], float] = random) -> None:
        """``own`` is the identity of the log here."""
        self.feed = feed
        self.memory = Memory()
        self.heard = Heard()
        self.silence = Silence(feed, house.clock.elapsed_s())
        self._house = house
        self._own = own
        self._realm = realm
        self._doubted: str | None = None
        self._snapshots = 0
        """How many were heard since listening began, was broken off, or was sure."""
        self._odd = False
        """Whether the last of them was odd."""
        self._envelopes = Envelopes(feed.name, chance())

    def begin(self) -> Step:
        """To be given before anything is heard: from now on its silence is noticed."""
        order = sign_of_life(self.feed, self._house.hierarchy)
        return Step(commands=self._envelopes.of((order,), self._house.clock.now()))

    def lose(self, why: str) -> Step:
        """The line broke."""
        self.memory, verdict = unheard(self.memory, why)
        self._snapshots = 0
        self.silence.unheard(why)
        return Step(lines=self.silence.look(self._house.clock.elapsed_s()), verdict=verdict)

    def read(self, word: Word) -> Reading | None:
        """What a word says. Errors: `Mishap` and `Odd`, after which the line is to be begun anew."""
        self._snapshots += word.event == "snapshot"
        self.heard, reading = hear(self.heard, word, self._own, self._realm, self._house.hierarchy.parents)
        return reading

    @property
    def unsure(self) -> bool:
        """Whether another snapshot is wanted: what one of them says alone may be half of it."""
        return self._snapshots == 1 or self._odd or bool(self.memory.absent)

    @property
    def again_s(self) -> float:
        """In how long to hear another one: soon where it is wanted, but one that can never be good not all the time;
        and now and then in any case."""
        if not self.unsure:
            return COMPARE_S
        return min(self.feed.every_s * 2.0 ** max(self._snapshots - 6, 0), self.feed.longest_wait_s)

    def weigh(self, reading: Reading) -> Step:
        """What follows from it."""
        house, now, elapsed_s = self._house, self._house.clock.now(), self._house.clock.elapsed_s()
        self.memory, verdict = judge(
            self.memory, reading, house.holds(self.feed.name), house.hierarchy, now, house.now()
        )
        orders, lines = list(verdict.orders), [f"{self.feed.name}: {note}" for note in verdict.notes]
        if reading.complete:
            self._odd = not verdict.alive
            if not self.unsure:
                self._snapshots = 2
        if not verdict.alive:
            self.silence.unheard(verdict.odd[0])
        elif (doubts := self.heard.doubts) is None:
            orders.append(sign_of_life(self.feed, house.hierarchy))
            lines += self.silence.heard(elapsed_s)
            self._doubted = None
        else:
            if self._doubted != doubts:
                orders.append(doubtful(doubts))
                self._doubted = doubts
            self.silence.unheard(doubts)
        lines += self.silence.look(elapsed_s)
        return Step(commands=self._envelopes.of(orders, now), lines=tuple(lines), verdict=verdict)


def joined(readings: list[Reading]) -> list[Reading]:
    """The same said with fewer readings: what only raises together, and what only ends together."""
    found: list[Reading] = []
    for reading in readings:
        last = found[-1] if found else None
        if last is not None and _kind(last) == _kind(reading) != "":
            found[-1] = msgspec.structs.replace(
                reading, said=(*last.said, *reading.said), ended=(*last.ended, *reading.ended)
            )
        else:
            found.append(reading)
    return found


def _kind(reading: Reading) -> str:
    if reading.complete or reading.unknown or reading.not_fit or bool(reading.said) == bool(reading.ended):
        return ""
    return "said" if reading.said else "ended"


async def listen(
    feed: Feed,
    house: House,
    own: str,
    realm: Realm,
    *,
    chance: Callable[[], float] = random,
) -> None:
    """Follow the Tocsin at the feed's address, for ever."""
    listener = Listener(feed, house, own, realm, chance)
    if not house.watched(feed.name):
        await give(house, listener.begin().commands)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_watch(listener, house))
        while True:
            try:
                wait_s = await _listen(feed, house, listener, chance)
            except StreamRefused as error:
                _say(listener.lose(error.message))
                wait_s = feed.longest_wait_s * (0.5 + chance())
            await asyncio.sleep(wait_s)


async def _listen(feed: Feed, house: House, listener: Listener, chance: Callable[[], float]) -> float:
    """Until all should be heard anew; in how many seconds. Errors: `StreamRefused`."""
    wire = Wire(feed.url, silence_s=limits.STALE_AFTER_S, clock=house.clock, chance=chance)
    words: asyncio.Queue[Word | Lost | None] = asyncio.Queue()

    async def hear_all() -> None:
        try:
            async with aclosing(wire.words()) as heard:
                async for word in heard:
                    words.put_nowait(word)
        finally:
            words.put_nowait(None)

    ear = asyncio.create_task(hear_all())
    loop = asyncio.get_running_loop()
    again_at: float | None = None
    try:
        while True:
            try:
                async with asyncio.timeout_at(again_at):
                    waiting = [await words.get()]
            except TimeoutError:
                return 0.0
            while not words.empty():
                waiting.append(words.get_nowait())
            if (why := await _take([word for word in waiting if word is not None], house, listener)) is not None:
                log.debug("%s is heard anew: %s", feed.name, why)
                return feed.every_s * (0.5 + chance())
            if None in waiting:
                await ear
                return feed.every_s
            # What comes meanwhile is heard: a warning does not wait for this.
            again_at = min(again_at or math.inf, loop.time() + listener.again_s)
    finally:
        ear.cancel()
        await asyncio.gather(ear, return_exceptions=True)


async def _take(waiting: list[Word | Lost], house: House, listener: Listener) -> str | None:
    """Take in what was heard; why all should be heard anew, if so."""
    readings: list[Reading] = []
    refused = "what it said could not be done here"
    for word in waiting:
        if isinstance(word, Lost):
            if not await _weigh(readings, house, listener):
                return refused
            readings = []
            _say(listener.lose(word.why))
            continue
        try:
            reading = listener.read(word)
        except (Mishap, Odd) as error:
            await _weigh(readings, house, listener)
            _say(listener.lose(str(error)))
            return str(error)
        if reading is not None:
            readings.append(reading)
    return None if await _weigh(readings, house, listener) else refused


async def _weigh(readings: list[Reading], house: House, listener: Listener) -> bool:
    done = True
    for reading in joined(readings):
        step = listener.weigh(reading)
        done = await give(house, step.commands) and done
        _say(step)
    return done


async def _watch(listener: Listener, house: House) -> None:
    while True:
        due_s = listener.silence.due_s(house.clock.elapsed_s())
        await asyncio.sleep(limits.WATCH_S if due_s is None else max(due_s, limits.WATCH_S))
        for line in listener.silence.look(house.clock.elapsed_s()):
            log.warning("%s", line)


def _say(step: Step) -> None:
    for line in step.lines:
        log.warning("%s", line)
