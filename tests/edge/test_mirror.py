"""The mirror's file: what was added can be read at once, wherever it lies, and nothing that a disk did is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.running import KYIV
from tocsin.edge.mirror import Mirror, entry_of
from tocsin.errors import StoreCorrupt, StoreFailed
from tocsin.events import HoldAnnotated, Internal, PublicEntry
from tocsin.model import HoldId, Realm, SourceId, ZoneId
from tocsin.store.opening import connect

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(seq: int) -> bytes:
    """Every third is internal."""
    at = NOON + timedelta(seconds=seq)
    note = HoldAnnotated(hold=HoldId(1), zone=ZoneId(KYIV), source=SourceId("desk"), at=at, note="Ї" * seq)
    event = note if seq % 3 else Internal()
    order = f"o{seq}" if seq % 3 else ""
    return msgspec.json.encode(PublicEntry(seq=seq, recorded_at=at, order=order, event=event))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mirrors")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirror.db"


@pytest.fixture
def mirror(path: Path) -> Iterator[Mirror]:
    with closing(Mirror(path, Realm.LIVE, "UA")) as mirror:
        yield mirror


names = iter(range(10**9))


@given(st.lists(st.one_of(st.integers(1, 5), st.sampled_from(["flush", "open again"])), max_size=12), st.data())
def test_it_reads_as_one_log_wherever_its_entries_lie(folder: Path, acts: list[int | str], data: st.DataObject) -> None:
    path = folder / f"{next(names)}.db"
    mirror = Mirror(path, Realm.LIVE, "UA")
    mirror.begin("a log")
    seq = 0
    try:
        for act in acts:
            if act == "flush":
                mirror.flush()
            elif act == "open again":
                mirror.flush()
                mirror.close()
                mirror = Mirror(path, Realm.LIVE, "UA")
            else:
                assert isinstance(act, int)
                mirror.add([told(seq + n) for n in range(1, act + 1)])
                seq += act
            after, limit = data.draw(st.integers(0, seq + 1)), data.draw(st.integers(0, seq + 1))
            wanted = [entry_of(told(n)) for n in range(after + 1, min(after + limit, seq) + 1)]
            assert mirror.read(after, limit) == wanted
            assert (mirror.head(), mirror.identity) == (seq, "a log")
    finally:
        mirror.close()


def test_what_was_not_flushed_is_gone_and_what_was_is_there_without_a_gap(path: Path) -> None:
    with closing(Mirror(path, Realm.LIVE, "UA")) as mirror:
        mirror.begin("a log")
        mirror.add([told(1), told(2)])
        mirror.keep_fresh_at(NOON)
        mirror.flush()
        mirror.add([told(3)])
        mirror.keep("head", "x")
    with closing(Mirror(path, Realm.LIVE, "UA")) as mirror:
        assert (mirror.head(), mirror.fresh_at, mirror.note("head")) == (2, NOON, None)


def test_entries_that_a_disk_refuses_can_be_read_and_are_written_once_it_takes_them(mirror: Mirror, path: Path) -> None:
    mirror.add([told(1)])
    mirror.flush()
    with closing(connect(path, wait_s=0)) as other:
        other.execute("BEGIN IMMEDIATE")
        mirror._connection.set_busy_timeout(0)  # type: ignore[union-attr]  # it is open
        mirror.add([told(2)])
        with pytest.raises(Exception, match="another connection holds"):
            mirror.flush()
        assert (mirror.head(), mirror.waiting) == (2, 1)
        assert mirror.read(0, 9) == [entry_of(told(1)), entry_of(told(2))]
        other.execute("ROLLBACK")
    mirror.flush()
    assert mirror.waiting == 0
    assert mirror.read(1, 9) == [entry_of(told(2))]


def test_a_missing_entry_is_found_when_it_is_opened(mirror: Mirror, path: Path) -> None:
    mirror.add([told(seq) for seq in range(1, 6)])
    mirror.flush()
    mirror.close()
    with closing(connect(path, wait_s=1)) as file:
        file.execute("DELETE FROM entry WHERE seq = 3")
    with pytest.raises(StoreCorrupt):
        Mirror(path, Realm.LIVE, "UA")


def test_an_entry_under_anothers_number_is_found_when_it_is_read(mirror: Mirror, path: Path) -> None:
    mirror.add([told(seq) for seq in range(1, 6)])
    mirror.flush()
    with closing(connect(path, wait_s=1)) as file:
        file.execute("UPDATE entry SET told = ? WHERE seq = 2", (told(9).decode(),))
    with pytest.raises(StoreCorrupt):
        mirror.read(1, 1)


def test_a_closed_mirror_says_so(mirror: Mirror) -> None:
    mirror.close()
    with pytest.raises(StoreFailed):
        mirror.read(0, 1)


def test_another_takes_its_place_in_one_moment_and_leaves_nothing_beside_it(mirror: Mirror, path: Path) -> None:
    mirror.begin("a log")
    mirror.add([told(seq) for seq in range(1, 6)])
    mirror.flush()
    fresh = mirror.anew("another")
    fresh.add([told(1)])
    assert mirror.read(4, 1), "until then the old one is read"
    with closing(fresh):
        fresh.take_the_place_of(mirror)
        assert (fresh.identity, fresh.head()) == ("another", 1)
        fresh.add([told(2)])
        fresh.flush()
        assert fresh.read(0, 9) == [entry_of(told(1)), entry_of(told(2))]
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    with closing(Mirror(path, Realm.LIVE, "UA")) as again:
        assert (again.identity, again.head()) == ("another", 2)


def test_what_an_interrupted_new_beginning_left_is_thrown_away(mirror: Mirror) -> None:
    mirror.begin("a log")
    with closing(mirror.anew("another")) as left:
        left.add([told(1)])
        left.flush()
    with closing(mirror.anew("a third")) as fresh:
        assert (fresh.identity, fresh.head()) == ("a third", 0)
