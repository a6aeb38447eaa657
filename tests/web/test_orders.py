"""Orders over HTTP: who may give them, what one effect means, and that nothing is lost or half done."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.store.faulty_disk import FaultyDisk
from tests.web.people import BEGUN, BOB, DESK, TOKEN
from tests.web.running import KHARKIV, KYIV, LVIV, LVIV_HROMADA, SUMY, Running, running
from tocsin.atlas import Atlas
from tocsin.events import HoldRaised
from tocsin.model import Realm
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore

# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", "Bearer wrong", TOKEN[:-1], TOKEN])
def test_without_a_token_nothing_is_ordered(morning: Running, shown: str | None) -> None:
    headers = {} if shown is None else {"Authorization": shown}
    answer = morning.ask("/api/v1/commands", "POST", body={"key": "k"}, headers=headers)
    assert answer.refused(401, "unauthorised") == {}
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_where_nobody_has_been_granted_anything_nobody_orders_anything(ukraine: Atlas) -> None:
    with running(MemoryStore(), ukraine, more=None) as server:
        for token in (None, "", "None", TOKEN):
            server.order(token=token).refused(401, "unauthorised")
        assert server.get("/api/v1/state")["seq"] == 0


def test_an_order_rests_on_the_first_source_of_its_givers_grant_unless_it_names_another(server: Running) -> None:
    server.order("k1")
    server.order("k2", token=BOB.token, zones=[SUMY], source="radar").refused(403, "not_granted")
    server.order("k3", token=BOB.token, zones=[SUMY], source=DESK)
    told = server.get(f"/api/v1/events?after={BEGUN}")["events"]
    assert [(entry["order"], entry["event"]["source"]) for entry in told] == [("k1", DESK), ("k3", DESK)]


# --- what ----------------------------------------------------------------------------------------


def test_an_order_is_answered_with_its_receipt_and_is_on_the_disk_by_then(server: Running, store: SQLiteStore) -> None:
    answer = server.order("k1", zones=[KYIV, KHARKIV, KYIV], threat="drones", cause="from the north", reason="radar")
    assert (answer.status, answer.json) == (200, {"key": "k1", "seq": 6, "events": 2, "proposal": None})
    assert answer.headers["Cache-Control"] == "no-store"
    with closing(SQLiteStore(store.path, Realm.LIVE, "UA", read_only=True)) as another:
        entries = another.read(BEGUN, 10)
        assert [entry.event.zone for entry in entries if isinstance(entry.event, HoldRaised)] == [KYIV, KHARKIV]
        assert {entry.order for entry in entries} == {"k1"}
    assert [hold["cause"] for hold in server.get("/api/v1/state")["holds"]] == ["from the north"] * 2


def test_an_order_sent_twice_has_one_effect_and_one_receipt(server: Running) -> None:
    first, again = server.order(), server.order()
    assert first.json == again.json == {"key": "k", "seq": 5, "events": 1, "proposal": None}
    server.order("other", zones=[SUMY])
    assert server.order().json == first.json, "the receipt is the first one even after others"
    assert server.get("/api/v1/state")["seq"] == 6


def test_an_order_sent_many_times_at_once_has_one_effect(server: Running) -> None:
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: server.order().json, range(40)))
    assert answers == [{"key": "k", "seq": 5, "events": 1, "proposal": None}] * 40
    assert len(server.get(f"/api/v1/events?after={BEGUN}")["events"]) == 1


def test_many_different_orders_at_once_each_have_their_own_seq(server: Running) -> None:
    zones = [zone["id"] for zone in server.get("/api/v1/zones?level=hromada")["zones"][:60]]
    with ThreadPoolExecutor(12) as senders:
        answers = list(senders.map(lambda zone: server.order(zone, zones=[zone]).json, zones))
    assert sorted(answer["seq"] for answer in answers) == list(range(5, 65))
    told = server.get(f"/api/v1/events?after={BEGUN}&limit=100")["events"]
    by_order = {entry["order"]: entry["seq"] for entry in told}
    assert by_order == {answer["key"]: answer["seq"] for answer in answers}


def test_a_key_that_was_used_for_another_order_is_refused(server: Running) -> None:
    server.order()
    for change in ({"zones": [KHARKIV]}, {"level": "yellow"}, {"reason": "else"}, {"decided_upon": 0}):
        assert server.order(**change).refused(409, "key_reused") == {"key": "k"}
    server.order(token=BOB.token).refused(409, "key_reused")
    assert server.get("/api/v1/state")["seq"] == 5


def test_an_order_decided_upon_what_is_past_is_refused_where_something_happened_since(server: Running) -> None:
    assert server.order("k1", decided_upon=4).status == 200
    detail = server.order("k2", level="yellow", decided_upon=4).refused(409, "stale_seq")
    assert (detail["head"], detail["decided_upon"]) == (5, 4)
    assert server.order("k2", level="yellow", decided_upon=5).status == 200, "a refused key is free"
    assert server.order("k3", zones=[KHARKIV], decided_upon=4).status == 200, "nothing happened there"
    server.order("k4", zones=[LVIV], decided_upon=999).refused(409, "stale_seq")


def test_an_order_that_changes_nothing_is_answered_so(server: Running) -> None:
    server.order("k1")
    assert server.order("k2").json == {"key": "k2", "seq": 5, "events": 0, "proposal": None}


def test_an_order_of_which_one_zone_is_refused_does_nothing_to_the_others(server: Running) -> None:
    server.order("k1")
    server.order("k2", type="release", zones=[KYIV, LVIV]).refused(409, "nothing_held")
    server.order("k3", zones=[LVIV, "UA00"]).refused(404, "unknown_zone")
    told = server.get("/api/v1/state")
    assert (told["seq"], told["zones"][KYIV], told["zones"][LVIV]) == (5, "red", "clear")


def test_a_release_before_its_raise_is_refused(server: Running) -> None:
    server.order("k1", at="2026-03-01T11:00:00Z")
    server.order("k2", type="release", at="2026-03-01T10:59:59Z").refused(409, "end_before_start")
    assert server.order("k3", type="release", at="2026-03-01T13:00:00+02:00").status == 200, "offsets count"


def test_a_zone_held_twice_is_clear_only_when_both_are_released(server: Running) -> None:
    server.order("k1", zones=[LVIV_HROMADA], ref="radar")
    server.order("k2", zones=[LVIV], threat="mig31k", level="yellow")
    assert server.get(f"/api/v1/zones/{LVIV_HROMADA}")["status"]["status"] == "red"
    server.order("k3", type="release", zones=[LVIV_HROMADA], ref="radar")
    assert server.get(f"/api/v1/zones/{LVIV_HROMADA}")["status"]["status"] == "yellow"
    server.order("k4", type="release", zones=[LVIV])
    assert server.get(f"/api/v1/zones/{LVIV_HROMADA}")["status"]["status"] == "clear"


def test_what_another_source_holds_is_not_released_unless_it_is_named(morning: Running) -> None:
    morning.order("k", type="release").refused(409, "nothing_held")


def test_a_person_with_the_right_releases_what_another_source_holds_by_naming_it(server: Running) -> None:
    server.order("k1")
    server.order("k2", type="release", of="watch").refused(409, "nothing_held")
    assert server.order("k3", type="release", of=DESK, token=BOB.token).status == 200


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
        assert listener.next("entry").id == 5
        disk.room = 5_000
        hromadas = [zone["id"] for zone in server.get("/api/v1/zones?level=hromada")["zones"][:200]]
        for _ in range(3):
            answer = server.order("too much", zones=hromadas)
            assert answer.refused(507, "store_full")["path"] == str(path)
        told = server.get("/api/v1/state")
        assert (told["seq"], len(told["holds"]), told["zones"][KYIV]) == (5, 1, "red")
        assert server.get("/api/v1/events")["head"] == 5
        disk.room = None
        assert server.order("after", zones=[KHARKIV]).json["seq"] == 6
        heard = listener.next("entry")
        assert (heard.id, heard.data["event"]["zone"]) == (6, KHARKIV), "nobody heard of what was refused"
        assert server.order("too much", zones=hromadas).json["events"] == 200
        assert [listener.next("entry").id for _ in range(200)] == list(range(7, 207))
    with closing(SQLiteStore(path, Realm.LIVE, "UA")) as store:
        assert store.head() == 206


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
        assert server.get("/api/v1/state")["seq"] == BEGUN
        assert server.order().json["seq"] == 5
