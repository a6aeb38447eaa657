"""What the tests of webhooks share: who registers, what is told, and a Tocsin that is started more than once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.compat.ukrainealarm.receiver import Notice
from tests.web.running import Answer, Running, Server, running
from tocsin.atlas import Atlas
from tocsin.compat.ukrainealarm.regions import SYSTEM
from tocsin.model import Realm, ZoneId
from tocsin.store.sqlite import SQLiteStore

KHARKIV = ZoneId("UA63000000000041885")
COUNTRY = ZoneId("UA")
KEY = {"Authorization": "a-key"}
PATH = "/api/v3/webhook"


def register(server: Server, url: str, method: str = "POST", key: dict[str, str] | None = None) -> Answer:
    return server.ask(PATH, method, body={"webHookUrl": url}, headers=KEY if key is None else key)


def by_code(atlas: Atlas, number: int) -> ZoneId:
    return atlas.by_code(SYSTEM, str(number)).id


def on(region: int, alarm_type: str = "AIR") -> Notice:
    return "Activate", region, alarm_type


def off(region: int, alarm_type: str = "AIR") -> Notice:
    return "Deactivate", region, alarm_type


@contextmanager
def once(path: Path, atlas: Atlas) -> Iterator[Running]:
    with closing(SQLiteStore(path, Realm.LIVE, "UA")) as store, running(store, atlas) as server:
        yield server
