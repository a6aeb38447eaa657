"""Group commit for an event loop: callers wait, one thread writes whatever has gathered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tocsin.access import Caller
from tocsin.commands import Command
from tocsin.service import Outcome, Service
from tocsin.store import Receipt


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

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                asked = [(command, caller) for command, caller, _ in group]
                outcomes: Sequence[Outcome | Exception]
                try:
                    outcomes = await loop.run_in_executor(self._thread, self._service.carry_out, asked)
                except Exception as error:  # whatever it was, every caller must learn of it
                    outcomes = [error] * len(group)
                for (_, _, answer), outcome in zip(group, outcomes, strict=True):
                    if answer.cancelled():
                        continue
                    if isinstance(outcome, Receipt):
                        answer.set_result(outcome)
                    else:
                        answer.set_exception(outcome)
        finally:
            self._writing = None
