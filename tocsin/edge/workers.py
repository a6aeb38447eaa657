"""Several processes that do the same work; one that dies is started again.

They share what was loaded before they were made, and nothing else. Whoever ends the first process ends all, and where
it is killed the others notice and end by themselves.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from tocsin.errors import TocsinError

log = logging.getLogger("tocsin.edge")

Work = Callable[[int, int], None]
"""What a worker does: its number, and a descriptor that becomes readable when the first process is gone."""

CANNOT = 1
"""The exit status of a worker that said why it cannot work: to start it again is of no use."""

SHORT_LIFE_S = 5.0
PAUSE_S = 1.0
"""Before one that lived so shortly is started again."""


class Workers:
    """The first process, which does nothing but this."""

    def __init__(self, count: int, work: Work) -> None:
        self._count = count
        self._work = work
        self._alive: dict[int, tuple[int, float]] = {}
        """By process id: the worker's number, and when it was started."""
        self._ending = False
        self._here, self._beside = os.pipe()

    def run(self) -> int:
        """Until SIGINT or SIGTERM; gives the exit status."""
        before = {number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)}
        status = 0
        try:
            for number in range(self._count):
                self._start(number)
            while self._alive:
                pid, how = os.waitpid(-1, 0)
                if pid not in self._alive:
                    continue
                number, started_s = self._alive.pop(pid)
                code = os.waitstatus_to_exitcode(how)
                if code == CANNOT:
                    status = CANNOT
                    self._end()
                elif not self._ending:
                    log.error("worker %d (process %d) ended with %d and is started again", number + 1, pid, code)
                    if time.monotonic() - started_s < SHORT_LIFE_S:
                        time.sleep(PAUSE_S)
                    self._start(number)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._here)
            os.close(self._beside)
        return status

    def _end(self, number: int = 0, frame: FrameType | None = None) -> None:
        self._ending = True
        for pid in tuple(self._alive):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _start(self, number: int) -> None:
        numbers = {signal.SIGINT, signal.SIGTERM}
        signal.pthread_sigmask(signal.SIG_BLOCK, numbers)  # a signal between these lines would miss the new one
        try:
            if not self._ending:
                sys.stdout.flush()
                sys.stderr.flush()
                pid = os.fork()
                if not pid:
                    self._be(number)
                self._alive[pid] = number, time.monotonic()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)

    def _be(self, number: int) -> NoReturn:
        status = 70
        try:
            os.close(self._beside)
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {name})
            self._work(number, self._here)
            status = 0
        except TocsinError as error:
            print(f"tocsin: {error.message} [{error.code}]", file=sys.stderr)
            status = CANNOT
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
