"""Who is registered for webhooks, by which key, and across restarts."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tests.client.giving import give
from tests.compat.ukrainealarm.hooks import KHARKIV, by_code, off, on, once, register
from tests.compat.ukrainealarm.receiver import Receiver
from tests.web.running import Running, running
from tocsin.atlas import Atlas
from tocsin.commands import Raise, Release
from tocsin.model import Realm
from tocsin.store.sqlite import SQLiteStore


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
