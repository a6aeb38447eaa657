"""The line to a feed that is polled: one request after another, each at its time, and what comes of it given as orders.

Nothing that a feed does ends it: what it cannot read is odd, and what the log refuses is tried with the next reading,
since that starts from what stands.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

import aiohttp

from tocsin import __version__, limits
from tocsin.clock import Clock
from tocsin.commands import Command
from tocsin.errors import TocsinError
from tocsin.intake.following.feeds import Feed
from tocsin.intake.following.follower import Failed, Follower, Silence
from tocsin.intake.following.readings import Answer, Ask, Dialect
from tocsin.model import Hierarchy, Hold, SourceId

log = logging.getLogger("tocsin.follow")

PIECE_BYTES = 64 * 1024
AGENT = f"Tocsin/{__version__}"


class House(Protocol):
    """Where the orders go, and what stands there."""

    @property
    def clock(self) -> Clock: ...

    def now(self) -> datetime:
        """The clock's time, or the log's where that is ahead."""

    @property
    def hierarchy(self) -> Hierarchy: ...

    def holds(self, source: SourceId) -> tuple[Hold, ...]:
        """The open holds of a source, oldest first."""

    def watched(self, source: SourceId) -> bool:
        """Whether the log knows of the source's life."""

    def give(self, commands: Sequence[Command]) -> Awaitable[Sequence[BaseException | object]]:
        """Have them carried out, in order; for each what came of it, errors too."""


Fetch = Callable[[Ask], Awaitable[Answer | Failed]]


async def poll(
    feed: Feed,
    dialect: Dialect,
    house: House,
    *,
    chance: Callable[[], float] = random.random,
    fetch: Fetch | None = None,
) -> None:
    """Follow the feed, for ever. ``fetch`` makes one request; over HTTP, if not said."""
    if fetch is not None:
        await _poll(feed, dialect, house, fetch, chance)
        return
    timeout = aiohttp.ClientTimeout(total=limits.FEED_ANSWER_S)
    async with aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": AGENT}) as session:
        await _poll(feed, dialect, house, lambda ask: fetched(session, feed.url, ask), chance)


async def _poll(feed: Feed, dialect: Dialect, house: House, fetch: Fetch, chance: Callable[[], float]) -> None:
    clock = house.clock
    follower = Follower(feed, dialect, house.hierarchy, clock.elapsed_s(), chance)
    if not house.watched(feed.name):
        await give(house, follower.begin(clock.now()))
    ask = follower.ask()
    while True:
        outcome = await fetch(ask)
        holds = house.holds(feed.name)
        step = follower.hear(ask, outcome, holds, clock.now(), clock.elapsed_s(), house.now())
        await give(house, step.commands)
        for line in step.lines:
            log.warning("%s", line)
        if step.ask is not None:
            ask = step.ask
            continue
        await rest(step.wait_s, follower.silence, clock)
        ask = follower.ask()


async def rest(wait_s: float, silence: Silence, clock: Clock) -> None:
    """Wait, and say meanwhile when the feed has been silent for too long."""
    until_s = clock.elapsed_s() + wait_s
    due_s = silence.due_s(clock.elapsed_s())
    if due_s is not None and due_s < wait_s:
        await asyncio.sleep(due_s)
        for line in silence.look(clock.elapsed_s()):
            log.warning("%s", line)
    await asyncio.sleep(max(until_s - clock.elapsed_s(), 0.0))


async def give(house: House, commands: Sequence[Command]) -> bool:
    """Have them carried out; whether all were."""
    if not commands:
        return True
    refused = [came for came in await house.give(commands) if isinstance(came, BaseException)]
    for error in refused[:3]:
        said = error.message if isinstance(error, TocsinError) else repr(error)
        log.error("an order of %s was refused: %s", commands[0].source, said)
    return not refused


async def fetched(session: aiohttp.ClientSession, url: str, ask: Ask) -> Answer | Failed:
    """One request. A redirect is not followed: a token is for one address."""
    try:
        async with session.get(url + ask.path, headers=ask.headers, allow_redirects=False) as response:
            body = bytearray()
            async for piece in response.content.iter_chunked(PIECE_BYTES):
                body += piece
                if len(body) > limits.FEED_BYTES:
                    return Failed(f"its answer is longer than {limits.FEED_BYTES:,} bytes")
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status, headers=headers, body=bytes(body))
    except TimeoutError:
        return Failed(f"no answer within {limits.FEED_ANSWER_S:g} s")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Failed(f"the connection broke: {error or type(error).__name__}")
