"""An edge from its file: what it was told in an earlier life, or nothing yet."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tocsin.atlas import Atlas
from tocsin.clock import Clock
from tocsin.edge.edge import Edge
from tocsin.edge.following import Follower, Times
from tocsin.edge.mirror import Mirror, discard
from tocsin.edge.replica import Differs
from tocsin.edge.upstream import reached
from tocsin.errors import StoreCorrupt
from tocsin.limits import HEARTBEAT_S
from tocsin.model import Realm
from tocsin.store.writer_lock import WriterLock

log = logging.getLogger("tocsin.edge")


@asynccontextmanager
async def followed(
    url: str,
    path: Path,
    realm: Realm,
    atlas: Atlas,
    *,
    times: Times | None = None,
    clock: Clock | None = None,
    heartbeat_s: float = HEARTBEAT_S,
) -> AsyncIterator[tuple[Edge, Follower]]:
    """An edge and what is to feed it.

    Errors: `BadSetting` where ``url`` can be no address; `StoreLocked` where another edge keeps this file;
    `StoreForeign` where it is something else or of another world.
    """
    async with reached(url) as upstream:
        with _alone(path):
            edge = _edge(path, realm, atlas, upstream.url, clock, heartbeat_s)
            try:
                yield edge, Follower(edge, upstream, times)
            finally:
                edge.store.close()


def _edge(path: Path, realm: Realm, atlas: Atlas, url: str, clock: Clock | None, heartbeat_s: float) -> Edge:
    try:
        return _opened(path, realm, atlas, url, clock, heartbeat_s)
    except (StoreCorrupt, Differs) as error:
        # It is a copy: what is damaged in it is fetched again.
        log.error("what was kept cannot be used, and is fetched anew: %s", error)
        discard(path)
        return _opened(path, realm, atlas, url, clock, heartbeat_s)


def _opened(path: Path, realm: Realm, atlas: Atlas, url: str, clock: Clock | None, heartbeat_s: float) -> Edge:
    mirror = Mirror(path, realm, atlas.country.id)
    try:
        return Edge(mirror, atlas, url, clock=clock, heartbeat_s=heartbeat_s)
    except BaseException:
        mirror.close()
        raise


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = WriterLock(path)
    try:
        yield
    finally:
        lock.release()


def path_of(path: Path, worker: int) -> Path:
    """Each worker's own file: no two of them ever wait for one another."""
    return path if worker == 0 else path.with_name(f"{path.stem}-{worker + 1}{path.suffix}")
