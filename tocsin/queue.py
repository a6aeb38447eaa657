"""Group commit for an event loop: callers wait, one thread writes whatever has gathered meanwhile."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tocsin.access import Caller
from tocsin.commands import Command
from tocsin.errors import TocsinError
from tocsin.group import Outcome
from tocsin.service import Asked, Service
from tocsin.store import Receipt

log = logging.getLogger("tocsin.queue")


class Queue:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: list[tuple[Command, Caller, asyncio.Future[Receipt]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tocsin-writer")

    async def submit(self, command: Command, caller: Caller) -> Receipt:
        """The receipt, once durable. Errors: any of the `TocsinError` family."""
        answer: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, caller, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def close(self) -> None:
        """Finish what was begun."""
        if self._writing is not None:
            await self._writing
        self._thread.shutdown()

    def _carry_out(self, asked: list[Asked]) -> Sequence[Outcome | Exception]:
        """What becomes of each. Whatever goes wrong, every caller must learn of it."""
        try:
            return self._service.carry_out(asked)
        except TocsinError as error:
            return [error] * len(asked)
        except Exception as error:
            if len(asked) == 1:
                log.exception("the order %s failed", asked[0][0].key)
                return [error]
            # An order that trips over a mistake in the program must not take along a warning that waits beside it.
            return [outcome for one in asked for outcome in self._carry_out([one])]

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                asked = [(command, caller) for command, caller, _ in group]
                outcomes = await loop.run_in_executor(self._thread, self._carry_out, asked)
                for (_, _, answer), outcome in zip(group, outcomes, strict=True):
                    if answer.cancelled():
                        continue
                    if isinstance(outcome, Receipt):
                        answer.set_result(outcome)
                    else:
                        answer.set_exception(outcome)
        finally:
            self._writing = None
