"""The loops that everything here is for: the same bytes to one connection after another.

What is done in them for each costs as much as all else together, so nothing is done but to write. Whoever did not take
all of it is named, and seen to afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from tocsin.door.subscribers import Subscriber
from tocsin.door.wire import NOT_NOW, RECORD_BYTES, write

GONE = -1

Lacking = list[tuple[int, int]]
"""The file descriptors of those who did not take all, each with how many bytes it took, or `GONE`."""


def tell_plain(fds: Sequence[int], piece: bytes) -> Lacking:
    put, size = os.write, len(piece)
    lacking = []
    for fd in fds:
        try:
            taken = put(fd, piece)
        except BlockingIOError:
            taken = 0
        except OSError:
            taken = GONE
        if taken != size:
            lacking.append((fd, taken))
    return lacking


def tell_secured(members: Sequence[Subscriber], piece: bytes) -> Lacking:
    """The same where any of them is under TLS."""
    size = len(piece)
    short = size <= RECORD_BYTES
    lacking = []
    for member in members:
        send = member.send
        try:
            taken = send(piece) if send and short else write(member.fd, member.tls, piece)
        except NOT_NOW:
            taken = 0
        except OSError:
            taken = GONE
        if taken != size:
            lacking.append((member.fd, taken))
    return lacking
