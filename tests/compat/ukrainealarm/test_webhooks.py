"""Webhooks with a real receiver: what is delivered, in what order, and what becomes of it where the receiver fails."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from tests.client.giving import give
from tests.compat.ukrainealarm.hooks import COUNTRY, KHARKIV, by_code, off, on, register
from tests.compat.ukrainealarm.receiver import Receiver
from tests.web.running import Running, StandingClock, running
from tocsin import limits
from tocsin.atlas import Atlas
from tocsin.commands import Escalate, Raise, Release, Replace, Withdraw
from tocsin.compat.ukrainealarm import courier
from tocsin.compat.ukrainealarm.regions import SYSTEM
from tocsin.model import Hazard, Level, Realm, Stage
from tocsin.store.memory import MemoryStore

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


def test_where_one_alarm_takes_the_place_of_another_there_is_no_gap(server: Running, told: Receiver) -> None:
    failing = threading.Semaphore(1)
    told.answer = lambda notice: 500 if notice["alarmType"] == "CHEMICAL" and failing.acquire(blocking=False) else 200
    give(server, Raise(zones=(KHARKIV,)))
    give(server, Replace(zones=(KHARKIV,), by=Raise(zones=(KHARKIV,), hazard=Hazard.CHEMICAL)))
    told.has(on(22), on(22, "CHEMICAL"), off(22))


# --- receivers that fail -----------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 404, 429, 307, 0])
def test_what_is_not_taken_is_told_again_and_nothing_overtakes_it(status: int, server: Running, told: Receiver) -> None:
    failing = threading.Semaphore(3)
    told.answer = lambda notice: status if failing.acquire(blocking=False) else 200
    told.answer_headers = {"Location": told.url + "/elsewhere"} if status == 307 else {}
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
    # The courier's alone: others of the same process wait too.
    monkeypatch.setattr(courier, "asyncio", SimpleNamespace(**{**vars(asyncio), "timeout": noting}))
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
    with Receiver() as other:
        register(server, other.url)
        give(server, Raise(zones=(by_code(ukraine, 9),)))
        other.until(lambda: on(9) in other.notices)
    with told:
        told.until(lambda: on(9) in told.notices)
        assert {region: status for status, region, _ in told.notices} == {
            22: "Deactivate",
            31: "Deactivate",
            9: "Activate",
        }
        assert told.notices[-1] == on(9)
        assert len(told.taken) < 2 * limits.WEBHOOK_BACKLOG, "of 81"
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
