"""Making up for what an edge was not told: entries fetched page by page, up to where a snapshot of the upstream stands,
and the outcome held against that snapshot."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from tocsin import limits
from tocsin.edge.edge import BEGUN_ANEW, Edge
from tocsin.edge.mirror import Mirror, entry_of
from tocsin.edge.replica import Differs, Snapshot
from tocsin.edge.upstream import Upstream, texts_of
from tocsin.errors import BadAtlas, ServerUnreachable, TocsinError, WrongRealm
from tocsin.events import Entry

log = logging.getLogger("tocsin.edge")


def require_same_world(edge: Edge, told: Snapshot) -> None:
    """Errors: `WrongRealm`, `BadAtlas`; `Differs` instead where something is known already that can be told on."""
    error: TocsinError
    if told.realm is not edge.store.realm:
        error = WrongRealm(f"{edge.upstream} is of the {told.realm} realm, and here is {edge.store.realm}")
    elif told.zones.keys() != edge.atlas.hierarchy.parents.keys():
        error = BadAtlas(f"the zones of {edge.upstream} are not those of the atlas here")
    else:
        return
    if edge.known.is_set():
        raise Differs(error.message)
    raise error


async def catch_up(edge: Edge, upstream: Upstream, told: Snapshot) -> None:
    """Bring the edge to where the snapshot stands. Errors: `Differs`, also where it then does not agree with the
    snapshot; `ServerUnreachable`."""
    mirror = edge.store
    if not mirror.identity:
        mirror.begin(told.log)
    if told.seq - edge.state.seq > limits.STREAM_BACKLOG_EVENTS or edge.hub.log != told.log:
        await _fill(mirror, upstream, told.seq)
        edge.adopt(await asyncio.to_thread(edge.replica_of, mirror, edge.texts))
    else:
        entries: list[Entry] = []
        data: list[bytes] = []
        while edge.state.seq + len(data) < told.seq:
            page, read = await _page(upstream, edge.state.seq + len(data), told.seq)
            entries += read
            data += page
        if entries:
            edge.tell_orders(entries, data)
    edge.replica.require_agreement(told)


async def begin_anew(edge: Edge, upstream: Upstream, told: Snapshot, catalogue: str) -> None:
    """Fetch all again, beside what is known and told until then. Errors: as `catch_up`; then nothing has changed."""
    old = edge.store
    fresh = await asyncio.to_thread(old.anew, told.log)
    fresh.keep(BEGUN_ANEW, f"{edge.clock.now():%Y%m%d%H%M%S}")
    try:
        await _fill(fresh, upstream, told.seq)
        replica = await asyncio.to_thread(edge.replica_of, fresh, texts_of(catalogue))
        replica.require_agreement(told)
    except BaseException:
        fresh.close()
        raise
    await asyncio.to_thread(fresh.take_the_place_of, old)
    edge.adopt(replica)
    edge.reword(catalogue)


async def _fill(mirror: Mirror, upstream: Upstream, upto: int) -> None:
    """What has come is kept, whatever happens."""
    while mirror.head() < upto:
        page, _ = await _page(upstream, mirror.head(), upto)
        mirror.add(page)
        await asyncio.to_thread(mirror.flush)


async def _page(upstream: Upstream, after: int, upto: int) -> tuple[list[bytes], list[Entry]]:
    page = await upstream.events(after, upto - after)
    if not page:
        raise ServerUnreachable(f"{upstream.url} does not tell entry {after + 1}", server=upstream.url)
    try:
        entries = [entry_of(told) for told in page]
    except msgspec.DecodeError as error:
        raise Differs(f"there are entries after {after} that this version cannot read: {error}") from error
    if [entry.seq for entry in entries] != list(range(after + 1, after + 1 + len(page))):
        raise Differs(f"the entries told after {after} are not those that follow it")
    return page, entries
