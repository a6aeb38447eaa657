"""Many writes in one call: the kernel's `io_uring`, where it may be used.

`Uring.tell` does for a list of connections what `telling.tell_plain` does, with the same answer: each is written to
once, in the order of the list, without waiting for any. It is one system call for up to `ENTRIES` of them, where the
loop makes one for each. Every write is done before `tell` returns, so that the bytes may go and a file descriptor
may become somebody else's.

Not every system has it, and many forbid it; `begin` gives None there, and the loop writes. The layout of the rings is
that of ``linux/io_uring.h``, the numbers of the calls those of every architecture but Alpha.
"""

from __future__ import annotations

import ctypes
import errno
import logging
import mmap
import os
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tocsin.door.telling import GONE, Lacking

log = logging.getLogger("tocsin.door")

ENTRIES = 1024
"""Writes of one call."""

_SETUP, _ENTER = 425, 426
_SEND = 26
_WITHOUT_WAITING = 0x40 | 0x4000
"""MSG_DONTWAIT, so that a full socket is an answer and not a wait, and MSG_NOSIGNAL."""
_UNTIL_DONE = 1
_ASKED_RING, _DONE_RING, _ASKED = 0, 0x8000000, 0x10000000
"""Where in the ring's file each part is mapped."""

_PARAMETERS = struct.Struct("=10I 8I Q 8I Q")
_ENTRY = np.dtype(
    {
        "names": ["operation", "fd", "address", "length", "flags", "mark"],
        "formats": ["=u1", "=i4", "=u8", "=u4", "=u4", "=u8"],
        "offsets": [0, 4, 16, 24, 28, 32],
        "itemsize": 64,
    }
)
_RESULT = np.dtype([("mark", "=u8"), ("taken", "=i4"), ("flags", "=u4")])

_AGAIN = frozenset({errno.EINTR, errno.EAGAIN, errno.EBUSY})
"""Reasons to go on waiting."""

_NOT_NOW = frozenset({-errno.EAGAIN, -errno.EINTR})
"""What a connection answers that has no room."""

Words = NDArray[np.uint32]

_libc = ctypes.CDLL(None, use_errno=True)


def _system_call(number: int, *given: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """Errors: `OSError`."""
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in given]
    answer = int(_libc.syscall(ctypes.c_long(number), *words))
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer


class _Memory:
    """What this process and the kernel both see of a ring. It lasts as long as this object."""

    def __init__(self, ring: int, said: tuple[int, ...]) -> None:
        asked, done = said[0], said[1]
        asked_at, done_at = said[10:18], said[19:27]
        shared = _mapped(ring, _ASKED_RING, asked_at[6] + 4 * asked)
        _words(shared, asked_at[6], asked)[:] = np.arange(asked)  # the nth of the ring is the nth entry, for ever
        self.asked_to = _words(shared, asked_at[1])
        shared = _mapped(ring, _DONE_RING, done_at[5] + _RESULT.itemsize * done)
        self.done_from, self.done_to = _words(shared, done_at[0]), _words(shared, done_at[1])
        self.results = np.frombuffer(shared, _RESULT, done, done_at[5])
        self.entries = np.frombuffer(_mapped(ring, _ASKED, _ENTRY.itemsize * asked), _ENTRY)
        self.entries["operation"] = _SEND
        self.entries["flags"] = _WITHOUT_WAITING
        self.entries["mark"] = np.arange(asked)
        self.numbers = np.arange(asked, dtype=np.uint32)

    @property
    def done(self) -> int:
        """How many results wait."""
        return (int(self.done_to[0]) - int(self.done_from[0])) & 0xFFFFFFFF


class Uring:
    """One ring, used from one thread."""

    def __init__(self) -> None:
        """Errors: `OSError` where the system does not let it."""
        said = ctypes.create_string_buffer(_PARAMETERS.size)
        self._ring = _system_call(_SETUP, ENTRIES, said)
        self._memory: _Memory | None = None
        try:
            self._memory = _Memory(self._ring, _PARAMETERS.unpack(said.raw))
        finally:
            if self._memory is None:
                os.close(self._ring)

    @property
    def usable(self) -> bool:
        """Not once the kernel has refused a call."""
        return self._memory is not None

    def tell(self, fds: Sequence[int], piece: bytes) -> Lacking:
        """Write ``piece``, which is not empty, to each. Of whom it is not known whether it took all, it is `GONE`."""
        address = np.frombuffer(piece, np.uint8).ctypes.data
        numbers = np.asarray(fds, np.int32)
        lacking: Lacking = []
        for start in range(0, len(numbers), ENTRIES):
            some = numbers[start : start + ENTRIES]
            memory = self._memory
            lacking += self._tell(memory, some, address, len(piece)) if memory else [(fd, GONE) for fd in some.tolist()]
        return lacking

    def _tell(self, memory: _Memory, fds: NDArray[np.int32], address: int, size: int) -> Lacking:
        count, entries = len(fds), memory.entries
        begin = int(memory.asked_to[0])
        places = (memory.numbers[:count] + np.uint32(begin)) % len(entries)
        entries["fd"][places] = fds
        entries["address"][places] = address
        entries["length"][places] = size
        memory.asked_to[0] = (begin + count) & 0xFFFFFFFF
        self._enter(memory, count)
        have, done = memory.done, int(memory.done_from[0])
        results = memory.results[(memory.numbers[:have] + np.uint32(done)) % len(memory.results)]
        memory.done_from[0] = (done + have) & 0xFFFFFFFF
        taken = np.full(len(entries), GONE, np.int32)
        taken[results["mark"]] = results["taken"]
        lacking = np.flatnonzero(taken[places] != size)
        answers = [0 if answer in _NOT_NOW else max(answer, GONE) for answer in taken[places[lacking]].tolist()]
        return list(zip(fds[lacking].tolist(), answers, strict=True))

    def _enter(self, memory: _Memory, count: int) -> None:
        """Have so many done. Fewer are only if the kernel refuses: the ring is given up then."""
        left = count
        while memory.done < count:
            try:
                left -= _system_call(_ENTER, self._ring, left, count - memory.done, _UNTIL_DONE, None, 0)
            except OSError as error:
                if error.errno in _AGAIN:
                    continue
                log.exception("io_uring is given up")
                self.close()
                return

    def close(self) -> None:
        """Give the ring back."""
        if self._memory is not None:
            self._memory = None
            os.close(self._ring)


def _mapped(ring: int, at: int, size: int) -> mmap.mmap:
    return mmap.mmap(ring, size, mmap.MAP_SHARED | mmap.MAP_POPULATE, mmap.PROT_READ | mmap.PROT_WRITE, offset=at)


def _words(ring: mmap.mmap, at: int, count: int = 1) -> Words:
    return np.frombuffer(ring, np.uint32, count, at)


def begin() -> Uring | None:
    """A ring, where the system has them and lets them be used."""
    try:
        return Uring()
    except (OSError, AttributeError) as error:
        log.info("io_uring cannot be used here (%s): one call for each write", error)
        return None
