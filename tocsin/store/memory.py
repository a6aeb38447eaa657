"""The log in memory: the contract in its plainest form, for tests, simulation and trying things out.

Keeps every promise of `Store` but one: nothing outlives the process.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tocsin.errors import KeyReused, StaleSeq, StoreFailed
from tocsin.events import Entry
from tocsin.limits import SNAPSHOTS_KEPT
from tocsin.model import Realm
from tocsin.store.chain import envelope_of, following, genesis, shared, stamp
from tocsin.store.contract import Batch, Done, Link, Receipt, Refusal, Snapshot

_json = msgspec.json.Encoder()


class MemoryStore:
    def __init__(self, realm: Realm = Realm.LIVE, atlas: str = "memory") -> None:
        self._realm = realm
        self._hash = genesis(realm, atlas)
        self._identity = str(uuid.uuid4())
        self._entries: list[Entry] = []
        self._receipts: dict[str, Receipt] = {}
        self._done: list[Done] = []
        self._refused: list[Refusal] = []
        self._snapshots: list[Snapshot] = []
        self._lock = threading.Lock()
        self._closed = False

    @property
    def realm(self) -> Realm:
        return self._realm

    @property
    def identity(self) -> str:
        return self._identity

    def head(self) -> int:
        with self._lock:
            self._must_be_open()
            return len(self._entries)

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        with self._lock:
            self._must_be_open()
            seq = len(self._entries)
            if seq != expected_seq:
                raise StaleSeq(f"the log is at {seq}, not at {expected_seq}", head=seq, expected=expected_seq)
            entries: list[Entry] = []
            receipts: dict[str, Receipt] = {}
            done: list[Done] = []
            link = self._hash
            for batch in batches:
                if batch.key in receipts or batch.key in self._receipts:
                    raise KeyReused(f"the key {batch.key!r} is in the log already", key=batch.key)
                common = shared(stamp(batch.recorded_at), envelope_of(batch))
                for event in batch.events:
                    seq += 1
                    link = following(link, seq, common, _json.encode(event))
                    entries.append(Entry(seq=seq, recorded_at=batch.recorded_at, order=batch.key, event=event))
                receipts[batch.key] = Receipt(key=batch.key, digest=batch.digest, seq=seq, events=len(batch.events))
                done.append(_done(len(self._done) + len(done) + 1, batch, seq))
            for refusal in refusals:
                stamp(refusal.refused_at)  # which must be possible here too
            # Nothing can fail from here on, so it is all or nothing.
            self._entries += entries
            self._receipts |= receipts
            self._done += done
            self._refused += refusals
            self._hash = link
            return list(receipts.values())

    def receipts(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        with self._lock:
            self._must_be_open()
            return {key: self._receipts[key] for key in keys if key in self._receipts}

    def read(self, after: int, limit: int) -> list[Entry]:
        assert after >= 0, after
        assert limit >= 0, limit
        with self._lock:
            self._must_be_open()
            return self._entries[after : after + limit]

    def link(self) -> Link:
        with self._lock:
            self._must_be_open()
            return Link(seq=len(self._entries), hash=self._hash)

    def done(self, after: int, limit: int) -> list[Done]:
        assert after >= 0, after
        assert limit >= 0, limit
        with self._lock:
            self._must_be_open()
            return self._done[after : after + limit]

    def refused(self, after: int, limit: int) -> list[tuple[int, Refusal]]:
        assert after >= 0, after
        assert limit >= 0, limit
        with self._lock:
            self._must_be_open()
            return list(enumerate(self._refused[after : after + limit], after + 1))

    def save_snapshot(self, snapshot: Snapshot) -> None:
        with self._lock:
            self._must_be_open()
            assert 0 <= snapshot.seq <= len(self._entries), f"a snapshot of what the log does not hold: {snapshot.seq}"
            self._snapshots = [*self._snapshots, snapshot][-SNAPSHOTS_KEPT:]

    def snapshot(self, format: str) -> Snapshot | None:
        with self._lock:
            self._must_be_open()
            fitting = [snapshot for snapshot in reversed(self._snapshots) if snapshot.format == format]
            return max(fitting, key=lambda snapshot: snapshot.seq, default=None)

    def close(self) -> None:
        with self._lock:
            self._closed = True

    def _must_be_open(self) -> None:
        if self._closed:
            raise StoreFailed("the log is closed")


def _done(number: int, batch: Batch, seq: int) -> Done:
    return Done(
        number=number,
        key=batch.key,
        actor=batch.actor,
        grant=batch.grant,
        source=batch.source,
        reason=batch.reason,
        decided_upon=batch.decided_upon,
        recorded_at=batch.recorded_at,
        seq=seq,
        events=len(batch.events),
    )
