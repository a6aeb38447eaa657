"""The bell between a Tocsin and the process that writes its static copy: rung when the log grows, and now and then.

The copy is made in a process of its own, for in this one it would take the interpreter from orders and streams. To
ring it is one write into a pipe, which never waits: where the pipe is full, the writer has not yet looked at what was
rung before, and will find this as well when it reads the log.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from tocsin import limits

log = logging.getLogger("tocsin.aside")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
"""How long a writer that ended by itself is left alone before the next is started."""
LAST_WORDS_S = 15.0
"""How long a writer may take for the last copy: its start too, where all ends as soon as it began, on a machine that is
busy."""


@asynccontextmanager
async def writer(command: Sequence[str], beat_s: float = limits.ASIDE_BEAT_S) -> AsyncIterator[Bell]:
    """Have a writer running inside the block, another one if it ends. It is rung every ``beat_s`` in any case.

    ``command`` starts one, which takes the pipe as its standard input. Leaving the block waits for its last copy.
    """
    bell = Bell()
    running = asyncio.create_task(_run(bell, command, beat_s))
    try:
        yield bell
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


class Bell:
    """The ringing end."""

    def __init__(self) -> None:
        self._pipe: int | None = None
        self._lock = threading.Lock()

    def ring(self) -> None:
        """There is something new. From any thread; it never waits and never fails."""
        with self._lock:
            if self._pipe is not None:
                with suppress(BlockingIOError, BrokenPipeError):
                    os.write(self._pipe, b"\n")

    def hang(self) -> int:
        """A new pipe; gives the end that is listened at."""
        heard, rung = os.pipe()
        os.set_blocking(rung, False)
        with self._lock:
            self._pipe = rung
        return heard

    def take_down(self) -> None:
        """Whoever listens hears that nothing will be rung any more."""
        with self._lock:
            if self._pipe is not None:
                os.close(self._pipe)
                self._pipe = None


async def _run(bell: Bell, command: Sequence[str], beat_s: float) -> None:
    pause_s = FIRST_PAUSE_S
    while True:
        begun = time.monotonic()
        try:
            ended = await _one(bell, command, beat_s)
        except OSError as error:
            ended = str(error)
        if time.monotonic() - begun > LONGEST_PAUSE_S:
            pause_s = FIRST_PAUSE_S
        log.error("the writer of the static copy ended (%s); another is started in %g s", ended, pause_s)
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


async def _one(bell: Bell, command: Sequence[str], beat_s: float) -> str:
    """One writer's life; gives how it ended."""
    heard = bell.hang()
    try:
        # In a session of its own: a Ctrl-C is meant for us, and we tell it.
        process = await asyncio.create_subprocess_exec(*command, stdin=heard, start_new_session=True)
    except BaseException:
        bell.take_down()
        raise
    finally:
        os.close(heard)
    ending = asyncio.create_task(process.wait())
    try:
        while not ending.done():
            bell.ring()
            await asyncio.wait({ending}, timeout=beat_s)
        return f"status {ending.result()}"
    finally:
        bell.take_down()
        if not ending.done():
            await asyncio.wait({ending}, timeout=LAST_WORDS_S)
        if not ending.done():
            process.kill()
            await asyncio.wait({ending})


def follow(heard: int, write: Callable[[], None], every_s: float = limits.ASIDE_EVERY_S) -> None:
    """Write at the first ring at once, then at most once in ``every_s``, until the bell is taken down.

    Whatever is rung is followed by a write that began after it; the last thing, at the end, is a write as well.
    """
    ended = select.poll()
    ended.register(heard, 0)  # woken by the other end's closing, and not by rings
    while os.read(heard, 65_536):
        begun = time.monotonic()
        write()
        ended.poll(max(0.0, begun + every_s - time.monotonic()) * 1000)
    write()
