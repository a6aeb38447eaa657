"""Orders over HTTP: who may give them, what one effect means, and that nothing is lost or half done."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.store.faulty_disk import FaultyDisk
from tests.web.running import KHARKIV, KYIV, LVIV, SUMY, Running, running
from tocsin.atlas import Atlas
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer wrong", "Bearer a token of the night", "a token"]
)
def test_without_the_token_nothing_is_ordered(morning: Running, shown: str | None) -> None:
    headers = {} if shown is None else {"Authorization": shown}
    answer = morning.ask("/api/v1/commands", "POST", body={"key": "k"}, headers=headers)
    assert answer.refused(401, "unauthorised") == {}
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_where_no_token_is_set_nobody_orders_anything(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine, operator_token=None) as server:
        for token in (None, "", "None", "anything at all, long enough"):
            server.order(token=token).refused(403, "forbidden")
        assert server.get("/api/v1/state")["seq"] == 0


def test_the_token_may_be_written_in_any_script(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine, operator_token="пароль нічної зміни") as server:
        as_sent = "пароль нічної зміни".encode().decode("latin-1")
        assert server.order(token=as_sent).status == 200


def test_whoever_shows_the_token_is_the_operator_and_nobody_else(server: Running) -> None:
    server.order()
    [entry] = server.get("/api/v1/events")["events"]
    assert (entry["order"], entry["event"]["source"]) == ("k", "operator")


# --- what ----------------------------------------------------------------------------------------


def test_an_order_is_answered_with_its_receipt_and_is_on_the_disk_by_then(server: Running, store: SQLiteStore) -> None:
    answer = server.order("k1", zones=[KYIV, KHARKIV, KYIV], threat="drones", cause="from the north", reason="radar")
    assert (answer.status, answer.json) == (200, {"key": "k1", "seq": 2, "events": 2})
    assert answer.headers["Cache-Control"] == "no-store"
    with closing(SQLiteStore(store.path, Realm.LIVE, "UA", read_only=True)) as another:
        entries = another.read(0, 10)
        assert [entry.event.zone for entry in entries] == [KYIV, KHARKIV]
        assert {entry.order for entry in entries} == {"k1"}
    assert [hold["cause"] for hold in server.get("/api/v1/state")["holds"]] == ["from the north"] * 2


def test_an_order_sent_twice_has_one_effect_and_one_receipt(server: Running) -> None:
    first, again = server.order(), server.order()
    assert first.json == again.json == {"key": "k", "seq": 1, "events": 1}
    server.order("other", zones=[SUMY])
    assert server.order().json == first.json, "the receipt is the first one even after others"
    assert server.get("/api/v1/state")["seq"] == 2


def test_an_order_sent_many_times_at_once_has_one_effect(server: Running) -> None:
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: server.order().json, range(40)))
    assert answers == [{"key": "k", "seq": 1, "events": 1}] * 40
    assert len(server.get("/api/v1/events")["events"]) == 1


def test_many_different_orders_at_once_each_have_their_own_seq(server: Running) -> None:
    zones = [zone["id"] for zone in server.get("/api/v1/zones?level=hromada")["zones"][:60]]
    with ThreadPoolExecutor(12) as senders:
        answers = list(senders.map(lambda zone: server.order(zone, zones=[zone]).json, zones))
    assert sorted(answer["seq"] for answer in answers) == list(range(1, 61))
    by_order = {entry["order"]: entry["seq"] for entry in server.get("/api/v1/events?limit=100")["events"]}
    assert by_order == {answer["key"]: answer["seq"] for answer in answers}


def test_a_key_that_was_used_for_another_order_is_refused(server: Running) -> None:
    server.order()
    for change in ({"zones": [KHARKIV]}, {"level": "yellow"}, {"reason": "else"}, {"decided_upon": 0}):
        assert server.order(**change).refused(409, "key_reused") == {"key": "k"}
    assert server.get("/api/v1/state")["seq"] == 1


def test_an_order_decided_upon_what_is_past_is_refused(server: Running) -> None:
    assert server.order("k1", decided_upon=0).status == 200
    detail = server.order("k2", zones=[KHARKIV], decided_upon=0).refused(409, "stale_seq")
    assert detail == {"head": 1, "decided_upon": 0}
    assert server.order("k2", zones=[KHARKIV], decided_upon=1).status == 200, "a refused key is free"


def test_an_order_that_changes_nothing_is_answered_so(server: Running) -> None:
    server.order("k1")
    assert server.order("k2").json == {"key": "k2", "seq": 1, "events": 0}


def test_an_order_of_which_one_zone_is_refused_does_nothing_to_the_others(server: Running) -> None:
    server.order("k1")
    server.order("k2", type="release", zones=[KYIV, LVIV]).refused(409, "nothing_to_release")
    server.order("k3", zones=[LVIV, "UA00"]).refused(404, "unknown_zone")
    told = server.get("/api/v1/state")
    assert (told["seq"], told["zones"][KYIV], told["zones"][LVIV]) == (1, "red", "clear")


def test_a_release_before_its_raise_is_refused(server: Running) -> None:
    server.order("k1", at="2026-03-01T11:00:00Z")
    server.order("k2", type="release", at="2026-03-01T10:59:59Z").refused(409, "end_before_start")
    assert server.order("k3", type="release", at="2026-03-01T13:00:00+02:00").status == 200, "offsets count"


def test_a_zone_held_twice_is_clear_only_when_both_are_released(server: Running) -> None:
    server.order("k1", ref="radar")
    server.order("k2", zones=["UA"], threat="mig31k", level="yellow")
    assert server.get(f"/api/v1/zones/{KYIV}")["status"]["status"] == "red"
    server.order("k3", type="release", ref="radar")
    assert server.get(f"/api/v1/zones/{KYIV}")["status"]["status"] == "yellow"
    server.order("k4", type="release", zones=["UA"])
    assert server.get(f"/api/v1/zones/{KYIV}")["status"]["status"] == "clear"


def test_what_another_source_holds_cannot_be_released_over_http(morning: Running) -> None:
    morning.order("k", type="release").refused(409, "nothing_to_release")


def test_nothing_can_be_replayed_in_the_present(server: Running) -> None:
    server.ask("/api/v1/replay", "PUT", body={"rate": 60}).refused(404, "not_found")
    server.ask("/api/v1/replay", "PUT", body=b"?").refused(404, "not_found")


# --- a history long or odd ------------------------------------------------------------------------


def test_a_moment_that_is_none_in_utc_is_refused_for_history_could_not_be_told_any_more(server: Running) -> None:
    server.order("k1", at="0001-01-01T00:00:00+14:00").refused(400, "bad_time")
    assert server.order("k2", at="1970-01-01T00:00:00Z").status == 200
    for path in (f"history?zone={KYIV}", f"zones/{KYIV}", "state", "history?zone=UA", "events"):
        assert server.ask(f"/api/v1/{path}").status == 200, path


# --- a disk that is full ---------------------------------------------------------------------------


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    disk = FaultyDisk()
    yield disk
    disk.room = None


def test_on_a_full_disk_an_order_is_refused_whole_and_the_next_one_is_taken(
    disk: FaultyDisk, ukraine: Atlas, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("full") / "live.db"
    with (
        closing(SQLiteStore(path, Realm.LIVE, "UA", vfs=disk.name)) as store,
        running(store, ukraine) as server,
        server.listening() as listener,
    ):
        assert listener.next().event == "snapshot"
        assert server.order("before").status == 200
        assert listener.next("entry").id == 1
        disk.room = 5_000
        hromadas = [zone["id"] for zone in server.get("/api/v1/zones?level=hromada")["zones"][:200]]
        for _ in range(3):
            answer = server.order("too much", zones=hromadas)
            assert answer.refused(507, "store_full")["path"] == str(path)
        told = server.get("/api/v1/state")
        assert (told["seq"], len(told["holds"]), told["zones"][KYIV]) == (1, 1, "red")
        assert server.get("/api/v1/events")["head"] == 1
        disk.room = None
        assert server.order("after", zones=[KHARKIV]).json["seq"] == 2
        heard = listener.next("entry")
        assert (heard.id, heard.data["event"]["zone"]) == (2, KHARKIV), "nobody heard of what was refused"
        assert server.order("too much", zones=hromadas).json == {"key": "too much", "seq": 202, "events": 200}
        assert [listener.next("entry").id for _ in range(200)] == list(range(3, 203))
    with closing(SQLiteStore(path, Realm.LIVE, "UA")) as store:
        assert store.head() == 202


def test_on_a_failing_disk_an_order_is_refused_with_when_to_try_again(
    disk: FaultyDisk, ukraine: Atlas, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("failing") / "live.db"
    with closing(SQLiteStore(path, Realm.LIVE, "UA", vfs=disk.name)) as store, running(store, ukraine) as server:
        disk.fails = lambda what, path: what == "sync"
        answer = server.order()
        answer.refused(503, "store_failed")
        assert answer.headers["Retry-After"] == "5"
        disk.fails = lambda what, path: False
        assert server.get("/api/v1/state")["seq"] == 0
        assert server.order().json["seq"] == 1
