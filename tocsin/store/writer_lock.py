"""One writer per log: an exclusive flock on ``<log>.lock``, which also says who holds it.

The operating system lets go of it when its holder ends in whatever way, so a crash never leaves it behind.
The file itself stays: to remove it would let two processes each lock a file of that name.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from tocsin.errors import StoreLocked
from tocsin.store.failures import told_as_ours


class WriterLock:
    def __init__(self, log: Path) -> None:
        """Take it, or raise `StoreLocked` naming the holder's pid. It never waits: a second writer is a mistake."""
        path = log.with_name(log.name + ".lock")
        with told_as_ours(path):
            # flock, not a POSIX record lock: that one would be lost when any descriptor of the file is closed.
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            except BlockingIOError as error:
                said = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                pid = int(said) if said.isdecimal() else None
                who = f"process {pid}" if pid is not None else "another process"
                raise StoreLocked(f"{log} is being written by {who}", path=str(log), pid=pid) from error
            except BaseException:
                os.close(descriptor)
                raise
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
