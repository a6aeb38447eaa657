"""One writer per log: an exclusive flock on ``<log>.lock``, which also says who holds it and how far the log had come.

The operating system lets go of it when its holder ends in whatever way, so a crash never leaves it behind.
The file itself stays: to remove it would let two processes each lock a file of that name.

How far the log had come is a witness from outside the database. SQLite takes a WAL that was damaged at rest for one
that ends there, and gives back what is left as if it were all. The witness is written after each commit is on the
medium and is not synced itself, so after a power cut it may say less than the log, and never more.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import msgspec

from tocsin.errors import StoreLocked
from tocsin.store.failures import told_as_ours

BYTES = 1024


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """What the lock file says."""

    pid: int | None = None
    """Who writes; None where nobody does."""
    log: str = ""
    """The identity of the log that it speaks of: one put in its place is another."""
    seq: int = 0
    """So many entries were acknowledged at least."""
    commands: int = 0
    """And so many commands."""


class WriterLock:
    def __init__(self, log: Path) -> None:
        """Take it, or raise `StoreLocked` naming the holder's pid. It never waits: a second writer is a mistake."""
        path = _beside(log)
        with told_as_ours(path):
            # flock, not a POSIX record lock: that one would be lost when any descriptor of the file is closed.
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._witness = msgspec.structs.replace(_read(descriptor), pid=os.getpid())
                _write(descriptor, self._witness)
            except BlockingIOError as error:
                pid = _read(descriptor).pid
                os.close(descriptor)
                who = f"process {pid}" if pid is not None else "another process"
                raise StoreLocked(f"{log} is being written by {who}", path=str(log), pid=pid) from error
            except BaseException:
                os.close(descriptor)
                raise
        self._descriptor: int | None = descriptor

    def note(self, log: str, seq: int, commands: int) -> None:
        """Have it said how far the log has come."""
        assert self._descriptor is not None, "the lock was let go of"
        self._witness = Witness(pid=os.getpid(), log=log, seq=seq, commands=commands)
        _write(self._descriptor, self._witness)

    def release(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            try:
                _write(descriptor, msgspec.structs.replace(self._witness, pid=None))
            finally:
                os.close(descriptor)


def witness(log: Path, identity: str) -> Witness:
    """What the lock file beside the log says of it; nothing where there is none, or it speaks of another."""
    try:
        descriptor = os.open(_beside(log), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return Witness()
    try:
        known = _read(descriptor)
    finally:
        os.close(descriptor)
    return known if known.log == identity else Witness()


def _beside(log: Path) -> Path:
    return log.with_name(log.name + ".lock")


def _read(descriptor: int) -> Witness:
    try:
        return msgspec.json.decode(os.pread(descriptor, BYTES, 0), type=Witness)
    except (msgspec.DecodeError, UnicodeDecodeError, OSError):
        return Witness()


def _write(descriptor: int, witness: Witness) -> None:
    """At once and of one length, so that no reader finds the end of a longer one behind it."""
    os.pwrite(descriptor, msgspec.json.encode(witness).ljust(BYTES), 0)
