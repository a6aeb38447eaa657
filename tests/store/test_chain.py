"""The formula of docs/store.md, to the letter: hashes kept elsewhere must hold for ever."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doses import dose
from tests.store.batches import NOON, raised, released
from tocsin.model import Realm
from tocsin.store import Batch
from tocsin.store.chain import envelope, following, genesis, shared, stamp
from tocsin.store.memory import MemoryStore
from tocsin.store.sqlite import SQLiteStore


def test_a_chain_begins_with_its_realm_and_atlas() -> None:
    assert genesis(Realm.LIVE, "UA").hex() == "1815d2555238146c2e8c54df9b206634ccf4006f22b06c768953e5169cd79e57"
    assert len({genesis("live", "UA"), genesis("drill", "UA"), genesis("live", "IL"), genesis("live", "U\nA")}) == 4


def test_an_envelope_is_a_json_array_without_spaces() -> None:
    assert envelope("k", b"\x00\xff", "Олена", "7", "operator", 'a "b"\nc', 41).decode() == (
        '["k","00ff","Олена","7","operator","a \\"b\\"\\nc",41]'
    )


def test_the_hash_of_an_entry_never_changes_its_meaning() -> None:
    """A known answer, worked out once with sha256sum."""
    said = shared("2026-03-01T12:00:00.000000+00:00", b'["k","00","a","g","s","",0]')
    assert said == b'\n2026-03-01T12:00:00.000000+00:00\n["k","00","a","g","s","",0]\n'
    assert (
        following(bytes(32), 1, said, b"{}").hex() == "66d0f676bbe31a681cf85ebe8cebf034a44475026d352060ba25a12e13bfc2a1"
    )


def test_every_part_of_an_envelope_counts() -> None:
    envelopes = {
        envelope("k", b"d", "actor", "grant", "source", "reason", 7),
        envelope("K", b"d", "actor", "grant", "source", "reason", 7),
        envelope("k", b"D", "actor", "grant", "source", "reason", 7),
        envelope("k", b"d", "Actor", "grant", "source", "reason", 7),
        envelope("k", b"d", "actor", "Grant", "source", "reason", 7),
        envelope("k", b"d", "actor", "grant", "Source", "reason", 7),
        envelope("k", b"d", "actor", "grant", "source", "Reason", 7),
        envelope("k", b"d", "actor", "grant", "source", "reason", 8),
    }
    assert len(envelopes) == 8


def test_every_part_of_an_entry_counts() -> None:
    said = shared("2026", b"[]")
    hashes = {
        following(bytes(32), 1, said, b"{}"),
        following(bytes(31) + b"\x01", 1, said, b"{}"),
        following(bytes(32), 2, said, b"{}"),
        following(bytes(32), 1, shared("2027", b"[]"), b"{}"),
        following(bytes(32), 1, shared("2026", b"[1]"), b"{}"),
        following(bytes(32), 1, said, b"[]"),
    }
    assert len(hashes) == 6


def test_a_moment_is_stamped_in_utc_to_the_microsecond() -> None:
    kyiv = timezone(timedelta(hours=2))
    assert stamp(datetime(2026, 3, 1, 14, tzinfo=kyiv)) == "2026-03-01T12:00:00.000000+00:00"
    assert stamp(NOON) == "2026-03-01T12:00:00.123457+00:00"


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
batches = st.lists(
    st.builds(
        Batch,
        key=text,
        digest=st.binary(min_size=32, max_size=32),
        actor=text,
        grant=text,
        source=text,
        reason=text,
        decided_upon=st.just(0),
        recorded_at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=3))])),
        events=st.lists(
            st.one_of(st.builds(raised, st.integers(0, 99), text), st.builds(released, st.integers(1, 99))), max_size=3
        ).map(tuple),
    ),
    max_size=5,
    unique_by=lambda batch: batch.key,
)


@dose(30)
@given(given=batches, split=st.integers(0, 5))
def test_every_store_comes_to_the_same_hash_however_the_batches_were_grouped(
    given: list[Batch], split: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    memory = MemoryStore(Realm.DRILL, "UA")
    memory.append(given, 0)
    path: Path = tmp_path_factory.mktemp("log") / "drill.db"
    with closing(SQLiteStore(path, Realm.DRILL, "UA")) as store:
        store.append(given[:split], 0)
        store.append(given[split:], store.head())
        assert store.link() == memory.link()
        report = store.walk()
        assert (report.link, report.broken) == (memory.link(), None)
