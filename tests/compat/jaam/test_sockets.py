"""A lamp on its WebSocket: what it is sent, what it shows, and what becomes of a lamp that does not read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from tests.compat.jaam.test_files import NAMES
from tests.compat.serving import Served
from tests.web.running import NOON, PATIENCE_S
from tocsin import limits
from tocsin.commands import Escalate, Raise, Release
from tocsin.compat.jaam import bodies, sockets
from tocsin.compat.jaam.lamps import Lamps, Light
from tocsin.compat.jaam.shapes import NEVER
from tocsin.compat.jaam.sockets import Line, telling
from tocsin.engine import State
from tocsin.model import Hazard, Stage, Threat, ZoneId

KYIV, KHARKIV = NAMES.index("м. Київ"), NAMES.index("Харківська область")
NOON_S = int(NOON.timestamp())


class Lamp:
    """What the firmware makes of what it is sent."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say_hello(self) -> None:
        await self.socket.send_str("chip_id:A1B2C3")
        await self.socket.send_str("firmware:4.1_1")
        await self.socket.send_str('user_info:{"legacy": "0"}')

    async def hear(self, name: str = "alerts") -> Any:
        """The next payload of that name."""
        while True:
            async with asyncio.timeout(PATIENCE_S):
                message = await self.socket.receive()
            assert message.type is WSMsgType.TEXT, message
            told = json.loads(message.data)
            if told["payload"] == name:
                [values] = [values for key, values in told.items() if key != "payload"]
                assert len(values) == 28
                return values


def with_lamps(served: Served, *paths: str, then: Callable[..., Awaitable[None]], hello: bool = True) -> None:
    """Connect a lamp to each of these, and do something with them."""

    async def connected() -> None:
        async with aiohttp.ClientSession(served.server.url) as session:
            lamps = [Lamp(await session.ws_connect(path)) for path in paths]
            if hello:
                for lamp in lamps:
                    await lamp.say_hello()
            await then(*lamps)
            for lamp in lamps:
                await lamp.socket.close()

    asyncio.run(connected())


async def give(served: Served, *orders: Any) -> None:
    await asyncio.to_thread(served.give, *orders)


def test_a_lamp_shows_what_stands_and_then_every_change(served: Served) -> None:
    served.give(Raise(zones=(served.zone(31),), at=NOON - timedelta(minutes=10)))

    async def live(first: Lamp, second: Lamp, third: Lamp, fourth: Lamp) -> None:
        dark, since = [0] * 28, [[0, NEVER]] * 28
        rows = [*since[:KYIV], [1, NOON_S - 600], *since[KYIV + 1 :]]
        assert await first.hear() == [*dark[:KYIV], 1, 0, 0]
        for lamp in (second, third, fourth):
            assert await lamp.hear() == rows
        served.clock.at = NOON + timedelta(minutes=3)
        await give(served, Release(zones=(served.zone(31),)))
        assert await first.hear() == dark
        for lamp in (second, third, fourth):
            assert (await lamp.hear())[KYIV] == [0, NOON_S + 180]
        await give(served, Raise(zones=(ZoneId("UA"),)))
        assert await first.hear() == [1] * 28
        for lamp in (second, third, fourth):
            assert await lamp.hear() == [[1, NOON_S + 180]] * 28

    with_lamps(served, "/data_v1", "/data_v2", "/data_v3", "/data_v4", then=live)


def test_a_lamp_that_says_nothing_of_itself_is_told_all_the_same(served: Served) -> None:
    served.give(Raise(zones=(served.zone(31),)))

    async def live(lamp: Lamp) -> None:
        assert (await lamp.hear())[KYIV] == 1

    with_lamps(served, "/data_v1", then=live, hello=False)


def test_what_changes_no_lamp_is_not_sent(served: Served) -> None:
    async def live(lamp: Lamp) -> None:
        assert await lamp.hear() == [0] * 28
        await give(served, Raise(zones=(served.zone(31),), stage=Stage.EARLY_WARNING))
        await give(served, Raise(zones=(served.zone(22),), hazard=Hazard.CHEMICAL))
        await give(served, Escalate(zones=(served.zone(31),), to_stage=Stage.ALERT))
        assert (await lamp.hear())[KYIV] == 1, "the next payload is that of the alert"

    with_lamps(served, "/data_v1", then=live)


def test_an_alert_that_takes_over_without_a_break_is_no_new_one(served: Served) -> None:
    served.give(Raise(zones=(served.zone(124),), at=NOON - timedelta(minutes=30)))
    served.give(Raise(zones=(served.zone(22),)))

    async def live(lamp: Lamp) -> None:
        assert (await lamp.hear())[KHARKIV] == [1, NOON_S - 1_800]
        await give(served, Release(zones=(served.zone(124),)))
        await give(served, Raise(zones=(served.zone(31),)))
        assert (await lamp.hear())[KHARKIV] == [1, NOON_S - 1_800]

    with_lamps(served, "/data_v2", then=live)


def test_what_flies_is_told_to_lamps_that_show_it(served: Served) -> None:
    served.give(
        Raise(zones=(served.zone(22),), threat=Threat.DRONES),
        Raise(zones=(served.zone(31),), threat=Threat.BALLISTIC_MISSILES, at=NOON - timedelta(minutes=1)),
        Raise(zones=(served.zone(20),), threat=Threat.GUIDED_BOMBS),
    )

    async def live(third: Lamp, fourth: Lamp) -> None:
        missiles, drones = await third.hear("missiles"), await third.hear("drones")
        assert (missiles[KYIV], missiles[KHARKIV], drones[KYIV], drones[KHARKIV]) == (NOON_S - 60, 0, 0, NOON_S)
        missiles, drones = await fourth.hear("missiles2"), await fourth.hear("drones2")
        assert (missiles[KYIV], missiles[KHARKIV]) == ([1, NOON_S - 60], [0, NEVER])
        assert (drones[KYIV], drones[KHARKIV]) == ([0, NEVER], [1, NOON_S])
        bombs = await fourth.hear("kabs2")
        assert [name for name, (on, _) in zip(NAMES, bombs, strict=True) if on] == ["Сумська область"]

    with_lamps(served, "/data_v3", "/data_v4", then=live)


def test_a_change_is_put_into_bytes_once_for_all_lamps(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = bodies.payloads

    def counted(version: int, *rest: Any) -> dict[str, bytes]:
        made.append(version)
        return real(version, *rest)

    monkeypatch.setattr(sockets, "payloads", counted)

    async def live(*lamps: Lamp) -> None:
        for lamp in lamps:
            await lamp.hear()
        assert made == []
        await give(served, Raise(zones=(ZoneId("UA"),)), Raise(zones=(served.zone(31),)))
        for lamp in lamps:
            assert await lamp.hear() == [1] * 28
        assert made == [1, 2, 3, 4]

    with_lamps(served, *["/data_v1"] * 20, then=live)


def test_lamps_are_looked_at_after_everyone_else_has_been_told(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """To look at them takes as long as to write to hundreds of subscribers."""
    monkeypatch.setattr(limits, "LAMPS_GATHER_S", 3_600)
    looked: list[object] = []

    class Counted(Lamps):
        def lights(self, state: State) -> list[Light | None]:
            looked.append(state)
            return super().lights(state)

    async def live() -> None:
        reading = served.server.tocsin
        ear = sockets.Sockets(reading, Counted(reading.atlas))
        for _ in range(20):
            ear.news(set())
            await asyncio.sleep(0)
        assert looked == []
        assert ear._due is not None
        ear._due._run()  # the time has come
        assert len(looked) == 1, "once, however much has happened"

    asyncio.run(live())


def test_more_lamps_than_have_a_turn_at_once_are_all_told_the_latest(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SENDS_PER_TURN", 2)

    async def live(*lamps: Lamp) -> None:
        for lamp in lamps:
            await lamp.hear()
        for uid in (22, 20, 31):
            await give(served, Raise(zones=(served.zone(uid),)))
        for lamp in lamps:
            while not (await lamp.hear())[KYIV]:
                pass

    with_lamps(served, *["/data_v1"] * 7, then=live)


def test_no_more_lamps_are_taken_than_may_be(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LAMP_CONNECTIONS", 2)

    async def live(first: Lamp, second: Lamp) -> None:
        await second.hear()
        async with aiohttp.ClientSession(served.server.url) as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect("/data_v2")
            assert refused.value.status == 503
            await first.socket.close()
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    try:
                        await Lamp(await session.ws_connect("/data_v2")).hear()
                        break
                    except aiohttp.WSServerHandshakeError:
                        await asyncio.sleep(0.01)

    with_lamps(served, "/data_v2", "/data_v2", then=live)


def test_without_a_websocket_there_is_none(served: Served) -> None:
    assert served.server.ask("/data_v1").status == 426
    assert served.server.ask("/data_v5").status == 404


def test_a_server_that_ends_takes_leave_of_its_lamps(served: Served) -> None:
    async def live(lamp: Lamp) -> None:
        await lamp.hear()
        served.server.stop()
        async with asyncio.timeout(PATIENCE_S):
            while (message := await lamp.socket.receive()).type is WSMsgType.TEXT:
                pass
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED)
        assert lamp.socket.close_code == 1001

    with_lamps(served, "/data_v1", then=live)


class Stuck:
    """A connection into which nothing more goes after the first payload."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.aborted = asyncio.Event()
        self.begun, self.free, self.through = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @property
    def transport(self) -> Stuck:
        return self

    def abort(self) -> None:
        self.aborted.set()

    async def send_frame(self, payload: bytes, _: WSMsgType) -> None:
        self.sent.append(payload)
        self.begun.set()
        if len(self.sent) == 1:
            await self.free.wait()
        if len(self.sent) == 3:
            self.through.set()


def test_a_lamp_that_reads_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "STREAM_UNREAD_S", 0.01)

    async def stuck_for_good() -> None:
        stuck: Any = Stuck()
        line = Line(1)
        line.tell({"alerts": b"1"})
        await telling(stuck, stuck, line)
        assert stuck.aborted.is_set()

    asyncio.run(stuck_for_good())


def test_a_slow_lamp_is_sent_the_latest_and_nothing_that_it_has_overtaken() -> None:
    async def slow() -> None:
        stuck: Any = Stuck()
        line = Line(4)
        line.tell({"alerts": b"1", "drones2": b"a"})
        sending = asyncio.create_task(telling(stuck, stuck, line))
        await stuck.begun.wait()
        for number in range(2, 100):
            line.tell({"alerts": b"%d" % number})
        stuck.free.set()
        await stuck.through.wait()
        assert sorted(stuck.sent) == [b"1", b"99", b"a"]
        sending.cancel()

    asyncio.run(slow())
