"""A log in memory that fails in what it is told to fail in."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.store import Batch, Receipt, Refusal, Snapshot
from tocsin.store.memory import MemoryStore


class FailingStore(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.fails_append: Exception | None = None
        self.fails_snapshot: Exception | None = None
        self.appends = 0
        """How many times something was ordered; refusals alone do not count."""

    def append(self, batches: Sequence[Batch], expected_seq: int, refusals: Sequence[Refusal] = ()) -> list[Receipt]:
        if self.fails_append is not None:
            raise self.fails_append
        self.appends += bool(batches)
        return super().append(batches, expected_seq, refusals)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        if self.fails_snapshot is not None:
            raise self.fails_snapshot
        super().save_snapshot(snapshot)
