"""A log in memory that fails in what it is told to fail in."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.store import Batch, Receipt, Snapshot
from tocsin.store.memory import MemoryStore


class FailingStore(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.fails_append: Exception | None = None
        self.fails_snapshot: Exception | None = None
        self.appends = 0

    def append(self, batches: Sequence[Batch], expected_seq: int) -> list[Receipt]:
        if self.fails_append is not None:
            raise self.fails_append
        self.appends += 1
        return super().append(batches, expected_seq)

    def save_snapshot(self, snapshot: Snapshot) -> None:
        if self.fails_snapshot is not None:
            raise self.fails_snapshot
        super().save_snapshot(snapshot)
