"""A whole country under warning: by one order, or by one for each of its zones."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from tests.world import StillClock, command
from tocsin.access import LOCAL
from tocsin.atlas import Atlas, shipped
from tocsin.commands import Raise, Release
from tocsin.engine import statuses
from tocsin.events import HoldRaised
from tocsin.model import Realm, Status
from tocsin.queue import Queue
from tocsin.service import Service
from tocsin.store.sqlite import SQLiteStore


def test_one_order_for_every_zone_is_one_append_and_so_many_orders_for_one_each_come_to_the_same(
    tmp_path: Path,
) -> None:
    atlas: Atlas = shipped("ua")
    zones = tuple(atlas.hierarchy)
    assert len(zones) == 1_633

    def log(name: str) -> SQLiteStore:
        return SQLiteStore(tmp_path / name, Realm.LIVE, "ua")

    async def each_by_itself(service: Service) -> None:
        queue = Queue(service)
        for kind in (Raise, Release):
            asked = (queue.submit(command(kind(zones=(zone,))), LOCAL) for zone in zones)
            assert len(await asyncio.gather(*asked)) == len(zones)
            assert set(statuses(service.state).values()) == {Status.RED if kind is Raise else Status.CLEAR}
        await queue.close()

    with closing(log("one.db")) as store:
        one = Service(store, atlas.hierarchy, StillClock())
        [receipt] = one.submit([command(Raise(zones=zones))], LOCAL)
        assert (store.head(), [done.events for done in store.done(0, 9)]) == (1_633, [1_633]), receipt
        assert set(statuses(one.state).values()) == {Status.RED}
        [receipt] = one.submit([command(Release(zones=zones))], LOCAL)
        assert set(statuses(one.state).values()) == {Status.CLEAR}, receipt
    with closing(log("many.db")) as store:
        many = Service(store, atlas.hierarchy, StillClock())
        asyncio.run(each_by_itself(many))
        assert [entry.seq for entry in store.read(0, 9_999)] == list(range(1, 2 * 1_633 + 1))
        raised = [entry.event.zone for entry in store.read(0, 1_633) if isinstance(entry.event, HoldRaised)]
        assert (sorted(raised), len(store.done(0, 9_999))) == (sorted(zones), 2 * 1_633)
        assert many.state.holds == one.state.holds == {}
