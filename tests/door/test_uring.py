"""Many writes in one call do what one call for each does, whoever reads and whoever does not.

Where the system has no `io_uring` or forbids it, `begin` says so, and that is all there is to see.
"""

from __future__ import annotations

import errno
import os
import random
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tocsin.door import uring
from tocsin.door.telling import GONE, Lacking, tell_plain
from tocsin.door.uring import ENTRIES, Uring

Tell = Callable[[list[int], bytes], Lacking]


@pytest.fixture(params=["one by one", "at once"])
def tell(request: pytest.FixtureRequest) -> Iterator[Tell]:
    ring = uring.begin() if request.param == "at once" else None
    yield ring.tell if ring else tell_plain
    if ring:
        assert ring.usable
        ring.close()


class Ends:
    """Connections: our ends, written to, and theirs."""

    def __init__(self, stack: ExitStack, count: int) -> None:
        self.ours, self.theirs = zip(*(socket.socketpair() for _ in range(count)), strict=True)
        for end in (*self.ours, *self.theirs):
            stack.enter_context(end)
            end.setblocking(False)
        self.fds = [end.fileno() for end in self.ours]

    def heard(self, number: int) -> bytes:
        try:
            return bytes(self.theirs[number].recv(1 << 20))
        except BlockingIOError:
            return b""

    def fill(self, number: int) -> None:
        """Until it takes nothing more."""
        try:
            while True:
                self.ours[number].send(b"." * 512)
        except BlockingIOError:
            pass


@pytest.fixture
def ends() -> Iterator[Callable[[int], Ends]]:
    with ExitStack() as stack:
        yield lambda count: Ends(stack, count)


def test_all_get_each_piece_once_and_in_order(tell: Tell, ends: Callable[[int], Ends]) -> None:
    crowd = ends(300)
    lot = random.Random(1)
    told: list[list[bytes]] = [[] for _ in crowd.fds]
    for turn in range(40):  # of uneven sizes, so that the ring goes round in the midst of one
        some = lot.sample(range(300), lot.randrange(1, 300))
        piece = b"%d;" % turn
        assert list(tell([crowd.fds[number] for number in some], piece)) == []
        for number in some:
            told[number].append(piece)
    assert [crowd.heard(number) for number in range(300)] == [b"".join(pieces) for pieces in told]


def test_more_than_fit_into_the_ring_are_told_all_the_same(tell: Tell, ends: Callable[[int], Ends]) -> None:
    crowd = ends(50)
    fds = [crowd.fds[turn % 50] for turn in range(2 * ENTRIES + 5)]
    assert list(tell(fds, b"x")) == []
    assert sum(len(crowd.heard(number)) for number in range(50)) == len(fds)


def test_whoever_is_full_or_gone_is_named_and_keeps_nobody_waiting(tell: Tell, ends: Callable[[int], Ends]) -> None:
    crowd = ends(40)
    for number in (3, 20, 39):
        crowd.fill(number)
    for number in (0, 21):
        crowd.theirs[number].close()
    assert sorted(tell(crowd.fds, b"news")) == sorted(
        [(crowd.fds[number], 0) for number in (3, 20, 39)] + [(crowd.fds[number], GONE) for number in (0, 21)]
    )
    silent = {0, 3, 20, 21, 39}
    assert all(crowd.heard(number) == b"news" for number in range(40) if number not in silent)


def test_whoever_takes_a_part_is_named_with_how_much(tell: Tell, ends: Callable[[int], Ends]) -> None:
    crowd = ends(40)
    piece = os.urandom(1 << 20)
    lacking = dict(tell(crowd.fds, piece))
    assert set(lacking) == set(crowd.fds)
    for number, fd in enumerate(crowd.fds):
        assert 0 < lacking[fd] < len(piece)
        heard = b""
        while more := crowd.heard(number):
            heard += more
        assert heard == piece[: lacking[fd]]


def test_a_file_descriptor_that_is_closed_is_gone(tell: Tell, ends: Callable[[int], Ends]) -> None:
    crowd = ends(40)
    crowd.ours[7].close()
    assert list(tell(crowd.fds, b"news")) == [(crowd.fds[7], GONE)]


def test_a_kernel_that_refuses_midway_leaves_nobody_unnamed(
    ends: Callable[[int], Ends], monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = uring.begin()
    if ring is None:
        return  # nothing can refuse midway here
    crowd = ends(40)

    def refuse(number: int, *given: object) -> int:
        raise OSError(errno.ENOMEM, "no memory")

    monkeypatch.setattr(uring, "_system_call", refuse)
    assert list(ring.tell(crowd.fds, b"news")) == [(fd, GONE) for fd in crowd.fds]
    assert not ring.usable
    assert list(ring.tell(crowd.fds, b"news")) == [(fd, GONE) for fd in crowd.fds]


def test_an_interrupted_call_is_made_again(ends: Callable[[int], Ends], monkeypatch: pytest.MonkeyPatch) -> None:
    ring = uring.begin()
    if ring is None:
        return
    crowd, called, real = ends(40), [], uring._system_call

    def interrupted(number: int, *given: Any) -> int:
        called.append(number)
        if len(called) == 1:
            raise InterruptedError(errno.EINTR, "a signal")
        return real(number, *given)

    monkeypatch.setattr(uring, "_system_call", interrupted)
    assert list(ring.tell(crowd.fds, b"news")) == []
    assert {crowd.heard(number) for number in range(40)} == {b"news"}
    ring.close()


def test_where_the_system_forbids_it_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(number: int, *given: object) -> int:
        raise PermissionError(errno.EPERM, "not here")

    monkeypatch.setattr(uring, "_system_call", forbidden)
    assert uring.begin() is None


def test_a_ring_that_is_closed_leaves_no_file_open() -> None:
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = opened()
    rings = [ring for ring in (uring.begin() for _ in range(5)) if ring]
    assert opened() >= before + len(rings)
    for ring in rings:
        assert isinstance(ring, Uring)
        ring.close()
        ring.close()
    assert opened() == before
