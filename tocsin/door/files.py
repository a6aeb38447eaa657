"""How many files the system lets this process open, and how many connections fit into that."""

from __future__ import annotations

import resource
from contextlib import suppress

from tocsin import limits
from tocsin.door.door import Bounds

_PLENTY = 1 << 20
"""Where the system says that there is no bound."""


def raised() -> int:
    """Let this process open as many files as it may; how many that is."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _PLENTY if most == resource.RLIM_INFINITY else most
    if now == resource.RLIM_INFINITY:
        return _PLENTY
    if now < wanted:
        with suppress(OSError, ValueError):  # then it stays as it is
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def fitting(streams: int, per_address: int, files: int) -> Bounds:
    """So many streams (0: as many as there can be), or fewer where only so many files can be open."""
    room = max(2, files - limits.FILES_SPARE)
    spare = min(limits.CONNECTIONS_SPARE, room // 4)
    return Bounds(min(streams or room, room - spare), per_address, spare)
