"""Webhooks with a real receiver: what is delivered, in what order, and what becomes of it where the receiver fails."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tests.client.giving import give
from tests.compat.ukrainealarm.receiver import Notice, Receiver
from tests.web.running import Answer, Running, StandingClock, running
from tocsin import limits
from tocsin.app import Tocsin
from tocsin.atlas import Atlas
from tocsin.commands import Escalate, Raise, Release, Replace, Withdraw
from tocsin.compat.ukrainealarm import targets
from tocsin.compat.ukrainealarm.regions import SYSTEM
from tocsin.model import Hazard, Level, Realm, Stage, ZoneId
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

KHARKIV = ZoneId("UA63000000000041885")
COUNTRY = ZoneId("UA")
KEY = {"Authorization": "a-key"}
PATH = "/api/v3/webhook"


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is allowed in the settings, and failures are tried again soon."""
    made = Tocsin.__init__

    def allowing(self: Tocsin, *args: Any, **more: Any) -> None:
        made(self, *args, **more)
        self.webhook_networks = (ip_network("127.0.0.0/8"),)

    monkeypatch.setattr(Tocsin, "__init__", allowing)
    monkeypatch.setattr(limits, "WEBHOOK_RETRY_S", 0.01)
    monkeypatch.setattr(limits, "WEBHOOK_RETRY_MOST_S", 0.05)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def register(server: Running, url: str, method: str = "POST", key: dict[str, str] | None = None) -> Answer:
    return server.ask(PATH, method, body={"webHookUrl": url}, headers=KEY if key is None else key)


@pytest.fixture
def told(server: Running, receiver: Receiver) -> Receiver:
    """A receiver that is registered."""
    assert register(server, receiver.url).status == 200
    return receiver


def by_code(atlas: Atlas, number: int) -> ZoneId:
    return atlas.by_code(SYSTEM, str(number)).id


def on(region: int, alarm_type: str = "AIR") -> Notice:
    return "Activate", region, alarm_type


def off(region: int, alarm_type: str = "AIR") -> Notice:
    return "Deactivate", region, alarm_type


# --- what is delivered -------------------------------------------------------------------------


def test_the_beginning_and_the_end_of_an_alarm_are_told_once_each(server: Running, told: Receiver) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    told.has(on(22))
    give(server, Raise(zones=(KHARKIV,)), source="another")
    give(server, Release(zones=(KHARKIV,)), source="another")
    give(server, Release(zones=(KHARKIV,)))
    give(server, Raise(zones=(KHARKIV,), hazard=Hazard.NUCLEAR))
    told.has(on(22), off(22), on(22, "NUCLEAR"))
    assert told.taken[0] == {
        "status": "Activate",
        "regionId": 22,
        "alarmType": "AIR",
        "createdAt": "2026-03-01T12:00:00Z",
    }
    assert told.headers[0]["Content-Type"] == "application/json"
    assert told.headers[0]["Tocsin-Realm"] == "live"


def test_a_drill_is_told_as_one(drill: Running, receiver: Receiver) -> None:
    register(drill, receiver.url)
    give(drill, Raise(zones=(KHARKIV,)))
    receiver.has(on(22))
    assert receiver.headers[0]["Tocsin-Realm"] == "drill"


def test_an_early_warning_and_a_change_of_level_are_not_told_and_a_withdrawal_is_an_end(
    server: Running, told: Receiver
) -> None:
    give(server, Raise(zones=(KHARKIV,), stage=Stage.EARLY_WARNING, level=Level.YELLOW))
    give(server, Escalate(zones=(KHARKIV,), to_stage=Stage.ALERT))
    give(server, Escalate(zones=(KHARKIV,), to_level=Level.RED))
    give(server, Replace(zones=(KHARKIV,), by=Raise(zones=(KHARKIV,), level=Level.YELLOW)))
    give(server, Withdraw(zones=(KHARKIV,)))
    told.has(on(22), off(22))


def test_the_end_of_a_raions_alarm_under_its_oblasts_is_told_with_the_oblasts(
    server: Running, told: Receiver, ukraine: Atlas
) -> None:
    raion, hromada = by_code(ukraine, 124), by_code(ukraine, 1293)
    give(server, Raise(zones=(raion, hromada)))
    give(server, Raise(zones=(KHARKIV,)))
    give(server, Release(zones=(raion,)))
    give(server, Release(zones=(hromada,)))
    give(server, Raise(zones=(by_code(ukraine, 31),)))
    told.until(lambda: len(told.taken) == 4)
    assert sorted(told.notices[:2]) == sorted([on(124), on(1293)])
    assert told.notices[2:] == [on(22), on(31)]
    give(server, Release(zones=(KHARKIV,)))
    told.until(lambda: len(told.taken) == 7)
    assert sorted(told.notices[4:]) == sorted([off(22), off(124), off(1293)])


def test_an_alarm_of_the_country_is_told_for_everything_at_the_root(
    server: Running, told: Receiver, ukraine: Atlas
) -> None:
    give(server, Raise(zones=(COUNTRY,)))
    told.until(lambda: len(told.taken) == 28)
    roots = {int(zone.codes[SYSTEM]) for zone in ukraine.zones_of_level("oblast")} - {30} | {1293, 564}
    assert {region for _, region, _ in told.notices} == roots
    give(server, Release(zones=(COUNTRY,)))
    told.until(lambda: len(told.taken) == 56)
    assert set(told.notices[28:]) == {off(region) for region in roots}


def test_1632_zones_at_once_are_each_told_once_and_side_by_side(
    server: Running, told: Receiver, ukraine: Atlas
) -> None:
    def together(notice: dict[str, Any]) -> int:
        if not told.taken:
            told.until(lambda: told.most_at_once > 1)
        return 200

    told.answer = together
    zones = ukraine.hierarchy.descendants(COUNTRY)
    give(server, Raise(zones=zones))
    give(server, Release(zones=zones))
    told.until(lambda: len(told.taken) >= 2 * 1_606)
    first, then = told.notices[:1_606], told.notices[1_606:]
    assert {status for status, _, _ in first} == {"Activate"}, "one order is told before the next"
    assert {status for status, _, _ in then} == {"Deactivate"}
    assert len(set(first)) == len(set(then)) == 1_606
    assert 1 < told.most_at_once <= limits.WEBHOOK_AT_ONCE


# --- receivers that fail -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 404, 429, 302, 0])
def test_what_is_not_taken_is_told_again_and_nothing_overtakes_it(status: int, server: Running, told: Receiver) -> None:
    failing = threading.Semaphore(3)
    told.answer = lambda notice: status if failing.acquire(blocking=False) else 200
    told.answer_headers = {"Location": told.url + "/elsewhere"} if status == 302 else {}
    give(server, Raise(zones=(KHARKIV,)))
    give(server, Release(zones=(KHARKIV,)))
    told.has(on(22), off(22))
    assert len(told.asked) == 5
    assert set(told.paths) == {"/hook"}, "nobody follows to where else it may lead"


def test_it_is_asked_again_later_each_time(server: Running, told: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    real = asyncio.timeout

    def noting(delay: float | None) -> asyncio.Timeout:
        if delay is not None and 0.5 < delay < 9:
            waited.append(delay)
            delay = 0.001
        return real(delay)

    monkeypatch.setattr(limits, "WEBHOOK_RETRY_S", 1.0)
    monkeypatch.setattr(limits, "WEBHOOK_RETRY_MOST_S", 6.0)
    monkeypatch.setattr("tocsin.compat.ukrainealarm.courier.READ_S", 30.0)
    monkeypatch.setattr("tocsin.compat.ukrainealarm.courier.asyncio.timeout", noting)
    failing = threading.Semaphore(5)
    told.answer = lambda notice: 500 if failing.acquire(blocking=False) else 200
    give(server, Raise(zones=(KHARKIV,)))
    told.has(on(22))
    assert len(told.asked) == 6
    assert [round(one / base, 1) for one, base in zip(waited, (1, 2, 4, 6, 6), strict=True)] == pytest.approx(
        [1] * 5, abs=0.21
    )


def test_a_dead_receiver_is_told_in_order_once_it_is_back(server: Running, told: Receiver, ukraine: Atlas) -> None:
    told.die()
    kyiv = by_code(ukraine, 31)
    for order in (Raise(zones=(KHARKIV,)), Raise(zones=(kyiv,)), Release(zones=(KHARKIV,)), Raise(zones=(KHARKIV,))):
        give(server, order)
    with told:
        told.has(on(22), on(31), off(22), on(22))
    assert len(told.taken) == 4


def test_a_slow_receiver_delays_nobody_else(server: Running, told: Receiver) -> None:
    go_on = threading.Event()

    def dawdle(notice: dict[str, Any]) -> int:
        go_on.wait()
        return 200

    told.answer = dawdle
    try:
        with Receiver() as quick:
            register(server, quick.url)
            give(server, Raise(zones=(KHARKIV,)))
            give(server, Release(zones=(KHARKIV,)))
            quick.has(on(22), off(22))
            told.until(lambda: len(told.asked) == 1)
            assert told.taken == []
    finally:
        go_on.set()
    told.has(on(22), off(22))


def test_one_that_answers_too_late_is_told_again(
    ukraine: Atlas, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WEBHOOK_S", 0.3)
    late = threading.Semaphore(1)
    go_on = threading.Event()

    def dawdle(notice: dict[str, Any]) -> int:
        if late.acquire(blocking=False):
            go_on.wait()
            return 0
        return 200

    receiver.answer = dawdle
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.has(on(22))
        go_on.set()
        assert len(receiver.asked) == 2


def test_one_that_falls_too_far_behind_is_told_the_last_word_on_each_region(
    server: Running, told: Receiver, ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WEBHOOK_BACKLOG", 10)
    told.die()
    kyiv = by_code(ukraine, 31)
    for _ in range(20):
        give(server, Raise(zones=(KHARKIV,)))
        give(server, Release(zones=(KHARKIV,)))
        give(server, Raise(zones=(kyiv,)))
        give(server, Release(zones=(kyiv,)))
    give(server, Raise(zones=(kyiv,)))
    with told:
        told.until(lambda: told.notices[-2:] == [off(22), on(31)])
        assert len(told.taken) <= 13
        give(server, Raise(zones=(KHARKIV,)))
        told.until(lambda: told.notices[-1] == on(22))


def test_one_that_takes_nothing_for_days_is_forgotten(ukraine: Atlas, receiver: Receiver) -> None:
    clock = StandingClock()
    receiver.answer = lambda notice: 500
    with running(MemoryStore(Realm.LIVE), ukraine, clock) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.until(lambda: len(receiver.asked) > 1)
        clock.elapsed += limits.WEBHOOK_GIVE_UP_S + 1
        server.until(lambda: not any(task.get_name().startswith("webhook") for task in asyncio.all_tasks()))
        asked = len(receiver.asked)
        assert register(server, receiver.url, "PATCH").status == 404
        give(server, Release(zones=(KHARKIV,)))
        with Receiver() as other:
            register(server, other.url)
            give(server, Raise(zones=(KHARKIV,)))
            other.has(on(22))
        assert len(receiver.asked) == asked


# --- registrations -----------------------------------------------------------------------------


def test_whoever_registers_is_told_from_then_on_and_no_more_after_leaving(server: Running, receiver: Receiver) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    answer = register(server, receiver.url)
    assert answer.status == 200
    assert answer.json["regionId"] == "0"
    assert answer.json["activeAlerts"] == []
    assert register(server, receiver.url).status == 200, "once more changes nothing"
    give(server, Release(zones=(KHARKIV,)))
    receiver.has(off(22))
    left = register(server, receiver.url, "DELETE")
    assert (left.status, left.body) == (200, b"")
    assert register(server, receiver.url, "DELETE").status == 200
    with Receiver() as other:
        register(server, other.url)
        give(server, Raise(zones=(KHARKIV,)))
        other.has(on(22))
    assert receiver.notices == [off(22)]


def test_a_changed_webhook_is_told_what_the_old_one_had_not_taken(server: Running, told: Receiver) -> None:
    give(server, Raise(zones=(KHARKIV,)))
    told.has(on(22))
    told.die()
    give(server, Release(zones=(KHARKIV,)))
    with Receiver() as other:
        changed = register(server, other.url, "PATCH")
        assert (changed.status, changed.body) == (200, b"")
        give(server, Raise(zones=(KHARKIV,)))
        other.has(off(22), on(22))
    with told:
        assert told.notices == [on(22)]


def test_nobody_changes_or_ends_what_another_key_registered(server: Running, told: Receiver) -> None:
    stranger = {"Authorization": "another-key"}
    with Receiver() as other:
        assert register(server, other.url, "PATCH", stranger).status == 404
        assert register(server, told.url, "DELETE", stranger).status == 200
        give(server, Raise(zones=(KHARKIV,)))
        told.has(on(22))
        assert other.taken == []


def test_the_key_is_kept_nowhere(ukraine: Atlas, receiver: Receiver, tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "live.db", Realm.LIVE, "UA")) as store, running(store, ukraine) as server:
        register(server, receiver.url, key={"Authorization": "very-secret-key"})
    books = [path for path in tmp_path.iterdir() if ".webhooks" in path.name]
    assert books
    assert not any(b"very-secret-key" in path.read_bytes() for path in books)


@contextmanager
def once(path: Path, atlas: Atlas) -> Iterator[Running]:
    with closing(SQLiteStore(path, Realm.LIVE, "UA")) as store, running(store, atlas) as server:
        yield server


def test_a_restart_loses_no_webhook_and_nothing_that_it_was_not_told(
    ukraine: Atlas, receiver: Receiver, tmp_path: Path
) -> None:
    log = tmp_path / "live.db"
    kyiv = by_code(ukraine, 31)
    with once(log, ukraine) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.has(on(22))
        receiver.die()
        give(server, Raise(zones=(kyiv,)))
        give(server, Release(zones=(KHARKIV,)))
    with receiver, once(log, ukraine) as server:
        receiver.has(on(22), on(31), off(22))
        give(server, Release(zones=(kyiv,)))
        receiver.has(on(22), on(31), off(22), off(31))
    with once(log, ukraine) as server:
        pass
    with receiver, once(log, ukraine) as server:
        give(server, Raise(zones=(KHARKIV,)))
        receiver.has(on(22), on(31), off(22), off(31), on(22))


def test_what_happened_while_nobody_listened_is_told_by_what_stands_then(
    ukraine: Atlas, receiver: Receiver, tmp_path: Path
) -> None:
    log = tmp_path / "live.db"
    book = tmp_path / "live.db.webhooks"
    with once(log, ukraine) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.has(on(22))
    book.rename(tmp_path / "aside")
    with once(log, ukraine) as server:
        give(server, Release(zones=(KHARKIV,)))
        give(server, Raise(zones=(by_code(ukraine, 31),)))
    (tmp_path / "aside").rename(book)
    with once(log, ukraine):
        receiver.until(lambda: len(receiver.taken) == 3)
    assert sorted(receiver.notices[1:]) == sorted([off(22), on(31)])


def test_a_book_that_cannot_be_read_stops_no_server(ukraine: Atlas, receiver: Receiver, tmp_path: Path) -> None:
    book = tmp_path / "live.db.webhooks"
    book.write_bytes(b"this is no database, whatever its name says" * 100)
    with once(tmp_path / "live.db", ukraine) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.has(on(22))
    assert (tmp_path / "live.db.webhooks.broken").exists()


# --- what is refused ---------------------------------------------------------------------------


def refusal(answer: Answer, status: int) -> str:
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    problem = json.loads(answer.body)
    assert (problem["status"], "title" in problem, "type" in problem) == (status, True, True)
    return str(problem.get("errors", {}).get("webHookUrl", [""])[0])


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
    ],
)
def test_an_address_that_is_not_public_is_refused(url: str, server: Running) -> None:
    assert "not on the public internet" in refusal(register(server, url), 400)


@pytest.mark.parametrize(
    "url", ["http://localhost:9/", "http://127.0.0.1:9/", "http://127.1:9/", "http://2130706433:9/", "http://0x7f.1/"]
)
def test_loopback_is_refused_unless_the_settings_allow_it(
    url: str, ukraine: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        assert "not on the public internet" in refusal(register(server, url), 400)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://",
        "http://example.org:99999/",
        "http://user:secret@example.org/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/" + "x" * limits.WEBHOOK_URL_CHARS,
        "http://[::1/",
    ],
)
def test_what_is_no_url_to_deliver_to_is_refused(url: str, server: Running) -> None:
    assert refusal(register(server, url), 400)


def test_a_name_that_leads_nowhere_is_refused(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*asked: object) -> list[tuple[int, str]]:
        raise OSError("no such name")

    monkeypatch.setattr(targets.Targets, "look_up", nowhere)
    assert "cannot be resolved" in refusal(register(server, "http://nowhere.example/"), 400)


def test_a_name_that_leads_elsewhere_later_is_not_followed(
    server: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = ["93.184.215.14"]
    asked = []

    async def look_up(self: targets.Targets, loop: object, host: str, port: int, family: int) -> list[tuple[int, str]]:
        asked.append(host)
        return [(2, address) for address in addresses]

    monkeypatch.setattr(targets.Targets, "look_up", look_up)
    monkeypatch.setattr(targets.Targets, "allows", lambda self, address: targets.public(address))
    assert register(server, receiver.url.replace("127.0.0.1", "rebound.example")).status == 200
    addresses[:] = ["127.0.0.1"]
    give(server, Raise(zones=(KHARKIV,)))
    before = len(asked)
    receiver.until(lambda: len(asked) > before + 2)
    assert receiver.asked == []
    monkeypatch.setattr(targets.Targets, "allows", lambda self, address: True)
    receiver.has(on(22))


def test_what_the_settings_allow_no_more_is_not_delivered_to(
    ukraine: Atlas, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "live.db"
    with once(log, ukraine) as server:
        register(server, receiver.url)
    seen = []
    real = targets.Targets.require

    def require(self: targets.Targets, url: URL) -> None:
        seen.append(url)
        real(self, url)

    with monkeypatch.context() as stricter:
        stricter.setattr(targets.Targets, "allows", lambda self, address: targets.public(address))
        stricter.setattr(targets.Targets, "require", require)
        with once(log, ukraine) as server:
            give(server, Raise(zones=(KHARKIV,)))
            receiver.until(lambda: len(seen) > 2)
    assert receiver.asked == []
    with once(log, ukraine):
        receiver.has(on(22))


def test_one_bad_address_of_several_is_enough(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def look_up(*asked: object) -> list[tuple[int, str]]:
        return [(2, "93.184.215.14"), (2, "192.168.0.1")]

    monkeypatch.setattr(targets.Targets, "look_up", look_up)
    assert "192.168.0.1" in refusal(register(server, "http://two.example/"), 400)


def test_without_a_key_nothing_is_registered(server: Running, receiver: Receiver) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        for headers in ({}, {"Authorization": ""}, {"Authorization": "  "}):
            answer = register(server, receiver.url, method, headers)
            assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b'{"webHookUrl": 5}', b"\xff\xfe", b"null", b"{}"])
def test_a_body_that_cannot_be_read_is_refused(body: bytes, server: Running) -> None:
    refusal(server.ask(PATH, "POST", body=body, headers=KEY), 400)


def test_another_media_type_is_refused_and_every_kind_of_json_is_taken(server: Running, receiver: Receiver) -> None:
    body = b'{"webHookUrl": "%s"}' % receiver.url.encode()
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        refusal(server.ask(PATH, "POST", body=body, headers={**KEY, "Content-Type": kind}), 415)
    for kind in ("application/json; charset=utf-8", "text/json", "application/hal+json"):
        assert server.ask(PATH, "POST", body=body, headers={**KEY, "Content-Type": kind}).status == 200


def test_a_body_without_end_is_refused(server: Running) -> None:
    refusal(server.ask(PATH, "POST", body=b" " * (limits.BODY_BYTES + 1), headers=KEY), 413)


def test_a_key_has_only_so_many_and_so_has_the_server(
    server: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WEBHOOKS_PER_TOKEN", 2)
    monkeypatch.setattr(limits, "WEBHOOKS", 3)
    for number in range(2):
        assert register(server, f"{receiver.url}/{number}").status == 200
    assert "at most 2" in refusal(register(server, f"{receiver.url}/2"), 400)
    assert register(server, f"{receiver.url}/1").status == 200, "it is registered already"
    assert register(server, f"{receiver.url}/2", key={"Authorization": "b"}).status == 200
    full = register(server, f"{receiver.url}/3", key={"Authorization": "c"})
    assert "too many" in refusal(full, 503)
    assert full.headers["Retry-After"]


def test_an_end_is_quick_with_receivers_that_are_not(ukraine: Atlas, receiver: Receiver) -> None:
    go_on = threading.Event()

    def dawdle(notice: dict[str, Any]) -> int:
        go_on.wait()
        return 200

    receiver.answer = dawdle
    with running(MemoryStore(Realm.LIVE), ukraine) as server:
        register(server, receiver.url)
        give(server, Raise(zones=(KHARKIV,)))
        receiver.until(lambda: len(receiver.asked) == 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < limits.WEBHOOK_S / 2
    go_on.set()
