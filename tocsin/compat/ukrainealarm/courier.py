"""Brings one webhook what it is to be told: each notice until it is taken, and those of one region in order.

What one order came to is delivered before anything of the next; within that, regions go side by side. A receiver is
asked again after each failure, later each time. One that falls too far behind is told the last word on each region
only; one that takes nothing for days is forgotten.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping

import aiohttp
from yarl import URL

from tocsin import limits
from tocsin.compat.ukrainealarm.book import Book, Hook, Waiting
from tocsin.compat.ukrainealarm.targets import Refused, Targets

log = logging.getLogger("tocsin.compat")

READ_BYTES = 64 * 1024
"""So much of a receiver's answer is read, for its connection to be used again."""

READ_S = 1.0
"""And for so long; the status alone says whether it took the notice."""


class Courier:
    """One webhook's. ``run`` ends when it is given up, or by being cancelled."""

    def __init__(
        self,
        hook: Hook,
        book: Book,
        session: aiohttp.ClientSession,
        targets: Targets,
        headers: Mapping[str, str],
        elapsed_s: Callable[[], float],
    ) -> None:
        self.hook = hook
        self.stopping = False
        self._book = book
        self._session = session
        self._targets = targets
        self._headers = headers
        self._elapsed_s = elapsed_s
        self._url = URL(hook.url)
        self._bell = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._failures = 0
        """In a row."""
        self._failing_since = 0.0
        self._behind = False

    def ring(self) -> None:
        """There is something new in the book."""
        self._bell.set()

    def stop(self) -> None:
        """End once what is under way has been taken or has failed."""
        self.stopping = True
        self._bell.set()

    async def run(self) -> None:
        while not self.stopping and not self._given_up():
            self._bell.clear()
            await self._fall_in()
            waiting = await asyncio.to_thread(self._book.next, self.hook.id)
            if not waiting:
                if not self.stopping:
                    await self._bell.wait()
                continue
            if await self._step(waiting):
                await asyncio.to_thread(self._book.took_all, self.hook.id, waiting[-1].n)

    async def _fall_in(self) -> None:
        """Leave out what is overtaken by later words, where it has fallen too far behind."""
        if await asyncio.to_thread(self._book.pending, self.hook.id) > limits.WEBHOOK_BACKLOG:
            log.warning("the webhook %d at %s is too far behind: it gets the latest only", self.hook.id, self._url.host)
            await asyncio.to_thread(self._book.only_latest, self.hook.id)
        self._behind = False

    async def _step(self, waiting: list[Waiting]) -> bool:
        """Whether all of it was taken."""
        lanes: dict[str, list[Waiting]] = {}
        for one in waiting:
            lanes.setdefault(one.region, []).append(one)
        left = deque(lanes.values())
        async with asyncio.TaskGroup() as tasks:
            workers = [tasks.create_task(self._work(left)) for _ in range(min(limits.WEBHOOK_AT_ONCE, len(left)))]
        return all(worker.result() for worker in workers)

    async def _work(self, left: deque[list[Waiting]]) -> bool:
        while left:
            for notice in left.popleft():
                while not await self._attempt(notice):
                    if self.stopping or self._behind or self._given_up():
                        return False
                await asyncio.to_thread(self._book.took, self.hook.id, notice.n)
            if self.stopping:
                return not left
        return True

    async def _attempt(self, notice: Waiting) -> bool:
        if not self._failures:
            return await self._post(notice)
        async with self._one_at_a_time:
            if self._failures:
                await self._pause()
                if self.stopping or self._given_up():
                    return False
            return await self._post(notice)

    async def _pause(self) -> None:
        """Longer after each failure, and no two webhooks alike."""
        wait_s = min(limits.WEBHOOK_RETRY_S * 2.0 ** min(self._failures - 1, 30), limits.WEBHOOK_RETRY_MOST_S)
        deadline = asyncio.get_running_loop().time() + wait_s * random.uniform(0.8, 1.2)
        while not self.stopping and (left := deadline - asyncio.get_running_loop().time()) > 0:
            self._bell.clear()
            try:
                async with asyncio.timeout(left):
                    await self._bell.wait()
            except TimeoutError:
                return

    async def _post(self, notice: Waiting) -> bool:
        """Whether the receiver took it."""
        before = self._failures
        try:
            self._targets.require(self._url)
            async with self._session.post(
                self._url, data=notice.body, headers=self._headers, allow_redirects=False
            ) as response:
                taken, why = response.status // 100 == 2, f"it answers {response.status}"
                if taken:
                    await _read(response)
        except (Refused, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            taken, why = False, f"{type(error).__name__}: {error}"
        if taken:
            if self._failures:
                log.info("the webhook %d at %s takes notices again", self.hook.id, self._url.host)
            self._failures = 0
        elif self._failures == before:
            # Several that failed side by side are one failure.
            self._failures += 1
            if self._failures == 1:
                self._failing_since = self._elapsed_s()
                log.info("the webhook %d at %s takes nothing: %s", self.hook.id, self._url.host, why)
            self._behind = await asyncio.to_thread(self._book.pending, self.hook.id) > limits.WEBHOOK_BACKLOG
        return taken

    def _given_up(self) -> bool:
        return bool(self._failures) and self._elapsed_s() - self._failing_since > limits.WEBHOOK_GIVE_UP_S


async def _read(response: aiohttp.ClientResponse) -> None:
    """What else the receiver says, so that its connection can be used again; it has taken the notice already."""
    try:
        async with asyncio.timeout(READ_S):
            read = 0
            while read < READ_BYTES and (piece := await response.content.readany()):
                read += len(piece)
    except (TimeoutError, aiohttp.ClientError, OSError):
        response.close()
