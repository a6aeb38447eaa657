"""A disk that fills up, fails and loses power when it is told to.

It keeps apart what was written from what was synced, so that a power cut can be had without one: what was
synced is there afterwards, of what was not any part may be. That files are made and removed is taken as
durable at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import apsw

if TYPE_CHECKING:
    from typing_extensions import Buffer

Write = tuple[int, bytes] | int
"""Bytes at an offset, or a new length."""


BASE = "unix"
"""The VFS beneath, by name: this one may be made the default."""


class FaultyDisk(apsw.VFS):
    def __init__(self) -> None:
        self.name = f"faulty-{uuid4()}"
        self.room: int | None = None
        """How many bytes can be written yet; None for no end of them."""
        self.fails: Callable[[str, Path], bool] = lambda what, path: False
        """Whether a ``write``, ``sync`` or ``read`` of that file fails."""
        self.tears: Callable[[Path], bool] = lambda path: False
        """Whether a write to that file stops half way and is said to have failed."""
        self.flips: Callable[[Path, int], int | None] = lambda path, amount: None
        """Which bit of what is read from that file comes back as another, if one does."""
        self.synced: dict[Path, bytearray] = {}
        self.unsynced: dict[Path, list[Write]] = {}
        super().__init__(self.name, BASE)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        super().xDelete(filename, syncdir)
        self.synced.pop(Path(filename), None)
        self.unsynced.pop(Path(filename), None)

    def cut_power(self, remains: Path, kept: float, seed: int = 0) -> None:
        """Leave in ``remains`` what such a disk holds afterwards: each unsynced write is there by chance ``kept``."""
        chance = random.Random(seed)
        remains.mkdir()
        for path, synced in self.synced.items():
            image = bytearray(synced)
            for write in self.unsynced[path]:
                if chance.random() < kept:
                    apply(write, image)
            (remains / path.name).write_bytes(image)


def apply(write: Write, image: bytearray) -> None:
    if isinstance(write, int):
        del image[write:]
    else:
        offset, data = write
        image.extend(bytes(max(0, offset - len(image))))
        image[offset : offset + len(data)] = data


def flipped(data: bytes, bit: int) -> bytes:
    """The same bytes but for one bit."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self.disk = disk
        self.path = Path(str(name.filename() if isinstance(name, apsw.URIFilename) else name))
        if flags[0] & apsw.SQLITE_OPEN_READONLY:
            # A descriptor for reading only cannot be locked for writing. SQLite tries so when it closes, and takes
            # no for an answer, but apsw would raise it. So the descriptor is writable, and SQLite told that it is not.
            writable = [flags[0] & ~apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_READWRITE, 0]
            super().__init__(BASE, name, writable)
            flags[1] = flags[0]
        else:
            super().__init__(BASE, name, flags)
        disk.synced.setdefault(self.path, bytearray())
        disk.unsynced.setdefault(self.path, [])

    def _may(self, what: str) -> None:
        if self.disk.fails(what, self.path):
            raise apsw.IOError(f"{what} of {self.path.name} failed")

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
        self._may("read")
        given = super().xRead(amount, offset)
        bit = self.disk.flips(self.path, len(given)) if given else None
        return given if bit is None else flipped(given, bit)

    def xWrite(self, data: Buffer, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._may("write")
        written = bytes(data)
        if self.disk.room is not None:
            if len(written) > self.disk.room:
                raise apsw.FullError("no room")
            self.disk.room -= len(written)
        if self.disk.tears(self.path):
            written = written[: len(written) // 2]
            super().xWrite(written, offset)
            self.disk.unsynced[self.path].append((offset, written))
            raise apsw.IOError(f"a write to {self.path.name} stopped half way")
        super().xWrite(written, offset)
        self.disk.unsynced[self.path].append((offset, written))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        self._may("write")
        super().xTruncate(newsize)
        self.disk.unsynced[self.path].append(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        self._may("sync")
        super().xSync(flags)
        for write in self.disk.unsynced[self.path]:
            apply(write, self.disk.synced[self.path])
        self.disk.unsynced[self.path].clear()
